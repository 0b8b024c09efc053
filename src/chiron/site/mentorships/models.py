"""Tables of publications and matches: what was offered to whom, why in words, and what both sides said."""

from django.db.models import (
    PROTECT,
    CharField,
    CheckConstraint,
    DateTimeField,
    ForeignKey,
    JSONField,
    Model,
    Q,
    UniqueConstraint,
)

from chiron.site.applications.models import Application
from chiron.site.matching.models import Plan
from chiron.site.mentorships.rules import DeclineReason, MatchState, Reply
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort


class Publication(Model):
    """One publishing of a plan: by whom, when, from when its messages may leave, if it was taken back.

    Owner: the programme. Purpose: to know what was sent to whom. Kept as long as its matches.
    """

    plan = ForeignKey(Plan, on_delete=PROTECT, related_name="publications")
    published_by = ForeignKey(Person, on_delete=PROTECT, related_name="+")
    published_at = DateTimeField()
    send_after = DateTimeField(null=True, blank=True)
    withdrawn_at = DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["plan"], condition=Q(withdrawn_at=None), name="publication_stands_once_for_a_plan")
        ]

    def __str__(self) -> str:
        return f"publication {self.pk}"

    @property
    def group(self) -> str:
        """The name under which its messages are released and withdrawn as one."""
        return f"publication:{self.pk}"


class Match(Model):
    """One mentee and one mentor to whom each other was offered.

    `reasons` are the plain sentences that both may read: what speaks for the pair, without points, without what is
    private. The reason for a no is for coordinators only.

    Owner: the two people. Purpose: to begin mentoring. Kept 12 months after the match ends.
    """

    cohort = ForeignKey(Cohort, on_delete=PROTECT, related_name="matches")
    publication = ForeignKey(Publication, on_delete=PROTECT, related_name="matches")
    mentee = ForeignKey(Application, on_delete=PROTECT, related_name="matches_as_mentee")
    mentor = ForeignKey(Application, on_delete=PROTECT, related_name="matches_as_mentor")
    state = CharField(max_length=12, choices=MatchState, default=MatchState.OFFERED)
    reasons = JSONField(default=list)
    offered_at = DateTimeField()
    mentee_reply = CharField(max_length=8, choices=Reply, default=Reply.WAITING)
    mentee_replied_at = DateTimeField(null=True, blank=True)
    mentee_reason = CharField(max_length=12, choices=DeclineReason, blank=True)
    mentor_reply = CharField(max_length=8, choices=Reply, default=Reply.WAITING)
    mentor_replied_at = DateTimeField(null=True, blank=True)
    mentor_reason = CharField(max_length=12, choices=DeclineReason, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["mentee", "mentor"],
                condition=Q(state__in=[MatchState.OFFERED, MatchState.AGREED]),
                name="match_stands_once_for_two_people",
            ),
            CheckConstraint(condition=Q(state__in=MatchState.values), name="match_state_is_known"),
            CheckConstraint(
                condition=(Q(state=MatchState.AGREED) & Q(mentee_reply=Reply.YES, mentor_reply=Reply.YES))
                | ~Q(state=MatchState.AGREED),
                name="match_agreed_when_both_said_yes",
            ),
            CheckConstraint(
                condition=Q(mentee_reply=Reply.WAITING, mentee_replied_at=None)
                | (~Q(mentee_reply=Reply.WAITING) & Q(mentee_replied_at__isnull=False)),
                name="match_mentee_reply_has_a_date",
            ),
            CheckConstraint(
                condition=Q(mentor_reply=Reply.WAITING, mentor_replied_at=None)
                | (~Q(mentor_reply=Reply.WAITING) & Q(mentor_replied_at__isnull=False)),
                name="match_mentor_reply_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"match {self.pk}"
