from collections import Counter

import numpy as np

from chiron.pairing.measures.even_groups import balanced_sizes


def test_sizes_differ_by_one_at_most_and_take_everybody() -> None:
    rng = np.random.default_rng(4)
    for _ in range(200):
        mentors = rng.choice(["x", "y", "z"], int(rng.integers(3, 12))).tolist()
        mentees = rng.choice(sorted(set(mentors)), int(rng.integers(0, 40))).tolist()

        least, most = balanced_sizes(mentees, mentors)

        assert ((most - least >= 0) & (most - least <= 1)).all()
        for part, count in Counter(mentees).items():
            own = [at for at, place in enumerate(mentors) if place == part]
            assert least[own].sum() <= count <= most[own].sum()
            assert len(set(least[own].tolist())) == 1


def test_mentors_who_take_no_part_have_no_group() -> None:
    least, most = balanced_sizes(["x"] * 7, ["x", "x", "x"], takes_part=[True, False, True])

    assert least.tolist() == [3, 0, 3]
    assert most.tolist() == [4, 0, 4]


def test_somebody_who_joins_two_groups_counts_twice() -> None:
    least, most = balanced_sizes(["x", "x"], ["x", "x"], wanted=[2, 1])

    assert (least.tolist(), most.tolist()) == ([1, 1], [2, 2])
