"""Writes about people: adding, correcting, signing in."""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db import transaction

from chiron.site.audit.operations import record, record_each
from chiron.site.people.models import Person, SignInLink, SignInMail
from chiron.site.people.rules import (
    LINK_BYTES,
    PLACEHOLDER_EMAIL,
    AddressKnownError,
    AddressTakenError,
    LinkRefusedError,
    LinkState,
    clean_email,
    link_state,
    token_hash,
)
from chiron.site.shared.jobs.operations import add_job

PEOPLE_A_QUERY = 500


@transaction.atomic
def add_person(
    *,
    email: str,
    name: str,
    by: Person | None,
    now: datetime,
    language: str = "en-gb",
    time_zone: str = "Europe/London",
    is_staff: bool = False,
) -> Person:
    """Add a person, or return the one who has this address already, unchanged.

    Args:
        email: the address; capitals and spaces around it do not matter.
        name: the name as the person writes it.
        by: who adds; None for the site itself.
        now: when.
        language: a language code such as "en-gb".
        time_zone: an IANA name such as "Europe/London".
        is_staff: whether the person runs the site.
    """
    person, added = Person.objects.get_or_create(
        email=clean_email(email),
        defaults={
            "name": name.strip(),
            "language": language,
            "time_zone": time_zone,
            "is_staff": is_staff,
            "joined_at": now,
            "password": _no_password(),
        },
    )
    if added:
        record("person.added", subject=person, by=by, now=now)
    return person


@transaction.atomic
def add_people(*, names: Mapping[str, str], by: Person, now: datetime) -> tuple[dict[str, Person], frozenset[str]]:
    """Add many people in a few queries; those who are there already stay as they are.

    Args:
        names: the name of each person by a clean address.
        by: who adds.
        now: when.

    Returns:
        everybody by address, and the addresses of those who are new.
    """
    known = set(_by_address(names))
    new = [
        Person(email=email, name=name.strip(), joined_at=now, password=_no_password())
        for email, name in names.items()
        if email not in known
    ]
    # Somebody else may add the same person in the same moment: then theirs stands.
    Person.objects.bulk_create(new, batch_size=PEOPLE_A_QUERY, ignore_conflicts=True)
    people = _by_address(names)
    added = [person for email, person in people.items() if email not in known]
    record_each("person.added", subjects=added, by=by, now=now)
    return people, frozenset(person.email for person in added)


@transaction.atomic
def correct_person(*, person: Person, name: str, language: str, time_zone: str, by: Person, now: datetime) -> Person:
    """Change what a person says about themself."""
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    person.name, person.language, person.time_zone = name.strip(), language, time_zone
    person.save(update_fields=["name", "language", "time_zone"])
    record("person.corrected", subject=person, by=by, now=now)
    return person


@transaction.atomic
def give_first_email(*, person: Person, email: str, by: Person, now: datetime) -> Person:
    """Give the owner of a fresh site their own address, in place of the one that receives no mail.

    Raises:
        AddressTakenError: somebody else has it.
        AddressKnownError: the person has an address of their own already.
    """
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if person.email != PLACEHOLDER_EMAIL:
        raise AddressKnownError
    if Person.objects.filter(email=clean_email(email)).exists():
        raise AddressTakenError
    person.email = clean_email(email)
    person.save(update_fields=["email"])
    record("person.address_given", subject=person, by=by, now=now)
    return person


@transaction.atomic
def make_sign_in_link(*, person: Person, by: Person | None, now: datetime, minutes: int = 15) -> str:
    """Make a link that signs a person in once, and return its secret; only a hash of it is kept.

    A newer link replaces an older one: links of the same person that were not used stop working.
    """
    SignInLink.objects.filter(person=person, used_at=None, expires_at__gt=now).update(expires_at=now)
    token = secrets.token_urlsafe(LINK_BYTES)
    link = SignInLink.objects.create(
        person=person, token_hash=token_hash(token), made_at=now, expires_at=now + timedelta(minutes=minutes)
    )
    record("sign_in_link.made", subject=link, by=by, now=now, details={"person_id": person.pk})
    return token


@transaction.atomic
def use_sign_in_link(*, token: str, now: datetime) -> Person:
    """Use a link up, and return the person whom it signs in.

    Raises:
        LinkRefusedError: the link is unknown, was used, has expired, or its person may not sign in.
    """
    link = SignInLink.objects.select_for_update(of=("self",), no_key=True).filter(token_hash=token_hash(token)).first()
    state = link_state(expires_at=link.expires_at, used_at=link.used_at, now=now) if link else LinkState.UNKNOWN
    if link is None or state is not LinkState.OPEN:
        raise LinkRefusedError(state)
    person = link.person
    if not person.is_active:
        raise LinkRefusedError(LinkState.UNKNOWN)
    link.used_at = now
    link.save(update_fields=["used_at"])
    record("sign_in_link.used", subject=link, by=person, now=now)
    return person


@transaction.atomic
def write_sign_in_mail(*, to: str, subject: str, body: str, now: datetime) -> SignInMail:
    """Write a mail that a person has just asked for; a job sends it at once, ahead of all other mail."""
    mail = SignInMail.objects.create(to=to, subject=subject[:200], body=body, written_at=now)
    add_job("people.send_sign_in_mail", {"mail_id": mail.pk}, now=now)
    return mail


@transaction.atomic
def mark_sign_in_mail_sent(*, mail: SignInMail, now: datetime) -> None:
    """Say that a sign-in mail has left, and forget its text, which holds a code."""
    mail.body, mail.sent_at = "", now
    mail.save(update_fields=["body", "sent_at"])


def _by_address(addresses: Collection[str]) -> dict[str, Person]:
    """Return those of some addresses' people who are there, locked, by address."""
    people = Person.objects.select_for_update(no_key=True).filter(email__in=list(addresses)).order_by("pk")
    return {person.email: person for person in people}


def _no_password() -> str:
    """Return what stands in place of a password: nobody can sign in with one until one is chosen."""
    return f"!{secrets.token_urlsafe(30)}"
