"""Why this pair, why not that one, why nobody, and what would change it.

Sentences take the names of people as two sequences, in the order of the problem, and guess no pronoun.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.explain.fixes import Fix, Wording
from chiron.pairing.explain.search import FixSearch, Obstacles
from chiron.pairing.explain.trials import Trials, is_judged_best
from chiron.pairing.model.answer import Answer
from chiron.pairing.model.problem import Problem
from chiron.pairing.model.sentences import Sentence
from chiron.pairing.rules.kind import Rule
from chiron.pairing.rules.scoring import Scoring
from chiron.pairing.whatif.change import Change, Effect, Move
from chiron.pairing.whatif.free_places import FreePlaces, free_places_of
from chiron.pairing.whatif.replan import Replanner

MOST_NAMED = 3


@dataclass(frozen=True, slots=True, eq=False)
class Alternative:
    """Another mentor whom a mentee could have, and what that would do to everybody."""

    mentor: int
    fit: int
    effect: Effect


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Why somebody has nobody.

    Attributes:
        code: "none_wanted", "nobody_fits", "all_full", "cap_full", "held" or "left_out" for a mentee; "no_place",
            "nobody_fits", "cap_full", "closed_group" or "not_needed" for a mentor.
        reason: what is said about it.
        fixes: the cheapest first.
    """

    code: str
    reason: Sentence
    fixes: tuple[Fix, ...] = ()


def alternatives(problem: Problem, answer: Answer, mentee: int, *, most: int = 5) -> tuple[Alternative, ...]:
    """Return the next best mentors of a mentee by fit, each with what it would do to everybody."""
    state = free_places_of(problem, answer)
    partner, fit = state.partners(mentee), state.fits(mentee)
    now = answer.pairs[answer.pairs[:, 0] == mentee, 1]
    order = np.lexsort((partner, -fit))
    order = order[~np.isin(partner[order], now)][:most]
    planner = _replanner(problem, answer)
    return tuple(
        Alternative(int(partner[at]), int(fit[at]), planner.effect(Change("assign", mentee, int(partner[at]))))
        for at in order
    )


@lru_cache(maxsize=1)
def _replanner(problem: Problem, answer: Answer) -> Replanner:
    """Return the plan taken apart; the last one is kept, because a plan is explained person by person."""
    return Replanner(problem, answer)


def effect_on_others(effect: Effect, *, mentee: int, mentee_names: Sequence[str]) -> Sentence:
    """Return what a change does to the others, who lose most first: "Lena Ortiz would go from 72 to 58, …"."""
    if effect.why_not is not None:
        return effect.why_not
    others = sorted(
        (move for move in effect.moves if move.mentee != mentee),
        key=lambda move: (move.to_mentor >= 0, move.fit_after - move.fit_before, mentee_names[move.mentee]),
    )
    parts = []
    for move in others[:MOST_NAMED]:
        values = {"name": mentee_names[move.mentee], "before": move.fit_before, "after": move.fit_after}
        parts.append(Sentence(f"effect.{_kind_of(move)}", values))
    if len(others) > MOST_NAMED:
        parts.append(Sentence("effect.more_move", {"n": len(others) - MOST_NAMED}))
    difference = effect.after.total - effect.before.total
    parts.append(Sentence("effect.total", {"points": difference}) if difference else Sentence("effect.same_total"))
    more = effect.after.matched - effect.before.matched
    code = "effect.more_matched" if more > 0 else "effect.fewer_matched" if more else "effect.same_matched"
    return Sentence("effect.all", {"parts": tuple(parts), "matched": Sentence(code, {"n": abs(more)})})


def _kind_of(move: Move) -> str:
    """Return what a move is to the mentee who moves."""
    if move.to_mentor < 0:
        return "loses"
    if move.from_mentor < 0:
        return "gains"
    return "same_fit" if move.fit_before == move.fit_after else "other_fit"


def unmatched(
    problem: Problem,
    scoring: Scoring,
    answer: Answer,
    mentee: int,
    *,
    mentee_names: Sequence[str],
    mentor_names: Sequence[str],
    apart: Collection[tuple[int, int]] = frozenset(),
    trials: Trials | None = None,
) -> Unmatched:
    """Return why a mentee has no mentor, and the cheapest fixes, after each of which the mentee has one.

    What all mentees share is worked out once for a plan, so that a thousand of them stay quick.

    Args:
        problem: what was asked.
        scoring: rules and people.
        answer: the plan.
        mentee: position.
        mentee_names: what people call the mentees.
        mentor_names: what people call the mentors.
        apart: pairs (mentee, mentor) that people keep apart: bending a rule does not free them.
        trials: tries changes of numbers by solving again; None: the usual ones of this plan.
    """
    return unmatched_in(
        free_places_of(problem, answer),
        scoring,
        answer,
        mentee,
        mentee_names=mentee_names,
        mentor_names=mentor_names,
        is_best=is_judged_best(problem, answer),
        apart=apart,
        trials=trials or _trials(problem, scoring, answer),
    )


@lru_cache(maxsize=1)
def _trials(problem: Problem, scoring: Scoring, answer: Answer) -> Trials:
    """Return the trials of a plan; the last ones are kept, because a plan is explained person by person."""
    return Trials(problem, scoring, answer)


def unmatched_in(  # noqa: PLR0913 -- as `unmatched`, with what it works out once
    state: FreePlaces,
    scoring: Scoring,
    answer: Answer,
    mentee: int,
    *,
    is_best: bool,
    mentee_names: Sequence[str],
    mentor_names: Sequence[str],
    apart: Collection[tuple[int, int]] = frozenset(),
    trials: Trials | None = None,
) -> Unmatched:
    """Return what `unmatched` does, from the free places of a plan and the ways to them.

    Without `trials` nothing is solved again: a fix that others could profit from then locks its pair. `is_best` says
    whether the plan's judge found it proved best.
    """
    if not state.problem.wanted[mentee]:
        return Unmatched("none_wanted", Sentence("why.none_wanted", {"mentee": mentee_names[mentee]}))
    words = Wording(mentee_names, mentor_names, state.problem)
    search = FixSearch(state, scoring, answer, words, trials, is_best=is_best)
    blocked = _obstacles(state, scoring, mentee, apart=apart, own_name=mentee_names[mentee], names=mentor_names)
    fixes = search.fixes(mentee, blocked)
    partner = state.partners(mentee)
    if not len(partner):
        return Unmatched("nobody_fits", _nobody_text(scoring, mentee), fixes)
    free = search.free_mentor(mentee)
    if free is not None:
        return Unmatched(
            "left_out", _left_out_text(state, free, mentor_names, is_a_loss=answer.aim == "total" and is_best), fixes
        )
    code, reason = _full_text(state, partner, search.leeway.closed)
    held = next((fix for fix in fixes if fix.kind == "least"), None)
    if held is not None:
        code, reason = "held", Sentence("why.held", {"full": reason, "who": held.rule})
    return Unmatched(code, reason, fixes)


def _left_out_text(state: FreePlaces, mentor: int, mentor_names: Sequence[str], *, is_a_loss: bool) -> Sentence:
    """Return why somebody was left out although there is room."""
    if is_a_loss:
        return Sentence("why.at_a_loss")
    code = "why.room_unused" if state.is_loose(mentor) else "why.room_could_be_made"
    return Sentence(code, {"mentor": mentor_names[mentor]})


def _nobody_text(scoring: Scoring, mentee: int) -> Sentence:
    """Return which rules leave a mentee with nobody, those that rule out most first."""
    count = len(scoring.mentors.ids)
    forbidden = scoring.forbidden(np.stack([np.full(count, mentee), np.arange(count)], axis=1).astype(np.int32))
    return _ruled_out(scoring.must_rules, forbidden, count, "mentor")


def _ruled_out(rules: Sequence[Rule], forbidden: NDArray[np.bool_], count: int, side: str) -> Sentence:
    """Return how many people each rule forbids."""
    if not count:
        return Sentence(f"why.no_{side}")
    numbers = forbidden.sum(axis=1)
    order = [int(at) for at in np.argsort(-numbers, kind="stable") if numbers[at]]
    parts = [
        Sentence("why.ruled_out", {"rule": rules[at].name, "n": int(numbers[at]), "count": count})
        for at in order[:MOST_NAMED]
    ]
    apart = int(count - forbidden.any(axis=0).sum())
    if apart:
        parts.append(Sentence("why.kept_apart", {"n": apart}))
    return Sentence(f"why.no_{side}_allowed", {"reasons": tuple(parts)})


def _full_text(state: FreePlaces, partner: NDArray[np.int32], closed: frozenset[int]) -> tuple[str, Sentence]:
    """Return why none of the mentors who fit has room: full, closed, without places, or under a cap that is full."""
    loose = state.mentor_loose[partner]
    capped = partner[loose & state.mentor_capped[partner]].tolist()
    rest = partner[~(loose & state.mentor_capped[partner])]
    shut = np.isin(rest, list(closed))
    bare = ~shut & (state.problem.capacity[rest] < 1)
    counts = {"full": int((~shut & ~bare).sum()), "without_places": int(bare.sum()), "closed": int(shut.sum())}
    several = sum(map(bool, counts.values())) + bool(capped) > 1
    how = "some" if several else "one" if len(partner) == 1 else "all"
    reasons = [Sentence(f"why.{how}_{what}", {"n": count}) for what, count in counts.items() if count]
    if capped:
        caps = sorted({state.full_caps(mentor)[0] for mentor in capped})
        named = tuple(f"“{_cap(state, node)}”" for node in caps[:MOST_NAMED])
        reasons.append(Sentence("why.capped", {"caps": named, "n": len(named)}))
    return (
        "cap_full" if capped else "all_full",
        Sentence("why.full", {"n": len(partner), "reasons": tuple(reasons)}),
    )


def _obstacles(
    state: FreePlaces,
    scoring: Scoring,
    mentee: int,
    *,
    apart: Collection[tuple[int, int]],
    own_name: str,
    names: Sequence[str],
) -> Obstacles:
    """Return what stands between a mentee and the mentors who are not allowed, but could be.

    Nobody is told to mentor themself, and nobody to be mentored by a person whom a rule of the kind `apart` excludes.
    """
    barred = np.ones(len(names), dtype=np.bool_)
    barred[state.partners(mentee)] = False
    barred[list(_by_name(tuple(names)).get(own_name.casefold(), ()))] = False
    mentors = np.flatnonzero(barred)
    forbidden = scoring.forbidden(np.stack([np.full(len(mentors), mentee), mentors], axis=1).astype(np.int32))
    excludes = [rule.kind == "apart" for rule in scoring.must_rules]
    stays = ~forbidden[excludes].any(axis=0)
    mentors, forbidden = mentors[stays], forbidden[:, stays]
    kept = np.isin(mentors, [mentor for one, mentor in apart if one == mentee]) | ~forbidden.any(axis=0)
    return Obstacles(mentors=mentors, forbidden=forbidden, apart=kept)


@lru_cache(maxsize=1)
def _by_name(names: tuple[str, ...]) -> dict[str, list[int]]:
    """Return the positions of the people of each name, whatever its capital letters."""
    found: dict[str, list[int]] = {}
    for at, name in enumerate(names):
        found.setdefault(name.casefold(), []).append(at)
    return found


def unused(
    problem: Problem,
    scoring: Scoring,
    answer: Answer,
    mentor: int,
    *,
    mentor_names: Sequence[str],
    opens: int = 0,
) -> Unmatched:
    """Return why a mentor has free places, in short.

    Args:
        problem: what was asked.
        scoring: rules and people.
        answer: the plan.
        mentor: position.
        mentor_names: what people call the mentors.
        opens: fewest members of the mentor's group, where it may stay closed; 0 where it may not.
    """
    name = mentor_names[mentor]
    if problem.capacity[mentor] < 1 and opens:
        return Unmatched("closed_group", Sentence("why.closed_group", {"mentor": name, "least": opens}))
    if problem.capacity[mentor] < 1:
        return Unmatched("no_place", Sentence("why.no_place", {"mentor": name}))
    state = free_places_of(problem, answer)
    if not state.fitting[mentor]:
        count = len(problem.mentees)
        forbidden = scoring.forbidden([(mentee, mentor) for mentee in range(count)])
        return Unmatched("nobody_fits", _ruled_out(scoring.must_rules, forbidden, count, "mentee"))
    caps = state.full_caps(mentor)
    if caps:
        return Unmatched("cap_full", Sentence("why.mentor_capped", {"cap": _cap(state, caps[0])}))
    free = int(problem.capacity[mentor] - state.used[mentor])
    fitting = [at for at in state.fitting_mentees(mentor) if problem.wanted[at]]
    code = "why.not_needed" if state.matched.issuperset(fitting) else "why.left_free"
    return Unmatched("not_needed", Sentence(code, {"n": len(fitting), "free": free}))


def _cap(state: FreePlaces, node: int) -> str:
    """Return the name of a cap by its node."""
    return state.problem.caps[node - len(state.problem.mentors)].name
