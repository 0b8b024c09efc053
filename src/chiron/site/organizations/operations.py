"""Writes of organisations and sites."""

from datetime import datetime

from django.db import transaction

from chiron.site.audit.operations import record
from chiron.site.organizations.models import Organization, Site
from chiron.site.people.models import Person


@transaction.atomic
def add_organization(*, name: str, slug: str, by: Person | None, now: datetime) -> Organization:
    """Add an organisation that may run programmes."""
    organization = Organization.objects.create(name=name, slug=slug)
    record(
        "organization.added", subject=organization, by=by, now=now, scope=f"organization:{organization.pk}", details={}
    )
    return organization


@transaction.atomic
def add_site(
    *,
    organization: Organization,
    name: str,
    region: str = "",
    place: tuple[float, float] | None = None,
    by: Person | None,
    now: datetime,
) -> Site:
    """Add a site of an organisation; `place` is (latitude, longitude) in degrees."""
    latitude, longitude = place if place is not None else (None, None)
    site = Site.objects.create(
        organization=organization, name=name, region=region, latitude=latitude, longitude=longitude
    )
    record("site.added", subject=site, by=by, now=now, scope=f"organization:{organization.pk}", details={})
    return site
