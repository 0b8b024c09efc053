"""Chiron on the same ready pairs, with its certificate judged by the referee; seconds count solving alone.

python chiron_pairs.py flow|auction|stable INSTANCE.npz
"""

import json
import sys
import time

import numpy as np

from chiron.pairing.model.problem import Problem
from chiron.pairing.proof.referee import verdict
from chiron.pairing.solve import solve


def main(method: str, path: str) -> None:
    """Solve the instance and print total, matched, proof and seconds as JSON."""
    arrays = np.load(path)
    starts, capacity = arrays["starts"], arrays["capacity"]
    n, m = len(starts) - 1, len(capacity)
    problem = Problem(
        mentees=tuple(map(str, range(n))),
        mentors=tuple(map(str, range(m))),
        starts=starts,
        partner=arrays["partner"],
        fit=arrays["fit"],
        capacity=capacity,
        wanted=np.ones(n, dtype=np.int32),
        tier=np.zeros(n, dtype=np.int32),
    )
    aim = "stable" if method == "stable" else "total"
    by = "flow" if method == "flow" else "auction"
    # A tiny problem loads the libraries, and compiles what is not compiled yet.
    tiny = Problem(
        ("a",), ("x",), np.array([0, 1]), np.array([0]), np.array([5]), np.array([1]), np.array([1]), np.array([0])
    )
    solve(tiny, aim=aim, method=by)
    began = time.perf_counter()
    answer = solve(problem, aim=aim, method=by)
    seconds = time.perf_counter() - began
    judged = verdict(problem, answer)
    fits = problem.fit[problem.positions(answer.pairs)]
    print(
        json.dumps(
            {
                "total": int(fits.sum()),
                "matched": len(answer.pairs),
                "seconds": seconds,
                "proof": "proved" if judged.proved_best else "not proved",
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
