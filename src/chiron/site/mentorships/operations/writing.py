"""Writing to the people of a list, as drafts that a coordinator releases."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from chiron.site.mentorships.rules.writing import ListChangedError
from chiron.site.notices.operations import NoticeText, write_notices
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort


@transaction.atomic
def write_to_people(
    *, cohort: Cohort, people: Sequence[Person], expected: int, subject: str, body: str, by: Person, now: datetime
) -> int:
    """Write the same to each of some people by name, as drafts in the outbox; return how many.

    Args:
        cohort: theirs.
        people: to whom.
        expected: how many the coordinator saw.
        subject: of every message.
        body: what follows the line with the name.
        by: the coordinator.
        now: the moment.

    Raises:
        ListChangedError: there are more or fewer people than the coordinator saw, or none.
    """
    if len(people) != expected or not people:
        raise ListChangedError
    texts = [NoticeText(one, "cohort.written", subject, letter_to(one, body)) for one in people]
    return write_notices(texts, scope=cohort.scope, group=f"written:{now.isoformat()}", by=by, now=now)


def letter_to(person: Person, body: str) -> str:
    """Return a text with the line that names its reader before it."""
    return "\n\n".join([_("Dear %s,") % person.get_short_name(), body.strip()])
