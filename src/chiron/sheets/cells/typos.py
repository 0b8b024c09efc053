"""Slips of the pen: when two spellings surely mean the same word, and when they may not."""

LONG_ENOUGH, VERY_LONG = 5, 14


def is_slip(text: str, other: str) -> bool:
    """Return whether two comparable texts (see `headings.normal`) differ by a slip of the pen only.

    One word of at least five letters may have one letter wrong, missing, too many, or two changed round; two in a
    very long word. Its first letter, every digit and every short word must be the same: "Team A" is not "Team B",
    "urology" is not "neurology", "year 3" is not "year 4".
    """
    if text == other:
        return False
    words, others = text.split(), other.split()
    if len(words) != len(others):
        return text.replace(" ", "") == other.replace(" ", "")
    different = [(one, two) for one, two in zip(words, others, strict=True) if one != two]
    return len(different) == 1 and _is_slip_of_word(*different[0])


def _is_slip_of_word(one: str, two: str) -> bool:
    shorter = min(len(one), len(two))
    if shorter < LONG_ENOUGH or one[0] != two[0] or abs(len(one) - len(two)) > 1 + (shorter >= VERY_LONG):
        return False
    if any(map(str.isdigit, one + two)):
        return False
    return edits(one, two) <= 1 + (shorter >= VERY_LONG)


def edits(one: str, two: str) -> int:
    """Return how many letters must be changed, added, left out or swapped with the next to turn one into the other."""
    before: list[int] = []
    row = list(range(len(two) + 1))
    for at, letter in enumerate(one, start=1):
        earlier, before, row = before, row, [at]
        for place, other in enumerate(two, start=1):
            cost = min(before[place] + 1, row[place - 1] + 1, before[place - 1] + (letter != other))
            if at > 1 and place > 1 and letter == two[place - 2] and one[at - 2] == other:
                cost = min(cost, earlier[place - 2] + 1)
            row.append(cost)
    return row[-1]
