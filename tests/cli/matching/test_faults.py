"""Files that are damaged, endless or meant for something else: the command ends with 2 and a sentence, never a fault."""

import json
import random
import shutil
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from chiron import match
from chiron.sheets.files.table import SheetError

PEOPLE = {
    "mentors.csv": "Name,Email,Expertise\nMo One,mo1@nhs.test,Exams\nMo Two,mo2@nhs.test,Research\n",
    "mentees.csv": "Name,Email,Goals\nAnn Lee,ann@nhs.test,Exams\n",
}
DEEP = "[" * 100_000
HOSTILE = {
    "deep.json": '{"schema_version": 1, "pairs": ' + DEEP,
    "deep-list.json": DEEP,
    "wrong.json": '{"schema_version": 1, "pairs": 5}',
    "no-numbers.json": '{"schema_version": 1, "summary": {"matched": "x"}}',
    "big.csv": "Name,Goals\nAnn," + "x" * 140_000,
    "big-result.csv": "Mentee,Mentor,Fit,Why,Mentee id,Mentor id\nAnn," + "x" * 140_000,
    "open.csv": 'Mentee,Mentor,Fit,Why,Mentee id,Mentor id\nAnn,"Mo,1',
    "nul.csv": "Mentee,Mentor,Fit\nAnn\0,Mo,1\n",
    "words.txt": "Dear all",
    "deep.toml": "a = " + DEEP,
}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Return a folder with two sheets and a result of each kind, made once."""
    made = tmp_path_factory.mktemp("written")
    for name, text in PEOPLE.items():
        (made / name).write_text(text)
    result = match(made / "mentors.csv", made / "mentees.csv")
    for out in ("plan.json", "plan.xlsx", "plan.csv"):
        result.write(made / out)
    return made


@pytest.fixture
def plan(written, folder):
    """Return the current folder, with those files in it."""
    shutil.copytree(written, folder, dirs_exist_ok=True)
    return folder


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("words", [["explain", "FILE", "Ann Lee"], ["fairness", "FILE", "--by", "Goals"], ["compare", "FILE", "FILE"],
                                   ["check", "mentors.csv", "mentees.csv", "--plan", "FILE", "--no-input"],
                                   ["match", "mentors.csv", "FILE", "--no-input", "-n"],
                                   ["match", "mentors.csv", "mentees.csv", "--no-input", "-n", "--rules", "FILE"],
                                   ["check", "mentors.csv", "mentees.csv", "--no-input", "--map", "FILE"],
                                   ["match", "mentors.csv", "mentees.csv", "--no-input", "-n", "--pairs", "FILE"],
                                   ["blueprints", "check", "FILE"]], ids=lambda words: " ".join(words[:1] + words[3:-1]))  # fmt: skip
def test_damaged_file_ends_with_2_and_a_sentence(plan, run, name, words):
    (plan / name).write_text(HOSTILE[name])

    code, out, err = run(*[name if word == "FILE" else word for word in words])

    assert (code, out) == (2, "")
    assert err.strip()


@pytest.mark.parametrize("command", ["explain", "fairness"])
def test_empty_file_is_no_result(folder, run, command):
    (folder / "plan.json").write_text("")

    code, _, err = run(command, "plan.json", *(["Ann"] if command == "explain" else ["--by", "Goals"]))

    assert (code, err) == (2, "plan.json is empty. Give the file that chiron match wrote.\n")


@pytest.mark.parametrize("seed", range(90))
def test_result_with_a_slip_in_it_is_read_or_refused(plan, run, seed):
    """A byte, a value or a part of a result is lost: the command explains, or refuses with a sentence."""
    chance = random.Random(seed)
    kind = ("plan.json", "plan.xlsx", "plan.csv")[seed % 3]
    content = bytearray((plan / kind).read_bytes())
    if seed % 2:
        for _ in range(chance.randint(1, 20)):
            content[chance.randrange(len(content))] = chance.randrange(256)
    elif kind == "plan.json":
        table = json.loads(content)
        spoil(table, chance)
        content = bytearray(json.dumps(table).encode())
    elif kind == "plan.xlsx":
        content = bytearray(without_a_part(bytes(content), chance))
    else:
        del content[chance.randrange(len(content)) :]
    (plan / f"slip-{kind}").write_bytes(content)

    for words in (["explain", f"slip-{kind}", "Ann Lee"], ["compare", "plan.json", f"slip-{kind}"], ["fairness", f"slip-{kind}", "--by", "Goals"]):  # fmt: skip
        code, out, err = run(*words)
        assert code in (0, 2), err
        assert out or err.strip()


def spoil(table: object, chance: random.Random) -> None:
    """Replace one value somewhere in a table of JSON by something of another kind."""
    while isinstance(table, dict | list) and table:
        key = chance.choice(list(table)) if isinstance(table, dict) else chance.randrange(len(table))
        if not isinstance(table[key], dict | list) or not table[key] or chance.random() < 0.3:
            table[key] = chance.choice([None, 5, -1, "x", [], {}, [1], {"a": 1}, True, 1.5, "1" * 50])
            return
        table = table[key]


def without_a_part(content: bytes, chance: random.Random) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        lost = chance.choice(old.namelist())
        for name in old.namelist():
            if name != lost:
                new.writestr(name, old.read(name))
    return stream.getvalue()


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no endless device")
@pytest.mark.parametrize("words", [["explain", "FILE", "Ann"], ["check", "FILE", "mentees.csv"], ["check", "mentors.csv", "mentees.csv", "--rules", "FILE"],
                                   ["check", "mentors.csv", "mentees.csv", "--map", "FILE"], ["blueprints", "check", "FILE"]],
                                   ids=lambda words: words[-1] if words[-1] != "FILE" else words[-2])  # fmt: skip
def test_endless_file_ends_at_the_limit(folder, run, words):
    for name, text in PEOPLE.items():
        (folder / name).write_text(text)

    code, _, err = run(*["/dev/zero" if word == "FILE" else word for word in words])

    assert code == 2
    assert "MiB" in err or "larger than" in err


@pytest.mark.parametrize("flag", ["-o", "--save-map"])
@pytest.mark.parametrize("target", ["mentees.csv", "./mentees.csv", "link.csv"])
def test_input_is_never_written_over(folder, run, flag, target):
    for name, text in PEOPLE.items():
        (folder / name).write_text(text)
    (folder / "link.csv").symlink_to(folder / "mentees.csv")

    code, _, err = run("match", "mentors.csv", "mentees.csv", "--no-input", "--force", flag, target)

    assert code == 2
    assert "is the mentees' sheet, and would be lost. Choose another name." in err
    assert (folder / "mentees.csv").read_text() == PEOPLE["mentees.csv"]


def test_map_may_be_kept_anew_in_its_own_file(plan, run):
    words = ("match", "mentors.csv", "mentees.csv", "--no-input", "-q", "--force", "-o", "again.json")
    assert run(*words, "--save-map", "columns.toml")[0] == 0

    assert run(*words, "--map", "columns.toml", "--save-map", "columns.toml")[0] == 0


def test_result_over_a_sheet_that_it_was_made_of_is_refused_in_a_program_too(folder):
    for name, text in PEOPLE.items():
        (folder / name).write_text(text)
    result = match("mentors.csv", "mentees.csv")

    with pytest.raises(SheetError, match=r"mentors\.csv is one of the sheets that were read"):
        result.write("mentors.csv", force=True)


def test_pattern_that_matches_too_many_files_is_told_as_such(folder, run):
    code, _, err = run("match", "a.xlsx", "b.xlsx", "c.xlsx", "d.xlsx", "e.xlsx", "--no-input")

    further = run("explain", "a.json", "b.json", "Ann Lee")

    assert code == 2
    assert "5 files are named here. Name two files, the mentors' first. A pattern such as *.xlsx may stand for" in err
    assert further[0] == 2
    assert 'There is one word too many: "Ann". A pattern such as *.xlsx may stand for' in further[2]


def test_files_can_be_chosen_and_kept_in_a_map(folder, run):
    (folder / "mentors.csv").write_bytes("Name,Expertise\nJiří Dvořák,Exams\n".encode("cp1250"))
    (folder / "mentees.csv").write_text(PEOPLE["mentees.csv"])
    words = ("match", "mentors.csv", "mentees.csv", "--no-input", "-q", "--force", "-o", "-")

    guessed = run("match", "mentors.csv", "mentees.csv", "--no-input", "-n")
    told = run(*words, "--encoding", "cp1250", "--save-map", "columns.toml")
    kept = run(*words, "--map", "columns.toml")
    unknown = run(*words, "--encoding", "latin-99")

    assert 'so I guessed cp1252: for example "Jiøí Dvoøák"' in guessed[2]
    assert told[1] == kept[1]
    assert "Jiří Dvořák" in told[1]
    assert 'encoding = "cp1250"' in (folder / "columns.toml").read_text()
    assert unknown[0] == 2
    assert 'There is no encoding "latin-99"' in unknown[2]
