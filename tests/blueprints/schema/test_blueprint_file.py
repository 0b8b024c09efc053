"""Blueprint files: read whole, refused with the line and what to write instead, and the reference page that shows them."""

import re
from pathlib import Path

import pytest

from chiron.blueprints.invent.track import invent_track
from chiron.blueprints.plan.arrange import arrange
from chiron.blueprints.plan.eligibility import admitted
from chiron.blueprints.schema.blueprint_file import (
    UnknownTrackError,
    load_blueprint,
    load_programme,
    read_blueprint,
    track,
    track_ids,
    track_text,
)
from chiron.blueprints.schema.completeness import completeness
from chiron.blueprints.schema.description import described
from chiron.blueprints.schema.programme import ActivitySpec, Duration, GateSpec, ProgramFacts
from chiron.blueprints.schema.rules_file import RulesError, dump_rules, read_rules
from chiron.blueprints.schema.shape import NEEDS
from chiron.blueprints.schema.toml_lines import line_of

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "blueprints.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0]


def refusal(text):
    with pytest.raises(RulesError) as refused:
        read_blueprint(text, file="ours.toml")
    return str(refused.value)


def changed(old, new, text=EXAMPLE):
    assert old in text
    return text.replace(old, new, 1)


def test_example_of_the_page_is_complete_and_matches():
    blueprint = read_blueprint(EXAMPLE)
    people = invent_track(blueprint, mentees=30, seed=3)
    mentees, mentors = (admitted(side, blueprint).people for side in (people.mentees, people.mentors))

    made = arrange(mentees, mentors, blueprint)

    assert completeness(blueprint) == ()
    assert made.proved_best
    assert len(made.ties) > 20


def test_program_of_the_page_runs(capsys):
    exec(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0], {})

    assert "Faculty mentor" in capsys.readouterr().out


@pytest.mark.parametrize("model", [ProgramFacts, Duration, GateSpec, ActivitySpec])
def test_page_names_every_key(model):
    assert [
        name
        for name in model.model_fields
        if f"`{name}`" not in PAGE and f"{name} = " not in PAGE and f".{name}]" not in PAGE
    ] == []


def test_page_names_every_shape():
    assert [name for name in NEEDS if f"| `{name}` |" not in PAGE] == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('title = "First', 'titel = "First', 'line 1: [programme] title is missing. Add title = "…".'),
        ('title = "First', 'titel = "First', "line 3: [programme] titel is not known. Did you mean title?"),
        ("months = 12", 'months = "12"', 'line 17: [programme] duration, months is "12". Type a whole number.'),
        ("months = 12\n", "", 'line 15: [programme] duration: kind = "fixed" needs months = 12.'),
        (
            "valid = true",
            "valid = true\nis_true = true",
            'gate 1 "The nurse has a registration that is valid.": say one thing',
        ),
        (
            "at_least = 3",
            "at_lest = 3",
            'line 30: [programme] gate 2 "The mentor has worked for three years or more.", at_lest is not known. Did you mean at_least?',
        ),
        ('model = "one_to_one"', 'model = "pairs"', 'line 10: [programme] model is "pairs". Type one of'),
        ('scope = "institution"', 'scope = "instituton"', 'line 9: [programme] scope is "instituton". Type one of'),
        (
            "capacity = 2",
            "capacity = 2\ncapasity = 3",
            "line 40: [matching] capasity is not known. Did you mean capacity?",
        ),
        (
            "points = 60",
            "pionts = 60",
            'line 62: [matching] rule 2 "Goals covered", pionts is not known. Did you mean points?',
        ),
        (
            '"Nights", "Rotating"]]',
            '"Nigths", "Rotating"]]',
            'line 43: The field shift has no answer "Nigths": did you mean "Nights".',
        ),
        ("[matching]\n", '[matching]\n[matching.shape]\nkind = "panel"\n[matching]\n', "is not a blueprint"),
        (
            "[matching]\ncapacity = 2\n",
            '[matching.shape]\nkind = "panel"\n',
            'line 38: [matching] shape: the shape "panel" needs by = "mentor_kind".',
        ),
        (
            "[matching]\ncapacity = 2\n",
            '[matching.shape]\nkind = "peers"\nmeetings = 3\n',
            'the shape "peers" has no use for "meetings": delete it.',
        ),
        (
            "[matching]\ncapacity = 2\n",
            '[matching.shape]\nkind = "chain"\nby = "tier"\ntiers = ["A", "B"]\n',
            "a chain has three tiers or more, each once, youngest first.",
        ),
        (
            "[matching]\ncapacity = 2\n",
            "[extra]\n[matching]\n",
            "line 38: [extra] is not known here. Use [programme] and [matching].",
        ),
        ('modality = ["in_person", "virtual"]', 'specialties = ["Hart"]', 'there is no field of health called "Hart"'),
    ],
)
def test_fault_is_named_by_its_line_with_what_to_write(old, new, says):
    assert says in refusal(changed(old, new))


def test_text_that_is_no_blueprint_is_refused():
    assert "ours.toml has no [programme] table" in refusal("[matching]\n")
    assert "ours.toml is not a blueprint" in refusal("title = First")


def test_several_faults_are_all_named():
    text = refusal(changed("months = 12", "months = 0", changed("points = 40", "points = 0")))

    assert len(text.splitlines()) == 2


def test_line_of_a_key():
    text = (
        '[programme]\ntitle = "a"\n[[programme.gates]]\nfield = "x"\n[[programme.gates]]\nfield = "y"\n'
        '[programme.levels]\n[[programme.levels.levels]]\nname = "z"\n'
    )

    assert line_of(text, ("programme", "title")) == 2
    assert line_of(text, ("programme", "gates", 1, "field")) == 6
    assert line_of(text, ("programme", "gates", 1, "says")) == 5
    assert line_of(text, ("programme", "levels", "levels", 0, "name")) == 9
    assert line_of(text, ("elsewhere",)) == 1


def test_gallery_says_which_it_has():
    assert "pre-cornell-different-field" in track_ids()
    with pytest.raises(UnknownTrackError, match="no blueprint"):
        track("nothing")


def test_a_folder_of_the_same_name_hides_no_blueprint(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pre-tarleton").mkdir()

    found = load_programme("pre-tarleton")

    assert found == track("pre-tarleton")


def test_rules_come_from_a_name_a_blueprint_or_a_rules_file(tmp_path):
    ours, rules, broken = tmp_path / "ours.toml", tmp_path / "rules.toml", tmp_path / "broken.toml"
    ours.write_text(EXAMPLE)
    rules.write_text("[matching]\ncapacity = 3\n")
    broken.write_text("[matching\n")

    assert load_programme("pre-tarleton") == track("pre-tarleton")
    assert load_programme(ours) == load_blueprint(ours)
    assert load_programme(rules).capacity == 3
    with pytest.raises(RulesError, match="not a rules file"):
        load_programme(broken)
    with pytest.raises(RulesError, match="cannot open"):
        load_programme(tmp_path / "nowhere.toml")


@pytest.mark.parametrize("name", track_ids())
def test_rules_of_a_track_survive_being_written(name):
    matching = track(name).matching

    assert read_rules(dump_rules(matching)) == matching


@pytest.mark.parametrize("name", track_ids())
def test_description_says_what_a_track_asks(name):
    blueprint = track(name)

    text = "\n".join(described(blueprint))

    assert text.startswith(f"{blueprint.programme.title}  ({name})")
    assert all(gate.says in text for gate in blueprint.programme.gates)
    assert all(rule.name in text for rule in blueprint.matching.rules)
    assert all(activity.what in text for activity in blueprint.programme.activities)
    assert "None" not in text.replace("None of these", "")
    assert "_" not in text.replace("guardian_consent_until", "")


def test_description_says_of_whom_a_gate_is_asked():
    text = "\n".join(described(track("hs-penn-cascade")))

    assert "The pupil is on the roster of a partner school. (only where tier is Pupil)" in text


def without_table(name, text):
    """Return a text without the tables of one heading."""
    return re.sub(rf"\[\[?{re.escape(name)}\]\]?\n(?:(?!\[).*\n)*", "", text)


@pytest.mark.parametrize(
    ("text", "code", "weight"),
    [
        (without_table("programme.gates", EXAMPLE), "gates", "gap"),
        (changed('modality = ["in_person", "virtual"]', 'minors = "yes"'), "consent", "gap"),
        (changed('modality = ["in_person", "virtual"]', 'minors = "some"'), "screening", "gap"),
        (changed('stage = ["early', 'stage = ["high_school", "early'), "minors", "gap"),
        (changed('kind = "apart"', 'kind = "different"'), "apart", "gap"),
        (without_table("matching.rules", EXAMPLE), "rules", "gap"),
        (changed("points = 40", "points = -40", changed("points = 60", "points = -60")), "points", "gap"),
        (changed('model = "one_to_one"', 'model = "panel"'), "kinds", "gap"),
        (changed('field = "registered_on"', 'field = "ethnicity"'), "identity", "legal"),
        (changed('by = "shift"', 'by = "religion"'), "identity", "legal"),
        (changed('model_source = "stated"', 'model_source = "default"'), "model", "default"),
        (changed('rules_source = "stated"', 'rules_source = "default"'), "rules", "default"),
        (changed('kind = "fixed"\nmonths = 12\nleast_months = 6', 'kind = "unstated"'), "duration", "default"),
        (changed('modality = ["in_person", "virtual"]\n', ""), "modality", "default"),
    ],
)
def test_self_check_finds_what_is_open(text, code, weight):
    found = completeness(read_blueprint(text))

    assert (code, weight) in {(one.code, one.weight) for one in found}
    assert all(one.text.endswith(".") for one in found)


def test_every_file_of_the_gallery_is_small_and_ends_with_a_line():
    for name in track_ids():
        text = track_text(name)
        assert len(text) < 8_000
        assert text.endswith("\n")


def test_refusals_say_what_to_type_for_a_number_out_of_range_and_a_table_that_is_missing():
    assert "capacity is -3. Type 0 or more." in refusal(changed("capacity = 2", "capacity = -3"))
    assert "Add a line that says [programme.duration]." in refusal(
        changed("[programme.duration]", "[programme.durations]")
    )


def test_rules_named_by_a_word_that_is_no_blueprint_point_to_the_list():
    with pytest.raises(RulesError, match='no blueprint "nope"'):
        load_programme("nope")
