"""The vocabulary of rules in words."""

import pytest

from chiron.blueprints.schema.defaults import default_matching
from chiron.blueprints.schema.matching import Matching
from chiron.cli.site.demo import demo_matching
from chiron.site.matching.bridge.words import fault_in, field_label, meaning_of
from cohort_factories import client_of, make_cohort


@pytest.mark.parametrize(
    "matching", [default_matching(), Matching.model_validate(demo_matching())], ids=["built-in", "demo"]
)
def test_engine_has_no_objection_to_the_rules_that_come_with_chiron(matching):
    assert fault_in(matching) == ""


@pytest.mark.django_db
def test_built_in_rules_can_be_changed():
    cohort = make_cohort()

    client, address = client_of("coordinator", cohort), f"/c/{cohort.pk}/rules/"
    form = client.get(address).context["form"]
    sent = {field.html_name: field.value() for field in form if field.value() is not False}
    number = [rule.name for rule in form.rules].index("Goals covered")

    answer = client.post(address, {**sent, f"points_{number}": "31"})

    assert answer.status_code == 302
    cohort.refresh_from_db()
    assert next(rule["points"] for rule in cohort.matching["rules"] if rule["name"] == "Goals covered") == 31


def test_rules_are_said_in_the_names_of_their_fields_not_in_those_of_the_engine():
    matching = default_matching()

    said = {rule.name: meaning_of(rule, matching) for rule in matching.rules}

    assert said["Not the line manager"] == (
        "Two people must not be paired where one is named by the mentee under “line manager”."
    )
    assert said["Common hours"] == "Both should have hours of the week in common; 4 common hours count in full."
    assert said["About each other"].startswith("What both wrote under “about” should be about the same things")
    assert not any("_" in words for words in said.values())


def test_identifier_is_called_the_person():
    matching = default_matching()
    rule = next(rule for rule in matching.rules if rule.name == "Ranked choices")

    assert [field_label(matching, name) for name in (rule.mentee_field, rule.mentor_field)] == ["Choices", "the person"]
