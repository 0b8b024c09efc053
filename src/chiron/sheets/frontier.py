"""One plan for each aim over the same people and rules, side by side: what each reaches, and what each gives up."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from chiron.blueprints.plan.pairs import TWO_SIDED, PairsPlan, RefereeError, make_plan
from chiron.pairing.measures.plan_metrics import given_up
from chiron.pairing.model.answer import Aim, Answer
from chiron.pairing.model.problem import AimError, Problem
from chiron.pairing.proof.referee import Verdict, verdict
from chiron.pairing.solve import solve
from chiron.sheets.entrants import Entrants, require_people
from chiron.sheets.files.table import SheetError
from chiron.sheets.match import Observer, until
from chiron.sheets.result.plan_metrics import highest_total, written
from chiron.sheets.result.record import Forgone


@dataclass(frozen=True, slots=True)
class AimOutcome:
    """What one aim reaches; a figure is None where it was not counted.

    Attributes:
        aim: the aim.
        matched: mentees with a mentor.
        unmatched: mentees without one.
        lowest_fit: the lowest fit.
        mean_fit: the mean fit, rounded.
        given_up: percentiles, total, blocking pairs, choices, load and price, as a result holds them.
        proved_best: every step is proved.
        gap: how far the last step may be from the best at most, 0 where all is proved.
        seconds: how long the search took, to tenths.
    """

    aim: str
    matched: int
    unmatched: int
    lowest_fit: int | None
    mean_fit: int | None
    given_up: Forgone
    proved_best: bool
    gap: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Frontier:
    """The outcomes, the aim of the rules first, and why an aim is not among them."""

    outcomes: tuple[AimOutcome, ...]
    left_out: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the outcomes as plain values, ready for JSON."""
        return {"plans": [asdict(outcome) for outcome in self.outcomes], "left_out": list(self.left_out)}


def aims_for(problem: Problem) -> tuple[Aim, ...]:
    """Return the aims that mean something for a problem, the usual ones first."""
    aims: list[Aim] = ["everyone", "total", "worst-off", "stable"]
    if problem.mentee_fit is not None or problem.mentor_fit is not None:
        aims.append("stable-mentors")
    if problem.rank is not None:
        aims += ["profile", "rank"]
    return (*aims, "parity") if problem.parity is not None else tuple(aims)


def frontier(
    entrants: Entrants, *, seed: int = 0, time_limit: int | None = 60, observer: Observer | None = None
) -> Frontier:
    """Return one plan for each aim. People, rules and fits are worked out once.

    Args:
        entrants: who takes part, and by which rules.
        seed: the same for every aim.
        time_limit: seconds for each aim.
        observer: told each phase and the best plan so far; returning False ends the search for that aim.

    Raises:
        SheetError: a side has nobody, or the shape has no aims to compare.
        ConflictError: no plan can meet the must rules together.
        PoseError: people and rules do not fit together.
        RefereeError: a plan breaks a rule.
    """
    require_people(entrants)
    if entrants.shape not in TWO_SIDED:
        raise SheetError(
            f'Plans of the shape "{entrants.shape}" are not compared by aim: each knows everyone and total.'
        )
    selves = [(one, other) for one, other, _ in entrants.selves]
    begin = time.monotonic()
    first = make_plan(
        mentees=entrants.mentees,
        mentors=entrants.mentors,
        matching=entrants.matching,
        aim="everyone",
        seed=seed,
        apart=selves,
        observer=until(time_limit, observer),
    )
    tried: list[tuple[Answer, Verdict, float]] = [(first.answer, first.verdict, time.monotonic() - begin)]
    left_out = []
    for aim in aims_for(first.problem)[1:]:
        begin = time.monotonic()
        try:
            answer = solve(first.problem, aim=aim, seed=seed, observer=until(time_limit, observer), start=first.answer)
        except AimError as fault:
            left_out.append(f"{aim}: {fault}")
            continue
        judged = verdict(first.problem, answer)
        if judged.violations:
            raise RefereeError("The plan breaks a rule: " + "; ".join(map(str, judged.violations)))
        tried.append((answer, judged, time.monotonic() - begin))
    best = next(
        bound
        for answer, judged, _ in tried
        if answer.aim == "total"
        for step, bound in zip(answer.steps, judged.bounds, strict=True)
        if step.name == "total"
    )
    if first.problem.needs_everyone:
        best = highest_total(first.problem)
    return Frontier(tuple(_outcome(first, *each, best) for each in tried), tuple(left_out))


def _outcome(plan: PairsPlan, answer: Answer, judged: Verdict, seconds: float, best: int) -> AimOutcome:
    """Return what one plan reaches."""
    found = given_up(plan.problem, answer.pairs, best_total=best)
    steps = zip(answer.steps, judged.bounds, strict=True)
    return AimOutcome(
        aim=answer.aim,
        matched=found.matched,
        unmatched=found.wanting - found.matched,
        lowest_fit=found.lowest,
        mean_fit=(2 * found.total + found.pairs) // (2 * found.pairs) if found.pairs else None,
        given_up=written(found),
        proved_best=judged.proved_best,
        gap=next((bound - step.value for step, bound in steps if bound != step.value), 0),
        seconds=round(seconds, 1),
    )


HEADINGS = (
    *("aim", "matched", "lowest", "1 %", "5 %", "mean", "total", "given up"),
    *("blocking", "1st choices", "Gini", "proof", "time"),
)


def table_of(found: Frontier) -> Iterator[tuple[str, ...]]:
    """Yield the outcomes as rows of texts, the headings first."""
    yield HEADINGS
    for each in found.outcomes:
        gave = each.given_up
        yield (
            each.aim,
            f"{each.matched} of {each.matched + each.unmatched}",
            _shown(each.lowest_fit),
            _shown(gave.first_percentile),
            _shown(gave.fifth_percentile),
            _shown(each.mean_fit),
            str(gave.total),
            "–" if gave.price is None else f"{gave.price // 10}.{gave.price % 10} %",
            _shown(gave.blocking_pairs),
            gave.choices.split(",")[0] or "–",
            "–" if gave.gini is None else f"{gave.gini / 1000:.2f}",
            "best" if each.proved_best else f"within {each.gap}",
            f"{each.seconds:.1f} s",
        )


def sentence_of(outcomes: Sequence[AimOutcome]) -> str:
    """Return what the table means, in plain words."""
    return (
        f"{len(outcomes)} plans for the same people. “1 %” and “5 %”: the fit that so many of 100 pairs are at or "
        "below. “Given up”: the total missing beside the highest. “Blocking”: pairs who would both rather have each "
        "other. “Gini”: how unevenly mentors are used, 0 where all have the same number."
    )


def _shown(value: int | None) -> str:
    return "–" if value is None else str(value)
