"""Builds, in code, the awkward sheets that people really send: all names and addresses in them are made up."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

MANY = 5_000
PEOPLE = (
    ("Ama Boateng", "ama@clinic.test"),
    ("Bo Li", "bo@clinic.test"),
    ("Cai Morgan", "cai@clinic.test"),
    ("Dr Siân Hughes", "sian@clinic.test"),
    ("Zoë Ångström-Núñez", "zoe@clinic.test"),
)


@dataclass(frozen=True)
class Awkward:
    """One awkward sheet: its file, whose it is, and the column that each field should be found in."""

    name: str
    file: str
    side: str
    content: bytes
    columns: Mapping[str, str]


def csv_bytes(
    rows: Iterable[Sequence[str]], *, separator: str = ",", encoding: str = "utf-8", end: str = "\r\n"
) -> bytes:
    """Return rows as a text file in which every cell with a separator, quote or line break is quoted."""

    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in (separator, '"', "\n")) else cell

    return (end.join(separator.join(map(quoted, row)) for row in rows) + end).encode(encoding)


def workbook(*sheets: tuple[str, Callable[[Worksheet], None]]) -> bytes:
    """Return a workbook whose sheets are filled by functions."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, fill in sheets:
        fill(book.create_sheet(title))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def rows(*lines: Sequence[Any]) -> Callable[[Worksheet], None]:
    """Return a function that writes rows into a sheet."""

    def fill(sheet: Worksheet) -> None:
        for line in lines:
            sheet.append(list(line))

    return fill


def replaced(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return a workbook in which one part is changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            new.writestr(entry.filename, change(data) if entry.filename == part else data)
    return stream.getvalue()


def byte_order_mark() -> Awkward:
    content = csv_bytes(
        [["Full name", "E-mail", "What would you like help with?"], [*PEOPLE[0], "Research"]], encoding="utf-8-sig"
    )
    return Awkward(
        "byte-order mark",
        "mark.csv",
        "mentee",
        content,
        {"name": "Full name", "email": "E-mail", "goals": "What would you like help with?"},
    )


def semicolons() -> Awkward:
    lines = [
        ["Name", "E-Mail-Address", "Areas", "How many?"],
        ["Bo Li", "bo@clinic.test", "Research, Exams", "2"],
        ["Cai Morgan", "cai@clinic.test", "Leadership", "1"],
    ]
    return Awkward(
        "semicolons",
        "semicolons.csv",
        "mentor",
        csv_bytes(lines, separator=";", encoding="cp1252"),
        {"name": "Name", "email": "E-Mail-Address", "expertise": "Areas", "places": "How many?"},
    )


def merged_headings() -> Awkward:
    def fill(sheet: Worksheet) -> None:
        sheet["A1"] = "Mentoring programme 2026: mentees"
        sheet.merge_cells("A1:F1")
        sheet["A2"] = "Exported on 3 March"
        for cell, text in (
            ("A4", "Name"),
            ("B4", "Contact"),
            ("D4", "Preferred mentors"),
            ("B5", "E-mail"),
            ("C5", "Phone"),
            ("D5", "1st"),
            ("E5", "2nd"),
            ("F5", "3rd"),
        ):
            sheet[cell] = text
        for block in ("A4:A5", "B4:C4", "D4:F4"):
            sheet.merge_cells(block)
        sheet.append(["Ama Boateng", "ama@clinic.test", "+44 7700 900123", "Dr Siân Hughes", "Bo Li", "none"])
        sheet.append(["Cai Morgan", "cai@clinic.test", "07700 900456", "Bo Li", None, None])

    columns = {"name": "Name", "email": "Contact: E-mail", "choices": "Preferred mentors: 1st"}
    return Awkward("merged headings, late", "merged.xlsx", "mentee", workbook(("Sheet1", fill)), columns)


def late_headings() -> Awkward:
    lines = [
        ["Mentors of the spring cohort"],
        [],
        ["Please do not edit"],
        [],
        [],
        ["Full name", "Email", "Places", "Specialty"],
        [*PEOPLE[3], 2, "Cardiology"],
        [*PEOPLE[1], 1, "Paediatrics"],
    ]
    return Awkward(
        "headings in row 6",
        "late.xlsx",
        "mentor",
        workbook(("Sheet1", rows(*lines))),
        {"name": "Full name", "email": "Email", "places": "Places", "field": "Specialty"},
    )


def leading_zeros() -> Awkward:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["Staff number", "Name", "Email", "ZIP code", "Places"])
        sheet.append(["00417", "Ama Boateng", "ama@clinic.test", 2139, 1])
        sheet.append([912, "Bo Li", "bo@clinic.test", "02139", 2])
        sheet["A3"].number_format = "00000"
        sheet["D2"].number_format = "00000"

    columns = {"id": "Staff number", "name": "Name", "email": "Email", "place": "ZIP code", "places": "Places"}
    return Awkward("leading zeros", "zeros.xlsx", "mentor", workbook(("Sheet1", fill)), columns)


def excel_dates() -> Awkward:
    lines = [["Timestamp", "Your name", "Email address", "How many mentees?", "Start date"],
             [dt.datetime.fromisoformat("2026-03-01T09:30"), "Ama Boateng", "ama@clinic.test", dt.date(2026, 3, 2), dt.date(2026, 4, 1)],
             [dt.datetime.fromisoformat("2026-03-01T09:31:05"), "Bo Li", "bo@clinic.test", 2, None]]  # fmt: skip
    return Awkward(
        "Excel dates",
        "dates.xlsx",
        "mentor",
        workbook(("Form responses 1", rows(*lines))),
        {"name": "Your name", "email": "Email address", "places": "How many mentees?"},
    )


def accents() -> Awkward:
    lines = [
        ["Prénom", "First name", "Last name", "E\u2011mail", "Spoken languages"],
        ["x", "Zoë", "Ångström-Núñez", "zoe@clinic.test", "svenska; español"],
        ["y", "Siân", "Hughes", "sian@clinic.test", "Cymraeg, English"],
    ]
    return Awkward(
        "accents, UTF-16",
        "accents.tsv",
        "mentee",
        csv_bytes(lines, separator="\t", encoding="utf-16"),
        {"first_name": "First name", "last_name": "Last name", "email": "E\u2011mail", "languages": "Spoken languages"},
    )


def two_names_in_a_cell() -> Awkward:
    lines = [
        ["Name", "Email", "Which mentors would you prefer?", "Not with"],
        [*PEOPLE[0], "Dr Siân Hughes; Bo Li", "Hughes, Siân"],
        [*PEOPLE[2], "1. Bo Li 2. Siân Hughes", "none"],
    ]
    return Awkward(
        "two names in one cell",
        "names.csv",
        "mentee",
        csv_bytes(lines),
        {"name": "Name", "email": "Email", "choices": "Which mentors would you prefer?", "not_with": "Not with"},
    )


def duplicates() -> Awkward:
    lines = [
        ["Name", "Email", "Topics"],
        [*PEOPLE[0], "Exams"],
        [*PEOPLE[1], "Exams"],
        ["Ama B.", "AMA@clinic.test", "Research"],
        ["Bo Li", "bo2@clinic.test", "Exams"],
        ["Total", "", "4"],
    ]
    return Awkward(
        "duplicates", "twice.csv", "mentee", csv_bytes(lines), {"name": "Name", "email": "Email", "goals": "Topics"}
    )


def empty_rows() -> Awkward:
    lines = [
        ["Name", "Email", "Places", None, None],
        [],
        [*PEOPLE[0], 1],
        [],
        [],
        [*PEOPLE[1], 2],
        [None, "  ", None],
        [*PEOPLE[2], 3],
    ]
    return Awkward(
        "empty rows",
        "gaps.xlsx",
        "mentor",
        workbook(("Sheet1", rows(*lines))),
        {"name": "Name", "email": "Email", "places": "Places"},
    )


@cache
def many_rows() -> Awkward:
    heading = [
        "Name",
        "Email",
        "Goals",
        "Specialty",
        "Career stage",
        "Languages",
        "When are you free?",
        "ZIP",
        "Happy to meet online?",
        "Hours per month",
        "Gender",
        "Department",
        "Hospital",
        "About you",
        "How many mentors?",
    ]
    fields = [
        "name",
        "email",
        "goals",
        "field",
        "stage",
        "languages",
        "hours",
        "place",
        "remote",
        "hours_per_month",
        "gender",
        "department",
        "organization",
        "about",
        "wanted",
    ]
    goals = ("Research", "Exams", "Leadership", "Wellbeing", "Teaching")
    lines = [heading] + [
        [f"Person {at}", f"p{at}@clinic.test", f"{goals[at % 5]}; {goals[at // 5 % 5]}", ("Cardiology", "Paediatrics", "Oncology")[at % 3],
         ("Medical student", "Resident", "Fellow")[at % 3], ("English", "English; Spanish", "Welsh")[at % 3],
         f"{('Mon', 'Tue', 'Wed')[at % 3]} {8 + at % 10}:00-{9 + at % 10}:00", ("02139", "94110", "60601")[at % 3], ("Yes", "No")[at % 2],
         str(1 + at % 6), ("F", "M", "Non-binary")[at % 3], f"Department {at % 12}", f"Hospital {at % 4}",
         f"I work on topic {at * 7 % 1000} and would like to learn about topic {at * 13 % 1000}.", "1"] for at in range(MANY)
    ]  # fmt: skip
    return Awkward(
        "5,000 rows", "many.xlsx", "mentee", workbook(("People", rows(*lines))), dict(zip(fields, heading, strict=True))
    )


def formula_cells() -> Awkward:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["Name", "Email", "Places", "Topics"])
        sheet.append(["Ama Boateng", "ama@clinic.test", "=1+1", "Research"])
        sheet.append(["Bo Li", "bo@clinic.test", "=2+2", "Research"])
        sheet["D3"] = '=HYPERLINK("http://clinic.test")'

    def saved(part: bytes) -> bytes:
        return part.replace(b'<c r="C2"><f>1+1</f><v></v></c>', b'<c r="C2"><f>1+1</f><v>2</v></c>').replace(
            b'<c r="C2"><f>1+1</f><v /></c>', b'<c r="C2"><f>1+1</f><v>2</v></c>'
        )

    content = replaced(workbook(("Sheet1", fill)), "xl/worksheets/sheet1.xml", saved)
    return Awkward(
        "formula cells",
        "formulas.xlsx",
        "mentor",
        content,
        {"name": "Name", "email": "Email", "places": "Places", "expertise": "Topics"},
    )


def wrong_sheet_order() -> Awkward:
    notes = rows(["How to use this workbook"], ["1. Fill in the second sheet"], ["2. Send it back"])
    lists = rows(["Topic", "Code"], ["Research", "R"], ["Exams", "E"])
    people = rows(["Mentee name", "Email", "What are your goals?"], [*PEOPLE[0], "Exams"], [*PEOPLE[1], "Research"])
    content = workbook(("Read me", notes), ("Lists", lists), ("Mentees", people))
    return Awkward(
        "wrong sheet order",
        "order.xlsx",
        "mentee",
        content,
        {"name": "Mentee name", "email": "Email", "goals": "What are your goals?"},
    )


def long_questions() -> Awkward:
    lines = [["Timestamp", " FULL NAME \n(as on your badge) ", "Email Address",
              "What would you like help with?\nPlease choose up to three.", "Would you mind meeting online?", "How important is the same field to you?"],
             ["2026-03-01", "Ama Boateng", "ama@clinic.test", "Research, Exams, Leadership, Teaching", "Yes", "Very important"],
             ["2026-03-01", "Bo Li", "bo@clinic.test", "Exams", "No", "1 - not at all"]]  # fmt: skip
    columns = {
        "name": "FULL NAME \n(as on your badge)",
        "email": "Email Address",
        "goals": "What would you like help with?\nPlease choose up to three.",
        "remote": "Would you mind meeting online?",
        "field_importance": "How important is the same field to you?",
    }
    return Awkward("long questions", "questions.csv", "mentee", csv_bytes(lines), columns)


def plain_sheets() -> tuple[Awkward, ...]:
    """Return every awkward sheet that is small."""
    makers = (byte_order_mark, semicolons, merged_headings, late_headings, leading_zeros, excel_dates, accents,
              two_names_in_a_cell, duplicates, empty_rows, formula_cells, wrong_sheet_order, long_questions)  # fmt: skip
    return tuple(make() for make in makers)


def every_problem() -> bytes:
    """Return a mentees' sheet with everything that the check reports, one a row."""
    heading = [
        "Full name",
        "Email",
        "What would you like help with? (choose up to 3)",
        "How many mentors?",
        "Specialty",
        "Languages",
        "Time zone",
        "When are you free?",
        "Postcode",
        "Would you mind meeting online?",
        "How important is the same field?",
        "Which mentors would you prefer?",
        "Not with",
    ]
    good = [
        "Research",
        "1",
        "Cardiology",
        "English",
        "Europe/London",
        "Mon 18:00-19:00",
        "53.80, -1.55",
        "No",
        "5",
        "Siân Hughes",
        "none",
    ]

    def person(name: str, email: str, **changed: str) -> list[str]:
        names = (
            "goals",
            "wanted",
            "field",
            "languages",
            "zone",
            "hours",
            "place",
            "mind",
            "importance",
            "choices",
            "not_with",
        )
        return [name, email, *(changed.get(each, usual) for each, usual in zip(names, good, strict=True))]

    lines = [
        ["Mentees of the spring cohort"],
        heading,
        person("Ama Boateng", "ama@clinic.test"),  # 3
        person("Bo Li", "bo@clinic.test", wanted="two or three"),  # 4
        person("Cai Morgan", "cai@clinic.test", wanted="as many as needed"),  # 5
        person("Dee Okafor", "dee@clinic.test", goals="Research; Exams; Teaching; Wellbeing"),  # 6
        person("Eli Stone", "eli@clinic", wanted="1"),  # 7
        person("Fay Wong", "fay@clinic.test", hours="sometime soon"),  # 8
        person("Gus Roy", "gus@clinic.test", mind="maybe", importance="banana"),  # 9
        person("Hal Roy", "hal@clinic.test", mind="Yes"),  # 10
        person("Ivy Roy", "ivy@clinic.test", choices="Siân Hughs; Jo Nobody"),  # 11
        person("Jan Roy", "jan@clinic.test", not_with="Sian Hughess"),  # 12
        person("Ama Boateng", "AMA@clinic.test"),  # 13
        person("Test", "kim@clinic.test"),  # 14
        person("Lou Roy", "lou@example.com"),  # 15
        person("", "max@clinic.test"),  # 16
        person("Ned Roy", "ned@clinic.test", place="Atlantis", languages="Elvish-Dwarvish", field="Cardiolgy"),  # 17
        person("Oda Roy", "oda@clinic.test", wanted="2026-03-02", zone="Mars"),  # 18
        [],
        person("Pia Roy", "pia@clinic.test", hours="Tue evenings", choices="none"),  # 20
        heading,  # 21
        ["Total", "", "", "17"],  # 22
        person("Bo Li", "bo2@clinic.test"),  # 23
        person("Qi Roy", "qi@clinic.test", wanted="#REF!", field="n/a", languages="-"),  # 24
    ]
    return csv_bytes(lines, encoding="utf-8-sig")


def bomb(*, unpacked: int) -> bytes:
    """Return a small workbook one of whose parts grows enormously when unpacked."""
    stream = io.BytesIO(workbook(("Sheet1", rows(["Name"], ["Ama"]))))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", b" " * unpacked)
    return stream.getvalue()


def declares(rows_declared: int, columns_declared: int) -> bytes:
    """Return a small workbook that says it is huge."""
    wide = f'<dimension ref="A1:{get_column_letter(columns_declared)}{rows_declared}"/>'.encode()

    def change(part: bytes) -> bytes:
        start = part.index(b"<dimension")
        return part[:start] + wide + part[part.index(b"/>", start) + 2 :]

    return replaced(
        workbook(("Sheet1", rows(["Name", "Email"], ["Ama", "a@b.test"]))), "xl/worksheets/sheet1.xml", change
    )
