"""Made-up rules and people for the tests of the scan: every kind, every option, from one seeded generator."""

from chiron.pairing.rules.kind import Rule
from chiron.pairing.rules.scoring import Pool, Scoring

STAGES = ("Student", "Resident", "Fellow", "Attending")
FIELDS = ("knee", "sport", "ear", "heart", "skin")
NEAR = {"knee": {"sport": 800, "ear": 150}, "sport": {"knee": 800}, "skin": {"heart": 333}}
LETTERS = tuple("abcdefgh")
MANY = tuple(f"item {at}" for at in range(150))
WORDS = ("stroke", "research", "studies", "exams", "nurses", "teaching", "Ärzte", "rehab", "hearts", "night", "shift")
SIGNED = ("same", "overlap", "related", "near", "text")
KINDS = (
    "same", "different", "overlap", "coverage", "ladder", "related", "distance", "hours", "ranked", "near", "text",
    "asked", "commitment", "apart", "score",
)  # fmt: skip


def some(rng, words, most):
    count = int(rng.integers(0, most + 1))
    return tuple(words[at] for at in rng.permutation(len(words))[:count])


def one_of(rng, values):
    return values[int(rng.integers(len(values)))]


def week(rng):
    start, length = int(rng.integers(0, 330)), int(rng.integers(1, 6))
    return ((1 << length) - 1) << start | ((1 << 6) - 1) << int(rng.integers(0, 20))


def answer(rng, column, others):
    draws = {
        "letter": lambda: one_of(rng, (*LETTERS, "A", "")),
        "letters": lambda: some(rng, LETTERS, 4),
        "many": lambda: some(rng, MANY, 30),
        "stage": lambda: one_of(rng, STAGES),
        "field": lambda: some(rng, FIELDS, 2),
        "place": lambda: (50 + float(rng.integers(0, 300)) / 100, float(rng.integers(-200, 200)) / 100),
        "remote": lambda: bool(rng.integers(2)),
        "hours": lambda: week(rng),
        "number": lambda: float(rng.integers(0, 40)) / 4,
        "text": lambda: " ".join(some(rng, WORDS, 7)),
        "wish": lambda: one_of(rng, (True, False, some(rng, (*LETTERS, "same"), 2), ("no preference",))),
        "choices": lambda: some(rng, others, 4),
        "name": lambda: one_of(rng, ("Ana Roe", "Bo Li", "Cy Ng", "Di Wu")),
        "stars": lambda: int(rng.integers(0, 6)),
    }
    return None if rng.random() < 0.15 else draws[column]()


COLUMNS = (
    "letter", "letters", "many", "stage", "field", "place", "remote", "hours", "number", "text", "wish", "choices",
    "name", "stars",
)  # fmt: skip


def pool(rng, side, count, others):
    return Pool(
        tuple(f"{side}{at}" for at in range(count)),
        {name: [answer(rng, name, others) for _ in range(count)] for name in COLUMNS},
    )


def pools(rng, mentees, mentors):
    named = ("Ana Roe", "nobody")
    return (
        pool(rng, "e", mentees, (*(f"o{at}" for at in range(mentors)), *named)),
        pool(rng, "o", mentors, (*(f"e{at}" for at in range(mentees)), *named)),
    )


def options_of(rng, kind):
    def whole(low, high):
        return int(rng.integers(low, high + 1))

    least = whole(1, 3)
    return {
        "overlap": lambda: ("many" if rng.integers(2) else "letters", {"least": least, "full": whole(1, 5)}),
        "coverage": lambda: (
            "many" if rng.integers(2) else "letters", {"least": one_of(rng, (1, 34, 100)), "full": whole(0, 3)},
        ),
        "ladder": lambda: (
            "stage",
            {
                "ladder": STAGES, "least": whole(-1, 1), "most": whole(1, 4),
                "prefer": one_of(rng, ("any", "small", "large")),
            },
        ),
        "related": lambda: ("field", {"related": NEAR, "least": one_of(rng, (1, 500, 1000))}),
        "distance": lambda: (
            "place", {"km": one_of(rng, (20, 60, 500)), "remote_column": one_of(rng, ("", "remote")), "remote_share": 700},
        ),
        "hours": lambda: ("hours", {"least": least, "full": whole(1, 4)}),
        "near": lambda: ("number", {"full": whole(0, 2), "most": whole(3, 9)}),
        "text": lambda: ("text", {"full": one_of(rng, (20, 100)), "least": one_of(rng, (0, 50))}),
        "commitment": lambda: ("number", {"least": one_of(rng, (50, 100))}),
        "score": lambda: ("number", {"of": one_of(rng, ("mentee", "mentor")), "least": 1, "full": whole(2, 9)}),
    }.get(kind, lambda: ("letter", {}))()  # fmt: skip


def rule(rng, kind, name, must=None):
    column, options = options_of(rng, kind)
    mentee = mentor = column
    options["unknown"] = one_of(rng, ("pass", "forbid"))
    if kind == "ranked":
        mentee, mentor = ("choices", "id") if rng.integers(2) else ("id", "choices")
        options |= {"by": "mentee" if mentor == "id" else "mentor", "choices": int(rng.integers(0, 4))}
    if kind == "apart":
        mentee, mentor = one_of(rng, (("choices", "choices"), ("choices", "id"), ("id", "choices")))
    if kind == "asked":
        mentee, mentor = "wish", "letters"
        options |= {"own_column": "letters", "experience_column": "many", "values_column": "field"}
    must = kind != "asked" and (bool(rng.random() < 0.3) if must is None else must)
    return Rule(
        name=name,
        kind=kind,
        mentee=mentee,
        mentor=mentor,
        points=0 if must else int(rng.integers(-20, 60)),
        missed=0 if must or rng.integers(2) else int(rng.integers(-10, 10)),
        must=must,
        different=kind in SIGNED and bool(rng.random() < 0.3),
        importance="stars" if not must and rng.random() < 0.4 else None,
        options=options,
    )


def pairs(rng, count, n, m):
    return [(int(rng.integers(n)), int(rng.integers(m))) for _ in range(count)]


def scoring(rng, kinds, n, m, *, must=None, exceptions=0):
    rules = [rule(rng, kind, f"{at} {kind}", must) for at, kind in enumerate(kinds)]
    return Scoring(rules, *pools(rng, n, m), pairs(rng, exceptions, n, m))
