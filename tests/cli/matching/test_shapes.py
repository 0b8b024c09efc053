"""`chiron match` and its sisters for every shape, from the sheets that each shape needs."""

import json

import openpyxl
import pytest

CIRCLES = """
[matching]
[matching.shape]
kind = "circles"
least = 3
most = 4

[[matching.rules]]
name = "Common interests"
kind = "overlap"
field = "interests"
points = 50

[[matching.rules]]
name = "Not with"
kind = "apart"
field = "not_with"
must = true

[matching.fields.interests]
type = "list"
label = "Interests"
"""
PEERS = CIRCLES.replace('kind = "circles"\nleast = 3\nmost = 4', 'kind = "peers"')
PEOPLE = """Name,E-mail,Interests,Not with,Hospital
Ana Roe,ana@ward.org,Research; Sport,,North
Ben Ode,ben@ward.org,Research,Ana Roe,North
Cem Kaya,cem@ward.org,Sport; Music,,South
Dea Lund,dea@ward.org,Music,,South
Eli Marsh,eli@ward.org,Research; Music,,North
Fay Oduya,fay@ward.org,Sport,,South
Gil Stone,gil@ward.org,Research,,South
"""
CHAIN = """
[matching]
capacity = 2
[matching.shape]
kind = "chain"
by = "tier"
tiers = ["Student", "Resident", "Attending"]

[matching.fields.tier]
type = "choice"
label = "Tier"

[[matching.rules]]
name = "Same field"
kind = "same"
field = "specialty"
points = 60
"""
PANEL = """
[matching]
[matching.shape]
kind = "panel"
by = "mentor_kind"
[[matching.shape.slots]]
name = "Clinical"
of = ["Clinical"]
[[matching.shape.slots]]
name = "Research"
of = ["Research"]
costs = 2

[matching.fields.mentor_kind]
type = "choice"
label = "Kind"

[[matching.rules]]
name = "Same field"
kind = "same"
field = "specialty"
points = 60
"""
TIERS = {
    "attendings.csv": "Name,E-mail,Specialty\nDr Ada Stone,ada@ward.org,Cardiology\n",
    "residents.csv": "Name,E-mail,Specialty\nBen Ode,ben@ward.org,Cardiology\nCleo Marsh,cleo@ward.org,Oncology\n",
    "students.csv": "Name,E-mail,Specialty\nEve Lund,eve@ward.org,Cardiology\nFay Roe,fay@ward.org,Oncology\n",
}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files = {
        "circles.toml": CIRCLES,
        "peers.toml": PEERS,
        "chain.toml": CHAIN,
        "panel.toml": PANEL,
        "people.csv": PEOPLE,
    }
    for name, text in {**files, **TIERS}.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def pairs_of(text):
    return {frozenset((pair["mentee"], pair["mentor"])) for pair in json.loads(text)["pairs"]}


def test_peers_are_paired_from_one_sheet(here, run):
    code, out, _ = run("match", "people.csv", "--rules", "peers.toml", "--json")

    record = json.loads(out)
    assert code == 0
    assert record["shape"] == "peers"
    assert len(record["pairs"]) == 3
    assert frozenset(("Ana Roe", "Ben Ode")) not in pairs_of(out)
    assert record["summary"]["matched"] == 6
    (left,) = record["unmatched"]
    assert left["side"] == "person"
    assert "7 is an odd number" in left["reasons"][0]
    assert record["columns"][0]["side"] == "person"


def test_circles_list_their_members_and_hold_through_every_command(here, run):
    run("match", "people.csv", "--rules", "circles.toml", "-o", "plan.xlsx")

    book = openpyxl.load_workbook("plan.xlsx")
    explained = run("explain", "plan.xlsx", "ben@ward.org")[1]
    judged = run("check", "people.csv", "--rules", "circles.toml", "--plan", "plan.xlsx")
    compared = run("compare", "plan.xlsx", "plan.xlsx")[1]
    grouped = run("fairness", "plan.xlsx", "--by", "Hospital")

    members = list(book["Groups"].iter_rows(min_row=2, values_only=True))
    assert sorted(row[1] for row in members) == sorted(line.split(",")[0] for line in PEOPLE.splitlines()[1:])
    assert [cell.value for cell in book["Pairs"][1]][:4] == ["Person", "Peer", "Circle", "Fit"]
    assert "Other choices" not in book.sheetnames
    assert all(line.startswith("Ben Ode → ") for line in explained.splitlines() if "→" in line)
    assert judged[0] == 0
    assert "No plan is better; proved." in judged[1]
    assert "0 of 7 people change circle." in compared
    assert grouped[0] == 0


def test_chain_is_read_from_one_sheet_a_tier_or_from_one_with_tiers(here, run):
    everybody = ["Name,E-mail,Specialty,Tier"]
    for name, tier in (("attendings.csv", "Attending"), ("residents.csv", "Resident"), ("students.csv", "Student")):
        everybody += [f"{line},{tier}" for line in TIERS[name].splitlines()[1:]]
    (here / "all.csv").write_text("\n".join([*everybody, "Ian Odd,ian@ward.org,Oncology,Teacher"]) + "\n")

    by_sheet = run("match", *TIERS, "--rules", "chain.toml", "--json")
    by_tier = run("match", "all.csv", "--rules", "chain.toml", "--json")

    assert by_sheet[0] == by_tier[0] == 0
    assert pairs_of(by_sheet[1]) == pairs_of(by_tier[1])
    assert {pair["label"] for pair in json.loads(by_sheet[1])["pairs"]} == {
        "Student and Resident",
        "Resident and Attending",
    }
    (problem,) = json.loads(by_tier[1])["problems"]
    assert problem["text"] == '"Tier" is "Teacher", which is no tier. Type one of: Student, Resident, Attending.'


def test_chain_refuses_somebody_on_two_tiers(here, run):
    (here / "students.csv").write_text(TIERS["students.csv"] + "Dr Ada Stone,ada@ward.org,Oncology\n")

    code, _, err = run("match", *TIERS, "--rules", "chain.toml")

    assert code == 2
    assert "Dr Ada Stone (ada@ward.org) stands on two sheets, as" in err


def test_chain_is_mended_after_somebody_left(here, run):
    code, out, _ = run("match", *TIERS, "--rules", "chain.toml", "--leaves", "Cleo Marsh", "--json")

    record = json.loads(out)
    assert code == 0
    assert pairs_of(out) == {
        frozenset(("Ben Ode", "Dr Ada Stone")),
        frozenset(("Eve Lund", "Ben Ode")),
        frozenset(("Fay Roe", "Ben Ode")),
    }
    assert "cleo@ward.org" not in {one["id"] for one in record["unmatched"]}


def test_slot_that_costs_two_places_fills_fewer(here, run):
    (here / "mentors.csv").write_text(
        "Name,Places,Specialty,Kind\nDr Ada,2,Oncology,Research\nDr Bo,2,Oncology,Clinical\n"
    )
    (here / "mentees.csv").write_text("Name,Specialty\nEve Lund,Oncology\nFay Roe,Oncology\n")

    code, out, _ = run("match", "mentors.csv", "mentees.csv", "--rules", "panel.toml", "--json")

    record = json.loads(out)
    assert code == 0
    assert sorted(pair["label"] for pair in record["pairs"]) == ["Clinical", "Clinical", "Research"]
    (place,) = record["open_places"]
    assert place["label"] == "Research"
    assert record["open_fixes"] == ["2 more places with Dr Ada."]
    assert record["summary"]["proved_best"]


def test_plan_of_rounds_without_the_round_is_refused(here, run):
    run("template", "--shape", "rounds")
    (here / "plan.csv").write_text("Mentee,Mentor\nE001,M001\n")

    code, _, err = run("check", "mentors.xlsx", "mentees.xlsx", "--rules", "rules.toml", "--plan", "plan.csv")

    assert code == 2
    assert 'The plan does not say which round the pair "E001" and "M001" is for.' in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["people.csv", "students.csv", "--rules", "peers.toml"], 'The shape "peers" has no side of mentors.'),
        (["people.csv"], "Name two files, the mentors' first. If one sheet holds both sides, name it twice"),
        (
            ["attendings.csv", "students.csv", "residents.csv", "people.csv", "--rules", "chain.toml"],
            "one sheet a tier",
        ),
        (["people.csv", "--rules", "peers.toml", "--aim", "stable"], "cannot aim for stable"),
        (
            ["people.csv", "--rules", "peers.toml", "--leaves", "Zoe Quist"],
            'Nobody on either sheet is called "Zoe Quist"',
        ),
    ],
)
def test_what_a_shape_does_not_know_is_said(here, run, words, said):
    code, _, err = run("match", *words, "-n")

    assert code == 2
    assert said in err


def test_gates_of_a_blueprint_are_decided_where_the_sheet_has_the_answer(here, run):
    run("simulate", "urm-asco", "--mentees", "12", "--write", "sheets", "--json")

    code, out, _ = run("match", "sheets/mentors.xlsx", "sheets/mentees.xlsx", "--rules", "urm-asco", "--json")

    assert code == 0
    assert any("may not take part: " in note for note in json.loads(out)["notes"])


ROUNDS = '[matching]\n[matching.shape]\nkind = "rounds"\nmeetings = 1\n'
PAIRS = (
    '[matching]\naim = "everyone"\n[[matching.rules]]\nname = "Mark"\nkind = "same"\nfield = "specialty"\npoints = 60\n'
)
FORGETFUL = {
    "peers": (PEERS, {"a.csv": "Name,Interests,Not with\nAna Roe,Sport,\nBen Ode,Sport,Ana Roe\n"}),
    "circles": (
        CIRCLES,
        {"a.csv": "Name,Interests,Not with\nAna Roe,Sport,\nBen Ode,Sport,Ana Roe\nCem Kaya,Sport,\n"},
    ),
    "a chain of one sheet": (
        CHAIN,
        {
            "a.csv": "Name,Tier,Specialty,Not with\nAna Roe,Resident,X,\nBen Ode,Student,X,Ana Roe\n"
            "Cem Kaya,Attending,X,\n"
        },
    ),
    "a chain of one sheet a tier": (
        CHAIN,
        {
            "a.csv": "Name,Specialty\nCem Kaya,X\n",
            "b.csv": "Name,Specialty\nAna Roe,X\n",
            "c.csv": "Name,Specialty,Not with\nBen Ode,X,Ana Roe\n",
        },
    ),
    "a chain whose mentor says so": (
        CHAIN,
        {
            "a.csv": "Name,Specialty\nCem Kaya,X\n",
            "b.csv": "Name,Specialty,Not with\nAna Roe,X,Ben Ode\n",
            "c.csv": "Name,Specialty\nBen Ode,X\n",
        },
    ),
    "panel": (
        PANEL,
        {
            "a.csv": "Name,Kind,Specialty,Places\nAna Roe,Clinical,X,3\nCem Kaya,Research,X,3\n",
            "b.csv": "Name,Specialty,Not with\nBen Ode,X,Ana Roe\n",
        },
    ),
    "rounds": (ROUNDS, {"a.csv": "Name,Places\nAna Roe,2\n", "b.csv": "Name,Not with\nBen Ode,Ana Roe\n"}),
    "programmes that share a sheet": (
        (PAIRS, PAIRS),
        {"a.csv": "Name,Specialty\nAna Roe,X\n", "b.csv": "Name,Specialty,Not with\nBen Ode,X,Ana Roe\n"},
    ),
    "programmes with a sheet each": (
        (PAIRS, PAIRS),
        {
            "a.csv": "Name,Specialty\nAna Roe,X\n",
            "b.csv": "Name,Specialty,Not with\nBen Ode,X,Ana Roe\n",
            "c.csv": "Name,Specialty\nDea Lund,X\n",
        },
    ),
}


@pytest.mark.parametrize("shape", FORGETFUL)
def test_every_shape_keeps_to_exclusions_that_its_rules_forget(here, run, shape):
    rules, sheets = FORGETFUL[shape]
    words = []
    for at, text in enumerate([rules] if isinstance(rules, str) else rules):
        begin, _, rest = text.partition('[[matching.rules]]\nname = "Not with"')
        end = rest[rest.find("[matching.fields") :] if rest else ""
        (here / f"r{at}.toml").write_text(begin + end)
        words += ["--rules", f"r{at}.toml"]
    for name, text in sheets.items():
        (here / name).write_text(text)

    code, out, err = run("match", *sheets, *words, "--no-input", "-y", "--json")
    _, left, _ = run(
        "match", *sheets, *words, "--no-input", "-y", "--json", "--mentee", "not_with=", "--mentor", "not_with="
    )

    assert code == 0, err
    assert {"Ana Roe", "Ben Ode"} not in [set(pair) for pair in pairs_of(out)]
    assert {"Ana Roe", "Ben Ode"} in [set(pair) for pair in pairs_of(left)]
    assert "your rules do not mention" in " ".join(json.loads(out)["notes"])
