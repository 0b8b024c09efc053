import re

from chiron.sheets.result.explaining import explain
from sheets.results import RESULT


def test_lines_of_a_pair_give_its_reasons_and_their_sum():
    pair = RESULT.pairs[0]

    lines = list(explain(RESULT, pair.mentee).lines())

    block = lines[: lines.index("  ────") + 2]
    points = [int(re.split(r"\s+", line.strip())[0].replace("−", "-")) for line in block[1:-2]]
    assert block[0] == f"{pair.mentee} → {pair.mentor}"
    assert points == [part.points for part in pair.parts]
    assert block[-1].split() == [str(sum(points)), "fit"]
