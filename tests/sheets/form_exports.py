"""Sheets as forms export them, generated: the same questions laid out by each kind of form, with the right columns."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sheets.awkward import csv_bytes
from sheets.form_questions import DISTRACTORS, QUESTIONS

PEOPLE, WORDINGS = 24, 17  # as many forms as the question with the most wordings has
FIRST = ("Ama", "Bo", "Cai", "Dina", "Emre", "Fay", "Gwen", "Hugo", "Ines", "Jo", "Kofi", "Lena", "Mia", "Nils", "Ola",
         "Pia", "Quinn", "Rosa", "Sami", "Tess", "Uma", "Vic", "Wren", "Yara")  # fmt: skip
LAST = ("Boateng", "Li", "Morgan", "Roe", "Demir", "Okafor", "Hughes", "Santos", "Novak", "Park", "Ortiz", "Berg")
TOPICS = (
    "Exams",
    "Research",
    "Leadership",
    "Wellbeing",
    "Applying to training, medicine",
    "Teaching",
    "CV and interviews",
)
SPECIALTIES = ("Cardiology", "General surgery", "Psychiatry", "Emergency medicine", "Paediatrics", "Anaesthetics")
STAGES = ("Medical student", "Resident", "Fellow", "Consultant", "Registrar", "Foundation doctor")
SLOTS = ("Monday morning", "Monday evening", "Wednesday afternoon", "Friday morning")
LANGUAGES = ("English", "Spanish", "French", "Polish", "Arabic")
COLLEAGUES = ("Ann Field", "Dr Sam Poole", "Ravi Iyer")
SENTENCES = (
    "I grew up in a small town and moved here for work, and I like walking.",
    "Happy to talk about anything, and new to the area since last summer.",
    "I would love to meet people outside my own team and learn from them.",
    "Nothing in particular comes to mind at the moment, thank you for asking.",
)


@dataclass(frozen=True)
class FormSheet:
    """One export: its file, whose it is, and the heading under which each field should be found."""

    name: str
    side: str
    content: bytes
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Asked:
    """One question of one form: its words, its field, whether several options may be ticked, and everybody's answers."""

    heading: str
    field: str | None
    kind: str
    answers: Sequence[str | tuple[str, ...]]


def _some(chance: random.Random, options: Sequence[str]) -> tuple[str, ...]:
    return tuple(option for option in options if chance.random() < 0.45) or (chance.choice(options),)


ANSWERS: Mapping[str, Callable[[random.Random, int], str | tuple[str, ...]]] = {
    "name": lambda _, at: f"{FIRST[at % len(FIRST)]} {LAST[at % len(LAST)]}",
    "email": lambda _, at: f"{FIRST[at % len(FIRST)]}.{LAST[at % len(LAST)]}@clinic.test".lower(),
    "small number": lambda chance, _: str(chance.randint(0, 4)),
    "topics": lambda chance, _: _some(chance, TOPICS),
    "specialty": lambda chance, _: chance.choice(SPECIALTIES),
    "stage": lambda chance, _: chance.choice(STAGES),
    "zip": lambda chance, _: chance.choice(("10001", "10002", "60601", "90210", "33101", "02115")),
    "yes or no": lambda chance, _: chance.choice(("Yes", "No")),
    "times": lambda chance, _: _some(chance, SLOTS),
    "zone": lambda chance, _: chance.choice(("Eastern Time", "Europe/London", "Pacific Time")),
    "languages": lambda chance, _: _some(chance, LANGUAGES),
    "sentence": lambda chance, _: chance.choice(SENTENCES),
    "colleague": lambda chance, _: chance.choice(("", "", "", *COLLEAGUES)),
    "supervisor": lambda chance, _: chance.choice(COLLEAGUES),
    "gender": lambda chance, _: chance.choice(("Female", "Male", "Non-binary")),
    "gender wish": lambda chance, _: chance.choice(("Female", "Male", "No preference")),
    "phone": lambda chance, _: f"+44 7700 90{chance.randint(1000, 9999)}",
    "pronouns": lambda chance, _: chance.choice(("she/her", "he/him", "they/them")),
    "link": lambda _, at: f"https://clinic.test/people/{at}",
    "size": lambda chance, _: chance.choice(("S", "M", "L")),
    "age": lambda chance, _: str(chance.randint(22, 60)),
    "long number": lambda chance, _: str(chance.randint(10_000, 99_999)),
    "date": lambda chance, _: f"19{chance.randint(60, 99)}-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}",
    "year": lambda chance, _: str(chance.randint(1990, 2026)),
    "school": lambda chance, _: chance.choice(("Northfield", "Eastgate", "St Bede")),
    "often": lambda chance, _: chance.choice(("Weekly", "Monthly", "Quarterly")),
    "method": lambda chance, _: chance.choice(("Email", "Text", "Phone")),
    "degree": lambda chance, _: chance.choice(("MSc", "PhD", "None")),
}


def form_sheets(form: str, *, seed: int = 0) -> Iterator[FormSheet]:
    """Yield the exports of one kind of form, for both sides, in every wording."""
    chance = random.Random(seed)
    for side in ("mentee", "mentor"):
        for at in range(WORDINGS):
            rows, fields = LAYOUTS[form](_asked(side, at, chance))
            yield FormSheet(f"{form}, {side}, wording {at}", side, csv_bytes(rows), fields)


def _asked(side: str, at: int, chance: random.Random) -> list[Asked]:
    """Return a form: who it is first, then the other questions and some that mean nothing here, mixed."""
    own = [question for question in QUESTIONS if question.side in {side, "both"}]
    some = own[:2] + [question for question in own[2:] if chance.random() < 0.75]
    asked = [(question.wordings[at % len(question.wordings)], question.field, question.kind) for question in some]
    rest = asked[2:] + [(heading, None, kind) for heading, kind in chance.sample(DISTRACTORS, 6)]
    chance.shuffle(rest)
    return [
        Asked(heading, field, kind, [ANSWERS[kind](chance, number) for number in range(PEOPLE)])
        for heading, field, kind in (*asked[:2], *rest)
    ]


Layout = tuple[list[list[str]], dict[str, str]]


def _options(one: Asked) -> list[str]:
    """Return the options of a question with several ticks, in the order of its form."""
    known = {"topics": TOPICS, "times": SLOTS, "languages": LANGUAGES}[one.kind]
    return [option for option in known if any(option in answer for answer in one.answers)]


def _one_cell(asked: Sequence[Asked], before: Sequence[str], separator: str, *, end: str = "") -> Layout:
    """Return a layout of one column a question, ticked options in one cell."""
    rows = [[*before, *(one.heading for one in asked)]]
    for number in range(PEOPLE):
        cells = [f"2026-03-{number % 28 + 1:02d} 09:{number:02d}" if not at else "" for at in range(len(before))]
        for one in asked:
            answer = one.answers[number]
            cells.append(answer if isinstance(answer, str) else separator.join(answer) + end)
        rows.append(cells)
    return rows, {one.field: one.heading for one in asked if one.field}


def google(asked: Sequence[Asked]) -> Layout:
    """Return one column a question; ticked options are joined by commas."""
    return _one_cell(asked, ["Timestamp"], ", ")


def microsoft(asked: Sequence[Asked]) -> Layout:
    """Return one column a question after five of the form's own, of which name and address may be empty."""
    rows, fields = _one_cell(asked, ["ID", "Start time", "Completion time", "Email", "Name"], ";", end=";")
    taken = {"Email", "Name"} & {one.heading for one in asked}
    rows[0] = [f"{heading}2" if at >= 5 and heading in taken else heading for at, heading in enumerate(rows[0])]
    for number, row in enumerate(rows[1:], start=1):
        row[0], row[1], row[2], row[3], row[4] = str(number), row[0], row[0], "anonymous", ""
    return rows, {field: f"{heading}2" if heading in taken else heading for field, heading in fields.items()} | {
        "id": "ID"
    }


def jotform(asked: Sequence[Asked]) -> Layout:
    """Return one column a question; ticked options stand under each other in a cell."""
    rows, fields = _one_cell(asked, ["Submission Date"], "\n")
    return [[*row, "Submission ID" if not at else str(6_000_000 + at)] for at, row in enumerate(rows)], fields


def _many_columns(
    asked: Sequence[Asked], headed: Callable[[Asked, str], str], ticked: Callable[[str], str], unticked: str
) -> tuple[list[list[str]], dict[str, str]]:
    """Return a layout of one column an option."""
    heads: list[str] = []
    for one in asked:
        heads += [one.heading] if isinstance(one.answers[0], str) else [headed(one, each) for each in _options(one)]
    rows = [heads]
    for number in range(PEOPLE):
        cells: list[str] = []
        for one in asked:
            answer = one.answers[number]
            if isinstance(answer, str):
                cells.append(answer)
            else:
                cells += [ticked(option) if option in answer else unticked for option in _options(one)]
        rows.append(cells)
    return rows, {one.field: one.heading for one in asked if one.field}


def redcap_labels(asked: Sequence[Asked]) -> Layout:
    """Return headings that are the questions, one column an option, Checked or Unchecked."""
    rows, fields = _many_columns(
        asked, lambda one, option: f"{one.heading} (choice={option})", lambda _: "Checked", "Unchecked"
    )
    for number, row in enumerate(rows):
        row.insert(0, str(number) if number else "Record ID")
        row.append("Complete" if number else "Complete?")
    return rows, fields | {"id": "Record ID"}


def qualtrics(asked: Sequence[Asked]) -> Layout:
    """Return three rows of headings: codes, questions with their options, and marks in JSON."""
    rows, fields = _many_columns(
        asked, lambda one, option: f"{one.heading} - Selected Choice - {option}", lambda option: option, ""
    )
    questions = ["Start Date", "Response Type", "Finished", "Response ID", *rows[0]]
    codes = ["StartDate", "Status", "Finished", "ResponseId", *(f"Q{at}" for at in range(1, len(rows[0]) + 1))]
    marks = [f'{{"ImportId":"QID{at}"}}' for at in range(len(codes))]
    people = [
        [f"2026-03-01 09:{number:02d}:00", "IP Address", "True", f"R_{number:04d}", *row]
        for number, row in enumerate(rows[1:])
    ]
    return [codes, questions, marks, *people], fields


def survey_monkey(asked: Sequence[Asked]) -> Layout:
    """Return two rows of headings: the question over its first option, and the options."""
    rows, fields = _many_columns(asked, lambda _, option: option, lambda option: option, "")
    own = ["Respondent ID", "Collector ID", "Start Date", "IP Address", "Email Address"]
    first, second = list(own), [""] * len(own)
    for one in asked:
        options = [] if isinstance(one.answers[0], str) else _options(one)
        first += [one.heading, *([""] * (len(options) - 1))]
        second += options or ["Open-Ended Response" if one.kind in {"name", "email", "sentence"} else "Response"]
    people = [[f"1180{number}", "4411", "01/03/2026", "10.0.0.1", "", *row] for number, row in enumerate(rows[1:])]
    taken = {"Email Address"} & {one.heading for one in asked}
    shown = {field: f"{heading} (column F)" if heading in taken else heading for field, heading in fields.items()}
    return [first, second, *people], shown if not taken else fields | {"email": _second_name(first, "Email Address")}


def _second_name(heads: Sequence[str], heading: str) -> str:
    """Return what a second column of the same heading is called."""
    at = len(heads) - 1 - list(reversed(heads)).index(heading)
    return f"{heading} (column {chr(ord('A') + at)})"


def lime_survey(asked: Sequence[Asked]) -> Layout:
    """Return one column an option in square brackets, Yes or No."""
    rows, fields = _many_columns(asked, lambda one, option: f"{one.heading} [{option}]", lambda _: "Yes", "No")
    return [["Response ID" if not at else str(at), *row] for at, row in enumerate(rows)], fields


def by_hand(asked: Sequence[Asked]) -> Layout:
    """Return what an office types: one column an option with a cross, under "question: option"."""
    return _many_columns(asked, lambda one, option: f"{one.heading.rstrip(':')}: {option}", lambda _: "x", "")


LAYOUTS: Mapping[str, Callable[[Sequence[Asked]], Layout]] = {
    "google": google,
    "microsoft": microsoft,
    "jotform": jotform,
    "redcap labels": redcap_labels,
    "qualtrics": qualtrics,
    "survey monkey": survey_monkey,
    "lime survey": lime_survey,
    "by hand": by_hand,
}
