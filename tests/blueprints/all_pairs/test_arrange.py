"""A plan over all pairs says what the plan over listed pairs says: people, fits, figures, judge; what is fixed holds."""

from dataclasses import replace
from random import Random

import pytest

pytest.importorskip("numba")

from chiron.blueprints.all_pairs.arrange import AllPairsPlan, arrange_all_pairs
from chiron.blueprints.all_pairs.question import all_pairs_question, takes_all_pairs
from chiron.blueprints.invent.people import invent
from chiron.blueprints.plan.arrange import arrange
from chiron.blueprints.plan.made import MadePlan
from chiron.blueprints.plan.pairs import ConflictError
from chiron.blueprints.schema.defaults import default_matching, fit_to_people
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import Participant

SIZES = (24, 12)
People = tuple[tuple[Participant, ...], tuple[Participant, ...]]


def people_of(seed: int, *, places: int | None = None) -> People:
    """Make people up; `places` of each mentor, where there should be too few or many."""
    mentors, mentees = invent(mentors=SIZES[1], mentees=SIZES[0], seed=seed, organizations=("North", "South", "West"))
    if places is not None:
        mentors = [replace(one, capacity=places) for one in mentors]
    return tuple(mentees), tuple(mentors)


def rules_of(people: People, aim: str) -> Matching:
    """Return the built-in rules, fitted to the people."""
    return fit_to_people(default_matching().model_copy(update={"aim": aim}), *people).matching


def both_plans(people: People, matching: Matching, **fixed) -> tuple[MadePlan, AllPairsPlan]:
    """Return the plan over listed pairs and the one over all pairs, of the same question."""
    listed = arrange(*people, matching, **fixed)
    question = all_pairs_question(*people, matching, **fixed)
    return listed, arrange_all_pairs(question, watch=lambda _phase, _reached: True)


def ids(people: tuple[Participant, ...]) -> list[str]:
    return [one.id for one in people]


@pytest.mark.parametrize("places", [None, 1, 3])
@pytest.mark.parametrize("aim", ["everyone", "total", "stable"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_both_ways_reach_the_same_figures_by_the_same_judge(seed, aim, places):
    people = people_of(seed, places=places)
    listed, every = both_plans(people, rules_of(people, aim))

    assert every.steps == listed.steps
    assert every.proved_best
    assert listed.proved_best
    assert len(every.left) == len(listed.left)
    assert every.choosers == listed.choosers


@pytest.mark.parametrize("seed", range(4))
def test_what_is_said_of_a_pair_does_not_depend_on_the_way(seed):
    people = people_of(seed)
    matching = rules_of(people, "everyone")
    _, every = both_plans(people, matching)
    pairs = [(tie.mentee_id, tie.mentor_id) for tie in every.ties]
    same = arrange(*people, matching, locks=pairs)

    assert list(every.ties) == list(same.ties)


@pytest.mark.parametrize("aim", ["everyone", "total", "stable"])
@pytest.mark.parametrize("seed", range(5))
def test_locks_pairs_kept_apart_bent_rules_and_people_who_stay_alone_hold(seed, aim):
    people, chance = people_of(seed), Random(seed)
    mentees, mentors = ids(people[0]), ids(people[1])
    matching = rules_of(people, aim)
    alone = {chance.choice(mentees), chance.choice(mentors)}
    locked_mentee = chance.choice([one for one in mentees if one not in alone])
    lock = (locked_mentee, chance.choice([one for one in mentors if one not in alone]))
    free = [one for one in mentees if one != locked_mentee]
    apart = [(mentee, mentor) for mentee in free[:8] for mentor in chance.sample(mentors, 4)]
    of_alone = [(one, two) for one in mentees for two in mentors if {one, two} & alone and (one, two) != lock]

    listed = arrange(*people, matching, locks=[lock], apart=[*apart, *of_alone], exceptions=[lock])
    question = all_pairs_question(*people, matching, locks=[lock], apart=apart, exceptions=[lock], alone=alone)
    every = arrange_all_pairs(question, watch=lambda _phase, _reached: True)

    made = {(tie.mentee_id, tie.mentor_id) for tie in every.ties}
    assert lock in made
    assert not made & {*apart, *of_alone}
    assert every.steps == listed.steps
    same = arrange(*people, matching, locks=sorted(made), apart=[*apart, *of_alone], exceptions=[lock])
    assert list(every.ties) == list(same.ties)


def test_locks_that_cannot_hold_are_refused_in_the_words_of_every_plan():
    people = people_of(1, places=1)
    matching, locks = rules_of(people, "everyone"), [(one, people[1][0].id) for one in ids(people[0])[:2]]

    with pytest.raises(ConflictError) as listed:
        arrange(*people, matching, locks=locks)
    with pytest.raises(ConflictError) as every:
        all_pairs_question(*people, matching, locks=locks)

    assert every.value.statements == listed.value.statements


@pytest.mark.parametrize("stop_at", range(8))
@pytest.mark.parametrize("aim", ["everyone", "total", "stable"])
def test_stopping_keeps_a_plan_that_breaks_no_rule(aim, stop_at):
    people, told = people_of(2), []
    question = all_pairs_question(*people, rules_of(people, aim))

    def watch(phase: str, _reached: object) -> bool:
        told.append(phase)
        return len(told) <= stop_at

    every = arrange_all_pairs(question, watch=watch)

    assert every.question is question
    assert len(list(every.ties)) > 0
    assert not (every.stopped and every.proved_best)
    assert all(step.value <= step.bound for step in every.steps)


def test_whoever_is_left_out_reads_why_and_what_would_help():
    people = people_of(3, places=1)
    matching = rules_of(people, "everyone")
    listed, every = both_plans(people, matching)

    assert every.left
    for person in every.left:
        assert str(every.why_left(person).reason)
    if every.left == listed.left:
        assert [every.why_left(one).code for one in every.left] == [listed.why_left(one).code for one in listed.left]


@pytest.mark.parametrize(
    "more",
    [{"everyone": True}, {"caps": [{"name": "All", "limit": 3}]}, {"shape": {"kind": "groups"}}, {"aim": "worst-off"}],
)
def test_what_needs_the_list_is_not_asked_over_all_pairs(more):
    people = people_of(1)
    plain = rules_of(people, "everyone")

    assert takes_all_pairs(people[0], plain)
    assert not takes_all_pairs(people[0], Matching.model_validate({**plain.model_dump(exclude_defaults=True), **more}))
    assert not takes_all_pairs([replace(people[0][0], wanted=2)], plain)
