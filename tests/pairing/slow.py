"""The meaning of every kind, pair by pair in plain Python: what the arrays are compared with."""

import math
import re
import unicodedata
from collections import Counter

from chiron.pairing.rules.stop_words import STOP_WORDS


def fold(value):
    return " ".join(value.split()).casefold() if isinstance(value, str) else value


def items(value):
    if value is None or value == "":
        return []
    return list(dict.fromkeys(fold(v) for v in (value if isinstance(value, tuple) else (value,))))


def person(value):
    last, comma, first = str(value).casefold().partition(",")
    words = re.split(r"[\s.,]+", f"{first} {last}" if comma else last)
    words = [word for word in words if word]
    untitled = [w for w in words if w not in {"dr", "prof", "professor", "mr", "mrs", "ms", "miss", "mx"}]
    return " ".join(untitled or words)


def same(left, right, options, world):
    return None if left in (None, "") or right in (None, "") else 1000 * (fold(left) == fold(right))


def different(left, right, options, world):
    share = same(left, right, options, world)
    return None if share is None else 1000 - share


def overlap(left, right, options, world):
    if not items(left) or not items(right):
        return None
    enough = max(options["full"], options["least"])
    return min(enough, len(set(items(left)) & set(items(right)))) * 1000 // enough


def coverage(left, right, options, world):
    wants, offers = items(left), items(right)
    if not wants or not offers:
        return None
    enough = min(len(wants), options["full"] or len(wants))
    return min(enough, sum(want in offers for want in wants)) * 1000 // enough


def ladder(left, right, options, world):
    if not left or not right:
        return None
    steps = [fold(step) for step in options["ladder"]]
    gap = steps.index(fold(right)) - steps.index(fold(left))
    least, most = options["least"], min(options["most"], len(steps) - 1)
    if not least <= gap <= most:
        return 0
    least = max(least, 1 - len(steps))
    rank = {"any": 0, "small": gap - least, "large": most - gap}[options["prefer"]]
    return 1000 * (most - least + 1 - rank) // (most - least + 1)


def related(left, right, options, world):
    if not items(left) or not items(right):
        return None
    near = options["related"]

    def close(a, b):
        return 1000 if a == b else near.get(a, {}).get(b, near.get(b, {}).get(a, 0))

    return max(close(a, b) for a in items(left) for b in items(right))


def distance(left, right, options, world):
    (here, near_me), (there, near_you) = left, right
    online = options["remote_share"] if near_me and near_you else None
    if not here or not there:
        return online
    (a, b), (c, d) = (tuple(map(math.radians, place)) for place in (here, there))
    half = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    km = 2 * 6371 * math.asin(math.sqrt(min(1, half)))
    share = 0 if km > options["km"] else math.floor(1 + 999 * (options["km"] - km) / options["km"])
    return max(share, online or 0)


def hours(left, right, options, world):
    if left is None or right is None:
        return None
    enough = 2 * max(options["full"], options["least"])
    return min(enough, (left & right).bit_count()) * 1000 // enough


def ranked(left, right, options, world):
    (left, left_name), (right, right_name) = left, right
    by_mentee = options["by"] == "mentee"
    ranking, chosen, name = (left, right, right_name) if by_mentee else (right, left, left_name)
    if not ranking:
        return None
    everybody = world["mentees"] if by_mentee else world["mentors"]
    longest = options["choices"] or max(len(each or ()) for each, _ in everybody)
    called = {person(v) for v in (*items(chosen), *items(name))}
    for rank, choice in enumerate(ranking[:longest]):
        if person(choice) in called:
            return max(1, 1000 * (longest - rank) // longest)
    return 0


def near(left, right, options, world):
    if left is None or right is None:
        return None
    apart = abs(left - right)
    if apart > options["most"]:
        return 0
    return min(1000, math.floor(1 + 999 * (options["most"] - apart) / (options["most"] - options["full"])))


def words_of(text):
    counts = Counter()
    for word in re.findall(r"[^\W\d_]{2,}", (text or "").casefold()):
        plain = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
        if plain in STOP_WORDS:
            continue
        if len(plain) > 3 and plain.endswith("s") and not plain.endswith(("ss", "us")):
            plain = plain[:-1]
        if len(plain) > 4 and plain.endswith("ie"):
            plain = plain[:-2] + "y"
        counts[plain] += 1
    return counts


def vector(text, world):
    weights = {}
    everybody = [*world["mentees"], *world["mentors"]]
    for word, times in words_of(text).items():
        holding = sum(word in words_of(other) for other in everybody)
        rarity = 16 + math.floor(16 * math.log2((1 + len(everybody)) / holding) + 1e-9)
        weights[word] = {1: 2, 2: 3}.get(times, 4) * rarity
    length = math.sqrt(sum(weight**2 for weight in weights.values()))
    return {word: math.floor(weight * 4092 / length + 0.5) for word, weight in weights.items()}


def text(left, right, options, world):
    if not words_of(left) or not words_of(right):
        return None
    one, other = vector(left, world), vector(right, world)
    product = sum(weight * other.get(word, 0) for word, weight in one.items())
    return min(1000, max(1, product * 1000 // (4092 * 4092 * options["full"] // 100))) if product else 0


def asked(left, right, options, world):
    (wish, own, met, values), (said, _, their_met, their_values) = left, right
    wanted = []
    if isinstance(wish, bool):
        wanted = items(own) if wish else []
    else:
        for word in items(wish):
            if word in {fold(w) for w in options["like_me"]}:
                wanted += items(own)
            elif word not in {fold(w) for w in options["no_wish"]}:
                wanted.append(word)
    if not wanted or not items(said):
        return None
    if set(wanted) & set(items(said)):
        return 1000
    if set(items(met)) & set(items(their_met)):
        return options["experience_share"]
    if set(items(values)) & set(items(their_values)):
        return options["values_share"]
    return 0


def commitment(left, right, options, world):
    if left is None or right is None:
        return None
    return 1000 if left <= 0 else min(1000, right * 1000 // left)


def score(left, right, options, world):
    number, least, full = left if options["of"] == "mentee" else right, options["least"], options["full"]
    if number is None:
        return None
    if number <= least:
        return 0
    return 1000 if number >= full else 1 + 999 * (number - least) // (full - least)


def apart(left, right, options, world):
    (names, my_id, *own), (their_names, their_id, *their_own) = left, right
    mine = {person(v) for v in (my_id, *own) if v}
    theirs = {person(v) for v in (their_id, *their_own) if v}
    listed, their_list = [person(v) for v in items(names)], [person(v) for v in items(their_names)]
    return 0 if set(listed) & theirs or set(their_list) & mine else 1000


SHARES = {
    each.__name__: each
    for each in (
        same, different, overlap, coverage, ladder, related, distance,
        hours, ranked, near, text, asked, commitment, score, apart,
    )
}  # fmt: skip


def met(kind, share, options):
    """Whether a must holds for a known share."""
    if kind == "overlap":
        enough = max(options["full"], options["least"])
        return share >= options["least"] * 1000 // enough
    if kind == "hours":
        enough = 2 * max(options["full"], options["least"])
        return share >= 2 * options["least"] * 1000 // enough
    least = {
        "coverage": 10 * options.get("least", 0),
        "commitment": 10 * options.get("least", 0),
        "score": 1000,
        "related": options.get("least", 0),
        "text": max(1, 10 * options.get("least", 0)),
    }
    return share >= least.get(kind, 1)


def points(share, full, missed):
    """Whole points for a share, half rounded up; none where it is unknown."""
    return 0 if share is None else missed + math.floor(((full - missed) * share + 500) / 1000)
