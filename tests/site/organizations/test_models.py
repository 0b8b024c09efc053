"""What must always be true of organisations and sites."""

import pytest
from django.db import IntegrityError, transaction

from chiron.site.audit.models import Event
from chiron.site.organizations.models import Site
from chiron.site.organizations.operations import add_organization, add_site
from cohort_factories import make_organization
from factories import NOW, make_person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "place",
    [
        {"latitude": 53.0},
        {"longitude": 1.0},
        {"latitude": 91.0, "longitude": 0.0},
        {"latitude": 0.0, "longitude": 200.0},
    ],
)
def test_site_has_a_whole_position_on_the_map_or_none(place: dict[str, float]):
    organization = make_organization()

    with pytest.raises(IntegrityError, match="site_position_whole_and_on_the_map"), transaction.atomic():
        Site.objects.create(organization=organization, name="North", **place)


def test_site_name_stands_once_in_an_organization():
    organization = make_organization()
    add_site(organization=organization, name="North", by=None, now=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        add_site(organization=organization, name="North", by=None, now=NOW)


def test_adding_an_organization_and_its_sites_is_recorded():
    by = make_person()

    organization = add_organization(name="Made-up Trust", slug="made-up", by=by, now=NOW)
    site = add_site(organization=organization, name="North", region="Yorkshire", place=(53.8, -1.5), by=by, now=NOW)

    assert list(Site.objects.filter(organization=organization)) == [site]
    assert (str(organization), str(site)) == ("Made-up Trust", "North")
    kinds = Event.objects.filter(by_id=by.pk).order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["organization.added", "site.added"]
