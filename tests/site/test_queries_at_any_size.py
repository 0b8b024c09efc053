"""T21: every page of the site asks the database as often about 200 people as about 20, and at most 15 times."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chiron.site.applications.models import Application
from chiron.site.applications.rules import Role, Stage
from chiron.site.people.models import Person
from chiron.site.shared.jobs.operations import run_waiting_jobs
from conftest import NIGHTLY
from factories import NOW
from plan_factories import Scene, make_scene
from site_addresses import OURS, address_of, query_of
from world_factories import World, fill_world

pytestmark = pytest.mark.django_db

SIZES = (20, 200)
MOST_QUERIES = 15
READERS = ("visitor", "mentee", "mentor", "leader", "coordinator")
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# A file holds everybody by its nature, and is read in pieces of so many rows.
FILES = {name for name in OURS if name.endswith(("_file", "_book", "_text", "_csv", ":errors"))}
LOOKS = {
    "matching:review": ["?show=all", "?show=left-out", "?show=locked", "?show=apart", "?q=a", "?by=site"],
    "mentorships:check": ["?when=now"],
    "applications:people": ["?q=a", "?role=mentor"],
}


def crowd(scene: Scene, people: int) -> Scene:
    """Add made-up people to a scene until so many are accepted, two mentees to a mentor."""
    sites, goals = ("North", "South"), ("Research", "Exams", "Teaching", "Leadership")
    missing = people - Application.objects.filter(cohort=scene.cohort).count()
    accounts = Person.objects.bulk_create(
        [
            Person(email=f"{scene.cohort.pk}.{at}@crowd.example", name=f"Person {at}", joined_at=NOW)
            for at in range(missing)
        ]
    )
    Application.objects.bulk_create(
        Application(
            cohort=scene.cohort,
            person=one,
            role=Role.MENTEE if at % 3 else Role.MENTOR,
            stage=Stage.ACCEPTED,
            answers={
                "id": f"crowd-{at}",
                "site": sites[at % 2],
                "goals": [goals[at % 4]],
                "expertise": [goals[at % 4], goals[at % 3]],
            },
            capacity=None if at % 3 else 2,
            created_at=NOW,
            submitted_at=NOW,
            decided_at=NOW,
            decided_by=scene.coordinator,
        )
        for at, one in enumerate(accounts)
    )
    return scene


def sheet(rows: int) -> bytes:
    """Return a sheet of made-up people, some rows of which need mending."""
    lines = [f"Row {at},{'no address' if at % 5 == 0 else f'row.{at}@crowd.example'}" for at in range(rows)]
    return ("Full name,E-mail\n" + "\n".join(lines)).encode()


@pytest.fixture(scope="module")
def worlds(django_db_setup, django_db_blocker) -> Iterator[dict[int, World]]:
    """Fill a cohort of each size once; the end takes back everything."""
    with django_db_blocker.unblock(), transaction.atomic():
        filled = {size: fill_world(crowd(make_scene(), size), sheet=sheet(size)) for size in SIZES}
        run_waiting_jobs(now=NOW)
        yield filled
        transaction.set_rollback(True)


def asked(world: World, who: str, address: str) -> tuple[int, int]:
    """Return the status of a page and how often it asks the database, after a first look."""
    client = Client(raise_request_exception=False)
    if who != "visitor":
        client.force_login(world.people[who], backend=BACKEND)
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        status = client.get(address).status_code
    return status, len(queries)


@pytest.mark.sampled
@pytest.mark.parametrize("name", sorted(set(OURS) - FILES))
def test_page_asks_as_often_about_200_people_as_about_20(name, worlds):
    """Whoever a page is refused to is compared over both sizes only at night, and other looks at it for coordinators by day."""
    found = {}
    for query in [query_of(name), *LOOKS.get(name, [])]:
        for who in READERS if NIGHTLY or query == query_of(name) else ("coordinator",):
            small = asked(worlds[SIZES[0]], who, address_of(name, worlds[SIZES[0]]) + query)
            is_refused = small[0] in {302, 404, 405} and not NIGHTLY
            large = small if is_refused else asked(worlds[SIZES[1]], who, address_of(name, worlds[SIZES[1]]) + query)
            found[who, query] = (small, large)

    assert {look: both for look, both in found.items() if both[0] != both[1]} == {}
    assert {look: both for look, both in found.items() if both[1][1] > MOST_QUERIES} == {}
