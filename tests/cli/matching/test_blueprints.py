import json

from chiron.blueprints.schema.blueprint_file import track, track_ids, track_text


def test_list_is_a_table_of_the_gallery(run):
    code, out, err = run("blueprints", "list")

    rows = out.splitlines()
    assert code == 0
    assert rows[0].split() == ["id", "stage", "model"]
    assert [row.split()[0] for row in rows[1:]] == list(track_ids())
    tarleton = next(row for row in rows if row.startswith("pre-tarleton"))
    assert tarleton.split("  ")[0] == "pre-tarleton"
    assert tarleton.endswith("stated")
    assert sum(row.endswith("default") for row in rows) == 12
    assert "46 blueprints" in err


def test_list_as_json(run):
    code, out, err = run("blueprints", "list", "--json")

    listed = json.loads(out)["blueprints"]
    assert (code, err) == (0, "")
    assert [one["id"] for one in listed] == list(track_ids())
    assert next(one for one in listed if one["id"] == "hs-penn-cascade")["shape"] == "chain"


def test_show_says_a_blueprint_in_words(run):
    code, out, _ = run("blueprints", "show", "nurs-pennstate-alumni")

    assert code == 0
    assert out.splitlines()[0] == "Nursing students and graduates of their college  (nurs-pennstate-alumni)"
    assert "Model     one to one (stated by the programme)" in out
    assert "first     year Junior or Senior; the others while places last" in out
    assert "must      Not with:" in out


def test_show_gives_the_file_to_start_from(run, tmp_path):
    code, out, _ = run("blueprints", "show", "pre-tarleton", "--toml")

    assert code == 0
    assert out == track_text("pre-tarleton")
    (tmp_path / "ours.toml").write_text(out)
    assert run("blueprints", "check", str(tmp_path / "ours.toml"))[0] == 0


def test_show_as_json(run):
    code, out, _ = run("blueprints", "show", "pre-tarleton", "--json")

    assert code == 0
    assert json.loads(out)["blueprint"]["programme"]["title"] == track("pre-tarleton").programme.title


def test_show_asks_whether_another_was_meant(run):
    code, out, err = run("blueprints", "show", "pre-tarlton")

    assert (code, out) == (2, "")
    assert err.startswith('There is no blueprint "pre-tarlton". Did you mean pre-tarleton')


def test_show_and_check_need_a_name(run):
    assert run("blueprints", "show")[::2] == (2, "Name one: chiron blueprints show ID\n")
    assert run("blueprints", "check")[::2] == (2, "Name one: chiron blueprints check FILE\n")
    assert run("blueprints", "draw")[0] == 2


def test_check_names_faults_by_line(run, tmp_path):
    file = tmp_path / "ours.toml"
    file.write_text(track_text("pre-tarleton").replace("months = 11", 'months = "11"'))

    code, out, err = run("blueprints", "check", str(file))

    line = next(
        number for number, text in enumerate(file.read_text().splitlines(), 1) if text.startswith('months = "11"')
    )
    assert (code, out) == (2, "")
    assert err == f'ours.toml, line {line}: [programme] duration, months is "11". Type a whole number.\n'


def test_check_ends_with_3_where_something_is_missing(run, tmp_path):
    file = tmp_path / "ours.toml"
    file.write_text(
        track_text("pre-tarleton").replace('scope = "institution"', 'scope = "institution"\nminors = "yes"')
    )

    code, out, _ = run("blueprints", "check", str(file))

    assert code == 3
    assert "missing  Minors need a guardian's consent" in out
    code, out, _ = run("blueprints", "check", str(file), "--json")
    found = json.loads(out)
    assert (code, found["complete"]) == (3, False)
    assert {one["code"] for one in found["findings"] if one["weight"] == "gap"} == {"consent", "screening"}


def test_check_says_what_is_ours(run):
    code, out, _ = run("blueprints", "check", "urm-chicago-seniors")

    assert code == 0
    assert out.splitlines()[0] == "urm-chicago-seniors can be read, and says what it must."
    assert "default  The model (one to one) is our default: confirm it." in out


def test_match_takes_the_rules_of_a_blueprint(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    mentors = [
        "Name,Id,Expertise,Field,Hours,Not with",
        "Ann Lee,M1,Exams;Research,Cardiology,,",
        "Bo Ray,M2,Writing,Dentistry,,",
    ]
    mentees = ["Name,Id,Goals,Field,Hours,Not with", "Cy Moss,E1,Exams,Cardiology,,", "Di Nash,E2,Writing,Dentistry,,"]
    for name, rows in (("mentors.csv", mentors), ("mentees.csv", mentees)):
        (tmp_path / name).write_text("\n".join(rows) + "\n")
    ours = tmp_path / "ours.toml"
    text = track_text("med-miami-transition")
    ours.write_text(text)

    by_file = run("match", "mentors.csv", "mentees.csv", "--rules", "ours.toml", "--no-input", "-o", "-", "-q")
    by_name = run(
        "match", "mentors.csv", "mentees.csv", "--rules", "med-miami-transition", "--no-input", "-o", "-", "-q"
    )

    assert by_file[0] == by_name[0] == 0, by_file
    assert by_file[1] == by_name[1]
    assert [row.split(",")[:3] for row in by_file[1].splitlines() if row[:2] in {"Cy", "Di"}] == [
        ["Cy Moss", "Ann Lee", "80"],
        ["Di Nash", "Bo Ray", "80"],
    ]


def test_match_says_which_sheets_a_shape_needs(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mentors.csv").write_text(
        "Name,Id,Interests,Field,Hours,Languages,Not with\nAnn Lee,M1,Sport,Nursing,Mon 9-11,English,\n"
    )
    (tmp_path / "mentees.csv").write_text(
        "Name,Id,Interests,Field,Hours,Languages,Not with\nCy Moss,E1,Sport,Nursing,Mon 9-11,English,\n"
    )

    code, _, err = run("match", "mentors.csv", "mentees.csv", "--rules", "gend-ny-men-nursing", "--no-input", "-o", "-")

    assert code == 2
    assert 'The shape "peers" has no side of mentors. Name one sheet with everybody in it.' in err
