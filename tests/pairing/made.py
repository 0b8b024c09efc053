"""Made-up rules and people for the tests of the engine."""

from functools import cache
from typing import NamedTuple

from hypothesis import strategies as st

from chiron.pairing.rules.kind import Rule
from chiron.pairing.rules.scoring import Pool

STAGES = ("Student", "Resident", "Fellow", "Attending")
FIELDS = ("knee", "sport", "ear", "heart")
WORDS = ("stroke", "research", "studies", "and", "exams", "nurses", "teaching", "Ärzte", "the")
NEAR = {"knee": {"sport": 800, "ear": 150}, "sport": {"knee": 800}, "ear": {"knee": 150}}
LETTERS = ("a", "b", "C", "d e")


def maybe(strategy):
    return st.one_of(st.none(), strategy)


def lists(words, most=4):
    return st.lists(st.sampled_from(words), max_size=most).map(tuple)


def names(side, count):
    other = "o" if side == "e" else "e"
    return [*(f"{other}{at}" for at in range(count)), "Dr. Ana Roe", "Roe, Ana", "nobody"]


@cache
def columns(side):
    """The columns of one side, with how to draw one answer."""
    return {
        "letter": maybe(st.sampled_from((*LETTERS, "A", ""))),
        "letters": maybe(lists((*LETTERS, "B"))),
        "stage": maybe(st.sampled_from(STAGES)),
        "field": maybe(st.one_of(st.sampled_from(FIELDS), lists(FIELDS, 2))),
        "place": maybe(st.sampled_from(((51.5, -0.1), (51.6, 0.2), (52.0, -1.2), (-33.9, 151.2)))),
        "remote": maybe(st.booleans()),
        "hours": maybe(st.integers(0, 255).map(lambda bits: bits << 60 | bits >> 3)),
        "number": maybe(st.integers(0, 12)),
        "text": maybe(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)),
        "wish": maybe(st.one_of(st.booleans(), lists((*LETTERS, "same", "no preference"), 2))),
        "choices": maybe(st.lists(st.sampled_from(names(side, 4)), unique=True, max_size=4).map(tuple)),
        "name": maybe(st.sampled_from(("Ana Roe", "Bo Li", "Cy Ng"))),
        "stars": maybe(st.integers(0, 5)),
    }


# Column(s) and options of each kind, as they are drawn.
SETTINGS = {
    "same": ("letter", "letter", {}),
    "different": ("letter", "letter", {}),
    "overlap": ("letters", "letters", {"least": st.integers(1, 3), "full": st.integers(1, 3)}),
    "coverage": ("letters", "letters", {"least": st.sampled_from((1, 34, 50, 100)), "full": st.integers(0, 3)}),
    "ladder": (
        "stage", "stage",
        {
            "ladder": st.just(STAGES), "least": st.integers(-1, 1), "most": st.integers(1, 4),
            "prefer": st.sampled_from(("any", "small", "large")),
        },
    ),
    "related": ("field", "field", {"related": st.just(NEAR), "least": st.sampled_from((1, 500, 1000))}),
    "distance": (
        "place", "place",
        {"km": st.sampled_from((20, 60, 500)), "remote_column": st.just("remote"), "remote_share": st.just(700)},
    ),
    "hours": ("hours", "hours", {"least": st.integers(1, 3), "full": st.integers(1, 4)}),
    "ranked": ("choices", "id", {"choices": st.integers(0, 3)}),
    "near": ("number", "number", {"full": st.integers(0, 2), "most": st.integers(3, 9)}),
    "text": ("text", "text", {"full": st.sampled_from((20, 100)), "least": st.sampled_from((0, 50))}),
    "asked": (
        "wish", "letters",
        {
            "own_column": st.just("letters"), "experience_column": st.just("letters"),
            "values_column": st.just("field"),
        },
    ),
    "commitment": ("number", "number", {"least": st.sampled_from((50, 100))}),
    "score": (
        "number", "number",
        {"of": st.sampled_from(("mentee", "mentor")), "least": st.integers(0, 3), "full": st.integers(4, 9)},
    ),
    "apart": ("choices", "choices", {}),
}  # fmt: skip
SIGNED = ("same", "overlap", "related", "near", "text")


@st.composite
def rules(draw, kind, name, *, importance=True):
    mentee, mentor, settings = SETTINGS[kind]
    options = {option: draw(strategy) for option, strategy in settings.items()}
    options["unknown"] = draw(st.sampled_from(("pass", "forbid")))
    if kind == "ranked" and draw(st.booleans()):
        mentee, mentor, options = "id", "choices", options | {"by": "mentor"}
    if kind == "apart":
        mentee, mentor = draw(st.sampled_from((("choices", "choices"), ("choices", "id"), ("id", "choices"))))
    must = kind != "asked" and draw(st.booleans())
    return Rule(
        name=name,
        kind=kind,
        mentee=mentee,
        mentor=mentor,
        points=0 if must else draw(st.integers(-20, 60)),
        missed=0 if must else draw(st.integers(-10, 10)),
        must=must,
        different=kind in SIGNED and draw(st.booleans()),
        importance="stars" if importance and not must and draw(st.booleans()) else None,
        options=options,
    )


def read_by(rules):
    """The columns that rules read."""
    names = {"name", "field"} if any(rule.kind in ("apart", "ranked", "asked") for rule in rules) else set()
    for rule in rules:
        names |= {rule.mentee, rule.mentor, rule.importance, rule.options.get("remote_column")}
        names |= {"letters"} if rule.kind == "asked" else set()
    return names


@st.composite
def pools(draw, side, rules):
    count = draw(st.integers(0, 4))
    read = read_by(rules)
    drawn = {
        name: draw(st.lists(strategy, min_size=count, max_size=count))
        for name, strategy in columns(side).items()
        if name in read
    }
    return Pool(tuple(f"{side}{at}" for at in range(count)), drawn)


class Case(NamedTuple):
    """A rule set and two pools."""

    rules: tuple
    mentees: Pool
    mentors: Pool


@st.composite
def cases(draw):
    kinds = draw(st.lists(st.sampled_from(sorted(SETTINGS)), min_size=1, max_size=4))
    drawn = tuple(draw(rules(kind, f"{at} {kind}")) for at, kind in enumerate(kinds))
    return Case(drawn, draw(pools("e", drawn)), draw(pools("o", drawn)))


def shuffled(pool, order):
    return Pool(
        tuple(pool.ids[at] for at in order),
        {name: [values[at] for at in order] for name, values in pool.columns.items()},
    )
