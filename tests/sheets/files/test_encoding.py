"""The letters of text files: Unicode of every kind, and code pages that are guessed aloud."""

import codecs

import pytest

from chiron.sheets.files.encoding import decode
from chiron.sheets.files.read import read_table
from chiron.sheets.files.table import SheetError

ROWS = "Name,Email,Goals\r\n{},a@nhs.test,Exams\r\nBo Marsh,b@nhs.test,Research\r\n"


@pytest.mark.parametrize("name", ["Siân Hughes", "Łukasz Żak", "Иван Петров", "王小明"])
@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"],
)
def test_unicode_is_read_without_a_guess(encoding, name):
    content = ROWS.format(name).encode(encoding)

    table = read_table(content, name="m.csv")

    assert table.rows[0].cells[0] == name
    assert table.notes == ()


@pytest.mark.parametrize(("mark", "encoding"), [
    (codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
])  # fmt: skip
def test_byte_order_mark_decides(mark, encoding):
    table = read_table(mark + ROWS.format("Ann Lee").encode(encoding), name="m.csv")

    assert [row.cells[0] for row in table.rows] == ["Ann Lee", "Bo Marsh"]


@pytest.mark.parametrize(("encoding", "name"), [
    ("cp1252", "José Núñez"), ("cp1252", "Zoë Müller"), ("cp1252", "Siân O’Brien"), ("cp1252", "Søren Ångström"),
    ("cp1250", "Łukasz Żak"), ("cp1250", "Małgorzata Śliwa"), ("mac_roman", "José Núñez"), ("mac_roman", "Zoë Müller"),
    ("cp1251", "Иван Петров"), ("cp1251", "Ольга Сидорова"), ("cp1253", "Γιώργος Παπάς"), ("cp1256", "محمد علي"),
    ("koi8_r", "Иван Петров"), ("gb18030", "王小明"), ("gb18030", "张伟\uff0c外科"),
])  # fmt: skip
def test_code_page_is_guessed_by_its_words_and_said_with_an_example(encoding, name):
    table = read_table(ROWS.format(name).encode(encoding), name="m.csv")

    assert table.rows[0].cells[0] == name
    (note,) = table.notes
    assert note == (
        f'm.csv does not say how its letters are written, so I guessed {encoding}: for example "{name}". '
        "If that is wrong, save it as CSV UTF-8 (on the command line, you can also say: --encoding cp1250)."
    )


def test_code_page_that_cannot_be_told_is_said_and_can_be_set():
    content = ROWS.format("Jiří Dvořák").encode("cp1250")

    guessed, told = read_table(content, name="m.csv"), read_table(content, name="m.csv", encoding="cp1250")

    assert guessed.rows[0].cells[0] == "Jiøí Dvoøák"
    assert 'for example "Jiøí Dvoøák"' in guessed.notes[0]
    assert (told.rows[0].cells[0], told.notes) == ("Jiří Dvořák", ())


def test_encoding_that_is_set_is_for_files_that_are_no_unicode():
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert decode("Jiří".encode(encoding), file="m.csv", encoding="cp1251").text == "Jiří"


def test_encoding_that_there_is_not_is_refused():
    for name in ("cp9999", "rot13", "base64"):
        with pytest.raises(SheetError, match=f'There is no encoding "{name}"'):
            decode("é".encode("cp1252"), file="m.csv", encoding=name)


def test_encoding_that_is_set_and_does_not_fit_is_refused():
    with pytest.raises(SheetError, match=r"I cannot read the letters in m\.csv"):
        decode("Łukasz".encode("cp1250") + b"\x81\xff\x81", file="m.csv", encoding="cp932")


def test_unicode_with_a_scar_stays_unicode_and_names_the_row():
    content = ROWS.format("Siân Ångström-Núñez, Zoë Müller, Hélène Lefèvre, Łukasz").encode().replace(b"Bo", b"B\xf3")

    letters = decode(content, file="m.csv")

    assert "Siân Ångström-Núñez" in letters.text
    assert letters.note == 'm.csv row 3: a letter cannot be read ("B\ufffd Marsh"). Type it again.'
