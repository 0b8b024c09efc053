"""Writes about people: adding, correcting, signing in."""

import secrets
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from chiron.site.audit.operations import record, record_each
from chiron.site.people.models import AddressChange, Person, SignInLink, SignInMail, TryCount
from chiron.site.people.rules import (
    ADDRESS_CHANGE_LASTS,
    LIMITS,
    LINK_BYTES,
    PLACEHOLDER_EMAIL,
    Act,
    AddressKnownError,
    AddressTakenError,
    AddressUnchangedError,
    LinkRefusedError,
    LinkState,
    MailText,
    Whose,
    asked_mail,
    changed_mail,
    clean_email,
    clean_name,
    kept_tries,
    link_state,
    proof_mail,
    token_hash,
    wait_for,
)
from chiron.site.shared.jobs.operations import add_job
from chiron.site.shared.keeping.models import Receipt
from chiron.site.shared.keeping.operations import erase
from chiron.site.shared.keeping.queries import keys_about
from chiron.site.shared.keeping.rules import Whom

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

    Raises:
        NameRefusedError: the name cannot be shown as it is.
    """
    person, added = Person.objects.get_or_create(
        email=clean_email(email),
        defaults={
            "name": clean_name(name),
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

    Raises:
        NameRefusedError: a name cannot be shown as it is.
    """
    known = set(_by_address(names))
    new = [
        Person(email=email, name=clean_name(name), joined_at=now, password=_no_password())
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
    """Change what a person says about themself.

    Raises:
        NameRefusedError: the name cannot be shown as it is.
    """
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    person.name, person.language, person.time_zone = clean_name(name), language, time_zone
    person.save(update_fields=["name", "language", "time_zone"])
    record("person.corrected", subject=person, by=by, now=now)
    return person


@transaction.atomic
def erase_from_tables(*, person: Person, by: Person | None, now: datetime) -> Receipt:
    """Erase a person from every table, as each declares, and end their sessions; the number of their row stays.

    The history stays, too: it holds numbers only, and who a number meant is gone. Called by the act that also tells
    those who are matched with the person.
    """
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    addresses = EmailAddress.objects.filter(user=person).values_list("email", flat=True)
    whom = Whom(person.pk, {person.name, person.email, *addresses}, keys_about(person.pk))
    for session in Session.objects.iterator():
        facts = session.get_decoded()
        if facts.get(SESSION_KEY) == str(person.pk) or whom.is_named_in(str(facts)):
            session.delete()
    receipt = erase(whom, now=now)
    record("person.erased", subject=person, by=by, now=now, details={"receipt": receipt.pk})
    return receipt


@transaction.atomic
def remove_second_step(*, person: Person, by: Person | None, now: datetime) -> int:
    """Remove the passkeys and recovery codes of somebody who has lost them, end their sessions, and return how many.

    They sign in by a link or a code again, and set up a new second step where the site asks for one.
    """
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    removed, _tables = Authenticator.objects.filter(user=person).delete()
    for session in Session.objects.iterator():
        if session.get_decoded().get(SESSION_KEY) == str(person.pk):
            session.delete()
    record("person.second_step_removed", subject=person, by=by, now=now, details={"removed": removed})
    return int(removed)


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
def ask_for_address(
    *, person: Person, email: str, link_to: Callable[[str], str], account: str, by: Person, now: datetime
) -> AddressChange:
    """Ask for another address; the old one stays until somebody who reads the new one confirms it.

    Both addresses are written to. Whether somebody else has the new one is not told: then only the mail to it is left
    out. A later change replaces an earlier one.

    Args:
        person: whose address it is.
        email: the new address.
        link_to: returns the full address of the page that confirms, given the secret of the link.
        account: the full address of the page where the old address can be kept.
        by: who asks.
        now: when.

    Raises:
        AddressUnchangedError: the person has this address already.
    """
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    new = clean_email(email)
    if new == person.email:
        raise AddressUnchangedError
    _close_address_changes(person, now)
    token = secrets.token_urlsafe(LINK_BYTES)
    change = AddressChange.objects.create(
        person=person, email=new, token_hash=token_hash(token), asked_at=now, expires_at=now + ADDRESS_CHANGE_LASTS
    )
    if not Person.objects.filter(email=new).exists():
        _write(new, proof_mail(site=settings.CHIRON_NAME, link=link_to(token)), now)
    _write(person.email, asked_mail(site=settings.CHIRON_NAME, account=account, contact=_contact()), now)
    record("person.address_asked_for", subject=person, by=by, now=now)
    return change


@transaction.atomic
def keep_address(*, person: Person, by: Person, now: datetime) -> None:
    """Keep the address as it is: the link that would change it stops working."""
    if _close_address_changes(person, now):
        record("person.address_kept", subject=person, by=by, now=now)


@transaction.atomic
def change_address(*, change: AddressChange, by: Person, now: datetime) -> Person:
    """Let the new address count, now that its owner has shown that they read what arrives there.

    Both addresses are told. Sign-ins on other devices end with the next request, because each knows the address it was
    made with; links and codes that were sent to the old address stop working.

    Raises:
        AddressTakenError: somebody else has it by now.
        LinkRefusedError: the change was closed or has expired.
    """
    person = Person.objects.select_for_update(no_key=True).get(pk=change.person_id)
    change = AddressChange.objects.select_for_update(no_key=True).get(pk=change.pk)
    state = link_state(expires_at=change.expires_at, used_at=change.closed_at, now=now)
    if state is not LinkState.OPEN:
        raise LinkRefusedError(state)
    old, person.email = person.email, change.email
    try:
        with transaction.atomic():
            person.save(update_fields=["email"])
    except IntegrityError as fault:
        raise AddressTakenError from fault
    _close_address_changes(person, now)
    SignInLink.objects.filter(person=person, used_at=None, expires_at__gt=now).update(expires_at=now)
    SignInMail.objects.filter(to=old, sent_at=None).update(body="", sent_at=now)
    text = changed_mail(site=settings.CHIRON_NAME, contact=_contact())
    for to in (old, person.email):
        _write(to, text, now)
    record("person.address_changed", subject=person, by=by, now=now)
    return person


@transaction.atomic
def count_try(*, act: Act, subjects: Mapping[Whose, str], now: datetime) -> timedelta:
    """Count one try, and return how long to wait before it: zero, and counted, where every limit allows it.

    The counts stand in the database, so that they hold over all processes and servers.

    Args:
        act: what is tried.
        subjects: for each way of counting, whom or what the try is counted for; those without a limit are left out.
        now: when.
    """
    limits = LIMITS[act]
    keys = {_try_key(act, whose, subjects[whose]): rates for whose, rates in limits.items() if whose in subjects}
    TryCount.objects.bulk_create([TryCount(key=key, forget_at=now) for key in keys], ignore_conflicts=True)
    # In the order of their keys, so that two tries never wait for each other.
    counts = list(TryCount.objects.select_for_update().filter(key__in=keys).order_by("key"))
    tries = {count.key: [datetime.fromisoformat(one) for one in count.tried_at] for count in counts}
    wait = max(wait_for(keys[key], made, now) for key, made in tries.items())
    if wait:
        return wait
    for count in counts:
        made = kept_tries(keys[count.key], [*tries[count.key], now], now)
        count.tried_at = [one.isoformat() for one in made]
        count.forget_at = now + max(rate.within for rate in keys[count.key])
    TryCount.objects.bulk_update(counts, ["tried_at", "forget_at"])
    return wait


def forget_tries(*, now: datetime) -> None:
    """Forget the tries for which no limit asks any more."""
    TryCount.objects.filter(forget_at__lt=now).delete()


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


def _contact() -> str:
    """Return whom a mail tells people to write to."""
    return settings.CHIRON_CONTACT or _("the person who runs the site")


def _write(to: str, text: MailText, now: datetime) -> None:
    write_sign_in_mail(to=to, subject=text.subject, body=text.body, now=now)


def _close_address_changes(person: Person, now: datetime) -> int:
    """Close every open change of a person's address, and return how many there were."""
    return AddressChange.objects.filter(person=person, closed_at=None).update(closed_at=now)


def _try_key(act: Act, whose: Whose, subject: str) -> str:
    """Return what stands for whoever tries: not their address, which nobody can read from it."""
    return salted_hmac("chiron.people.tries", f"{act}\n{whose}\n{subject}", algorithm="sha256").hexdigest()


def _by_address(addresses: Collection[str]) -> dict[str, Person]:
    """Return those of some addresses' people who are there, locked, by address."""
    people = Person.objects.select_for_update(no_key=True).filter(email__in=list(addresses)).order_by("pk")
    return {person.email: person for person in people}


def _no_password() -> str:
    """Return what stands in place of a password: nobody can sign in with one until one is chosen."""
    return f"!{secrets.token_urlsafe(30)}"


@transaction.atomic
def note_own_data_taken(*, person: Person, rows: int, now: datetime) -> None:
    """Record that a person took the file of what is kept about them, and how many rows it had."""
    record("person.data_taken", subject=person, by=person, now=now, details={"rows": rows})
