"""The vocabulary of rules in words."""

import pytest

from chiron.blueprints.schema.defaults import default_matching
from chiron.blueprints.schema.matching import Matching
from chiron.cli.site.demo import demo_matching
from chiron.site.matching.bridge.words import fault_in
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
