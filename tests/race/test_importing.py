"""Two imports done at the same moment: nobody comes in twice, and nobody sees a fault."""

import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from chiron.site.applications.models import Application, Import
from chiron.site.applications.operations import submit_application
from chiron.site.applications.rules import Role
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from cohort_factories import client_of, make_cohort
from factories import NOW, make_person
from race.racing import faults, race

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
SHEET = b"Full name,Email,Goals\nAma Boateng,ama@example.org,Research\nJo Park,jo@example.org,Exams\n"


def mapped(client: Client, cohort: Cohort) -> tuple[str, dict[str, int]]:
    """Upload a sheet and choose its columns; return the address of the last step and the counts that it shows."""
    client.post(f"/c/{cohort.pk}/import/", {"role": "mentee", "file": SimpleUploadedFile("people.csv", SHEET)})
    address = f"/c/{cohort.pk}/import/{Import.objects.latest('pk').pk}/"
    form = client.get(f"{address}columns/").context["form"]
    client.post(f"{address}columns/", {field.html_name: field.value() or "" for field in form})
    return f"{address}check/", client.get(f"{address}check/").context["counts"]


def again(client: Client) -> Client:
    """Return a second window of the same person."""
    other = Client(raise_request_exception=False)
    other.cookies = client.cookies.copy()
    return other


@pytest.mark.parametrize("_round", range(3))
@pytest.mark.parametrize("sheets", [1, 2])
def test_people_come_in_once(sheets, _round):
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    steps = [mapped(client, cohort) for _sheet in range(sheets)] * (3 - sheets)

    answers = race(*(lambda step=step: again(client).post(*step).status_code for step in steps))

    # The other one hears that it was done already, or that the cohort changed since the page was shown.
    assert sorted(answers) in ([302, 302], [302, 409])
    assert Application.objects.filter(cohort=cohort).count() == 2
    assert Person.objects.filter(email__in=["ama@example.org", "jo@example.org"]).count() == 2
    assert Import.objects.filter(state="done").count() == 1


@pytest.mark.postgres
def test_without_a_lock_two_imports_would_end_in_a_fault():
    cohort, person = make_cohort(), make_person()

    @transaction.atomic
    def import_without_lock() -> None:
        """Look, then act: what `do_import` would be without the lock on the cohort."""
        if not Application.objects.filter(cohort=cohort, person=person).exists():
            time.sleep(0.3)
            submit_application(cohort=cohort, person=person, role=Role.MENTEE, answers={}, by=None, now=NOW)

    assert [type(one) for one in faults(race(import_without_lock, import_without_lock))] == [IntegrityError]
