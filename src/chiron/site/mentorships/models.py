"""Tables of publishing a plan, and of matches: what began when an offer was agreed, who is in it, how it ended."""

from django.db.models import (
    CASCADE,
    PROTECT,
    CharField,
    CheckConstraint,
    DateField,
    DateTimeField,
    ForeignKey,
    Index,
    JSONField,
    Model,
    OneToOneField,
    PositiveBigIntegerField,
    PositiveIntegerField,
    PositiveSmallIntegerField,
    Q,
    TextField,
    UniqueConstraint,
)

from chiron.site.applications.models import Application
from chiron.site.matching.models import Offer, Plan, Publication
from chiron.site.matching.rules import MatchShape, MemberPart
from chiron.site.mentorships.rules import ClosedKind, EndReason, MatchState, PublishingState
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from chiron.site.programs.rules import until_over
from chiron.site.shared.keeping.rules import Kept, detach, gone_if_named, keep, rewrite, without


class Match(Model):
    """A relationship: a mentee and a mentor, or a larger shape, from the day they agreed to the day it ended.

    Attributes:
        offer: what they agreed to; none for a room that holds only what several matches have in common.
        within: the room in which this match is one of several, if there is one; rooms are one level deep.
        room: of a room, the text that the offers of its matches share.
        trial_until, least_until, ends_on, end_event: until when it is a trial, must last, and lasts, or what ends it.
        look_at: when somebody should next be reminded of it.

    Owner: the two people. Purpose: mentoring. Kept 12 months after the cohort was finished.
    """

    kept = Kept(
        owner="person",
        purpose="mentoring",
        keep=until_over("cohort"),
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
    `joined_at` and `left_at` are the moments of what people read as days: who was there with whom, and what ended
    together, follows from them. They are empty where it was so long ago that nobody kept them.
    """

    kept = Kept(
        owner="person",
        purpose="to know who is in a match, since when and until when",
        keep=until_over("match__cohort"),
        erase=(keep("the other people of the match keep theirs; who this one was is gone with the application"),),
        shows={"application__person": ("part", "joined_on", "left_on", "left_because")},
    )

    match = ForeignKey(Match, on_delete=CASCADE, related_name="members")
    application = ForeignKey(Application, on_delete=PROTECT, related_name="member_in")
    part = CharField(max_length=8, choices=MemberPart)
    place = CharField(max_length=60, blank=True)
    shape = CharField(max_length=8, choices=MatchShape, default=MatchShape.PAIR)
    joined_on = DateField()
    joined_at = DateTimeField(null=True, blank=True)
    left_on = DateField(null=True, blank=True)
    left_at = DateTimeField(null=True, blank=True)
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
            CheckConstraint(condition=Q(left_at=None) | Q(left_on__isnull=False), name="member_left_at_has_its_day"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} in match {self.match_id}"


class Publishing(Model):
    """How a plan is to be published, and how far that is; what it makes is the publication.

    Attributes:
        state: how far it is.
        held_back: keys of the applications whose pairs or groups wait.
        send_after: the messages leave at this moment; none: as soon as they are written.
        answer_days: for how many days people may answer; none: as the rules of the cohort say.
        wording: what the coordinator wrote into the messages, as a publication keeps it.
        seen: a digest of what would be offered when the coordinator read the messages; empty: they did not.
        asked_by, asked_at: who pressed the button, and when.
        refused_because: why it came to nothing the last time it was asked for.
        publication: what it made.
        people: to how many people messages are written.
        members_from: the key of the last member of an offer that was there before it was last asked for.
        notices_from: the key of the last message of the cohort that was there before.
        finished_at: when the last message was written.
        undone_by, undone_at: who has asked for it to be taken back, and when; none while nobody has.
        undone_to: how many offers and invitations to groups were to be taken back then.
    """

    kept = Kept(
        owner="cohort",
        purpose="to prepare the messages of a plan, and to write each of them once",
        keep=until_over("plan__cohort"),
        erase=(detach("asked_by"), detach("undone_by"), rewrite(wording=without)),
    )

    plan = OneToOneField(Plan, on_delete=PROTECT, related_name="publishing")
    state = CharField(max_length=8, choices=PublishingState, default=PublishingState.DRAFT)
    held_back = JSONField(default=list)
    send_after = DateTimeField(null=True, blank=True)
    answer_days = PositiveSmallIntegerField(null=True, blank=True)
    wording = JSONField(default=dict)
    seen = CharField(max_length=24, blank=True)
    asked_by = ForeignKey(Person, on_delete=PROTECT, null=True, blank=True, related_name="+")
    asked_at = DateTimeField(null=True, blank=True)
    refused_because = TextField(blank=True)
    publication = ForeignKey(Publication, on_delete=PROTECT, null=True, blank=True, related_name="+")
    people = PositiveIntegerField(default=0)
    members_from = PositiveBigIntegerField(default=0)
    notices_from = PositiveBigIntegerField(default=0)
    finished_at = DateTimeField(null=True, blank=True)
    undone_by = ForeignKey(Person, on_delete=PROTECT, null=True, blank=True, related_name="+")
    undone_at = DateTimeField(null=True, blank=True)
    undone_to = PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=~Q(state=PublishingState.UNDOING) | Q(undone_at__isnull=False),
                name="publishing_is_undone_from_a_moment_on",
            ),
            CheckConstraint(condition=Q(state__in=PublishingState.values), name="publishing_state_is_known"),
            CheckConstraint(
                condition=Q(state=PublishingState.DRAFT) | Q(asked_at__isnull=False),
                name="publishing_was_asked_for_before_it_is_done",
            ),
            CheckConstraint(
                condition=~Q(state__in=[PublishingState.WRITING, PublishingState.DONE, PublishingState.UNDOING])
                | Q(publication__isnull=False),
                name="publishing_has_made_a_publication",
            ),
        ]

    def __str__(self) -> str:
        return f"publishing {self.pk}"
