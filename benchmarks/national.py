"""A made-up national programme from a seed: two sheets, a rules file, and the same people in memory.

    python benchmarks/national.py FOLDER --mentees 100000 --mentors 50000 --seed 1 --places 3

Attributes hang together as they do in life: people live near their hospital, hospitals have their own specialties,
goals follow the profession, languages the region. Twelve criteria give points, and five of them are hard rules too:
a common language, two common hours a week, seniority, another unit, and 60 km unless both meet online.
"""

import argparse
import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.rules_file import load_rules
from chiron.blueprints.vocabulary.world import health_fields, ladder
from chiron.pairing.rules.scoring import Pool, Scoring

REGIONS, HOSPITALS, POSTCODES = 40, 400, 2000
GOALS = (
    "Research",
    "Teaching",
    "Leadership",
    "Exams",
    "Job interviews",
    "Publishing",
    "Statistics",
    "Quality improvement",
    "Work-life balance",
    "Portfolio",
    "Moving abroad",
    "Returning to work",
    "Public speaking",
    "Grant writing",
    "Clinical skills",
    "Communication",
    "Management",
    "Part-time training",
    "Private practice",
    "Health policy",
    "Global health",
    "Wellbeing",
    "Networking",
    "Technology",
)
INTERESTS = tuple(f"Interest {number + 1}" for number in range(36))
PROFESSIONS = ("Doctor", "Nurse", "Midwife", "Pharmacist", "Physiotherapist", "Paramedic", "Dietitian", "Radiographer")
LANGUAGES = (
    "English", "Spanish", "Polish", "Arabic", "French", "Hindi", "Urdu", "Portuguese", "German", "Italian", "Greek",
    "Turkish",
)  # fmt: skip
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEKEND = 5
WINDOWS = tuple((day, start) for day in range(7) for start in ((14, 24, 34, 38) if day < WEEKEND else (18, 22, 30)))
RULES = Path(__file__).with_name("national.toml")


@dataclass(frozen=True)
class Side:
    """One side: typed columns by field, as the engine takes them, and how many mentees each can take."""

    ids: tuple[str, ...]
    columns: Mapping[str, Sequence[Any]]
    places: Sequence[int] | None


@dataclass(frozen=True)
class Country:
    """What both sides share: where postcodes and hospitals are, and what is done there."""

    postcode: np.ndarray  # (POSTCODES, 2) degrees
    region_of_hospital: np.ndarray
    fields_of_hospital: np.ndarray  # (HOSPITALS, 12) numbers of specialties


def invented(*, mentees: int, mentors: int, seed: int, places: int = 3) -> tuple[Side, Side]:
    """Return mentees and mentors; each mentor takes `places` mentees."""
    rng = np.random.default_rng(seed)
    centre = np.column_stack([rng.uniform(50.5, 55.5, REGIONS), rng.uniform(-4.5, 1.0, REGIONS)])
    near = np.repeat(np.arange(REGIONS), POSTCODES // REGIONS)
    country = Country(
        postcode=np.round(centre[near] + rng.normal(0, 0.16, (POSTCODES, 2)), 2),
        region_of_hospital=np.sort(rng.choice(REGIONS, HOSPITALS, p=_falling(REGIONS, 0.5))),
        fields_of_hospital=rng.integers(0, 60, (HOSPITALS, 12)),
    )
    return _side(rng, country, mentees, None), _side(rng, country, mentors, places)


def _falling(count: int, power: float) -> np.ndarray:
    """Return chances that fall with the number: the first is the most frequent."""
    weight = 1.0 / np.arange(1, count + 1) ** power
    return weight / weight.sum()


def _picked(rng: np.random.Generator, words: Sequence[str], chance: np.ndarray, least: int, most: int) -> list[Any]:
    """Return some words for each row of `chance` (people, words), the likelier the more often."""
    count = rng.integers(least, most + 1, len(chance))
    order = np.argsort(rng.random(chance.shape) ** (1 / chance), axis=1)[:, ::-1][:, :most]
    names = np.array(words, dtype=object)[order]
    return [tuple(row[:size]) for row, size in zip(names.tolist(), count.tolist(), strict=True)]


def _side(rng: np.random.Generator, country: Country, count: int, places: int | None) -> Side:
    """Return one side; `places` is None for mentees."""
    mentor = places is not None
    hospital = rng.choice(HOSPITALS, count, p=_falling(HOSPITALS, 0.4))
    region = country.region_of_hospital[hospital]
    width = POSTCODES // REGIONS
    at = country.postcode[region * width + rng.integers(0, width, count)]
    specialty = country.fields_of_hospital[hospital, rng.choice(12, count, p=_falling(12, 0.6))]
    profession = rng.choice(len(PROFESSIONS), count, p=_falling(len(PROFESSIONS), 0.9))
    codes, steps = [code for code, _ in zip(health_fields(), range(60), strict=False)], ladder().steps
    stage = np.clip(np.round(rng.normal(7.3 if mentor else 4.2, 1.3, count)), 5 if mentor else 1, 10 if mentor else 7)
    topics = 1.0 + 4.0 * ((np.arange(len(GOALS))[None, :] * 3 + profession[:, None]) % 8 < 3)  # noqa: PLR2004 -- 3 of 8
    tongues = np.tile(_falling(len(LANGUAGES), 1.0), (count, 1))
    tongues[np.arange(count), 1 + region % (len(LANGUAGES) - 1)] += 0.5
    others = _picked(rng, LANGUAGES[1:], tongues[:, 1:], 0, 2)
    english = rng.random(count) < 0.96  # noqa: PLR2004 -- one in 25 does not speak it
    side = "mentor" if mentor else "mentee"
    columns: dict[str, Sequence[Any]] = {
        "name": [f"{side.title()} {number + 1:06d}" for number in range(count)],
        "email": [f"{side}{number + 1}@example.org" for number in range(count)],
        "stage": [steps[int(step)] for step in stage.tolist()],
        "profession": [PROFESSIONS[number] for number in profession.tolist()],
        "field": [codes[number] for number in specialty.tolist()],
        "organization": [f"Hospital {number + 1}" for number in hospital.tolist()],
        "department": [f"H{one + 1} {codes[two]}" for one, two in zip(hospital, specialty, strict=True)],
        "region": [f"Region {number + 1}" for number in region.tolist()],
        "languages": [
            (("English",) if says or not more else ()) + more for says, more in zip(english, others, strict=True)
        ],
        "hours": _weeks(rng, count),
        "place": [tuple(point) for point in at.tolist()],
        "remote": (rng.random(count) < 0.6).tolist(),  # noqa: PLR2004 -- three in five
        "expertise" if mentor else "goals": _picked(rng, GOALS, topics, 3 if mentor else 1, 8 if mentor else 4),
        "interests": _picked(rng, INTERESTS, np.tile(_falling(36, 0.4), (count, 1)), 1, 6),
        "hours_per_month": rng.choice([1, 2, 3, 4, 6, 8], count, p=_falling(6, 0.5)).tolist(),
    }
    return Side(tuple(columns["email"]), columns, None if places is None else [places] * count)


def _weeks(rng: np.random.Generator, count: int) -> list[int]:
    """Return free half hours of the week as masks: some windows, each one to two hours long."""
    free = rng.random((count, len(WINDOWS))) < rng.uniform(0.1, 0.4, (count, 1))
    free[np.arange(count), rng.integers(0, len(WINDOWS), count)] = True
    length = rng.integers(2, 5, (count, len(WINDOWS)))
    flags = np.zeros((count, 336), dtype=np.bool_)
    for number, (day, start) in enumerate(WINDOWS):
        for step in range(4):
            flags[:, 48 * day + start + step] |= free[:, number] & (step < length[:, number])
    return [int.from_bytes(row.tobytes(), "little") for row in np.packbits(flags, axis=1, bitorder="little")]


def national_rules() -> Matching:
    """Return the rules of the programme."""
    return load_rules(RULES)


def national_scoring(*, mentees: int, mentors: int, seed: int = 1) -> Scoring:
    """Return rules and people in memory, without sheets."""
    matching = national_rules()
    left, right = invented(mentees=mentees, mentors=mentors, seed=seed)
    return Scoring(matching.engine_rules(), Pool(left.ids, left.columns), Pool(right.ids, right.columns))


HEADINGS: Mapping[str, str] = {
    "name": "Full name",
    "email": "E-mail",
    "stage": "Career stage",
    "profession": "Profession",
    "field": "Specialty",
    "organization": "Hospital",
    "department": "Department",
    "region": "Region",
    "languages": "Which languages do you speak?",
    "hours": "When are you free?",
    "place": "Place (latitude, longitude)",
    "remote": "Happy to meet online?",
    "goals": "What would you like help with?",
    "expertise": "What can you help with?",
    "interests": "Interests",
    "hours_per_month": "Hours a month",
}


def _clock(half: int) -> str:
    return f"{half // 2}:{'30' if half % 2 else '00'}"


def _week_text(mask: int) -> str:
    """Write a week in words: "Mon 7:00-8:30; Tue 17:00-18:00"."""
    found = []
    for day, name in enumerate(DAYS):
        bits = (mask >> 48 * day) & ((1 << 48) - 1)
        while bits:
            first = (bits & -bits).bit_length() - 1
            rest = ~(bits >> first)
            length = (rest & -rest).bit_length() - 1
            found.append(f"{name} {_clock(first)}-{_clock(first + length)}")
            bits &= ~(((1 << length) - 1) << first)
    return "; ".join(found)


def _texts(side: Side) -> dict[str, list[str]]:
    """Return each column as a form would hold it."""
    names = {code: field.name for code, field in health_fields().items()}
    write: Mapping[str, Callable[[Any], str]] = {
        "field": names.__getitem__,
        "languages": "; ".join,
        "goals": "; ".join,
        "expertise": "; ".join,
        "interests": "; ".join,
        "hours": _week_text,
        "place": lambda point: f"{point[0]:.2f}, {point[1]:.2f}",
        "remote": lambda online: "Yes" if online else "No",
    }
    return {HEADINGS[name]: [write.get(name, str)(value) for value in values] for name, values in side.columns.items()}


def write_csv(path: Path, side: Side) -> None:
    """Write one sheet."""
    texts = _texts(side)
    if side.places is not None:
        texts["How many mentees can you take?"] = [str(number) for number in side.places]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(texts)
        writer.writerows(zip(*texts.values(), strict=True))


def main() -> None:
    """Write the sheets and the rules into a folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--mentees", type=int, default=100_000)
    parser.add_argument("--mentors", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--places", type=int, default=3, help="mentees that each mentor takes")
    given = parser.parse_args()
    mentees, mentors = invented(mentees=given.mentees, mentors=given.mentors, seed=given.seed, places=given.places)
    given.folder.mkdir(parents=True, exist_ok=True)
    write_csv(given.folder / "mentees.csv", mentees)
    write_csv(given.folder / "mentors.csv", mentors)
    (given.folder / "rules.toml").write_bytes(RULES.read_bytes())
    print(f"{given.mentees} mentees and {given.mentors} mentors in {given.folder}")


if __name__ == "__main__":
    main()
