"""The engine's answer as a draft of rows: each pair with the parts of its fit, each person left out with the fixes."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from chiron.blueprints.plan.arrange import arrange
from chiron.blueprints.plan.made import ShownPlan
from chiron.blueprints.plan.pairs import ConflictError, RefereeError, Tie
from chiron.blueprints.pose.pairs import PoseError
from chiron.blueprints.schema.matching import Matching
from chiron.pairing.model.answer import Answer
from chiron.pairing.rules.kind import RuleError
from chiron.pairing.scale import ScaleError
from chiron.pairing.shapes.model.answer import ShapeAnswer
from chiron.site.matching.bridge.frozen import asked_in, matching_in, pairs_in, unclear_in
from chiron.site.matching.bridge.large import Tell, digest_of, is_large, large_plan, packed
from chiron.site.matching.rules import ONE_POPULATION, PlanShape

Keys = Callable[[str, str], tuple[int, int]]
WITHOUT_COUNTED_PLACES = frozenset({PlanShape.ROUNDS})
"""Shapes in which a mentor's places are those of one round, and free again in the next."""


class RunFailedError(Exception):
    """The run has no plan to give.

    Attributes:
        code: "conflict", "fault" or "input".
        lines: sentences for the coordinator.
    """

    def __init__(self, code: str, lines: Sequence[str]) -> None:
        """Keep the code and the sentences."""
        super().__init__(code)
        self.code = code
        self.lines = tuple(lines)


@dataclass(frozen=True, slots=True)
class DraftPair:
    """One pair by the keys of the two applications; the other values are those of `models.PlanPair`."""

    mentee: int
    mentor: int
    place: int
    fit: int
    parts: tuple[dict[str, Any], ...]
    standing: int
    only_option: str
    bent: tuple[str, ...] = ()
    label: str = ""
    takes: int = 1


@dataclass(frozen=True, slots=True)
class DraftLeftOut:
    """One mentee without a mentor by the key of the application; the other values are those of `PlanUnmatched`."""

    application: int
    code: str
    why: str
    fixes: tuple[dict[str, Any], ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that a plan's rows will say; of a large run `known_pairs` and their digest, as `models.RunPairs`."""

    pairs: tuple[DraftPair, ...]
    left_out: tuple[DraftLeftOut, ...]
    choosers: int
    answer: dict[str, Any]
    shape: PlanShape = PlanShape.PAIRS
    known_pairs: bytes = b""
    known_of: str = ""


def answer_frozen(frozen: Mapping[str, Any], *, seed: int, tell: Tell) -> Draft:
    """Return the best plan for a frozen input; the referee has found no fault in it.

    Args:
        frozen: as `frozen.freeze` gave it.
        seed: breaks ties.
        tell: told what is being done and the best plan so far; returns False to stop and keep that plan.

    Raises:
        RunFailedError: no plan meets every rule, the people and the rules do not fit together, or the referee objects.
    """
    tell("reading", {})
    matching = matching_in(frozen)
    tell("scoring", {})
    if two_tiers := tuple(_two_tiers(frozen, matching)):
        raise RunFailedError("input", two_tiers)
    try:
        made, keys, known = _arranged(frozen, matching, seed=seed, tell=tell)
    except ConflictError as conflict:
        raise RunFailedError("conflict", [str(line) for line in conflict.statements]) from conflict
    except (PoseError, RuleError, ScaleError) as fault:
        raise RunFailedError("input", [str(fault)]) from fault
    except RefereeError as fault:
        raise RunFailedError("fault", [str(fault)]) from fault
    tell("writing", {})
    return Draft(
        pairs=tuple(pairs_drafted(made, keys=keys)),
        left_out=tuple(left_out_of(made, unclear_in(frozen))),
        choosers=made.choosers,
        answer=answer_words(made),
        shape=PlanShape(made.shape),
        known_pairs=known,
        known_of=digest_of(frozen) if known else "",
    )


def _arranged(frozen: Mapping[str, Any], matching: Matching, *, seed: int, tell: Tell) -> tuple[ShownPlan, Keys, bytes]:
    """Return the best plan of a frozen input, what gives the keys of its people, and what is kept of its pairs."""
    if is_large(frozen, matching):
        large = large_plan(frozen, matching, tell=tell)
        return large, _keys, packed(large)
    asked = asked_in(frozen)

    def observe(phase: str, best: Answer | ShapeAnswer | None) -> bool:
        return tell(_phase(phase), {} if best is None else _totals(best))

    made = arrange(
        asked.mentees,
        asked.mentors,
        matching,
        seed=seed,
        locks=asked.locks,
        apart=asked.apart,
        exceptions=pairs_in(frozen, "bends"),
        observer=observe,
    )
    return made, asked.keys, b""


def _keys(mentee: str, mentor: str) -> tuple[int, int]:
    return int(mentee), int(mentor)


def pairs_drafted(
    made: ShownPlan, *, only: Collection[tuple[int, int]] | None = None, keys: Keys = _keys
) -> Iterator[DraftPair]:
    """Return the rows for a plan's pairs, or for the ties of a larger shape.

    Args:
        made: the plan.
        only: keys of the pairs that are wanted; None for all.
        keys: gives the keys of the applications of two people by their ids.
    """
    shape = PlanShape(made.shape)
    return drafted(made.ties, made.matching, shape=shape, only=only, keys=keys)


def drafted(
    ties: Iterable[Tie],
    matching: Matching,
    *,
    shape: PlanShape = PlanShape.PAIRS,
    only: Collection[tuple[int, int]] | None = None,
    keys: Keys = _keys,
) -> Iterator[DraftPair]:
    """Yield the rows for some ties; the arguments are those of `pairs_drafted`."""
    places: dict[str, int] = {}
    views = 2 if shape in ONE_POPULATION else 1
    costs = {slot.name: slot.costs for slot in matching.shape.slots}
    for tie in ties:
        places[tie.mentee_id] = places.get(tie.mentee_id, 0) + 1
        key = keys(tie.mentee_id, tie.mentor_id)
        if only is None or key in only:
            yield DraftPair(
                mentee=key[0],
                mentor=key[1],
                place=places[tie.mentee_id],
                fit=tie.fit,
                parts=parts_of(tie, matching, views=views),
                standing=tie.standing,
                only_option=tie.only_option,
                bent=tie.bent,
                label=tie.label,
                takes=0 if shape in WITHOUT_COUNTED_PLACES else costs.get(tie.label, 1),
            )


def parts_of(tie: Tie, matching: Matching, *, views: int = 1) -> tuple[dict[str, Any], ...]:
    """Return the parts of a pair's fit, the weightiest first; their points add up to it.

    Args:
        tie: the pair.
        matching: the rules.
        views: 2 where the points of both people's views are added, as among peers.
    """
    rules = {rule.name: rule for rule in matching.rules}
    return tuple(
        {
            "rule": reason.rule,
            "kind": reason.kind,
            "points": reason.points,
            "most": views * max(rules[reason.rule].points, rules[reason.rule].missed),
            "positive": reason.points > 0,
            "private": matching.is_private(rules[reason.rule]),
            **reason.sentence.as_table(),
        }
        for reason in tie.weightiest_first
    )


def left_out_of(made: ShownPlan, unclear: Mapping[str, str]) -> Iterator[DraftLeftOut]:
    """Yield why each mentee without a mentor has none, or a place of theirs is open, and what would fix it, proved.

    Args:
        made: the plan.
        unclear: why people are left out whose exclusion is not clear, by id.
    """
    for person in made.left:
        if person in unclear:
            yield DraftLeftOut(int(person), "unclear_exclusion", unclear[person], ())
            continue
        why = made.why_left(person)
        fixes = tuple({**fix.as_table(), **change} for fix, change in zip(why.fixes, why.changes, strict=True))
        yield DraftLeftOut(application=int(person), code=why.code, why=str(why.reason), fixes=fixes)
    left = frozenset(made.left)
    for place in made.open:
        if place.person_id not in left:
            yield DraftLeftOut(int(place.person_id), "open_place", str(place.reason), (), label=place.label)


def _two_tiers(frozen: Mapping[str, Any], matching: Matching) -> Iterator[str]:
    """Yield a sentence for everybody in a chain whose two applications say different tiers."""
    said = {row["id"]: row["answers"].get(matching.shape.by) for row in frozen["mentees"]}
    mentors = {row["id"]: row for row in frozen["mentors"]}
    for mentor, mentee in frozen.get("same", {}).items():
        tier = mentors[mentor]["answers"].get(matching.shape.by)
        if tier != said[mentee]:
            yield _(
                "%(name)s says %(one)s as a mentee and %(other)s as a mentor. Correct one of the two applications, "
                "then work the plan out again."
            ) % {"name": mentors[mentor]["name"], "one": said[mentee], "other": tier}


def _phase(phase: str) -> str:
    """Return the key under which people read a phase of the engine."""
    return "judging" if phase == "judging" else "solving"


def _totals(answer: Answer | ShapeAnswer) -> dict[str, int]:
    """Return the matched, lowest and total of the best plan so far, as far as its steps say."""
    ties = answer.pairs if isinstance(answer, Answer) else answer.ties
    totals = {"matched": len(set(ties[:, 0].tolist()))}
    for step in answer.steps:
        if step.name in {"lowest fit", "total"}:
            totals[step.name.split()[0]] = step.value
            totals[f"{step.name.split()[0]}_bound"] = step.bound
    return totals


def answer_words(made: ShownPlan) -> dict[str, Any]:
    """Return what is kept of an answer beside its pairs: the proof's summary, with the judge's bounds, not its own."""
    return {
        "method": made.method,
        "stopped": made.stopped,
        "proved_best": made.proved_best,
        "steps": [{**asdict(step), "proved_best": step.proved_best} for step in made.steps],
        "open_fixes": [str(fix) for fix in made.open_fixes()],
    }
