import pytest

from chiron.pairing.measures.fairness import (
    blocking_pairs,
    justified_envy,
    rank_quality,
    ranks_by_group,
    wishes_honored,
    worst_mean_rank,
)


def test_rank_quality_counts_choices_among_all_of_the_group() -> None:
    found = rank_quality([1, 2, 5, None, None], matched=[True, True, True, True, False])

    assert (found.first.part, found.top.part, found.unmatched.part) == (1, 2, 1)
    assert found.first.whole == found.top.whole == found.unmatched.whole == 5
    assert found.mean_rank == pytest.approx(8 / 3)


def test_ranks_by_group_names_the_group_with_the_worst_mean() -> None:
    found = ranks_by_group([1, 3, 2, None], matched=[True, True, True, False], groups=["a", "b", "a", "c"])

    assert list(found) == ["a", "b", "c"]
    assert worst_mean_rank(found) == ("b", 3)
    assert worst_mean_rank({}) is None


def test_blocking_pairs_are_those_who_would_rather_have_each_other() -> None:
    choices, wishes = [[0, 1], [0, 1]], [[0, 1], [0, 1]]

    assert blocking_pairs(choices, wishes, capacity=[1, 1], pairs=[(0, 1), (1, 0)]) == ((0, 0),)
    assert blocking_pairs(choices, wishes, capacity=[1, 1], pairs=[(0, 0), (1, 1)]) == ()


def test_blocking_pairs_count_free_places_and_only_wanted_people() -> None:
    assert blocking_pairs([[0], [0]], [[0], []], capacity=[2, 1], pairs=[]) == ((0, 0),)


def test_justified_envy_needs_preference_and_priority() -> None:
    choices = [[0, 1], [0, 1], [0]]

    assert justified_envy(choices, [1, 2, 3], pairs=[(0, 1), (1, 0)]) == ((0, 1),)
    assert justified_envy(choices, [2, 1, 0], pairs=[(0, 1), (1, 0)]) == ((2, 1),)


def test_wishes_honored_counts_only_those_who_asked() -> None:
    found = wishes_honored([True, True, False, False], [True, False, True, False])

    assert (found.part, found.whole) == (1, 2)
