"""Made-up people from a seed: plausible, correlated, and never real. Who shows them says that they are made up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from chiron.blueprints.invent.made_up import drawn, names_of_people, some, stock
from chiron.blueprints.schema.person import Participant
from chiron.blueprints.vocabulary.world import find_field, ladder

# Half-hours from Monday 00:00 in which people on the wards are usually free: (first, how many).
WINDOWS = tuple(
    (48 * day + 2 * hour, length) for day in range(5) for hour, length in ((7, 2), (12, 2), (13, 2), (17, 4), (19, 3))
)
FAR_MENTEES, FAR_MENTORS = 10, 20  # one mentee in 10 and one mentor in 20 work at the hospital far away


@dataclass(frozen=True, slots=True)
class _Hospital:
    """A hospital: its name, and where it is in degrees."""

    name: str
    at: tuple[float, float]


def invent(
    *, mentors: int, mentees: int, seed: int, organizations: Sequence[str]
) -> tuple[list[Participant], list[Participant]]:
    """Return made-up mentors and mentees of a few hospitals; the same seed gives the same people.

    Attributes hang together as they do in life: goals follow the profession, stage follows who mentors, people live
    near their hospital, languages follow the name. The last hospital is far from the others, has few places, and one
    of its mentees who cannot meet online is too many; one other mentee shares a language with nobody. So two people
    stay without a mentor where the rules ask for a common language and a reachable place.

    Args:
        mentors: how many mentors.
        mentees: how many mentees.
        seed: any whole number.
        organizations: names of the hospitals.

    Raises:
        ValueError: no hospital is named.
    """
    if not organizations:
        raise ValueError("name at least one organization")
    chance = Random(seed)  # noqa: S311 -- people for a demonstration, not secrets
    hospitals = _hospitals(organizations)
    names = names_of_people(mentors + mentees, chance)
    guides = [_mentor(number, names[number], hospitals, chance) for number in range(mentors)]
    learners = [_mentee(number, names[mentors + number], hospitals, chance) for number in range(mentees)]
    houses, works = _by_answer(guides, "organization"), _by_answer(guides, "profession")
    learners = [_with_people(person, houses, works, chance) for person in learners]
    return guides, _leave_two_out(guides, learners, hospitals)


def _hospitals(organizations: Sequence[str]) -> list[_Hospital]:
    """Return hospitals with their places; the last one is far away."""
    places = [tuple(place["at"]) for place in stock()["places"]]
    near, far = places[:-1], places[-1]
    spread = [
        (near[place % len(near)][0] + 0.03 * (place // len(near)), near[place % len(near)][1])
        for place in range(len(organizations) - 1)
    ]
    points = [*spread, far] if len(organizations) > 1 else [near[0]]
    return [_Hospital(name, point) for name, point in zip(organizations, points, strict=True)]


def _hospital_of(hospitals: Sequence[_Hospital], number: int, one_in: int, chance: Random) -> _Hospital:
    """Return a person's hospital: the far one for one in so many."""
    if len(hospitals) == 1 or number % one_in == one_in - 1:
        return hospitals[-1]
    return chance.choice(hospitals[:-1])


def _common(number: int, name: tuple[str, Mapping[str, Any]], hospital: _Hospital, chance: Random) -> dict[str, Any]:
    """Return the answers that both sides give."""
    general, origin = stock()["general"], name[1]
    spoken = ("English", *some(origin["languages"], 0, 1, chance))
    slug = f"person{number + 1}"
    return {
        "email": f"{slug}@example.org",
        "organization": hospital.name,
        "department": chance.choice(general["departments"]),
        "place": (
            round(hospital.at[0] + chance.uniform(-0.08, 0.08), 3),
            round(hospital.at[1] + chance.uniform(-0.12, 0.12), 3),
        ),
        "languages": spoken,
        "hours": _hours(chance),
        "time_zone": "Europe/London",
        "gender": chance.choice(general["genders"]),
        "background": some(general["backgrounds"], 0, 2, chance),
    }


def _hours(chance: Random) -> int:
    """Return free hours of the week as bits, three to seven windows."""
    mask = 0
    for first, length in chance.sample(WINDOWS, chance.randint(3, 7)):
        mask |= ((1 << length) - 1) << first
    return mask


def _mentor(
    number: int, name: tuple[str, Mapping[str, Any]], hospitals: Sequence[_Hospital], chance: Random
) -> Participant:
    """Return one mentor: well on in a profession, good at some of what it asks and at something general."""
    hospital = _hospital_of(hospitals, number, FAR_MENTORS, chance)
    profession = drawn(stock()["professions"], chance)
    stage = chance.choices(ladder().steps[7:10], weights=[24, 42, 34])[0]
    skills = some(profession["topics"], 3, 5, chance)
    general = some(stock()["general"]["topics"], 2, 4, chance)
    field = chance.choice(profession["fields"])
    answers = _common(number, name, hospital, chance) | {
        "profession": profession["name"],
        "field": find_field(field) or field,
        "stage": stage,
        "expertise": skills + general,
        "remote": chance.random() < 0.8,  # noqa: PLR2004 -- most mentors are happy to meet online
        "hours_per_month": chance.choice((1, 2, 2, 3, 4)),
        "about": f"I work in {field.lower()} and enjoy {skills[0].lower()}, {general[0].lower()} and listening.",
    }
    title = f"{profession['title']} " if profession["title"] else ""
    capacity = chance.choices((1, 2, 3, 4), weights=[20, 42, 28, 10])[0]
    return Participant(f"M{number + 1:03}", title + name[0], "mentor", answers, capacity=capacity)


def _mentee(
    number: int, name: tuple[str, Mapping[str, Any]], hospitals: Sequence[_Hospital], chance: Random
) -> Participant:
    """Return one mentee: early in a profession, with goals that belong to it."""
    hospital = _hospital_of(hospitals, number, FAR_MENTEES, chance)
    profession = drawn(stock()["professions"], chance)
    stage = chance.choices(ladder().steps[3:8:2], weights=[24, 44, 32])[0]
    goals = some(profession["topics"], 1, 2, chance) + some(stock()["general"]["topics"], 0, 1, chance)
    field = chance.choice(profession["fields"])
    answers = _common(10_000 + number, name, hospital, chance) | {
        "profession": profession["name"],
        "field": find_field(field) or field,
        "stage": stage,
        "goals": goals,
        "goals_importance": chance.choice((None, 3, 4, 5)),
        "remote": chance.random() < 0.7,  # noqa: PLR2004 -- fewer mentees are
        "hours_per_month": chance.choice((1, 2, 2, 3)),
        "about": f"I am new to {field.lower()} and hope to get better at {goals[0].lower()}.",
    }
    return Participant(f"E{number + 1:03}", name[0], "mentee", answers)


def _by_answer(guides: Sequence[Participant], field: str) -> Mapping[Any, Sequence[str]]:
    """Return the ids of mentors by what they answer to a field, in their order."""
    found: dict[Any, list[str]] = {}
    for guide in guides:
        found.setdefault(guide.answers[field], []).append(guide.id)
    return found


def _with_people(
    person: Participant, houses: Mapping[Any, Sequence[str]], works: Mapping[Any, Sequence[str]], chance: Random
) -> Participant:
    """Return a mentee who names other people: a line manager, and sometimes mentors that would be a good choice."""
    same_house = houses.get(person.answers["organization"], ())
    same_work = works.get(person.answers["profession"], ())
    more: dict[str, Any] = {}
    if same_house and chance.random() < 0.25:  # noqa: PLR2004 -- one in four works for somebody who also mentors
        more["manager"] = chance.choice(same_house)
    if same_work and chance.random() < 0.3:  # noqa: PLR2004 -- some have somebody in mind
        more["choices"] = tuple(chance.sample(same_work, min(len(same_work), chance.randint(1, 3))))
    return replace(person, answers={**person.answers, **more})


def _leave_two_out(
    guides: Sequence[Participant], learners: Sequence[Participant], hospitals: Sequence[_Hospital]
) -> list[Participant]:
    """Return mentees of whom two cannot be served where a common language and a reachable place are musts."""
    if len(hospitals) < 2 or len(learners) < 20:  # noqa: PLR2004 -- too small for somebody to stay over
        return list(learners)
    far = hospitals[-1].name
    places = sum(guide.capacity or 0 for guide in guides if guide.answers["organization"] == far)
    changed: list[Participant] = []
    here = 0
    for number, person in enumerate(learners):
        more: dict[str, Any] = {}
        if person.answers["organization"] == far:
            here += 1
            more = {"remote": here > places + 1, "manager": None}
        elif number == len(learners) // 2:
            more = {"languages": ("Tigrinya",)}
        changed.append(replace(person, answers={**person.answers, **more}))
    return changed
