"""Two free texts are about the same things, by the words that are rare elsewhere (TF-IDF).

The method is the vector space model of Salton, Wong and Yang (1975) with the inverse document frequency of
Spärck Jones (1972). Weights are whole numbers from start to end, so that the same texts give the same shares on
every processor.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.sentences import Sentence
from chiron.pairing.rules.encoding import Flags, asks, judge, said
from chiron.pairing.rules.kind import FULL, UNKNOWN, Kind, Positions, Rule, Shares
from chiron.pairing.rules.stop_words import STOP_WORDS

HEAVIEST = 64  # words of one text that are compared
# Length of a text's vector. Rounding HEAVIEST weights makes it 4 longer at most, so that a product of two never
# exceeds 2 ** 24, which float32 still holds exactly.
UNIT = (1 << 12) - 4
SAID_AGAIN = (0, 2, 3, 4)  # weight of a word said once, twice, more often, in halves
WORD = re.compile(r"[^\W\d_]{2,}")
WORDS_NAMED = 3
SHORT = 3  # a word of so few letters keeps its s: gas, bus


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """The texts of both sides as whole-number vectors of length UNIT over the words that occur on both sides.

    Attributes:
        left: for each mentee, positions of words and their weights, int32 (k,) and float32 (k,).
        right: float32 (words, m), weights of the mentors' words.
        known_left: (n,) who wrote something that can be compared.
        known_right: (m,) the same for mentors.
        words: the words, as first written.
        enough: the cosine that counts in full, in units of UNIT squared.
    """

    left: Sequence[tuple[NDArray[np.int32], NDArray[np.float32]]]
    right: NDArray[np.float32]
    known_left: Flags
    known_right: Flags
    words: tuple[str, ...]
    enough: int


def prepare(mentees: Sequence[Any], mentors: Sequence[Any], options: Mapping[str, Any]) -> Texts:
    """Weigh the words of every text."""
    stems: dict[str, str] = {}
    written: dict[str, str] = {}
    left = [_stems(text, stems, written) for text in mentees]
    right = [_stems(text, stems, written) for text in mentors]
    texts = Counter(stem for counts in (*left, *right) for stem in counts)
    rarity = {times: _logarithm(1 + len(left) + len(right), times) for times in set(texts.values())}
    both = sorted({s for counts in left for s in counts} & {s for counts in right for s in counts})
    place = {stem: at for at, stem in enumerate(both)}
    columns = np.zeros((len(both), len(right)), dtype=np.float32)
    for at, counts in enumerate(right):
        words, weights = _vector(counts, texts, rarity, place)
        columns[words, at] = weights
    return Texts(
        left=[_vector(counts, texts, rarity, place) for counts in left],
        right=columns,
        known_left=np.fromiter((bool(counts) for counts in left), np.bool_, len(left)),
        known_right=np.fromiter((bool(counts) for counts in right), np.bool_, len(right)),
        words=tuple(written[stem] for stem in both),
        enough=UNIT * UNIT * options["full"] // 100,
    )


def _stems(text: Any, stems: dict[str, str], written: dict[str, str]) -> Counter[str]:
    """Count the words of a text by their stems; `stems` remembers those of earlier words, `written` how they look."""
    counts: Counter[str] = Counter()
    for word in WORD.findall(str(text or "").casefold()):
        stem = stems.get(word)
        if stem is None:
            stem = stems[word] = _stem(word)
            written.setdefault(stem, word)
        if stem:
            counts[stem] += 1
    return counts


def _stem(word: str) -> str:
    """Take accents and plural endings off a word; a word that says nothing of a topic has no stem."""
    letters = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    if letters in STOP_WORDS:
        return ""
    if len(letters) > SHORT and letters[-1] == "s" and letters[-2] not in "su":
        letters = letters[:-1]
    return f"{letters[:-2]}y" if letters.endswith("ie") and len(letters) > SHORT + 1 else letters


def _logarithm(above: int, below: int) -> int:
    """Give 16 times 1 + log2(above / below), rounded down, by squaring whole numbers: no processor rounds it."""
    power = (above // below).bit_length() - 1
    above, below = above**16, below**16
    sixteenths = 16 * power
    while above >= below << (sixteenths + 1):
        sixteenths += 1
    return 16 + sixteenths


def _vector(
    counts: Counter[str], texts: Mapping[str, int], rarity: Mapping[int, int], place: Mapping[str, int]
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Give the positions and whole weights of a text's heaviest words; the vector is UNIT long but for rounding."""
    weight = {stem: SAID_AGAIN[min(times, 3)] * rarity[texts[stem]] for stem, times in counts.items()}
    heaviest = sorted(weight, key=lambda stem: (-weight[stem], stem))[:HEAVIEST]
    square = sum(weight[stem] ** 2 for stem in heaviest)
    kept = sorted(place[stem] for stem in heaviest if stem in place)
    stems = {place[stem]: stem for stem in heaviest if stem in place}
    # The whole number nearest to weight * UNIT / sqrt(square).
    weights = [(isqrt(4 * (weight[stems[at]] * UNIT) ** 2 // square) + 1) // 2 for at in kept]
    return np.array(kept, dtype=np.int32), np.array(weights, dtype=np.float32)


def _share(product: NDArray[np.float32], enough: int) -> Shares:
    """Turn products of vectors into shares, rounded down but never to none where a word is common."""
    exact = product.astype(np.float64)
    exact *= FULL
    exact /= enough
    np.minimum(exact, FULL, out=exact)
    share: Shares = exact.astype(np.int16)
    return np.maximum(share, product > 0, out=share)


def shares(texts: Texts, first: int, last: int) -> Shares:
    """Compare a block of mentees with all mentors."""
    product = np.zeros((last - first, texts.right.shape[1]), dtype=np.float32)
    for row in range(last - first):
        words, weights = texts.left[first + row]
        np.matmul(weights, texts.right[words], out=product[row])
    block = _share(product, texts.enough)
    block[~texts.known_left[first:last]] = UNKNOWN
    block[:, ~texts.known_right] = UNKNOWN
    return block


def pairs(texts: Texts, mentees: Positions, mentors: Positions) -> Shares:
    """Compare single pairs."""
    product = np.array(
        [
            texts.left[i][1] @ texts.right[texts.left[i][0], j]
            for i, j in zip(mentees.tolist(), mentors.tolist(), strict=True)
        ],
        dtype=np.float32,
    )
    share = _share(product, texts.enough)
    return np.where(texts.known_left[mentees] & texts.known_right[mentors], share, np.int16(UNKNOWN))


def holds(share: Shares, options: Mapping[str, Any]) -> Flags:
    """Hold where the share is at least `least` per cent."""
    return judge(share, share >= max(1, options["least"] * (FULL // 100)), options)


def reason(texts: Texts, mentee: int, mentor: int) -> Sentence:
    """Name the common words that weigh most."""
    if not (texts.known_left[mentee] and texts.known_right[mentor]):
        return Sentence("text.unknown")
    words, weights = texts.left[mentee]
    product = weights * texts.right[words, mentor]
    order = np.argsort(-product, kind="stable")[:WORDS_NAMED]
    common = [texts.words[words[at]] for at in order if product[at] > 0]
    return Sentence("text.both", {"words": tuple(common)}) if common else Sentence("text.none")


def explains(rule: Rule) -> Sentence:
    """Say what the rule asks."""
    return asks("text.one_question" if said(rule.mentee) == said(rule.mentor) else "text", rule)


def complaint(options: Mapping[str, Any]) -> str:
    """Ask for per cents."""
    if not 1 <= options["full"] <= 100:  # noqa: PLR2004 -- per cent
        return "full must be between 1 and 100: the likeness in per cent that counts in full"
    return "" if 0 <= options["least"] <= 100 else "least must be between 0 and 100 per cent"  # noqa: PLR2004 -- per cent


KIND = Kind(
    name="text",
    text="Two free texts are about the same things.",
    mentee_type="text",
    mentor_type="text",
    options={"unknown": "pass", "full": 40, "least": 0},
    prepare=prepare,
    shares=shares,
    pairs=pairs,
    holds=holds,
    reason=reason,
    explains=explains,
    signed=True,
    complaint=complaint,
)
