"""The least and the most members of each mentor's group, from the rules and the people."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chiron.blueprints.schema.groups import GroupsSpec
from chiron.blueprints.schema.person import Participant
from chiron.pairing.measures.even_groups import balanced_sizes

Answer = Callable[[Participant, str], Any]


class GroupsError(ValueError):
    """The groups that the rules ask for cannot be; the message says why, and what to change."""


@dataclass(frozen=True, slots=True)
class GroupSizes:
    """Sizes of the mentors' groups, in the order of the mentors.

    Attributes:
        least: fewest members of each group that must be open.
        most: most members.
        opens: fewest members of each group that may also stay closed; 0 where it may not.
    """

    least: tuple[int, ...]
    most: tuple[int, ...]
    opens: tuple[int, ...]


def group_sizes(
    mentees: Sequence[Participant], mentors: Sequence[Participant], groups: GroupsSpec, *, capacity: int, answer: Answer
) -> GroupSizes:
    """Return the sizes of the groups.

    Args:
        mentees: who joins.
        mentors: who has a group; a mentor who said 0 places has none.
        groups: what the rules say.
        capacity: places of a mentor where neither an answer nor the rules say.
        answer: returns somebody's answer to a field.

    Raises:
        GroupsError: the sizes cannot be.
    """
    if groups.balanced_by is not None:
        return _balanced(mentees, mentors, groups, answer)
    usual = capacity if groups.most is None else groups.most
    most = [usual if one.capacity is None else one.capacity for one in mentors]
    if groups.most is not None:
        most = [min(places, max(0, groups.most - len(one.held))) for one, places in zip(mentors, most, strict=True)]
    for one, places in zip(mentors, most, strict=True):
        if 0 < places < groups.least and not one.held:
            raise GroupsError(
                f"A group needs at least {groups.least} members, and {one.name} takes {places}. "
                f"{_more_room(one, groups)}"
            )
    # A group that there is already needs nobody; beside such groups a new one may also stay closed.
    least = [groups.least if places and not one.held else 0 for one, places in zip(mentors, most, strict=True)]
    nobody = [0] * len(mentors)
    if groups.open == "some" or any(one.held for one in mentors):
        return GroupSizes(least=tuple(nobody), most=tuple(most), opens=tuple(least))
    return GroupSizes(least=tuple(least), most=tuple(most), opens=tuple(nobody))


def _more_room(mentor: Participant, groups: GroupsSpec) -> str:
    """Return what to change where a mentor's group cannot reach the least size."""
    if mentor.capacity is not None:
        return (
            "Type a smaller least in [matching.groups], or more places for this mentor, or 0 to leave the mentor out."
        )
    return f"Type a smaller least in [matching.groups], or there also most = {groups.least} or more."


def _balanced(
    mentees: Sequence[Participant], mentors: Sequence[Participant], groups: GroupsSpec, answer: Answer
) -> GroupSizes:
    """Return sizes that differ by one at most inside each part."""
    mentor_parts = [_part(one, groups, answer) for one in mentors]
    takes_part = [one.capacity != 0 for one in mentors]
    least, most = balanced_sizes(
        [part_of(one, groups, answer) for one in mentees],
        [part.casefold() for part in mentor_parts],
        wanted=[one.wanted for one in mentees],
        takes_part=takes_part,
        there=[len(one.held) for one in mentors],
    )
    if groups.mentors is not None:
        has_group = [takes or bool(one.held) for one, takes in zip(mentors, takes_part, strict=True)]
        counts = Counter(part.casefold() for part, has in zip(mentor_parts, has_group, strict=True) if has)
        for part, count in counts.items():
            if count != groups.mentors:
                there = "There is 1 mentor" if count == 1 else f"There are {count} mentors"
                raise GroupsError(
                    f"{there} in {_where(part, groups)}, and the rules ask for {groups.mentors}. "
                    "Change the pool of mentors, or mentors in [matching.groups]."
                )
    is_later = any(one.held for one in mentors)
    for place, one in enumerate(mentors):
        where = _where(mentor_parts[place], groups)
        _refuse_size(one, groups, where, int(least[place]), int(most[place]), is_later=is_later)
    asked = [int(size) if one.capacity is None else one.capacity for one, size in zip(mentors, most, strict=True)]
    return GroupSizes(
        least=tuple(least.tolist()),
        most=tuple(np.minimum(most, asked).tolist()),
        opens=(0,) * len(mentors),
    )


def part_of(person: Participant, groups: GroupsSpec, answer: Answer) -> str:
    """Return the part of the programme inside which somebody's group is even; upper and lower case are alike."""
    return _part(person, groups, answer).casefold()


def _part(person: Participant, groups: GroupsSpec, answer: Answer) -> str:
    """Return the part of the programme inside which somebody's group is even, as it was typed."""
    return "" if groups.part_field is None else str(answer(person, groups.part_field))


def _where(part: str, groups: GroupsSpec) -> str:
    """Return a part in words."""
    return "the programme" if groups.part_field is None else f"{groups.part_field} “{part}”"


def _refuse_size(mentor: Participant, groups: GroupsSpec, where: str, least: int, most: int, *, is_later: bool) -> None:
    """Refuse a group that balance makes too small or too large; in a later round groups may be small.

    Raises:
        GroupsError: it is.
    """
    if mentor.capacity == 0:
        return
    there = len(mentor.held)
    size = str(least + there) if least == most else f"{least + there} or {most + there}"
    if mentor.capacity is not None and mentor.capacity < least:
        raise GroupsError(
            f"Even groups in {where} have {size} members, and {mentor.name} takes {mentor.capacity + there}. "
            "Type more places for this mentor, or 0 to leave the mentor out."
        )
    is_small = least + there < groups.least and not is_later
    if is_small or (groups.most is not None and most and most + there > groups.most):
        asked = f"at least {groups.least}" if is_small else f"at most {groups.most}"
        raise GroupsError(
            f"Even groups in {where} have {size} members, and the rules ask for {asked}. "
            "Change the number of mentors there, or [matching.groups]."
        )
