"""Why this pair, why not that one, why nobody, and what would change it: sentences for people, each fix proved.

Sentences take the names of people as two sequences, in the order of the problem, and guess no pronoun.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from chiron.pairing.model.answer import Answer
from chiron.pairing.model.problem import Problem
from chiron.pairing.rules.kind import Rule
from chiron.pairing.rules.scoring import Reason, Scoring
from chiron.pairing.whatif.change import Change, Effect
from chiron.pairing.whatif.free_places import Room, room
from chiron.pairing.whatif.replan import Replanner

MOST_FIXES = 4
MOST_NAMED = 3
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True, eq=False)
class Alternative:
    """Another mentor whom a mentee could have, and what that would do to everybody."""

    mentor: int
    fit: int
    effect: Effect


@dataclass(frozen=True, slots=True)
class Fix:
    """Something that would give a person a mentor without taking anybody's away.

    Attributes:
        kind: "assign" (a place is free), "place", "cap", "least" (a least number), "remote", "rule", "apart",
            "several" or "mentor" (a new one).
        text: one sentence for people.
        mentor: position of the mentor, -1 where the fix is not about one.
        rule: name of the rule or cap, empty where the fix is not about one.
        gain: how many more people are matched.
        proved: True; a fix without proof is not offered.
    """

    kind: str
    text: str
    mentor: int
    rule: str
    gain: int
    proved: bool


@dataclass(frozen=True, slots=True, eq=False)
class Obstacles:
    """What stands between a mentee and each mentor whom the rules or people forbid, but never the mentee's namesake.

    Attributes:
        mentors: int (k,), positions.
        forbidden: bool (must rules, k), which rule forbids the pair.
        apart: bool (k,), people keep the two apart.
        count: int (k,), how many of these there are.
        has_room: bool (k,), one more pair would find its way to a free place.
        takes_one_more: bool (k,), it would with one more place there.
    """

    mentors: NDArray[np.int64]
    forbidden: NDArray[np.bool_]
    apart: NDArray[np.bool_]
    count: NDArray[np.int64]
    has_room: NDArray[np.bool_]
    takes_one_more: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Why somebody has nobody.

    Attributes:
        code: "none_wanted", "nobody_fits", "all_full", "cap_full", "held" or "left_out" for a mentee; "no_place",
            "nobody_fits", "cap_full" or "not_needed" for a mentor.
        text: the reason for people.
        fixes: the cheapest first.
    """

    code: str
    text: str
    fixes: tuple[Fix, ...]


def reasons(scoring: Scoring, mentee: int, mentor: int) -> tuple[Reason, ...]:
    """Return what speaks for and against a pair; the points add up to its fit."""
    return scoring.reasons(mentee, mentor)


def alternatives(problem: Problem, answer: Answer, mentee: int, *, most: int = 5) -> tuple[Alternative, ...]:
    """Return the next best mentors of a mentee by fit, each with what it would do to everybody."""
    state = room(problem, answer)
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


def effect_text(effect: Effect, *, mentee: int, mentee_names: Sequence[str]) -> str:
    """Return what a change does to the others, who lose most first: "Lena Ortiz would go from 72 to 58, …"."""
    if not effect.possible:
        return effect.why_not
    others = sorted(
        (move for move in effect.moves if move.mentee != mentee),
        key=lambda move: (move.to_mentor >= 0, move.fit_after - move.fit_before, mentee_names[move.mentee]),
    )
    parts = []
    for move in others[:MOST_NAMED]:
        name = mentee_names[move.mentee]
        if move.to_mentor < 0:
            parts.append(f"{name} would have no mentor")
        elif move.from_mentor < 0:
            parts.append(f"{name} would have a mentor ({move.fit_after})")
        elif move.fit_before == move.fit_after:
            parts.append(f"{name} would change mentor and stay at {move.fit_after}")
        else:
            parts.append(f"{name} would go from {move.fit_before} to {move.fit_after}")
    if len(others) > MOST_NAMED:
        parts.append(f"{_count(len(others) - MOST_NAMED, 'more person', 'more people')} would move")
    difference = effect.after.total - effect.before.total
    parts.append(f"whole plan {difference:+d}".replace("-", MINUS) if difference else "whole plan the same")
    return f"{', '.join(parts)}; {_matched_text(effect.after.matched - effect.before.matched)}"


def _matched_text(more: int) -> str:
    """Return how the number of people matched changes."""
    if not more:
        return "same number matched"
    return f"{more} more matched" if more > 0 else f"{-more} fewer matched"


def unmatched(
    problem: Problem,
    scoring: Scoring,
    answer: Answer,
    mentee: int,
    *,
    mentee_names: Sequence[str],
    mentor_names: Sequence[str],
    apart: Collection[tuple[int, int]] = frozenset(),
) -> Unmatched:
    """Return why a mentee has no mentor, and the cheapest fixes, each proved by a way to a free place.

    What all mentees share is worked out once for a plan, so that a thousand of them stay quick. `apart` holds the
    pairs (mentee, mentor) that people keep apart: bending a rule does not free them.
    """
    state = room(problem, answer)
    return unmatched_in(
        state, scoring, answer, mentee, mentee_names=mentee_names, mentor_names=mentor_names, apart=apart
    )


def unmatched_in(
    state: Room,
    scoring: Scoring,
    answer: Answer,
    mentee: int,
    *,
    mentee_names: Sequence[str],
    mentor_names: Sequence[str],
    apart: Collection[tuple[int, int]] = frozenset(),
) -> Unmatched:
    """Return what `unmatched` does, from the free places of a plan and the ways to them."""
    if not state.problem.wanted[mentee]:
        return Unmatched("none_wanted", f"{mentee_names[mentee]} asked for no mentor.", ())
    partner = state.partners(mentee)
    fixes = [
        *_free_fixes(state, mentee, mentor_names),
        *_place_fixes(state, mentee, mentor_names),
        *_cap_fixes(state, mentee, mentor_names),
        *_least_fixes(state, mentee, mentor_names),
    ]
    blocked = _obstacles(state, scoring, mentee, apart=apart, own_name=mentee_names[mentee], names=mentor_names)
    fixes += _rule_fixes(blocked, scoring, mentee, mentor_names)
    fixes = fixes[:MOST_FIXES] or _joint_fixes(blocked, scoring, mentor_names)
    if not len(partner):
        return Unmatched("nobody_fits", _nobody_text(scoring, mentee), tuple(fixes))
    if fixes and fixes[0].kind == "assign":
        return Unmatched("left_out", _left_out_text(answer, fixes[0], mentor_names), tuple(fixes))
    code, text = _full_text(state, partner)
    held = next((fix for fix in fixes if fix.kind == "least"), None)
    if held is not None:
        code, text = "held", f"{text} A place there is held for {held.rule}, who must have as many as now."
    if fixes:
        text += f" {fixes[0].text}"
    return Unmatched(code, text, tuple(fixes))


def _left_out_text(answer: Answer, fix: Fix, mentor_names: Sequence[str]) -> str:
    """Return why somebody was left out although there is room."""
    if answer.aim == "total":
        return "There is room, but every way to use it lowers the total fit of the plan."
    return f"There is room with {mentor_names[fix.mentor]}, and this plan does not use it."


def _nobody_text(scoring: Scoring, mentee: int) -> str:
    """Return which rules leave a mentee with nobody, those that rule out most first."""
    count = len(scoring.mentors.ids)
    forbidden = scoring.forbidden(np.stack([np.full(count, mentee), np.arange(count)], axis=1).astype(np.int32))
    return _ruled_out(scoring.must_rules, forbidden, count, "mentor")


def _ruled_out(rules: Sequence[Rule], forbidden: NDArray[np.bool_], count: int, side: str) -> str:
    """Return how many people each rule forbids, in one sentence."""
    if not count:
        return f"There is no {side}."
    numbers = forbidden.sum(axis=1)
    order = [int(at) for at in np.argsort(-numbers, kind="stable") if numbers[at]]
    parts = [f"“{rules[at].name}” rules out {numbers[at]} of {count}" for at in order[:MOST_NAMED]]
    apart = int(count - forbidden.any(axis=0).sum())
    if apart:
        parts.append(f"{apart} {'is' if apart == 1 else 'are'} kept apart")
    return f"No {side} is allowed: {', '.join(parts)}."


def _full_text(state: Room, partner: NDArray[np.int32]) -> tuple[str, str]:
    """Return why none of the mentors who fit has room: they are full, or a cap is."""
    capped = partner[state.mentor_loose[partner] & state.mentor_capped[partner]].tolist()
    fit = f"{_count(len(partner), 'mentor fits', 'mentors fit')};"
    if not capped:
        full = "that mentor is full" if len(partner) == 1 else "all are full"
        return "all_full", f"{fit} {full}."
    caps = sorted({state.full_caps(mentor)[0] for mentor in capped})
    named = " and ".join(f"“{_cap(state, node)}”" for node in caps[:MOST_NAMED])
    rest = len(partner) - len(capped)
    full = f"{rest} {'is' if rest == 1 else 'are'} full, and " if rest else ""
    return "cap_full", f"{fit} {full}{named} {'allows' if len(caps) == 1 else 'allow'} no more pairs."


def _free_fixes(state: Room, mentee: int, names: Sequence[str]) -> list[Fix]:
    """Return the mentor who has room for a mentee in a plan that leaves the mentee out all the same."""
    partner = state.partners(mentee)
    order = _best_first(state, mentee, state.reached[partner])
    return [
        Fix("assign", f"Choose {names[mentor]}, who has room.", mentor, "", gain=1, proved=True) for mentor in order[:1]
    ]


def _best_first(state: Room, mentee: int, some: NDArray[np.bool_]) -> list[int]:
    """Return some of the mentors whom a mentee may have, the best fit first; `some` marks them in the list."""
    partner, fit = state.partners(mentee)[some], state.fits(mentee)[some]
    return [int(mentor) for mentor in partner[np.argsort(-fit, kind="stable")]]


def _place_fixes(state: Room, mentee: int, names: Sequence[str]) -> list[Fix]:
    """Return the best mentors with whom one more place would be enough."""
    partner = state.partners(mentee)
    some = ~state.reached[partner] & ~state.mentor_loose[partner] & state.mentor_helped[partner]
    order = _best_first(state, mentee, some)
    return [
        Fix("place", f"1 more place with {names[mentor]} would fix it.", mentor, "", gain=1, proved=True)
        for mentor in order[:2]
    ]


def _cap_fixes(state: Room, mentee: int, names: Sequence[str]) -> list[Fix]:
    """Return the caps of which one more pair would be enough."""
    found: dict[int, Fix] = {}
    partner = state.partners(mentee)
    for mentor in _best_first(state, mentee, state.mentor_loose[partner] & state.mentor_capped[partner]):
        full = state.full_caps(mentor)
        if len(full) != 1 or full[0] in found or not state.would_help(full[0]):
            continue
        name = _cap(state, full[0])
        text = f"1 more pair under “{name}” would fix it: {names[mentor]} has a place."
        found[full[0]] = Fix("cap", text, mentor, name, gain=1, proved=True)
    return list(found.values())[:2]


def _least_fixes(state: Room, mentee: int, names: Sequence[str]) -> list[Fix]:
    """Return the least number of pairs of which one less would be enough."""
    partner = state.partners(mentee)
    for node, reached in state.by_less.items():
        order = _best_first(state, mentee, reached[partner])
        if order:
            name, least = _least_of(state, node, names)
            text = f"If {name} had to have only {least - 1} instead of {least}, {names[order[0]]} would have a place."
            return [Fix("least", text, order[0], name, gain=1, proved=True)]
    return []


def _least_of(state: Room, node: int, names: Sequence[str]) -> tuple[str, int]:
    """Return who must have a least number, and the number."""
    mentors = len(state.problem.mentors)
    if node < mentors:
        return names[node], int(state.problem.least[node])
    return f"“{_cap(state, node)}”", state.problem.caps[node - mentors].least


def _rule_fixes(obstacles: Obstacles, scoring: Scoring, mentee: int, names: Sequence[str]) -> list[Fix]:
    """Return the must rules that alone stand between a mentee and a mentor with room, and the pair kept apart."""
    ready = obstacles.has_room & (obstacles.count == 1)
    found = []
    for at, rule in enumerate(scoring.must_rules):
        open_now = obstacles.mentors[ready & obstacles.forbidden[at]]
        if len(open_now):
            found.append(_rule_fix(scoring, rule, mentee, open_now, names))
    apart = obstacles.mentors[ready & obstacles.apart]
    if len(apart):
        text = f"Allow the pair with {names[apart[0]]}, who has room; the two are kept apart now."
        found.append(Fix("apart", text, int(apart[0]), "", gain=1, proved=True))
    return found


def _joint_fixes(obstacles: Obstacles, scoring: Scoring, names: Sequence[str]) -> list[Fix]:
    """Return the way with the fewest steps where no single one is enough: rules to bend, and a place to add."""
    steps = obstacles.count + ~obstacles.has_room
    possible = np.flatnonzero(obstacles.has_room | obstacles.takes_one_more)
    if not len(possible):
        return [Fix("mentor", "1 more mentor whom the rules allow would fix it.", -1, "", gain=1, proved=True)]
    at = int(possible[steps[possible].argmin()])
    mentor = int(obstacles.mentors[at])
    bent = [rule.name for rule, row in zip(scoring.must_rules, obstacles.forbidden, strict=True) if row[at]]
    parts = [_bent(bent)] if bent else []
    parts += [f"allow the pair with {names[mentor]}"] if obstacles.apart[at] else []
    parts += [] if obstacles.has_room[at] else ["add 1 place"]
    text = " and ".join(parts)
    return [
        Fix("several", f"{text[:1].upper()}{text[1:]}: then {names[mentor]} is free.", mentor, "", gain=1, proved=True)
    ]


def _bent(rules: Sequence[str]) -> str:
    """Return in words that rules are bent."""
    listed = " and ".join(f"“{rule}”" for rule in rules)
    return f"bend the {'rule' if len(rules) == 1 else 'rules'} {listed}"


def _obstacles(
    state: Room,
    scoring: Scoring,
    mentee: int,
    *,
    apart: Collection[tuple[int, int]],
    own_name: str,
    names: Sequence[str],
) -> Obstacles:
    """Return what stands between a mentee and the mentors who are not allowed. Nobody is told to mentor themself."""
    barred = np.ones(len(names), dtype=np.bool_)
    barred[state.partners(mentee)] = False
    plain = own_name.casefold()
    mentors = np.array([at for at in np.flatnonzero(barred).tolist() if names[at].casefold() != plain], dtype=np.int64)
    forbidden = scoring.forbidden(np.stack([np.full(len(mentors), mentee), mentors], axis=1).astype(np.int32))
    rules = forbidden.sum(axis=0)
    kept = np.isin(mentors, [mentor for one, mentor in apart if one == mentee]) | (rules == 0)
    return Obstacles(
        mentors=mentors,
        forbidden=forbidden,
        apart=kept,
        count=rules + kept,
        has_room=state.reached[mentors],
        takes_one_more=~state.mentor_loose[mentors] & state.mentor_helped[mentors],
    )


def _rule_fix(scoring: Scoring, rule: Rule, mentee: int, mentors: NDArray[np.int64], names: Sequence[str]) -> Fix:
    """Return the fix of bending a rule, with the mentor who would then fit best."""
    pairs = np.stack([np.full(len(mentors), mentee), mentors], axis=1).astype(np.int32)
    best = int(mentors[int(scoring.parts(pairs).sum(axis=1).argmax())])
    if rule.kind == "distance":
        text = f"Allow remote meetings: {names[best]} has room and meets every rule but “{rule.name}”."
        return Fix("remote", text, best, rule.name, gain=1, proved=True)
    text = f"Bend the rule “{rule.name}”: {names[best]} has room and meets every other rule."
    return Fix("rule", text, best, rule.name, gain=1, proved=True)


def unused(
    problem: Problem, scoring: Scoring, answer: Answer, mentor: int, *, mentor_names: Sequence[str]
) -> Unmatched:
    """Return why a mentor has free places, in short."""
    state = room(problem, answer)
    free = int(problem.capacity[mentor] - state.used[mentor])
    if problem.capacity[mentor] < 1:
        return Unmatched("no_place", f"{mentor_names[mentor]} has no place.", ())
    if not state.fitting[mentor]:
        count = len(problem.mentees)
        forbidden = scoring.forbidden([(mentee, mentor) for mentee in range(count)])
        return Unmatched("nobody_fits", _ruled_out(scoring.must_rules, forbidden, count, "mentee"), ())
    caps = state.full_caps(mentor)
    if caps:
        return Unmatched("cap_full", f"“{_cap(state, caps[0])}” allows no more pairs.", ())
    fitting = _count(int(state.fitting[mentor]), "mentee fits", "mentees fit")
    places = _count(free, "place is", "places are")
    return Unmatched("not_needed", f"{fitting}; the plan is best with them elsewhere. {places} free.", ())


def closed_group(name: str, least: int) -> str:
    """Return why a group stays closed."""
    return f"The group of {name} stays closed: it would open with {_count(least, 'member', 'members')} or more."


def _cap(state: Room, node: int) -> str:
    """Return the name of a cap by its node."""
    return state.problem.caps[node - len(state.problem.mentors)].name


def _count(number: int, one: str, many: str) -> str:
    """Return a number with the right form of its noun."""
    return f"{number} {one if number == 1 else many}"
