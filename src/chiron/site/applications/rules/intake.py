"""The values of an application, however they come: one form of each, and what is wrong with one that cannot be kept.

A page, an import and a program judge them here, so that what one of them calls right no other one refuses.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from chiron.sheets.files.headings import UNREADABLE
from chiron.site.people.rules import clean_email, name_fault

MOST_PLACES = 999
"""The largest capacity that a person may have, and how many of the other side somebody may want."""
LONGEST_ADDRESS, LONGEST_SITE = 254, 200


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one value: the field it answers, and what to type instead."""

    field: str
    text: str


def places_fault(number: int | None) -> str:
    """Return what is wrong with a number of places; empty where it can be kept, and where it is not known."""
    if number is None or 0 <= number <= MOST_PLACES:
        return ""
    return _("Type a whole number of places from 0 to %(high)d.") % {"high": MOST_PLACES}


def wanted_fault(number: int | None) -> str:
    """Return what is wrong with how many of the other side somebody would like."""
    if number is None or 1 <= number <= MOST_PLACES:
        return ""
    text = _("Type a whole number from 1 to %(high)d, or leave it empty. Delete the row of somebody who wants none.")
    return text % {"high": MOST_PLACES}


def email_fault(text: str) -> str:
    """Return what is wrong with an address: nobody could be written to, or sign in."""
    address = clean_email(text)
    if not address:
        return _("Type an address, for example ama@example.org.")
    if len(address) > LONGEST_ADDRESS:
        return _("The address has %(letters)d letters. Type one of at most %(most)d.") % {
            "letters": len(address),
            "most": LONGEST_ADDRESS,
        }
    try:
        validate_email(address)
    except ValidationError:
        return _("“%(address)s” receives no mail. Type an address such as ama@example.org, in plain letters.") % {
            "address": address if len(address) <= 60 else f"{address[:59]}…"  # noqa: PLR2004 -- what a line can show
        }
    return ""


def site_fault(text: Any) -> str:
    """Return what is wrong with the name of a site."""
    if isinstance(text, str) and len(text) > LONGEST_SITE:
        return _("The name of the site has %(letters)d letters. Shorten it to %(most)d.") % {
            "letters": len(text),
            "most": LONGEST_SITE,
        }
    return ""


def unreadable_fault(text: str) -> str:
    """Return what is wrong with a text of which a letter was lost on the way."""
    return _("A letter cannot be read. Type it again.") if UNREADABLE in text else ""


_FAULTS: Mapping[str, Callable[[Any], str]] = {
    "email": email_fault,
    "name": lambda text: name_fault(text) or unreadable_fault(text),
    "places": places_fault,
    "wanted": wanted_fault,
    "site": site_fault,
}


def value_fault(field: str, value: Any) -> str:
    """Return what is wrong with the value of one field; empty where it can be kept."""
    return _FAULTS[field](value) if field in _FAULTS and value is not None else ""


def faults_of(
    *, email: str, name: str, capacity: int | None, wanted: int | None, site: Any = None
) -> tuple[Fault, ...]:
    """Return what is wrong with the values of an application, in the order in which people read them.

    Args:
        email: the address.
        name: the name.
        capacity: places for people of the other side; None: not known.
        wanted: how many of the other side somebody would like; None: not known.
        site: the name of the place where somebody works; None: not known.
    """
    values = {"name": name, "email": email, "places": capacity, "wanted": wanted, "site": site}
    found = ((field, value_fault(field, value)) for field, value in values.items())
    return tuple(Fault(field, text) for field, text in found if text)
