"""Static files under hashed names, and the budget of the style sheet."""

import gzip
import re
from pathlib import Path

import pytest
from django.templatetags.static import static

import chiron.site.shared
from chiron.site.shared.assets import hashed_name, served_bytes

FOLDER = Path(chiron.site.shared.__file__).parent / "static" / "chiron"


def test_hashed_name_changes_with_the_content():
    assert re.fullmatch(r"chiron/app\.[0-9a-f]{12}\.css", hashed_name("chiron/app.css"))


def test_hashed_name_of_a_missing_file_fails():
    with pytest.raises(ValueError, match=r"chiron/typo\.css"):
        hashed_name("chiron/typo.css")


@pytest.mark.django_db
def test_file_is_served_for_ever_under_its_hashed_name_and_not_under_its_own(client):
    answer = client.get(static("chiron/app.css"))

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, 'text/css; charset="utf-8"')
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content) == served_bytes(str(FOLDER / "app.css"))
    assert client.get("/static/chiron/app.css").status_code == 404


def test_served_style_sheet_says_the_same_without_comments_and_line_breaks():
    written = re.sub(r"/\*.*?\*/", "", (FOLDER / "app.css").read_text(), flags=re.DOTALL)

    served = served_bytes(str(FOLDER / "app.css")).decode()

    assert "\n" not in served
    assert "/*" not in served
    assert ".table-cards :is(td, th){border:0;" in served
    assert "".join(served.split()) == "".join(written.split()).replace(";}", "}")


@pytest.mark.django_db
def test_style_sheet_keeps_its_budget_as_it_is_served(client):
    plain = client.get(static("chiron/app.css"))
    packed = client.get(static("chiron/app.css"), headers={"accept-encoding": "gzip"})

    content, compressed = b"".join(plain.streaming_content), b"".join(packed.streaming_content)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(compressed) == content
    assert len(content) <= 10 * 1024
    assert len(compressed) <= 4 * 1024


def test_files_for_people_have_no_line_over_160_characters():
    long = [
        f"{path.name}:{number}"
        for pattern in ("*.html", "*.css", "*.js")
        for path in Path(chiron.site.shared.__file__).parents[1].rglob(pattern)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > 160
    ]

    assert long == []


def test_both_dark_blocks_of_the_tokens_are_equal():
    text = (FOLDER / "tokens.css").read_text()
    blocks = re.findall(r"color-scheme: dark;(.*?)\}", text, re.DOTALL)

    assert len(blocks) == 2
    assert [line.strip() for line in blocks[0].splitlines()] == [line.strip() for line in blocks[1].splitlines()]


def test_own_files_load_nothing_from_elsewhere():
    for path in FOLDER.iterdir():
        assert "http" not in path.read_text().replace("http://www.w3.org/2000/svg", "")
