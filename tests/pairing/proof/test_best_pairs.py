"""The quick form of the referee's arithmetic gives what the plain sum gives."""

import numpy as np

from chiron.pairing.proof.best_pairs import CLOSED, best_pairs


def test_the_best_pair_of_each_row_is_that_of_a_plain_sum() -> None:
    source = np.random.default_rng(2)
    for _ in range(200):
        rows, mentors = int(source.integers(1, 6)), int(source.integers(1, 7))
        degree = source.integers(0, mentors + 1, size=rows)
        partner = np.concatenate([np.sort(source.choice(mentors, size=each, replace=False)) for each in degree])
        fit = source.integers(-20, 20, size=len(partner)).astype(np.int32)
        seats = source.integers(-9, 30, size=mentors)
        per_point, floor = int(source.integers(0, 4)), [None, -5, 12][int(source.integers(0, 3))]
        found = best_pairs(fit, partner.astype(np.int32), degree, seats, per_point=per_point, floor=floor)
        ends = np.cumsum(degree)
        for row, end in enumerate(ends.tolist()):
            own = range(end - int(degree[row]), end)
            gains = [
                per_point * int(fit[at]) - int(seats[int(partner[at])])
                for at in own
                if floor is None or fit[at] >= floor
            ]
            assert found[row] == max(gains, default=CLOSED)
