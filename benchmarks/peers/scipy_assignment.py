"""Assign with SciPy's dense solver: one column a place, and one for staying unmatched."""

import json
import sys
import time

import numpy as np
from scipy.optimize import linear_sum_assignment


def main(instance: str) -> None:
    """Solve the instance and print total, matched and seconds as JSON."""
    arrays = np.load(instance)
    began = time.perf_counter()
    fit, capacity = arrays["fit"].astype(np.float64), arrays["capacity"]
    fit[~arrays["allowed"]] = -1e6
    places = np.repeat(np.arange(len(capacity)), capacity)
    worth = np.hstack([fit[:, places], np.zeros((len(fit), len(fit)))])
    rows, columns = linear_sum_assignment(worth, maximize=True)
    chosen = columns < len(places)
    print(
        json.dumps(
            {
                "total": int(worth[rows, columns].sum()),
                "matched": int(chosen.sum()),
                "seconds": time.perf_counter() - began,
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1])
