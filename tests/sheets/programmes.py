"""Small programmes drawn at random: two sheets, rules of every kind, limits, groups, locks and every aim."""

import random
from dataclasses import dataclass, field
from typing import Any

AIMS = ("everyone", "worst-off", "total", "stable", "stable-mentors", "profile", "rank", "parity")
SITES, LANGUAGES, STAGES = (
    ("North", "South", "East"),
    ("English", "Spanish", "Welsh"),
    ("Student", "Resident", "Fellow"),
)
GOALS = ("exams", "research", "sleep", "interviews")
DAYS = ("Mon", "Tue", "Wed")
PLACES = ((51.5, -0.1), (51.75, -1.25), (53.4, -2.2))

RULES = {
    "same": 'kind = "same"\nfield = "unit"',
    "overlap": 'kind = "overlap"\nfield = "tongues"',
    "coverage": 'kind = "coverage"\nmentee = "goals"\nmentor = "topics"',
    "ladder": (
        'kind = "ladder"\nmentee = "level"\nmentor = "level"\n'
        'options = { ladder = ["Student", "Resident", "Fellow"], least = 1 }'
    ),
    "hours": 'kind = "hours"\nfield = "free"',
    "distance": 'kind = "distance"\nfield = "spot"\noptions = { km = 60, remote_column = "online" }',
    "near": 'kind = "near"\nfield = "years"\noptions = { most = 6 }',
    "ranked": 'kind = "ranked"\nmentee = "choices"\nmentor = "id"',
    "score": 'kind = "score"\nmentee = "mark"\nmentor = "id"',
    "apart": 'kind = "apart"\nmentee = "away"\nmentor = "id"',
}
MAY_BE_MUST = ("same", "overlap", "ladder", "hours", "distance", "near")
FIELDS = {
    "unit": 'type = "choice"\nheadings = ["Unit"]',
    "tongues": 'type = "list"\nheadings = ["Tongues"]',
    "goals": 'type = "list"\nside = "mentee"\nheadings = ["Aims of mine"]',
    "topics": 'type = "list"\nside = "mentor"\nheadings = ["Topics"]',
    "level": 'type = "stage"\nheadings = ["Level"]',
    "free": 'type = "hours"\nheadings = ["Free hours"]',
    "spot": 'type = "place"\nheadings = ["Spot"]',
    "online": 'type = "flag"\nheadings = ["Online"]',
    "years": 'type = "number"\nheadings = ["Years"]',
    "choices": 'type = "ranking"\nside = "mentee"\nheadings = ["Choices"]',
    "mark": 'type = "number"\nside = "mentee"\nheadings = ["Mark"]',
    "away": 'type = "ranking"\nside = "mentee"\nheadings = ["Rather not"]',
    "ward": 'type = "choice"\nside = "mentor"\nheadings = ["Ward"]',
}


@dataclass
class Programme:
    """Two sheets and what is asked of them."""

    mentors: list[dict[str, Any]]
    mentees: list[dict[str, Any]]
    rules: str
    aim: str
    seed: int
    locks: list[tuple[str, str]] = field(default_factory=list)
    forbids: list[tuple[str, str]] = field(default_factory=list)


def programme(number: int) -> Programme:
    """Return a programme; the same number gives the same one."""
    draw = random.Random(number)
    mentors = [_person(draw, f"m{at}", "Mo", at) | _mentor(draw) for at in range(draw.randint(1, 6))]
    mentees = [_person(draw, f"e{at}", "Ed", at) for at in range(draw.randint(1, 10))]
    for one in mentees:
        ids = [mentor["Id"] for mentor in mentors]
        one["Choices"] = "; ".join(draw.sample(ids, draw.randint(0, min(3, len(ids)))))
        one["Rather not"] = draw.choice(ids) if draw.random() < 0.2 else ""
        one["Mark"] = draw.randint(0, 10)
        one["Aims of mine"] = _some(draw, GOALS)
        if number % 7 == 0:
            one["Mentors wanted"] = draw.choice([1, 1, 2, 0])
    pairs = [(mentee["Id"], mentor["Id"]) for mentee in mentees for mentor in mentors]
    aim = AIMS[number % len(AIMS)]
    groups = _groups(draw) if draw.random() < 0.2 and aim in {"everyone", "total", "worst-off"} else ""
    for mentor in mentors:
        if "least = 2" in groups:
            mentor["Places"] = draw.choice((0, 2, 3))
        elif "balanced_by" in groups:
            mentor["Places"] = ""
    return Programme(
        mentors=mentors,
        mentees=mentees,
        rules="\n".join([_rules(draw), *_limits(draw, has_least="stable" not in aim), _ends(draw, aim), groups, ""]),
        aim=aim,
        seed=draw.randint(0, 3),
        locks=draw.sample(pairs, 1) if draw.random() < 0.15 else [],
        forbids=draw.sample(pairs, min(len(pairs), draw.randint(0, 2))),
    )


def _some(draw: random.Random, words: tuple[str, ...]) -> str:
    return "; ".join(draw.sample(words, draw.randint(0, 2)))


def _person(draw: random.Random, identity: str, first: str, at: int) -> dict[str, Any]:
    family = ("Ash", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gorse", "Hazel", "Ivy", "Juniper")[at]
    spot = draw.choice(PLACES)
    return {
        "Id": identity,
        "Name": f"{first} {family}",
        "Unit": draw.choice((*SITES, "")),
        "Tongues": _some(draw, LANGUAGES),
        "Level": draw.choice(STAGES),
        "Free hours": f"{draw.choice(DAYS)} 18:00-20:00" if draw.random() < 0.8 else "",
        "Spot": f"{spot[0]}, {spot[1]}",
        "Online": draw.choice(("yes", "no", "")),
        "Years": draw.randint(0, 12),
    }


def _mentor(draw: random.Random) -> dict[str, Any]:
    return {
        "Places": draw.choice((0, 1, 1, 1, 2, "")),
        "Ward": draw.choice(SITES),
        "Topics": _some(draw, GOALS),
    }


def _rules(draw: random.Random) -> str:
    kinds = draw.sample(tuple(RULES), draw.randint(1, 4))
    lines = ["[matching]", f"capacity = {draw.choice((1, 1, 2))}"]
    for name, text in FIELDS.items():
        lines += [f"[matching.fields.{name}]", text]
    for kind in kinds:
        must = kind == "apart" or (kind in MAY_BE_MUST and draw.random() < 0.4)
        count = "must = true" if must else f"points = {draw.randint(1, 20)}"
        if not must and draw.random() < 0.3:
            count += f"\nmissed = {-draw.randint(1, 10)}"
        lines += ["[[matching.rules]]", f'name = "Rule on {kind}"', RULES[kind], count]
    return "\n".join(lines)


def _limits(draw: random.Random, *, has_least: bool) -> list[str]:
    lines: list[str] = []
    if draw.random() < 0.3:
        limit = f"limit = {draw.randint(0, 2)}" if draw.random() < 0.8 or not has_least else "limit = 2\nleast = 1"
        lines += ["[[matching.caps]]", 'name = "Pairs on each ward"', 'by = "ward"', limit]
    if draw.random() < 0.15:
        lines += ["[[matching.caps]]", 'name = "Pairs in all"', f"limit = {draw.randint(1, 5)}"]
    return lines


def _ends(draw: random.Random, aim: str) -> str:
    lines: list[str] = []
    if draw.random() < 0.2:
        lines += ["[matching.priority]", 'by = "level"', 'first = ["Fellow", "Resident"]']
    if aim == "parity":
        lines += ["[matching.parity]", 'by = "unit"', "within = 5"]
    return "\n".join(lines)


def _groups(draw: random.Random) -> str:
    ways = ("least = 1", "most = 2", 'least = 2\nmost = 3\nopen = "some"', "balanced_by = true")
    return f"[matching.groups]\n{draw.choice(ways)}"
