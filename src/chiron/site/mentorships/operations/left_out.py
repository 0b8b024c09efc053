"""Messages to those whom a plan leaves out, once they no longer hold."""

from collections.abc import Collection
from datetime import datetime

from chiron.site.matching.models import Plan
from chiron.site.mentorships.queries.letters import left_out_group
from chiron.site.notices.models import Notice
from chiron.site.notices.operations import withdraw_unsent
from chiron.site.notices.rules import LEFT, NoticeState
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort


def forget_left_out(*, cohort: Cohort, people: Collection[int], by: Person, now: datetime) -> int:
    """Withdraw what waits in the outbox for people who are offered a match after all; return how many that was.

    Args:
        cohort: whose plans have left them out.
        people: their keys.
        by: who offers.
        now: when.
    """
    # Compared here: a large plan offers to more people than a database takes as values of one query.
    unsent = Notice.objects.filter(scope=cohort.scope, kind="match.left_out")
    waiting = unsent.exclude(state__in=[*LEFT, NoticeState.WITHDRAWN]).defer("body")
    return withdraw_unsent(notices=[notice for notice in waiting if notice.to_id in people], by=by, now=now)


def forget_left_out_of(*, plan: Plan, by: Person | None, now: datetime) -> int:
    """Withdraw what waits in the outbox for those whom a plan leaves out that is a draft again; return how many."""
    return withdraw_unsent(notices=list(Notice.objects.filter(group=left_out_group(plan))), by=by, now=now)
