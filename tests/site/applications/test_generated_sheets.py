"""Generated sheets through every page of the import: what Check calls right comes in, and no answer is a fault."""

from random import Random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from chiron.site.applications.models import Application, Import
from chiron.site.applications.rules import Role
from chiron.site.programs.models import Cohort
from cohort_factories import client_of, make_cohort, make_member
from sheets.generated_sheets import ANSWERS, generated

pytestmark = pytest.mark.django_db
A_PUSH, A_NIGHT, A_TEST = 20, 2_000, 49


def walk(client: Client, cohort: Cohort, seed: int) -> None:
    """Take one generated sheet from upload to undo, with some columns chosen at random."""
    sheet, dice = generated(seed), Random(-seed)
    here = f"/c/{cohort.pk}/import/"
    before = Application.objects.filter(cohort=cohort).count()
    answer = client.post(here, {"role": sheet.role, "file": SimpleUploadedFile(sheet.name, sheet.content)})
    if answer.status_code == 200:
        assert b"There is a problem" in answer.content, seed
        return
    assert answer.status_code == 302, seed
    here += f"{Import.objects.latest('pk').pk}/"
    page = client.get(f"{here}columns/")
    assert page.status_code == 200, seed
    form = page.context["form"]
    data = {field.html_name: field.value() or "" for field in form}
    for name in dice.sample(sorted(data), 3) if dice.random() < 0.5 else ():
        if name.startswith("column_") and not data[name]:
            data[name] = str(dice.randrange(len(form.table.headings)))
        elif name.startswith("fill_"):
            data[name] = dice.choice(ANSWERS)[:200]
    answer = client.post(f"{here}columns/", data)
    if answer.status_code == 200:
        assert b"There is a problem" in answer.content, seed
        return
    assert answer.status_code == 302, seed
    page = client.get(f"{here}check/")
    assert page.status_code == 200, seed
    assert client.get(f"{here}errors.csv").status_code == 200, seed
    counts = page.context["counts"]
    assert all(one.row and one.text for one in page.context["problems"]), seed
    assert client.post(f"{here}check/", counts).status_code == 302, seed
    assert Application.objects.filter(cohort=cohort).count() - before == counts["new"], seed
    assert client.get(here).status_code == 200, seed
    assert client.get(f"/c/{cohort.pk}/people/").status_code == 200, seed
    assert client.post(f"{here}undo/").status_code == 302, seed
    assert Application.objects.filter(cohort=cohort).count() == before, seed


def walk_all(seeds: range) -> None:
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    client.raise_request_exception = False
    for role in Role:
        make_member(cohort, role, name="Bo Li")
    for seed in seeds:
        with transaction.atomic():
            walk(client, cohort, seed)


def test_generated_sheets_end_in_no_fault():
    walk_all(range(A_PUSH))


@pytest.mark.nightly
@pytest.mark.parametrize("first", range(A_PUSH, A_NIGHT, A_TEST))
def test_many_generated_sheets_end_in_no_fault(first: int):
    walk_all(range(first, min(first + A_TEST, A_NIGHT)))
