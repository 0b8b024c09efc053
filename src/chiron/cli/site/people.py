"""Who signs in by a link from the terminal. Imported after Django has started."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chiron.blueprints.schema.defaults import default_matching
from chiron.cli.exits import USAGE, Leave
from chiron.site.home.operations import erase_person
from chiron.site.mentorships.http import match_link
from chiron.site.organizations.operations import add_organization
from chiron.site.people.models import Person
from chiron.site.people.operations import add_person, make_sign_in_link, remove_second_step
from chiron.site.people.queries import person_by_email, site_has_people, staff_of_site
from chiron.site.people.rules import PLACEHOLDER_EMAIL
from chiron.site.programs.operations import add_program, give_place, open_cohort
from chiron.site.programs.rules import StaffRole
from chiron.site.shared.keeping.queries import keys_about


def present_moment() -> datetime:
    """Return the moment it is now."""
    return timezone.now()


def first_staff() -> str:
    """Return the address of the person who has run the site the longest; empty if nobody does."""
    person = staff_of_site().first()
    return person.email if person else ""


def make_owner() -> str:
    """Make the person who runs an empty site; they give their name and address on the first page.

    Raises:
        Leave: the site has people, and none of them runs it.
    """
    if site_has_people():
        raise Leave(USAGE, "Nobody here runs the site. Sign somebody in: chiron link DIR their@address")
    return _open_site(PLACEHOLDER_EMAIL).email


@transaction.atomic
def _open_site(email: str) -> Person:
    """Make the owner of an empty site, with a first programme to run: named as the site, with the built-in rules."""
    now = present_moment()
    owner = add_person(email=email, name="Site owner", by=None, now=now, is_staff=True)
    house = add_organization(name=settings.CHIRON_NAME, slug="first", by=owner, now=now)
    program = add_program(organization=house, name=settings.CHIRON_NAME, slug="first", by=owner, now=now)
    rules = default_matching().model_dump(mode="json", exclude_defaults=True)
    cohort = open_cohort(program=program, name="First group", matching=rules, by=owner, now=now)
    give_place(cohort=cohort, person=owner, role=StaffRole.COORDINATOR, by=owner, now=now)
    return owner


def person_for_link(email: str) -> str:
    """Return the address of the person whom a link should sign in; on an empty site, make its owner.

    Raises:
        Leave: nobody has the address.
    """
    person = person_by_email(email)
    if person is None and not site_has_people():
        person = _open_site(email)
    if person is None:
        raise Leave(USAGE, f"Nobody here has the address {email}. Check it, or add the person on the site first.")
    return person.email


def rows_of(email: str) -> dict[str, int]:
    """Return how many rows of which table lead to a person.

    Raises:
        Leave: nobody has the address.
    """
    return {label: len(keys) for label, keys in keys_about(_known(email).pk).items() if keys}


def erase_by_email(email: str) -> dict[str, int]:
    """Erase the person with an address, and return what went, by table.

    Raises:
        Leave: nobody has the address, or the site would be left without anybody who runs it.
    """
    person = _known(email)
    by = staff_of_site().exclude(pk=person.pk).first()
    if by is None:
        raise Leave(USAGE, "Nobody else runs the site. Let somebody else run it first.")
    return dict(erase_person(person=person, link_to=match_link, by=by, now=timezone.now()).tables)


def second_steps_of(email: str) -> int:
    """Return how many second steps the person with an address has.

    Raises:
        Leave: nobody has the address.
    """
    return len(keys_about(_known(email).pk).get("mfa.authenticator", ()))


def unlock_by_email(email: str) -> int:
    """Remove the second steps of the person with an address, and return how many there were.

    Raises:
        Leave: nobody has the address.
    """
    return remove_second_step(person=_known(email), by=None, now=timezone.now())


def _known(email: str) -> Person:
    person = person_by_email(email)
    if person is None:
        raise Leave(USAGE, f"Nobody here has the address {email}.")
    return person


def new_link(email: str) -> str:
    """Return the secret of a new link for the person with an address.

    Raises:
        Leave: nobody has it.
    """
    return make_sign_in_link(person=_known(email), by=None, now=timezone.now())
