"""Reads of people, each named after who may ask."""

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Q, QuerySet

from chiron.site.audit.models import Event
from chiron.site.people.models import AddressChange, Person, SignInLink, SignInMail
from chiron.site.people.rules import LinkState, clean_email, link_state, token_hash
from chiron.site.shared.keeping.queries import keys_about, rows_about


def person_by_email(email: str) -> Person | None:
    """Return the person with this address, if there is one."""
    return Person.objects.filter(email=clean_email(email)).first()


def site_has_people() -> bool:
    """Return whether anybody has an account yet."""
    return Person.objects.exists()


def staff_of_site() -> QuerySet[Person]:
    """Return the people who run the site, the longest first; for the terminal of the computer that runs it."""
    return Person.objects.filter(is_staff=True, is_active=True).order_by("pk")


def link_by_token(token: str) -> SignInLink | None:
    """Return the sign-in link with this secret, if there is one."""
    return SignInLink.objects.select_related("person").filter(token_hash=token_hash(token)).first()


def state_of_link(token: str, *, now: datetime) -> LinkState:
    """Return what became of the link with this secret."""
    link = link_by_token(token)
    if link is None:
        return LinkState.UNKNOWN
    return link_state(expires_at=link.expires_at, used_at=link.used_at, now=now)


def sign_in_mails_waiting() -> QuerySet[SignInMail]:
    """Return the sign-in mails that have not left."""
    return SignInMail.objects.filter(sent_at=None)


def open_address_change_of(person: Person, *, now: datetime) -> AddressChange | None:
    """Return the other address that a person has asked for and not confirmed yet, if there is one."""
    return AddressChange.objects.filter(person=person, closed_at=None, expires_at__gt=now).first()


def own_address_change(person: Person, token: str, *, now: datetime) -> AddressChange | None:
    """Return the open change of a person's own address whose link holds this secret, if there is one."""
    change = open_address_change_of(person, now=now)
    return change if change is not None and change.token_hash == token_hash(token) else None


def everything_about(person: Person) -> dict[str, Any]:
    """Return everything that the site keeps about a person, of every capability, for that person.

    What others wrote in confidence, and what is not published yet, is not theirs to have; every table says which of its
    fields are. Events are those that the person did, and those that happened to a row that leads to them.
    """
    keys = keys_about(person.pk)
    happened = Q(by_id=person.pk)
    for label, found in keys.items():
        happened |= Q(subject_type=label, subject_id__in=sorted(found))
    events = Event.objects.filter(happened).order_by("pk").values_list("at", "kind", "by_id")
    return {
        **own_data_of(person),
        "kept": rows_about(person.pk),
        "events": [
            {"at": at.isoformat(), "what": kind, "by_you": by_id == person.pk} for at, kind, by_id in events.iterator()
        ],
    }


def own_data_of(person: Person) -> dict[str, Any]:
    """Return what this capability keeps about a person, for that person."""
    return {
        "email": person.email,
        "name": person.name,
        "language": person.language,
        "time_zone": person.time_zone,
        "joined_at": person.joined_at.isoformat(),
        "last_sign_in": person.last_login.isoformat() if person.last_login else None,
        "sign_in_links": [
            {"made_at": link.made_at.isoformat(), "used_at": link.used_at.isoformat() if link.used_at else None}
            for link in person.sign_in_links.order_by("pk")
        ],
        "address_changes": [
            {
                "email": change.email,
                "asked_at": change.asked_at.isoformat(),
                "closed_at": change.closed_at.isoformat() if change.closed_at else None,
            }
            for change in person.address_changes.order_by("pk")
        ],
    }


def has_second_step(person: Person) -> bool:
    """Return whether a person has a passkey of their own to sign in with."""
    return bool(Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN).exists())
