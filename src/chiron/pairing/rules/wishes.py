"""Whose wish the points of a rule express, and which choice of a mentee each pair is, added to a problem."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from chiron.pairing.model.problem import Ints, Problem
from chiron.pairing.rules.kinds.ranked import Choices
from chiron.pairing.rules.scoring import CompiledRule, Scoring

CHUNK = 1 << 17
"""Pairs that are looked at together."""


def with_wishes(scoring: Scoring, problem: Problem) -> Problem:
    """Return the problem with each side's wishes and the mentees' choices, as far as the rules tell them apart.

    A mentee's wish for a pair is its fit without the points of rules that only mentors voice, and a mentor's wish its
    fit without those that only mentees voice. Where a rule of the kind `ranked` reads lists of mentees, these are the
    choices (the first such rule counts); whoever is not on the list comes after the longest list. Nothing is worked
    out, and no array made, where no rule asks for it.

    Args:
        scoring: the rules over the people of the problem.
        problem: what `scoring.pose` made of them.
    """
    compiled = scoring.compiled
    theirs = [each for each in compiled if each.rule.voice == "mentor"]
    ours = [each for each in compiled if each.rule.voice == "mentee"]
    lists = [
        each.prepared
        for each in (*scoring.compiled_must, *compiled)
        if isinstance(each.prepared, Choices) and each.prepared.by == "mentee"
    ]
    return replace(
        problem,
        mentee_fit=_without(problem, theirs) if theirs else None,
        mentor_fit=_without(problem, ours) if ours else None,
        rank=_ranks(problem, lists[0]) if lists else None,
    )


def _without(problem: Problem, rules: Sequence[CompiledRule]) -> Ints:
    """Return the fits without the points of these rules: int32 (p,)."""
    left = problem.fit.copy()
    mentees, mentors = len(problem.mentees), len(problem.mentors)
    height = max(1, CHUNK // max(1, mentors))
    for first in range(0, mentees, height):
        last = min(first + height, mentees)
        piece = slice(int(problem.starts[first]), int(problem.starts[last]))
        row = np.repeat(np.arange(last - first), np.diff(problem.starts[first : last + 1]))
        for each in rules:
            points = each.points_of(each.kind.shares(each.prepared, first, last), slice(first, last))
            points = np.broadcast_to(points, (last - first, mentors))
            left[piece] -= points[row, problem.partner[piece]].astype(np.int32)
    return left


def _ranks(problem: Problem, choices: Choices) -> Ints:
    """Return which choice of the mentee each pair is, one after the longest list where it is not on the list."""
    listed = np.array([(*pair, rank + 1) for pair, rank in choices.place.items()], dtype=np.int64).reshape(-1, 3)
    ranks = np.full(len(problem.partner), int(listed[:, 2].max(initial=0)) + 1, dtype=np.int32)
    places = problem.positions(listed[:, :2])
    ranks[places[places >= 0]] = listed[places >= 0, 2]
    return ranks
