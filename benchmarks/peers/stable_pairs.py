"""The package `matching` on ready pairs: stable places for residents and hospitals, both ranking by the same fit."""

import json
import sys
import time

import numpy as np
from matching.games import HospitalResident


def main(path: str) -> None:
    """Solve the instance and print total, matched and seconds as JSON."""
    arrays = np.load(path)
    starts, partner, fit, capacity = (arrays[name] for name in ("starts", "partner", "fit", "capacity"))
    began = time.perf_counter()
    row = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    worth = {(int(i), int(j)): int(w) for i, j, w in zip(row, partner, fit, strict=True)}
    residents: dict[str, list[str]] = {}
    hospitals: dict[str, list[str]] = {}
    for i, j in sorted(worth, key=lambda pair: (-worth[pair], pair)):
        residents.setdefault(f"e{i}", []).append(f"r{j}")
        hospitals.setdefault(f"r{j}", []).append(f"e{i}")
    places = {name: int(capacity[int(name[1:])]) for name in hospitals}
    game = HospitalResident.create_from_dictionaries(residents, hospitals, places)
    solved = game.solve(optimal="resident")
    pairs = [(int(str(one)[1:]), int(str(hospital)[1:])) for hospital, ones in solved.items() for one in ones]
    total = sum(worth[pair] for pair in pairs)
    print(json.dumps({"total": total, "matched": len(pairs), "seconds": time.perf_counter() - began}))


if __name__ == "__main__":
    main(sys.argv[1])
