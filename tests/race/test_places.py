"""Places under parallel publishing, noes and changes of the number: never more taken than there are, one story always."""

import random
import time

import pytest
from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F

from chiron.site.applications.models import Application
from chiron.site.applications.operations import change_capacity
from chiron.site.applications.rules import Role
from chiron.site.matching.models import MatchRun, Offer, OfferMember, Plan, PlanPair
from chiron.site.matching.rules import DeclineReason
from chiron.site.mentorships.models import Match, Member
from chiron.site.mentorships.operations import decline_offer, publish_plan
from chiron.site.mentorships.rules import MatchState
from chiron.site.shared.refusals import RefusedError
from cohort_factories import make_cohort, make_coordinator, make_member
from conftest import NIGHTLY
from factories import NOW
from plan_factories import link_to
from race.linearizability import UNKNOWN, Act, is_linearizable, mentor_step
from race.racing import faults, race

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS, ACTS = 12, 12
MOST_ROUNDS, NIGHT_SECONDS = 1000, 300
"""At night as many rounds as fit into this time; the test says how many those were."""


class Bench:
    """One cohort in which plans are made by hand, without the engine."""

    def __init__(self):
        self.cohort = make_cohort()
        self.by = make_coordinator(self.cohort)
        self.run = MatchRun.objects.create(
            cohort=self.cohort, aim="everyone", state="done", matching_version=1, asked_by=self.by,
            asked_at=NOW, finished_at=NOW,
        )  # fmt: skip
        self.plans = 0

    def mentor(self, places):
        """Return a mentor with so many places."""
        mentor = make_member(self.cohort, Role.MENTOR)
        return change_capacity(application=mentor, capacity=places, by=self.by, now=NOW)

    def plan(self, *pairs):
        """Return a draft plan with these pairs."""
        self.plans += 1
        plan = Plan.objects.create(cohort=self.cohort, run=self.run, name=f"Plan {self.plans}", made_at=NOW)
        for mentee, mentor in pairs:
            PlanPair.objects.create(plan=plan, mentee=mentee, mentor=mentor, fit=0)
        return plan

    def mentees(self, number):
        """Return new accepted mentees."""
        return [make_member(self.cohort, Role.MENTEE) for _ in range(number)]

    def publish(self, plan):
        """Publish a plan now."""
        return publish_plan(plan=plan, held_back=(), send_after=None, link_to=link_to, by=self.by, now=NOW)


def timed(history, name, asked, act):
    """Return an act that writes down when it was called and returned, and what was answered."""

    def do():
        called, answer = time.monotonic(), UNKNOWN
        try:
            act()
        except RefusedError:
            answer = "refused"
        else:
            answer = "ok"
        finally:
            history.append(Act(name, asked, answer, called, time.monotonic()))

    return do


def a_round(bench, seed):
    """Race twelve acts on one mentor; return the history, the state before, and the mentor."""
    chance = random.Random(seed)
    mentor = bench.mentor(places=chance.randint(2, 4))
    held = bench.mentees(2)
    bench.publish(bench.plan(*((mentee, mentor) for mentee in held)))
    start = (mentor.capacity, 2)
    history = []
    acts = [
        timed(
            history, "no", 1,
            lambda member=member: decline_offer(member=member, reason=DeclineReason.TIME, by=bench.by, now=NOW),
        )
        for member in OfferMember.objects.filter(application__in=held).order_by("pk")
    ]  # fmt: skip
    while len(acts) < ACTS:
        kind = chance.choice(["publish", "publish", "set", "confirm"])
        if kind == "publish":
            number = chance.randint(1, 2)
            plan = bench.plan(*((mentee, mentor) for mentee in bench.mentees(number)))
            acts.append(timed(history, kind, number, lambda plan=plan: bench.publish(plan)))
        else:
            places, because = chance.randint(0, 5), "Agreed" if kind == "confirm" else ""
            acts.append(timed(history, kind, places, lambda places=places, because=because: change_capacity(
                application=mentor, capacity=places, over_because=because, by=bench.by, now=NOW
            )))  # fmt: skip
    chance.shuffle(acts)
    race(*acts)
    return history, start, mentor


def rounds():
    """Yield the seeds of a day's rounds, or at night of as many as fit."""
    until = time.monotonic() + NIGHT_SECONDS
    for seed in range(MOST_ROUNDS if NIGHTLY else ROUNDS):
        if NIGHTLY and time.monotonic() > until:
            return
        yield seed


@pytest.mark.sampled
def test_places_are_never_overbooked_and_every_history_has_one_order():
    bench, walked = Bench(), 0
    for seed in rounds():
        walked += 1
        history, start, mentor = a_round(bench, seed)

        assert len(history) == ACTS, f"seed {seed}"
        assert is_linearizable(history, start=start, step=mentor_step), f"seed {seed}: {history}"
        mentor.refresh_from_db()
        held = OfferMember.objects.filter(application=mentor, holds_place=True, offer__state="offered")
        assert mentor.taken == sum(held.values_list("takes", flat=True)), f"seed {seed}"
        assert mentor.taken <= mentor.capacity or mentor.over_because, f"seed {seed}"

    print(f"{walked} rounds of {ACTS} acts, no place given away twice")  # noqa: T201 -- says how many were walked
    assert walked >= ROUNDS


@pytest.mark.parametrize("_round", range(4))
def test_a_mentee_in_two_plans_gets_one_place(_round):
    bench = Bench()
    [mentee] = bench.mentees(1)
    plans = [bench.plan((mentee, bench.mentor(places=2))) for _ in range(2)]

    outcomes = race(*(lambda plan=plan: bench.publish(plan) for plan in plans))

    assert [isinstance(one, RefusedError) for one in faults(outcomes)] == [True]
    assert Offer.objects.count() == 1
    assert Application.objects.get(pk=mentee.pk).taken == 1


def test_the_database_refuses_a_mentee_a_second_match_in_one_place():
    bench = Bench()
    [mentee] = bench.mentees(1)
    matches = [Match.objects.create(cohort=bench.cohort, state=MatchState.ACTIVE) for _ in range(2)]

    outcomes = race(*(lambda match=match: Member.objects.create(
        match=match, application=mentee, part="mentee", place="1", joined_on=NOW.date()
    ) for match in matches))  # fmt: skip

    assert [isinstance(one, IntegrityError) for one in faults(outcomes)] == [True]


def test_the_database_refuses_more_taken_than_there_are_places():
    mentor = Bench().mentor(places=1)

    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=mentor.pk).update(taken=F("taken") + 2)


@pytest.mark.postgres
def test_without_the_conditional_update_the_last_place_is_given_away_twice():
    bench = Bench()
    mentor = bench.mentor(places=1)
    history = []

    @transaction.atomic
    def take_without_condition():
        """Look, then write: what `take_places` would be without its condition."""
        found = Application.objects.get(pk=mentor.pk)
        time.sleep(0.3)
        Application.objects.filter(pk=mentor.pk).update(taken=found.taken + 1)

    race(*(timed(history, "publish", 1, take_without_condition) for _ in range(2)))

    assert [act.answer for act in history] == ["ok", "ok"]
    assert not is_linearizable(history, start=(1, 0), step=mentor_step)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the mode of a transaction is a setting of SQLite alone")
@pytest.mark.parametrize(("mode", "locked"), [("DEFERRED", 1), ("IMMEDIATE", 0)])
def test_without_immediate_transactions_sqlite_answers_locked(mode, locked):
    """What the settings ask of SQLite is what keeps it from answering "locked": with the other mode, it does."""
    mentor = Bench().mentor(places=2)

    def look_then_take():
        connection.transaction_mode = mode
        with transaction.atomic():
            found = Application.objects.get(pk=mentor.pk)
            time.sleep(0.2)
            Application.objects.filter(pk=mentor.pk).update(taken=found.taken + 1)

    refused = faults(race(look_then_take, look_then_take))

    assert [str(one) for one in refused] == ["database is locked"] * locked
    assert all(isinstance(one, OperationalError) for one in refused)
    assert Application.objects.get(pk=mentor.pk).taken == 2 - locked
    assert settings.DATABASES["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
