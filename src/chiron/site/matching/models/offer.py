"""What is published: a plan at a time, its offers, and what each member of an offer has said."""

from datetime import datetime

from django.db.models import (
    CASCADE,
    PROTECT,
    BooleanField,
    CharField,
    CheckConstraint,
    DateTimeField,
    ForeignKey,
    Index,
    JSONField,
    Model,
    OneToOneField,
    PositiveSmallIntegerField,
    Q,
    UniqueConstraint,
)

from chiron.site.applications.models import Application
from chiron.site.matching.models.plan import Plan
from chiron.site.matching.rules import (
    Agreement,
    DeclineReason,
    MatchShape,
    MemberPart,
    OfferState,
    Reply,
    TakenBackBecause,
)
from chiron.site.matching.rules.offers import publication_group
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from chiron.site.programs.rules import until_over
from chiron.site.shared.keeping.rules import Kept, blank, rewrite, without


class Publication(Model):
    """One publishing of a plan: by whom, when, from when its messages may leave, if it was taken back.

    `wording` is what the coordinator wrote into its messages: by kind of letter `subject`, `opening` and `closing`, and
    whom to `contact`.

    Owner: the programme. Purpose: to know what was sent to whom. Kept 12 months after the cohort was finished.
    """

    kept = Kept(
        owner="cohort",
        purpose="to know what was sent to whom",
        keep=until_over("plan__cohort"),
        erase=(rewrite(wording=without),),
    )

    plan = ForeignKey(Plan, on_delete=PROTECT, related_name="publications")
    published_by = ForeignKey(Person, on_delete=PROTECT, related_name="+")
    published_at = DateTimeField()
    send_after = DateTimeField(null=True, blank=True)
    answer_by = DateTimeField(null=True, blank=True)
    withdrawn_at = DateTimeField(null=True, blank=True)
    wording = JSONField(default=dict)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["plan"], condition=Q(withdrawn_at=None), name="publication_of_a_plan_stands_once")
        ]

    def __str__(self) -> str:
        return f"publication {self.pk}"

    @property
    def group(self) -> str:
        """The name under which its messages are released and withdrawn as one."""
        return publication_group(self.pk)

    def leaves_at(self, now: datetime) -> datetime:
        """Return when messages leave that are written at a moment: nobody knows before what publishing said."""
        return now if self.send_after is None else max(now, self.send_after)


class Offer(Model):
    """One match that was proposed to its people: a pair, or a group of any shape, with a row a member.

    Attributes:
        publication: the publishing that made it; none for a match that ran before it came here.
        people: `people_key` of its members' applications, so that the same people stand once.
        agreement: who is asked.
        room, room_shape: what it is one pair of, if it is: a text that all pairs of one panel or chain share.
        least: with how many yeses beside the mentors' it becomes a match; none: all who have not said no.
        asked_at: when the last people were asked to join it, which was there before; none: nobody was.
        answer_by: until when people may answer; none: for ever, or nobody is asked.
        reasons: what speaks for it as all of them may read it, without points or what is private: tables of `code`,
            `values`, `field` and `label`, worded for each when read.
        follows: the offer whose place it took: that one came to nothing, and this is what the mentor was offered next.
        reminded: how many reminders went to those who had not answered.
        ended_at, ended_because: when and why it was taken back.
        lifted_at, lifted_by: when somebody allowed that these people are proposed to each other again.

    Owner: the people in it. Purpose: to begin mentoring. Kept 12 months after the cohort was finished.
    """

    kept = Kept(
        owner="person",
        purpose="to begin mentoring",
        keep=until_over("cohort"),
        erase=(blank("members__application__person", reasons=[]), rewrite(reasons=without)),
        shows={"members__application__person": ("state", "shape", "reasons", "offered_at", "answer_by", "ended_at")},
    )

    cohort = ForeignKey(Cohort, on_delete=PROTECT, related_name="offers")
    publication = ForeignKey(Publication, on_delete=PROTECT, null=True, blank=True, related_name="offers")
    shape = CharField(max_length=8, choices=MatchShape, default=MatchShape.PAIR)
    people = CharField(max_length=64)
    room = CharField(max_length=40, blank=True)
    room_shape = CharField(max_length=8, choices=MatchShape, blank=True)
    state = CharField(max_length=12, choices=OfferState, default=OfferState.OFFERED)
    agreement = CharField(max_length=8, choices=Agreement, default=Agreement.ALL)
    least = PositiveSmallIntegerField(null=True, blank=True)
    reasons = JSONField(default=list)
    offered_at = DateTimeField()
    asked_at = DateTimeField(null=True, blank=True)
    answer_by = DateTimeField(null=True, blank=True)
    follows = OneToOneField("self", on_delete=PROTECT, null=True, blank=True, related_name="followed_by")
    reminded = PositiveSmallIntegerField(default=0)
    ended_at = DateTimeField(null=True, blank=True)
    ended_because = CharField(max_length=12, choices=TakenBackBecause, blank=True)
    lifted_at = DateTimeField(null=True, blank=True)
    lifted_by = ForeignKey(Person, on_delete=PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["cohort", "people"],
                condition=Q(state__in=[OfferState.OFFERED, OfferState.AGREED]),
                name="offer_stands_once_for_the_same_people",
            ),
            CheckConstraint(condition=Q(state__in=OfferState.values), name="offer_state_is_known"),
            CheckConstraint(condition=Q(shape__in=MatchShape.values), name="offer_shape_is_known"),
            CheckConstraint(condition=Q(agreement__in=Agreement.values), name="offer_agreement_is_known"),
            CheckConstraint(
                condition=Q(state=OfferState.TAKEN_BACK, ended_at__isnull=False)
                & Q(ended_because__in=TakenBackBecause.values)
                | ~Q(state=OfferState.TAKEN_BACK),
                name="offer_taken_back_has_day_and_reason",
            ),
            CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="offer_lifted_when_and_by_whom",
            ),
        ]
        indexes = [Index(fields=["state", "answer_by"], name="offer_due")]

    def __str__(self) -> str:
        return f"offer {self.pk}"

    @property
    def group(self) -> str:
        """The name under which messages about this offer alone are withdrawn as one."""
        return f"offer:{self.pk}"

    @property
    def asked_from(self) -> datetime:
        """From when the days to answer run: since the last people were asked, and not before their messages leave."""
        moment = self.asked_at or self.offered_at
        return moment if self.publication is None else self.publication.leaves_at(moment)

    @property
    def told_in(self) -> str:
        """The name under which the messages stand that first told of it: those of its publishing, or its own."""
        if self.publication_id is None or self.follows_id is not None:
            return self.group
        return publication_group(self.publication_id)


class OfferMember(Model):
    """One of the people to whom an offer was made: their part, their place, and what they have said.

    Attributes:
        part: what they would be.
        place: which place of theirs it takes, in a pair the number of a mentee's mentor; or the name of a typed place.
        holds_place: true while it takes that place: until a no, a lapse, a taking back or the end of the match.
        takes: how many of their places it takes: a mentor's one a mentee.
        reason: why not; for coordinators only.
        publication: the publishing that asked them to join a group which was there; none: that of the offer.
    """

    kept = Kept(
        owner="person",
        purpose="to know who was asked, and what they said",
        keep=until_over("offer__cohort"),
        erase=(blank("application__person", reason=""),),
        shows={"application__person": ("part", "reply", "replied_at", "reason")},
    )

    offer = ForeignKey(Offer, on_delete=CASCADE, related_name="members")
    application = ForeignKey(Application, on_delete=PROTECT, related_name="offered_in")
    part = CharField(max_length=8, choices=MemberPart)
    place = CharField(max_length=60, blank=True)
    holds_place = BooleanField(default=True)
    takes = PositiveSmallIntegerField(default=1)
    reply = CharField(max_length=8, choices=Reply, default=Reply.WAITING)
    replied_at = DateTimeField(null=True, blank=True)
    reason = CharField(max_length=12, choices=DeclineReason, blank=True)
    publication = ForeignKey(Publication, on_delete=PROTECT, null=True, blank=True, related_name="joining")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["offer", "application"], name="offer_member_once"),
            UniqueConstraint(
                fields=["application", "place"],
                condition=Q(part=MemberPart.MENTEE, holds_place=True),
                name="offer_takes_a_place_of_a_mentee_once",
            ),
            CheckConstraint(condition=Q(part__in=MemberPart.values), name="offer_member_part_is_known"),
            CheckConstraint(condition=Q(reply__in=Reply.values), name="offer_member_reply_is_known"),
            CheckConstraint(
                condition=Q(reply__in=[Reply.WAITING, Reply.ASSIGNED], replied_at=None)
                | Q(reply__in=[Reply.YES, Reply.NO], replied_at__isnull=False),
                name="offer_member_reply_has_a_date",
            ),
            CheckConstraint(
                condition=~Q(reply=Reply.NO) | Q(holds_place=False), name="offer_member_who_said_no_holds_no_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} in offer {self.offer_id}"
