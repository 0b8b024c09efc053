import pytest

from chiron.blueprints.schema.defaults import default_matching, gallery_matching
from chiron.blueprints.schema.rules_file import RulesError, dump_rules, load_rules, read_rules


@pytest.mark.parametrize("name", ["default", "demo", "example"])
def test_gallery_survives_being_written_and_read(name):
    matching = gallery_matching(name)

    assert read_rules(dump_rules(matching, comment="two\nlines")) == matching


@pytest.mark.parametrize("name", ["default", "demo", "example"])
def test_gallery_points_add_up_to_100(name):
    assert sum(rule.points for rule in gallery_matching(name).rules) == 100


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[matching\n", "is not a rules file"),
        ("aim = 1\n", "has no [matching] table"),
        ("[matching]\n[other]\n", "[other] is not known here"),
        ('[matching]\naim = "all"\n', "aim is \"all\". Type one of 'everyone'"),
        ("[matching]\ncapacity = 'two'\n", 'capacity is "two". Type a whole number.'),
        (
            '[matching]\n[[matching.rules]]\nname = "site"\nkind = "same"\nfield = "site"\npionts = 3\n',
            'rule 1 "site", pionts is not known. Did you mean points?',
        ),
        (
            '[matching]\n[[matching.rules]]\nname = "site"\nkind = "same"\nfield = "site"\npoints = 3\noptions = { km = 3 }\n',
            "has no option “km”",
        ),
        ('[matching.fields.Goals]\ntype = "list"\n', "Use small letters"),
        ('[matching]\n[[matching.caps]]\nname = "all"\n', 'cap 1 "all": give one of limit = 5'),
        ('[matching]\n[matching.rules]\nname = "x"\n', "Begin each one with [[matching.rules]]"),
        ('[matching]\n[[matching.rules]]\nname = "x"\nkind = "same"\nfield = "f"\npoints = "30"\n', "whole number"),
        ('[matching]\n[[matching.rules]]\nname = "x"\nkind = "same"\nfield = "f"\npoints = true\n', "whole number"),
        ('[matching]\n[[matching.rules]]\nname = "x"\nkind = "same"\nfield = "f"\nmust = "yes"\n', "true or false"),
    ],
)
def test_fault_in_rules_names_its_place_and_what_to_type(text, words):
    with pytest.raises(RulesError) as caught:
        read_rules(text, file="rules.toml")

    assert str(caught.value).startswith("rules.toml")
    assert words in str(caught.value)


def test_every_fault_is_named_at_once():
    text = '[matching]\naim = "all"\ncapacity = -1\n'

    with pytest.raises(RulesError) as caught:
        read_rules(text, file="rules.toml")

    assert len(str(caught.value).splitlines()) == 2


def test_rules_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(RulesError, match=r"I cannot open the rules file .*none\.toml: no such file"):
        load_rules(tmp_path / "none.toml")


def test_rules_file_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_bytes("[matching]\n# caf\xe9\n".encode("latin-1"))

    with pytest.raises(RulesError, match="UTF-8"):
        load_rules(path)


def test_rules_file_with_byte_order_mark_is_read(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text(dump_rules(default_matching()), encoding="utf-8-sig")

    assert load_rules(path) == default_matching()
