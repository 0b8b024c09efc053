"""Sentences, tasks and needs of a coordinator, and the words of a match."""

import pytest

from chiron.site.applications.rules import Stage
from chiron.site.home.rules import (
    STAGE_WORDS,
    TASKS,
    Facts,
    TaskState,
    match_words,
    needs,
    next_act,
    offer_words,
    sentence,
    tasks,
)
from chiron.site.matching.rules import MemberPart, OfferState, Reply
from chiron.site.mentorships.rules import MatchState
from chiron.site.programs.rules import CohortStage

POOLS = {"mentors": 2, "mentees": 3}
READY = {"plans": 1, "plan": "Plan A", "plan_id": 7}
OUT = {**READY, "is_published": True}


def test_every_stage_has_tasks_and_words():
    assert set(TASKS) == set(CohortStage)
    assert set(STAGE_WORDS) == set(Stage)


@pytest.mark.parametrize(
    ("stage", "facts", "words"),
    [
        (CohortStage.APPLYING, Facts(), "Nobody is in this cohort yet. Start with your spreadsheets."),
        (
            CohortStage.APPLYING,
            Facts(mentors=1, mentees=20, waiting=2),
            "1 mentor and 20 mentees are accepted. 2 applications wait for your decision.",
        ),
        (
            CohortStage.MATCHING,
            Facts(mentors=60, mentees=120),
            "60 mentors and 120 mentees are accepted. Nothing waits for your decision.",
        ),
        (
            CohortStage.MATCHING,
            Facts(mentors=60, mentees=120, plans=1, plan="Plan A", left_out=2, to_look_at=3),
            "Plan A is ready. 2 people have no mentor; 3 pairs need a look.",
        ),
        (
            CohortStage.RUNNING,
            Facts(mentors=60, mentees=120, plans=1, plan="Plan A", is_published=True, matched=118, unanswered=1),
            "Plan A is published: 118 mentees are in it. 1 pair waits for an answer.",
        ),
    ],
)
def test_the_sentence_says_how_a_cohort_stands(stage: CohortStage, facts: Facts, words: str):
    assert sentence(stage, facts) == words


def test_tasks_begin_blocked_and_end_completed():
    empty, done = Facts(), Facts(mentors=2, mentees=3, rules_version=2, plans=1, is_published=True)

    at_first = [task.state for task in tasks(CohortStage.APPLYING, empty) + tasks(CohortStage.MATCHING, empty)]
    at_last = [task.state for task in tasks(CohortStage.MATCHING, done)]

    assert at_first == [
        TaskState.NOT_STARTED, TaskState.NOT_STARTED, TaskState.NOT_STARTED, TaskState.BLOCKED,
        TaskState.NOT_STARTED, TaskState.BLOCKED, TaskState.BLOCKED, TaskState.BLOCKED,
    ]  # fmt: skip
    assert set(at_last) == {TaskState.COMPLETED}


@pytest.mark.parametrize(
    ("stage", "facts", "words", "page"),
    [
        (CohortStage.APPLYING, Facts(), "Import people", "applications:imports"),
        (CohortStage.APPLYING, Facts(waiting=2), "Decide about applications", "applications:people"),
        (CohortStage.APPLYING, Facts(**POOLS), "Work out a plan", "matching:plans"),
        (CohortStage.MATCHING, Facts(**POOLS, **READY, waiting=1), "Review plan", "matching:review"),
        (CohortStage.RUNNING, Facts(**POOLS, **OUT, drafts=3, declined=1), "Open the outbox", "programs:outbox"),
        (CohortStage.RUNNING, Facts(**POOLS, **OUT, declined=1), "Work out the next plan", "matching:plans"),
        (CohortStage.RUNNING, Facts(**POOLS, **OUT, unanswered=1), "See who has answered", "mentorships:publish"),
        (CohortStage.RUNNING, Facts(**POOLS, **OUT), "Read the report", "outcomes:report"),
        (CohortStage.FINISHED, Facts(**POOLS, **OUT, drafts=3), "Read the report", "outcomes:report"),
    ],
)
def test_the_main_button_is_the_next_act_that_waits(stage: CohortStage, facts: Facts, words: str, page: str):
    act = next_act(stage, facts)

    assert (act.text, act.page) == (words, page)


def test_needs_name_only_what_waits_the_most_pressing_first():
    facts = Facts(waiting=2, drafts=3, declined=1, to_look_at=4)

    assert [need.text for need in needs(facts)] == [
        "1 pair was declined",
        "2 applications wait for your decision",
        "4 pairs need a look",
        "3 messages wait to be released",
    ]
    assert needs(Facts()) == ()


@pytest.mark.parametrize("part", MemberPart)
@pytest.mark.parametrize("state", OfferState)
@pytest.mark.parametrize("reply", Reply)
def test_an_offer_always_has_words_and_a_button_without_numbers(part: MemberPart, state: OfferState, reply: Reply):
    words = offer_words(part, state, reply, "Jo Park")

    assert all(words)
    assert not any(letter.isdigit() for letter in "".join(words))


@pytest.mark.parametrize("has_left", [True, False])
@pytest.mark.parametrize("state", MatchState)
def test_a_match_always_has_words_and_a_button_without_numbers(state: MatchState, has_left: bool):
    words = match_words(state, "Jo Park", has_left=has_left)

    assert all(words)
    assert not any(letter.isdigit() for letter in "".join(words))
