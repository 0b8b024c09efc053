"""Writing to the people of a list, as drafts that a coordinator releases."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from chiron.site.mentorships.rules.writing import ListChangedError
from chiron.site.notices.operations import NoticeText, write_notices
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from chiron.site.shared.forms import digest_of_keys


@transaction.atomic
def write_to_people(
    *, cohort: Cohort, people: Sequence[Person], seen: str, subject: str, body: str, by: Person, now: datetime
) -> int:
    """Write the same to each of some people by name, as drafts in the outbox; return how many.

    Args:
        cohort: theirs.
        people: to whom.
        seen: the digest of the keys of those whom the coordinator saw.
        subject: of every message.
        body: what follows the line with the name.
        by: the coordinator.
        now: the moment.

    Raises:
        ListChangedError: they are not those whom the coordinator saw, or nobody.
    """
    if not people or digest_of_keys(one.pk for one in people) != seen:
        raise ListChangedError
    texts = [NoticeText(one, "cohort.written", subject, letter_to(one, body)) for one in people]
    return write_notices(texts, scope=cohort.scope, group=f"written:{now.isoformat()}", by=by, now=now)


def letter_to(person: Person, body: str) -> str:
    """Return a text with the line that names its reader before it."""
    return "\n\n".join([_("Dear %s,") % person.get_short_name(), body.strip()])
