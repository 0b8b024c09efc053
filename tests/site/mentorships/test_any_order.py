"""Any order of legal steps over offers, matches and places keeps what must always be true (T3).

A step is one press of one person. Whatever is refused must have changed nothing. By day a sample of orders is walked;
at night as many as fit into some minutes, and the test says how many those were.
"""

from collections import Counter
from datetime import timedelta
from random import Random
from time import monotonic

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from chiron.site.applications.models import Application
from chiron.site.applications.operations import change_capacity
from chiron.site.applications.rules import Role, Stage
from chiron.site.matching.bridge.next_mentee import NextMentee
from chiron.site.matching.models import MatchRun, Offer, OfferMember, Plan, PlanPair, Publication
from chiron.site.matching.operations.offers import lift_refusal
from chiron.site.matching.rules import STANDING, DeclineReason, MemberPart, OfferState
from chiron.site.mentorships.models import Match, Member
from chiron.site.mentorships.operations import (
    accept_offer,
    decline_offer,
    end_match,
    leave_match,
    offer_to_next,
    publish_plan,
    take_answer_back,
    take_participant_back,
    unpublish_plan,
    withdraw_participant,
)
from chiron.site.mentorships.operations.offers import lapse_offers, remind_of_offers, take_offer_back
from chiron.site.mentorships.rules import ClosedKind, EndReason, MatchState
from chiron.site.notices.models import Notice
from chiron.site.notices.operations import release_notice, send_due_notices
from chiron.site.shared.refusals import RefusedError
from cohort_factories import make_cohort, make_coordinator, make_member
from conftest import NIGHTLY
from factories import NOW
from plan_factories import link_to

pytestmark = [pytest.mark.stateful, pytest.mark.django_db]
MENTORS, MENTEES = 3, 5
BY_DAY = {"max_examples": 12, "stateful_step_count": 30, "derandomize": True}
AT_NIGHT = {"max_examples": 50, "stateful_step_count": 50}
NIGHT_SECONDS = 480
WALKED: Counter[str] = Counter()
pick = st.integers(min_value=0, max_value=10_000)


class AnyOrder(RuleBasedStateMachine):
    """A small cohort in which anybody does anything that a page offers, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.now = NOW
        self.cohort = make_cohort()
        self.by = make_coordinator(self.cohort)
        self.run = MatchRun.objects.create(
            cohort=self.cohort, aim="everyone", state="done", matching_version=1, asked_by=self.by,
            asked_at=NOW, finished_at=NOW,
        )  # fmt: skip
        self.mentors = [make_member(self.cohort, Role.MENTOR) for _ in range(MENTORS)]
        self.mentees = [make_member(self.cohort, Role.MENTEE) for _ in range(MENTEES)]
        Application.objects.filter(pk__in=[one.pk for one in self.mentors]).update(capacity=2)
        Application.objects.filter(pk=self.mentees[0].pk).update(wanted=2)
        WALKED["orders"] += 1
        self.offer(list(zip(self.mentees[:4], [*self.mentors[:2], *self.mentors[:2]], strict=True)), "pairs")
        self.agree(0)
        self.agree(1)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    def step(self, name: str, act) -> None:
        """Do one step an hour later; a refusal leaves everything as it was."""
        self.now += timedelta(hours=1)
        before = everything()
        try:
            act()
        except RefusedError:
            assert everything() == before, name
            WALKED["refused"] += 1
        else:
            WALKED[name] += 1

    def one_of(self, rows, at: int):
        found = list(rows.order_by("pk"))
        return found[at % len(found)] if found else None

    def offer(self, pairs, shape: str) -> None:
        """Publish a plan that a coordinator made of some pairs."""
        number = Plan.objects.filter(cohort=self.cohort).count() + 1
        plan = Plan.objects.create(cohort=self.cohort, run=self.run, name=f"Plan {number}", shape=shape, made_at=NOW)
        for mentee, mentor in pairs:
            PlanPair.objects.create(plan=plan, mentee=mentee, mentor=mentor, fit=0)
        self.step("publish", lambda: publish_plan(
            plan=plan, held_back=(), send_after=None, link_to=link_to, by=self.by, now=self.now
        ))  # fmt: skip

    @rule(seed=pick, shape=st.sampled_from(["pairs", "pairs", "groups"]))
    def publish(self, seed: int, shape: str) -> None:
        chance = Random(seed)
        mentees = chance.sample(self.mentees, chance.randint(1, 3))
        self.offer([(mentee, chance.choice(self.mentors)) for mentee in mentees], shape)

    @rule(at=pick)
    def agree(self, at: int) -> None:
        """Let everybody say yes whom an offer asks."""
        offer = self.one_of(Offer.objects.filter(state=OfferState.OFFERED), at)
        for member in offer.members.filter(reply="waiting").order_by("pk") if offer is not None else ():
            person = member.application.person
            self.step("yes", lambda member=member, person=person: accept_offer(
                member=member, link_to=link_to, by=person, now=self.now
            ))  # fmt: skip

    def waiting(self, at: int) -> OfferMember | None:
        """Return one of those who have yet to answer."""
        return self.one_of(
            OfferMember.objects.select_related("offer", "application__person").filter(reply="waiting"), at
        )

    @rule(at=pick)
    def say_yes(self, at: int) -> None:
        if (member := self.waiting(at)) is not None:
            person = member.application.person
            self.step("yes", lambda: accept_offer(member=member, link_to=link_to, by=person, now=self.now))

    @rule(at=pick)
    def say_no(self, at: int) -> None:
        if (member := self.waiting(at)) is not None:
            person, reason = member.application.person, DeclineReason.TIME
            self.step("no", lambda: decline_offer(member=member, reason=reason, by=person, now=self.now))

    @rule(at=pick)
    def change_ones_mind(self, at: int) -> None:
        answered = OfferMember.objects.select_related("offer", "application__person").filter(reply__in=["yes", "no"])
        member = self.one_of(answered, at)
        if member is not None:
            person = member.application.person
            self.step("answer taken back", lambda: take_answer_back(member=member, by=person, now=self.now))

    @rule(at=pick)
    def leave(self, at: int) -> None:
        member = self.one_of(Member.objects.select_related("match", "application__person"), at)
        if member is not None:
            self.step("left", lambda: leave_match(
                match=member.match, member=member, reason=EndReason.TIME, by=member.application.person, now=self.now
            ))  # fmt: skip

    @rule(at=pick, kind=st.sampled_from(ClosedKind))
    def end(self, at: int, kind: ClosedKind) -> None:
        match = self.one_of(Match.objects.select_related("cohort", "offer"), at)
        reason = EndReason.NEEDS if kind is ClosedKind.EARLY else None
        if match is not None:
            self.step("ended", lambda: end_match(match=match, kind=kind, reason=reason, by=self.by, now=self.now))

    @rule(at=pick)
    def withdraw(self, at: int) -> None:
        application = self.one_of(Application.objects.filter(cohort=self.cohort), at)
        self.step("withdrawn", lambda: withdraw_participant(
            application=application, link_to=link_to, by=self.by, now=self.now
        ))  # fmt: skip

    @rule(at=pick)
    def take_back_in(self, at: int) -> None:
        application = self.one_of(Application.objects.exclude(stage=Stage.ACCEPTED), at)
        if application is not None:
            self.step("taken back in", lambda: take_participant_back(
                application=application, by=self.by, now=self.now
            ))  # fmt: skip

    @rule(at=pick, places=st.integers(min_value=0, max_value=3), because=st.sampled_from(["", "Agreed"]))
    def change_places(self, at: int, places: int, because: str) -> None:
        mentor = self.mentors[at % MENTORS]
        self.step("places", lambda: change_capacity(
            application=mentor, capacity=places, over_because=because, by=self.by, now=self.now
        ))  # fmt: skip

    @rule(at=pick)
    def take_an_offer_back(self, at: int) -> None:
        offer = self.one_of(Offer.objects.all(), at)
        if offer is not None:
            self.step("offer taken back", lambda: take_offer_back(offer=offer, by=self.by, now=self.now))

    @rule(at=pick)
    def unpublish(self, at: int) -> None:
        publication = self.one_of(Publication.objects.all(), at)
        if publication is not None:
            self.step("unpublished", lambda: unpublish_plan(publication=publication, by=self.by, now=self.now))

    @rule(at=pick, mentee=pick)
    def go_on_to_the_next(self, at: int, mentee: int) -> None:
        offer = self.one_of(Offer.objects.all(), at)
        following = NextMentee(self.mentees[mentee % MENTEES].pk, 0, ())
        if offer is not None:
            self.step("next", lambda: offer_to_next(
                offer=offer, following=following, link_to=link_to, by=self.by, now=self.now
            ))  # fmt: skip

    @rule(at=pick)
    def lift(self, at: int) -> None:
        offer = self.one_of(Offer.objects.all(), at)
        if offer is not None:
            self.step("lifted", lambda: lift_refusal(offer=offer, by=self.by, now=self.now))

    @rule(at=pick)
    def a_message_leaves(self, at: int) -> None:
        notice = self.one_of(Notice.objects.filter(state__in=["draft", "ready"]), at)
        if notice is not None and notice.state == "draft":
            release_notice(notice=notice, by=self.by, now=self.now)
        send_due_notices(now=self.now)

    @rule(days=st.integers(min_value=1, max_value=15))
    def days_pass(self, days: int) -> None:
        self.now += timedelta(days=days)
        remind_of_offers(link_to=link_to, now=self.now)
        WALKED["lapsed"] += lapse_offers(link_to=link_to, now=self.now)

    @invariant()
    def places_are_those_of_what_stands(self) -> None:
        held: Counter[int] = Counter()
        for member in OfferMember.objects.select_related("offer").filter(holds_place=True):
            assert member.offer.state in STANDING, "a place is held by an offer that stands no more"
            held[member.application_id] += member.takes
        for one in Application.objects.filter(cohort=self.cohort):
            assert one.taken == held[one.pk], f"{one.taken} taken, {held[one.pk]} held"
            assert one.places is None or one.taken <= one.places or one.over_because, "over without a word"
            assert not one.over_because or one.is_over, "a flag without need"
            assert one.stage == Stage.ACCEPTED or not one.taken, "who is out holds a place"

    @invariant()
    def a_mentee_holds_a_place_once(self) -> None:
        rows = OfferMember.objects.filter(holds_place=True, part=MemberPart.MENTEE).values_list("application", "place")
        assert len(set(rows)) == len(rows)

    @invariant()
    def matches_run_while_their_offers_are_agreed(self) -> None:
        for match in Match.objects.exclude(offer=None).select_related("offer"):
            is_closed = match.state == MatchState.CLOSED
            assert (match.offer.state == OfferState.OVER) == is_closed, (match.state, match.offer.state)
            in_it = match.members.filter(left_on=None).values_list("application", flat=True)
            assert not (is_closed and in_it), "somebody is in a match that has ended"
            holding = match.offer.members.filter(holds_place=True, reply__in=["yes", "assigned"])
            assert is_closed or set(in_it) == set(holding.values_list("application", flat=True))
        agreed = Offer.objects.filter(state=OfferState.AGREED)
        assert agreed.count() == agreed.filter(match__isnull=False).count()

    @invariant()
    def nobody_who_is_out_is_written_to_about_an_offer(self) -> None:
        out = Application.objects.exclude(stage=Stage.ACCEPTED).values("person")
        waiting = Notice.objects.filter(to__in=out, state__in=["draft", "ready"], kind__startswith="match.offered")
        assert not waiting.exists()


def everything() -> list:
    """Return every row that a step may change."""
    tables = (Application, Offer, OfferMember, Match, Member, Publication, Plan, Notice)
    return [list(table.objects.order_by("pk").values()) for table in tables]


@pytest.mark.sampled
def test_any_order_of_steps_keeps_the_invariants(mail_server):
    quiet = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}
    WALKED.clear()
    if not NIGHTLY:
        run_state_machine_as_test(AnyOrder, settings=settings(**BY_DAY, **quiet))
    until = monotonic() + NIGHT_SECONDS
    while NIGHTLY and monotonic() < until:
        run_state_machine_as_test(AnyOrder, settings=settings(**AT_NIGHT, **quiet))

    print(f"{WALKED.pop('orders')} orders of steps: {dict(WALKED)}")  # noqa: T201 -- says how many were walked
    assert {"publish", "yes", "no", "left", "ended", "withdrawn", "refused"} <= set(WALKED), (
        "steps that never happen prove nothing"
    )
