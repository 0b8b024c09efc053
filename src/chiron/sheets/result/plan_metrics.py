"""What a plan gave up, ready to be written: the figures of `pairing.given_up` in whole numbers, and their sentences."""

from dataclasses import replace

from chiron.blueprints.plan.pairs import PairsPlan
from chiron.pairing.measures.plan_metrics import GivenUp, given_up, sentences
from chiron.pairing.model.problem import Problem
from chiron.pairing.solve import solve
from chiron.sheets.result.record import Forgone

QUICK = 200_000
"""Allowed pairs up to which the highest total is worked out beside another aim: it takes a fraction of a second."""
LONGEST = 20
"""Choices that are written; later ones are counted together."""


def forgone_of(plan: PairsPlan) -> Forgone:
    """Return what a plan gave up."""
    is_highest = plan.answer.aim == "total" and plan.verdict.proved_best and not plan.problem.needs_everyone
    best = plan.answer.step("total").value if is_highest else None
    if best is None and len(plan.problem.partner) <= QUICK:
        best = highest_total(plan.problem)
    return written(given_up(plan.problem, plan.answer.pairs, best_total=best))


def highest_total(problem: Problem) -> int:
    """Return the highest total of any plan, those too that leave people out."""
    return solve(replace(problem, needs_everyone=False), aim="total").step("total").value


def written(found: GivenUp) -> Forgone:
    """Return the figures as they are written."""
    choices = list(found.choices or ())
    if len(choices) > LONGEST:
        choices = [*choices[: LONGEST - 1], sum(choices[LONGEST - 1 :])]
    return Forgone(
        text=" ".join(map(str, sentences(found))),
        first_percentile=found.first_percentile,
        fifth_percentile=found.fifth_percentile,
        total=found.total,
        best_total=found.best_total,
        price=found.price_in_thousandths,
        blocking_pairs=found.blocking,
        envious=found.envious,
        choices=", ".join(map(str, choices)),
        gini=_thousandths(found.load.gini),
        jain=_thousandths(found.load.jain),
    )


def _thousandths(value: float | None) -> int | None:
    return None if value is None else round(1000 * value)
