"""Tables of matches: what began when an offer was agreed, who is in it, and how it ended."""

from django.db.models import (
    CASCADE,
    PROTECT,
    CharField,
    CheckConstraint,
    DateField,
    DateTimeField,
    ForeignKey,
    Index,
    Model,
    OneToOneField,
    Q,
    UniqueConstraint,
)

from chiron.site.applications.models import Application
from chiron.site.matching.models import Offer
from chiron.site.matching.rules import MatchShape, MemberPart
from chiron.site.mentorships.rules import ClosedKind, EndReason, MatchState
from chiron.site.programs.models import Cohort
from chiron.site.shared.keeping.rules import Kept, gone_if_named, keep, rewrite


class Match(Model):
    """A relationship: a mentee and a mentor, or a larger shape, from the day they agreed to the day it ended.

    Attributes:
        offer: what they agreed to; none for a room that holds only what several matches have in common.
        within: the room in which this match is one of several, if there is one; rooms are one level deep.
        room: of a room, the text that the offers of its matches share.
        trial_until, least_until, ends_on, end_event: until when it is a trial, must last, and lasts, or what ends it.
        look_at: when somebody should next be reminded of it.

    Owner: the two people. Purpose: mentoring. Kept 12 months after the match ends.
    """

    kept = Kept(
        owner="person",
        purpose="mentoring",
        keep="as long as the cohort",
        erase=(rewrite(name=gone_if_named),),
        shows={"members__application__person": ("shape", "state", "starts_on", "ends_on", "closed_on", "closed_kind")},
    )

    cohort = ForeignKey(Cohort, on_delete=PROTECT, related_name="matches")
    offer = OneToOneField(Offer, on_delete=PROTECT, null=True, blank=True, related_name="match")
    shape = CharField(max_length=8, choices=MatchShape, default=MatchShape.PAIR)
    within = ForeignKey("self", on_delete=PROTECT, null=True, blank=True, related_name="matches_inside")
    room = CharField(max_length=40, blank=True)
    name = CharField(max_length=120, blank=True)
    state = CharField(max_length=12, choices=MatchState, default=MatchState.FORMING)
    starts_on = DateField(null=True, blank=True)
    trial_until = DateField(null=True, blank=True)
    least_until = DateField(null=True, blank=True)
    ends_on = DateField(null=True, blank=True)
    end_event = CharField(max_length=120, blank=True)
    closed_on = DateField(null=True, blank=True)
    closed_kind = CharField(max_length=12, choices=ClosedKind, blank=True)
    closed_reason = CharField(max_length=12, choices=EndReason, blank=True)
    look_at = DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["cohort", "room"], condition=~Q(room=""), name="match_room_opens_once"),
            CheckConstraint(condition=Q(state__in=MatchState.values), name="match_state_is_known"),
            CheckConstraint(condition=Q(shape__in=MatchShape.values), name="match_shape_is_known"),
            CheckConstraint(
                condition=Q(state=MatchState.CLOSED, closed_on__isnull=False, closed_kind__in=ClosedKind.values)
                | (~Q(state=MatchState.CLOSED) & Q(closed_on=None, closed_kind="")),
                name="closed_has_day_and_kind",
            ),
            CheckConstraint(
                condition=Q(closed_kind=ClosedKind.EARLY, closed_reason__in=EndReason.values)
                | (~Q(closed_kind=ClosedKind.EARLY) & Q(closed_reason="")),
                name="ended_early_has_a_reason",
            ),
        ]
        indexes = [Index(fields=["cohort", "state"], name="match_of_cohort")]

    def __str__(self) -> str:
        return f"match {self.pk}"


class Member(Model):
    """One of the people in a match: their part, which place of theirs it takes, since when, until when.

    `shape` is the match's, copied, so that the database itself refuses a mentee a second match in the same place.
    """

    kept = Kept(
        owner="person",
        purpose="to know who is in a match, since when and until when",
        keep="as long as the match",
        erase=(keep("the other people of the match keep theirs; who this one was is gone with the application"),),
        shows={"application__person": ("part", "joined_on", "left_on", "left_because")},
    )

    match = ForeignKey(Match, on_delete=CASCADE, related_name="members")
    application = ForeignKey(Application, on_delete=PROTECT, related_name="member_in")
    part = CharField(max_length=8, choices=MemberPart)
    place = CharField(max_length=60, blank=True)
    shape = CharField(max_length=8, choices=MatchShape, default=MatchShape.PAIR)
    joined_on = DateField()
    left_on = DateField(null=True, blank=True)
    left_because = CharField(max_length=12, choices=EndReason, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["match", "application"], name="member_once_in_a_match"),
            UniqueConstraint(
                fields=["application", "place"],
                condition=Q(shape=MatchShape.PAIR, part=MemberPart.MENTEE, left_on=None),
                name="mentee_holds_a_place_once",
            ),
            CheckConstraint(condition=Q(part__in=MemberPart.values), name="member_part_is_known"),
            CheckConstraint(condition=Q(left_because="") | Q(left_on__isnull=False), name="member_left_on_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} in match {self.match_id}"
