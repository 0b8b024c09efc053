import numpy as np
import pytest
from scipy.optimize import linprog

from chiron.pairing.measures.fairness import HIGHER, LOWER, TOO_FEW, UNCLEAR
from chiron.sheets.result.figures import (
    HIDDEN,
    NEAR_ALL,
    NEAR_NONE,
    NO_DATA,
    NOT_SHOWN,
    Figure,
    count_texts,
    differences,
    mean_figures,
    rate_figures,
)
from chiron.sheets.result.hiding import ThresholdError


def test_mean_figures_carry_number_interval_and_words() -> None:
    groups = {"London": [70.0 + k % 5 for k in range(30)], "Leeds": [70.0 + k % 4 for k in range(25)]}

    figures = mean_figures("region", groups)

    assert figures[0] == Figure("region", "London", 30, 72, 71, 73, False, "72 (71 to 73)", UNCLEAR)
    assert differences(figures) == UNCLEAR


def test_mean_figures_hide_a_small_group_and_a_second_one() -> None:
    groups = {name: [50.0, 60.0] * (size // 2) for name, size in {"a": 40, "b": 4, "c": 20, "d": 30}.items()}

    figures = mean_figures("site", groups)

    assert [figure.hidden for figure in figures] == [False, True, True, False]
    assert all((figure.n, figure.value, figure.low, figure.high) == (None,) * 4 for figure in figures if figure.hidden)
    assert {figure.text for figure in figures if figure.hidden} == {HIDDEN}


def test_mean_figures_without_anybody_are_hidden_like_a_small_group() -> None:
    assert mean_figures("site", {"a": []})[0].hidden
    assert mean_figures("site", {}) == ()


def test_rate_figures_round_after_hiding() -> None:
    figures = rate_figures("region", {"a": (30, 50), "b": (40, 52)}, k=5)

    assert (figures[0].n, figures[0].value, figures[0].low, figures[0].high) == (50, 0.6, 0.46, 0.72)
    assert figures[0].text == "60 % (46 % to 72 %)"


def test_rate_figures_show_bands_near_the_ends() -> None:
    figures = rate_figures("region", {"a": (58, 60), "b": (98, 100), "c": (1, 45), "d": (30, 60)})

    assert [figure.text for figure in figures[:3]] == [NEAR_ALL, NEAR_ALL, NEAR_NONE]
    assert all(figure.value is None and not figure.hidden for figure in figures[:3])


def test_rate_figures_drop_bands_that_would_give_a_count_away() -> None:
    figures = rate_figures("region", {"a": (29, 30), "b": (29, 30)})

    assert [figure.text for figure in figures] == [HIDDEN, HIDDEN]


def test_rate_figures_of_everybody_matched_are_bands() -> None:
    assert [figure.text for figure in rate_figures("site", {"a": (30, 30), "b": (40, 40)})] == [NEAR_ALL, NEAR_ALL]


def test_rate_figures_of_a_large_empty_group_is_never_a_zero() -> None:
    assert all(figure.text in (HIDDEN, NO_DATA) for figure in rate_figures("site", {"a": (0, 0)}))


@pytest.mark.parametrize("k", [5, 10])
@pytest.mark.parametrize("seed", range(25))
def test_rate_figures_leave_nothing_to_an_attack_with_everything_shown(k: int, seed: int) -> None:
    chance = np.random.default_rng([seed, k])
    wholes = chance.integers(5, 150, chance.integers(2, 6))
    parts = chance.binomial(wholes, chance.choice([0.03, 0.5, 0.97], len(wholes)))
    groups = {str(row): (int(part), int(whole)) for row, (part, whole) in enumerate(zip(parts, wholes, strict=True))}

    figures = rate_figures("site", groups, k=k)

    totals = (int(parts.sum()), int((wholes - parts).sum()))
    for row, figure in enumerate(figures):
        if figure.value is not None:
            assert min(parts[row], wholes[row] - parts[row]) >= k
            continue
        for column in (0, 1):
            low, high = worked_out(figures, groups, totals, row, column)
            assert high - low >= 1 - 1e-6 or totals[column] == 0


def worked_out(
    figures: tuple[Figure, ...], groups: dict[str, tuple[int, int]], totals: tuple[int, int], row: int, column: int
) -> tuple[float, float]:
    """Return the range of one count for a reader of the figures who knows both totals."""
    bounds: list[tuple[float, float | None]] = []
    sums, sizes = [], []
    for place, (figure, (part, whole)) in enumerate(zip(figures, groups.values(), strict=True)):
        few = whole // 20
        bounds += {
            NEAR_ALL: [(0, None), (0, few)],
            NEAR_NONE: [(0, few), (0, None)],
        }.get(figure.text, [(0, None), (0, None)] if figure.hidden else [(part, part), (whole - part, whole - part)])
        if figure.n is not None:
            line = np.zeros(2 * len(figures))
            line[2 * place : 2 * place + 2] = 1
            sums.append(line)
            sizes.append(figure.n)
    for which in (0, 1):
        line = np.zeros(2 * len(figures))
        line[which::2] = 1
        sums.append(line)
        sizes.append(totals[which])
    goal = np.zeros(2 * len(figures))
    goal[2 * row + column] = 1
    ends = [sign * linprog(sign * goal, A_eq=np.array(sums), b_eq=sizes, bounds=bounds).fun for sign in (1, -1)]
    return ends[0], ends[1]


def test_count_texts_mark_hidden_cells_and_totals() -> None:
    texts = count_texts(np.array([[40, 3], [30, 22], [11, 50]]))

    assert texts[0][1] == HIDDEN
    assert sum(row.count(HIDDEN) for row in texts) >= 4


@pytest.mark.parametrize("seed", range(200))
def test_no_group_is_called_too_few_while_one_of_the_same_size_is_compared(seed: int) -> None:
    dice = np.random.default_rng(seed)
    sizes = dice.choice([3, 8, 12, 12, 25, 25, 40, 40], size=dice.integers(2, 7))
    fits = {f"group {at}": list(dice.normal(60, 5, size=size)) for at, size in enumerate(sizes)}
    counts = {f"group {at}": (int(dice.integers(0, size + 1)), int(size)) for at, size in enumerate(sizes)}

    for figures in (mean_figures("site", fits), rate_figures("site", counts)):
        verdicts = {figure.group: figure.verdict for figure in figures}
        hidden = {figure.group for figure in figures if figure.hidden}
        too_few = {len(fits[name]) for name, verdict in verdicts.items() if verdict == TOO_FEW}
        compared = {len(fits[name]) for name, verdict in verdicts.items() if verdict in {HIGHER, LOWER, UNCLEAR}}
        assert not too_few & compared
        assert {verdicts[name] for name in hidden} <= {NOT_SHOWN}


def test_differences_count_the_groups_to_look_at() -> None:
    groups = {"a": [60.0 + k % 7 for k in range(40)], "b": [75.0 + k % 7 for k in range(40)]}

    assert str(differences(mean_figures("site", groups))) == "2 of 2 groups to look at"
    assert differences(mean_figures("site", {"a": [1.0, 2.0]})) == TOO_FEW
    assert differences(()) == TOO_FEW


@pytest.mark.parametrize("k", [4, 1])
def test_figures_refuse_a_threshold_under_five(k: int) -> None:
    with pytest.raises(ThresholdError):
        mean_figures("site", {}, k=k)
    with pytest.raises(ThresholdError):
        rate_figures("site", {}, k=k)
    with pytest.raises(ThresholdError):
        count_texts(np.array([[3]]), k=k)
