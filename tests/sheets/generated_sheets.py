"""Sheets that nobody would think of: cells of every odd kind, thrown together by a number; all people are made up."""

import io
from dataclasses import dataclass
from random import Random

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from chiron.blueprints.schema.fields import FieldSpec, standard_fields
from sheets.awkward import csv_bytes

BIDI, ESCAPES = (
    "\u202e\u2066\u2069",
    ("_x0000_", "_x0007_", "_xD800_", "_xDFFF_", "_x000D_", "_xFFFF_", "_x005F_x0041_"),
)
NAMES = (
    "Ama Boateng", "Bo Li", "Zoë Ångström-Núñez", "Dr Siân O’Hara", "Null", "None", "test", "Total", "\uff22\uff2f \uff2c\uff29", "Bo  Li",
    "李明", "عمر الفارسي", "N" * 201, "Ж" * 300, "Ana\nRoe", f"Ana {BIDI}Roe", "=1+1", "@Ana", "", " ", "?", "Ana\tRoe",
    "\ufdfa" * 40, "e\u0301" * 130, *(f"Ana {one} Roe" for one in ESCAPES),
)  # fmt: skip
ADDRESSES = (
    "ama@clinic.test", "AMA@clinic.test", "\uff41ma@clinic.test", " ama@clinic.test ", "bo@clinic.test", "é@clinic.test",
    "e\u0301@clinic.test", "ß@clinic.test", "ss@clinic.test", "K@clinic.test", "k@clinic.test", "İ@clinic.test",
    f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.test", f"{'a' * 300}@clinic.test", "\ufdfa@clinic.test",
    "ama@clinic", "ama@clínica.test", "ama@@clinic.test", "mailto:cai@clinic.test", "Cai <cai@clinic.test>", "", "none",
    ".dot@clinic.test", "dot.@clinic.test", "a..b@clinic.test", "ama@-clinic.test", "ama@clinic_.test", "'ama'@x.test",
    *(f"ama{one}@clinic.test" for one in ESCAPES),
)  # fmt: skip
NUMBERS = (
    "0", "1", "2", "999", "1000", "32767", "32768", "65536", "9999999999", "99999999999", "-1", "1.5", "1e9", "two", "many",
    "", "none", "\uff13", "٣", "²", "½", "1,000", "2-3", "nan", "inf", "up to 1200", "True", "0.0", "00", "+4", "\u22122",
)  # fmt: skip
ANSWERS = (
    "", "yes", "no", "Maybe", "Research", "Research; Exams", "Exams, Research", "Cardiology", "Nurse", "ST3", "Year 2",
    "53.8, -1.55", "91, 200", "02139", "2139", "Leeds", "Spanish; en", "Klingonish", "Mon 09:00-12:00", "every day",
    "Mon 25:00-26:00", "Europe/London", "Mars", "my boss", "Bo Li; Ama Boateng", "ama@clinic.test", "#REF!", "n/a", "tbc",
    "=HYPERLINK(1)", "x" * 2_500, "y" * 20_000, "a;" * 600, "\ufdfa" * 300, "St Mary's", "ST. MARY’S", f"{BIDI}x", "5", "0",
    "S" * 250, *ESCAPES, *(f"a{one}b" for one in ESCAPES),
)  # fmt: skip
ODD_HEADINGS = ("", "Column", "T-shirt", "Name", "Email", "E-mail", "x" * 400, "=1", "_x0000_", "Do not import", "Goals [a]", "Goals [b]")  # fmt: skip
SHEET_NAMES = ("Mentors", "Mentees", "Form responses 1", "Sheet1", "Notes")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-32")


@dataclass(frozen=True)
class Generated:
    """One sheet: whose it is, the name of its file, and its bytes."""

    role: str
    name: str
    content: bytes


def generated(seed: int) -> Generated:
    """Return the sheet that belongs to a number, always the same one."""
    dice = Random(seed)
    role = dice.choice(["mentor", "mentee"])
    fields = {name: spec for name, spec in standard_fields().items() if spec.side in {role, "both"}}
    chosen = [name for name in ("name", "email", "places", "wanted") if name in fields and dice.random() < 0.9]
    chosen += dice.sample(sorted(fields), dice.randint(0, 6))
    headings = [dice.choice(fields[name].headings or (name,)) for name in chosen]
    chosen += ["about"] * 2
    headings += [dice.choice(ODD_HEADINGS) for _ in range(2)]
    lines = [headings] if dice.random() < 0.95 else []
    plain = dice.random() < 0.5
    lines += [[_cell(dice, name, fields, row, plain=plain) for name in chosen] for row in range(dice.randint(0, 14))]
    if dice.random() < 0.02:
        lines[1:1] = [[""] for _ in range(33_000)]
    return _as_workbook(dice, role, lines) if dice.random() < 0.5 else _as_text(dice, role, lines)


def _cell(dice: Random, name: str, fields: dict[str, FieldSpec], row: int, *, plain: bool) -> str:
    """Return what stands below a heading: most cells of a plain sheet are good ones, so that its rows come in."""
    is_good = dice.random() < (0.9 if plain else 0.4)
    if name == "email":
        return f"person{row}@clinic.test" if is_good else dice.choice(ADDRESSES)
    if name in {"name", "first_name", "last_name", "preferred_name"}:
        return f"Person {'abcdefghijklmnop'[row % 16]}x Roe" if is_good else dice.choice(NAMES)
    if name in fields and fields[name].type == "number":
        return str(dice.randint(1, 3)) if is_good else dice.choice(NUMBERS)
    return dice.choice(("", "Research", "Cardiology")) if is_good else dice.choice(ANSWERS)


def _as_text(dice: Random, role: str, lines: list[list[str]]) -> Generated:
    separator = dice.choice(",;\t,")
    text = csv_bytes(lines, separator=separator, end=dice.choice(["\r\n", "\n"])).decode()
    if dice.random() < 0.1:
        text = text.replace("Research", "Re\x00search").replace("Roe", "R\x1boe")
    content = text.encode(dice.choice(ENCODINGS), errors="replace")
    if dice.random() < 0.1 and content:
        at = dice.randrange(len(content))
        content = content[:at] + bytes([dice.randrange(256)]) + content[at + 1 :]
    return Generated(role, dice.choice(["people.csv", "people.tsv", "people.txt", f"{'p' * 90}é.csv"]), content)


def _as_workbook(dice: Random, role: str, lines: list[list[str]]) -> Generated:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = dice.choice(SHEET_NAMES)
    for number, line in enumerate(lines, start=1):
        for column, cell in enumerate(line, start=1):
            if cell:
                text = ILLEGAL_CHARACTERS_RE.sub("", cell)
                is_number = text.isascii() and text.isdecimal() and dice.random() < 0.5
                sheet.cell(number, column).value = int(text) if is_number else text
    if dice.random() < 0.3:
        other = book.create_sheet(dice.choice(["Other", "Mentors 2", "Mentees 2"]))
        for line in (["Name", "Email"], ["Other Person", "other@clinic.test"]):
            other.append(line)
    stream = io.BytesIO()
    book.save(stream)
    return Generated(role, "people.xlsx", stream.getvalue())
