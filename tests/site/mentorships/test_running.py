"""Matches that run already come in by a sheet, by the rules that publishing keeps to; nobody is asked again."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from chiron.site.applications.models import Application
from chiron.site.applications.operations import change_capacity
from chiron.site.applications.rules import Role
from chiron.site.matching.models import Offer, PlanConstraint
from chiron.site.matching.queries.offers import offered_before
from chiron.site.mentorships.models import Match, Member
from chiron.site.notices.models import Notice
from chiron.site.programs.models import Cohort
from cohort_factories import client_of, make_applicant, make_cohort, make_member
from factories import NOW

pytestmark = pytest.mark.django_db


def people() -> tuple[Client, Cohort, Application, Application]:
    """Return a coordinator, their cohort, and an accepted mentee and mentor in it."""
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    return (
        client,
        cohort,
        make_member(cohort, Role.MENTEE, name="Ama Boateng"),
        make_member(cohort, Role.MENTOR, name="Bo Li"),
    )


def check(client: Client, cohort: Cohort, text: str | bytes, *, name: str = "pairs.csv") -> HttpResponse:
    content = text if isinstance(text, bytes) else text.encode()
    return client.post(f"/c/{cohort.pk}/running/", {"file": SimpleUploadedFile(name, content)})


def bring_in(client: Client, cohort: Cohort, text: str | bytes, *, name: str = "pairs.csv") -> HttpResponse:
    page = check(client, cohort, text, name=name)
    asked = {"rows": page.context["rows"], "expected": len(page.context["found"].new)}
    return client.post(f"/c/{cohort.pk}/running/", asked)


def line(mentee: Application, mentor: Application, since: str = "2026-09-01") -> str:
    return f"Mentee e-mail,Mentor e-mail,Since\n{mentee.person.email},{mentor.person.email},{since}\n"


def test_a_running_match_comes_in_takes_places_and_asks_nobody():
    client, cohort, mentee, mentor = people()

    page = check(client, cohort, line(mentee, mentor))
    before = Match.objects.count()
    answer = bring_in(client, cohort, line(mentee, mentor))

    [match] = Match.objects.filter(cohort=cohort)
    mentee.refresh_from_db()
    mentor.refresh_from_db()
    assert (page.status_code, before, answer.status_code) == (200, 0, 302)
    assert (match.state, match.starts_on) == ("active", dt.date(2026, 9, 1))
    assert set(Member.objects.values_list("joined_on", flat=True)) == {dt.date(2026, 9, 1)}
    assert (mentee.taken, mentor.taken) == (1, 1)
    assert Notice.objects.count() == 0
    assert set(offered_before(cohort)) == {(mentee.pk, mentor.pk)}


def test_the_same_sheet_a_second_time_begins_nothing():
    client, cohort, mentee, mentor = people()
    bring_in(client, cohort, line(mentee, mentor))

    found = check(client, cohort, line(mentee, mentor)).context["found"]

    assert (len(found.new), found.same, len(found.faults)) == (0, 1, 0)


@pytest.mark.parametrize("since", ["2026-09-01", "1 September 2026", "01/09/2026", "1 Sep 2026", "September 1, 2026"])
def test_people_may_be_named_by_name_and_days_in_the_usual_ways(since: str):
    client, cohort, _, _ = people()

    bring_in(client, cohort, f'Mentee,Mentor,Start date\nama boateng,"Li, Bo","{since}"\n')

    assert list(Match.objects.values_list("starts_on", flat=True)) == [dt.date(2026, 9, 1)]


def test_what_cannot_begin_is_a_row_to_fix():
    client, cohort, mentee, mentor = people()
    other, apart, waiting = (
        make_member(cohort, name="Cai Poe"),
        make_member(cohort, name="Dee Roe"),
        make_applicant(cohort),
    )
    change_capacity(application=mentor, capacity=1, by=mentor.person, now=NOW)
    PlanConstraint.objects.create(cohort=cohort, mentee=apart, mentor=mentor, kind="apart", by=mentor.person, at=NOW)
    tomorrow = (timezone.localdate() + dt.timedelta(days=1)).isoformat()
    rows = [
        (mentee.person.email, mentor.person.email, "2026-09-01"),
        (other.person.email, mentor.person.email, "2026-09-01"),
        (apart.person.email, mentor.person.email, "2026-09-01"),
        (waiting.person.email, mentor.person.email, "2026-09-01"),
        ("nobody@hospital.test", mentor.person.email, "2026-09-01"),
        (other.person.email, "Bo Lii", "2026-09-01"),
        (other.person.email, mentor.person.email, tomorrow),
        (other.person.email, mentor.person.email, "last year"),
        ("", mentor.person.email, "2026-09-01"),
    ]
    text = "Mentee e-mail,Mentor e-mail,Since\n" + "".join(f"{','.join(row)}\n" for row in rows)

    found = check(client, cohort, text).context["found"]

    assert [(pair.mentee, pair.mentor) for pair in found.new] == [(mentee.pk, mentor.pk)]
    told = {fault.row: fault.text for fault in found.faults}
    assert sorted(told) == list(range(3, 11))
    for row, words in {3: "Bo Li has no free place", 4: "You keep Dee Roe and Bo Li apart", 5: "not among the accepted",
                       6: "not among the accepted", 7: "Did you mean “Bo Li”?", 8: "still to come",
                       9: "“last year” is no day", 10: "No mentee is named"}.items():  # fmt: skip
        assert words in told[row]


def test_nothing_begins_where_the_cohort_changed_since_the_check():
    client, cohort, mentee, mentor = people()
    page = check(client, cohort, line(mentee, mentor))
    change_capacity(application=mentor, capacity=0, by=mentor.person, now=NOW)

    answer = client.post(f"/c/{cohort.pk}/running/", {"rows": page.context["rows"], "expected": 1})

    assert answer.status_code == 409
    assert Match.objects.count() == Offer.objects.count() == 0


@pytest.mark.parametrize("text", ["Name,Email\nAma,ama@x.test\n", "", "Mentee,Mentor\nAma,Bo\n"])
def test_a_sheet_without_the_columns_is_explained(text: str):
    client, cohort, _, _ = people()

    page = check(client, cohort, text)

    assert page.status_code == 200
    assert b"There is a problem" in page.content


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_pairs_that_are_exported_come_in_again_and_are_exported_alike(ending: str):
    client, cohort, mentee, mentor = people()
    other = make_member(cohort, name="Cai Poe")
    change_capacity(application=mentor, capacity=2, by=mentor.person, now=NOW)
    bring_in(client, cohort, line(mentee, mentor) + line(other, mentor, "2026-10-02").partition("\n")[2])
    first = client.get(f"/c/{cohort.pk}/export/pairs.{ending}").content
    Member.objects.all().delete()
    Match.objects.all().delete()
    Offer.objects.all().delete()
    Application.objects.update(taken=0)

    bring_in(client, cohort, first, name=f"pairs.{ending}")

    assert client.get(f"/c/{cohort.pk}/export/pairs.{ending}").content == first
    assert Match.objects.count() == 2


def test_offers_are_exported_with_where_they_stand():
    client, cohort, mentee, mentor = people()
    bring_in(client, cohort, line(mentee, mentor))

    text = client.get(f"/c/{cohort.pk}/export/offers.csv").content.decode()

    assert f"{mentee.person.email},{mentor.person.email},Agreed" in text


@pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("leader", 404), ("mentor", 404), ("nobody", 302)])
def test_running_matches_are_for_coordinators_only(who: str, status: int):
    _, cohort, mentee, mentor = people()
    client = client_of(who, cohort)

    assert check(client, cohort, line(mentee, mentor)).status_code == status
    assert client.get(f"/c/{cohort.pk}/export/pairs.csv").status_code == status
    assert Match.objects.count() == 0
