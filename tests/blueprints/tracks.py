"""What tests of the tracks share: made-up people after the gates, arranged once for each track."""

from functools import cache

from chiron.blueprints.invent.answers import STARTS
from chiron.blueprints.invent.track import invent_track
from chiron.blueprints.plan.arrange import arrange
from chiron.blueprints.plan.eligibility import admitted
from chiron.blueprints.plan.levels import with_levels
from chiron.blueprints.plan.pairs import make_plan
from chiron.blueprints.pose.pairs import scoring_of
from chiron.blueprints.schema.blueprint_file import track
from chiron.blueprints.schema.person import Participant


@cache
def pools(name, mentees=48, seed=1):
    """Return the mentees and the mentors of a track who may take part."""
    blueprint = track(name)
    made = invent_track(blueprint, mentees=mentees, seed=seed)
    return tuple(admitted(people, blueprint, on=STARTS).people for people in (made.mentees, made.mentors))


@cache
def arranged(name, mentees=48, seed=1):
    """Return the plan of a track for its made-up people."""
    learners, guides = pools(name, mentees, seed)
    return arrange(learners, guides, track(name))


def mentee(identity, **answers):
    return Participant(identity, f"Mentee {identity}", "mentee", answers)


def mentor(identity, capacity=None, **answers):
    return Participant(identity, f"Mentor {identity}", "mentor", answers, capacity=capacity)


def fits(name, learner, *guides):
    """Return what one mentee and each of these mentors are worth, None where the rules forbid the pair."""
    blueprint = track(name)
    scoring = scoring_of(with_levels([learner], blueprint), list(guides), blueprint.matching)
    allowed, fit = scoring.block(0, 1)
    return [int(worth) if may else None for may, worth in zip(allowed[0], fit[0], strict=True)]


def plan(name, learners, guides, **more):
    return make_plan(mentees=learners, mentors=guides, matching=track(name).matching, **more)


def answers(people):
    return {person.id: person.answers for person in people}
