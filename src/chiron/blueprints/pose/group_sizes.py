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
        most = [min(one, groups.most) for one in most]
    for one, places in zip(mentors, most, strict=True):
        if 0 < places < groups.least:
            raise GroupsError(
                f"A group needs at least {groups.least} members, and {one.name} takes {places}. "
                f"{_more_room(one, groups)}"
            )
    least = [groups.least if places else 0 for places in most]
    nobody = [0] * len(mentors)
    if groups.open == "some":
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
    )
    if groups.mentors is not None:
        counts = Counter(part.casefold() for part, takes in zip(mentor_parts, takes_part, strict=True) if takes)
        for part, count in counts.items():
            if count != groups.mentors:
                there = "There is 1 mentor" if count == 1 else f"There are {count} mentors"
                raise GroupsError(
                    f"{there} in {_where(part, groups)}, and the rules ask for {groups.mentors}. "
                    "Change the pool of mentors, or mentors in [matching.groups]."
                )
    for place, one in enumerate(mentors):
        _refuse_size(one, groups, _where(mentor_parts[place], groups), int(least[place]), int(most[place]))
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


def _refuse_size(mentor: Participant, groups: GroupsSpec, where: str, least: int, most: int) -> None:
    """Refuse a group that balance makes too small or too large.

    Raises:
        GroupsError: it is.
    """
    if mentor.capacity == 0:
        return
    size = str(least) if least == most else f"{least} or {most}"
    if mentor.capacity is not None and mentor.capacity < least:
        raise GroupsError(
            f"Even groups in {where} have {size} members, and {mentor.name} takes {mentor.capacity}. "
            "Type more places for this mentor, or 0 to leave the mentor out."
        )
    if least < groups.least or (groups.most is not None and most > groups.most):
        asked = f"at least {groups.least}" if least < groups.least else f"at most {groups.most}"
        raise GroupsError(
            f"Even groups in {where} have {size} members, and the rules ask for {asked}. "
            "Change the number of mentors there, or [matching.groups]."
        )
