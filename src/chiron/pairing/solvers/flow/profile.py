"""Plans by the mentees' choices: most first choices, then most second choices, …; or the smallest sum of choices.

Each step keeps only the optimal face of the steps before, as in `leximin`. The first kind is called rank-maximal where
the most people need not come first (Irving, Kavitha, Mehlhorn, Michail and Paluch 2006). Last comes the highest total.
"""

from dataclasses import replace

import numpy as np

from chiron.pairing.model.choices import ranks
from chiron.pairing.model.problem import Longs
from chiron.pairing.solvers.flow.best import Proof
from chiron.pairing.solvers.flow.leximin import Face, keep_face, reach_of
from chiron.pairing.solvers.flow.run import FlowRun


class _Choices:
    """A run whose network holds, for each pair, where its choice and its fit stand in two tables."""

    def __init__(self, run: FlowRun, proofs: list[Proof]) -> None:
        """Keep the face of the steps before."""
        net, problem = run.net, run.problem
        rank = ranks(problem)
        self.locked: Longs = rank[problem.positions(problem.locked)].astype(np.int64)
        free = np.delete(rank, problem.positions(problem.locked)).astype(np.int64)
        both, code = np.unique(free << 32 | (net.fit.astype(np.int64) + (1 << 31)), return_inverse=True)
        self.run, self.face = run, Face(net)
        self.rank, self.fit = both >> 32, (both & ((1 << 32) - 1)) - (1 << 31)
        run.use(replace(net, fit=code.astype(np.int32)), run.candidates.place, run.plan)
        for proof in proofs:
            keep_face(run, self.face, proof, 0)

    def last(self) -> int:
        """Return the latest choice that the plan holds, 0 without any."""
        plan = self.run.candidates.net.fit[self.run.plan]
        held = np.concatenate([self.rank[plan], self.rank[np.array(self.run.fixed_fits, dtype=np.int64)], self.locked])
        return int(held.max(initial=0))

    def prove(self, name: str, level: int | None, table: Longs) -> None:
        """Find the plan on the face that is best by a table of what pairs count, prove it, and keep its face."""
        run, face = self.run, self.face
        top = int(np.abs(table).max(initial=1))
        size, enough = 4 * top, 16 * top * reach_of(run.net)
        while True:
            proof = run.best(face.objective(run.net, table, size), run.plan)
            if face.holds(run, proof.plan):
                break
            if size > enough:
                raise AssertionError("the values of the earlier steps were lost")
            size *= 8
        run.keep(proof.plan)
        run.tell(None)
        certificate = run.certificate(proof.price, face=True, shift=face.filled * size)
        run.prove(name, level, certificate)
        keep_face(run, face, proof, size)


def most_first_choices(run: FlowRun, proofs: list[Proof]) -> None:
    """Find the most first choices, then the most second choices, and so on, then the highest total.

    Args:
        run: with the plan that matches the most people.
        proofs: of the steps before.
    """
    choices = _Choices(run, proofs)
    level = 0
    while level < choices.last():
        level += 1
        run.enter("looking for the most first choices")
        choices.prove("choices up to", level, (choices.rank <= level).astype(np.int64))
    run.enter("looking for the highest total")
    choices.prove("total", None, choices.fit)


def least_rank(run: FlowRun, proofs: list[Proof]) -> None:
    """Find the smallest sum of choices, then the highest total; arguments as for `most_first_choices`."""
    choices = _Choices(run, proofs)
    run.enter("looking for the smallest sum of choices")
    choices.prove("total rank", None, -choices.rank)
    run.enter("looking for the highest total")
    choices.prove("total", None, choices.fit)
