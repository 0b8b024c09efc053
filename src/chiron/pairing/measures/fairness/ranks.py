"""What people wished for and what they got: ranks, blocking pairs, envy, and wishes honoured."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chiron.pairing.measures.fairness.rates import Rate, rate


@dataclass(frozen=True, slots=True)
class RankQuality:
    """How near a group came to its own choices.

    Attributes:
        first: share that got their first choice, among all of the group.
        top: share that got one of their top k.
        mean_rank: mean rank among those matched to somebody they ranked; None for nobody.
        unmatched: share without a mentor.
    """

    first: Rate
    top: Rate
    mean_rank: float | None
    unmatched: Rate


def rank_quality(ranks: Sequence[int | None], *, matched: Sequence[bool], k: int = 3) -> RankQuality:
    """Return rank quality of a group: `ranks` are 1 for a first choice, None where the mentor was not ranked.

    Raises:
        ValueError: the two sequences differ in length.
    """
    pairs = list(zip(ranks, matched, strict=True))
    got = [rank for rank, is_matched in pairs if is_matched and rank is not None]
    return RankQuality(
        first=rate(sum(rank == 1 for rank in got), len(pairs)),
        top=rate(sum(rank <= k for rank in got), len(pairs)),
        mean_rank=sum(got) / len(got) if got else None,
        unmatched=rate(sum(not is_matched for _, is_matched in pairs), len(pairs)),
    )


def ranks_by_group(
    ranks: Sequence[int | None], *, matched: Sequence[bool], groups: Sequence[str], k: int = 3
) -> dict[str, RankQuality]:
    """Return the rank quality of each group, in the order in which groups first appear."""
    members: dict[str, list[int]] = {}
    for place, group in enumerate(groups):
        members.setdefault(group, []).append(place)
    return {
        group: rank_quality([ranks[i] for i in places], matched=[matched[i] for i in places], k=k)
        for group, places in members.items()
    }


def worst_mean_rank(by_group: Mapping[str, RankQuality]) -> tuple[str, float] | None:
    """Return the group with the worst (highest) mean rank, and that mean; None where no group has one."""
    known = [(found.mean_rank, name) for name, found in by_group.items() if found.mean_rank is not None]
    if not known:
        return None
    worst, name = max(known)
    return name, worst


def blocking_pairs(
    choices: Sequence[Sequence[int]],
    wishes: Sequence[Sequence[int]],
    *,
    capacity: Sequence[int],
    pairs: Iterable[tuple[int, int]],
) -> tuple[tuple[int, int], ...]:
    """Return the pairs that would both rather have each other than what they hold; free places count.

    `choices[i]` are the mentors that mentee i would accept, first choice first; `wishes[j]` the same for mentor j.
    A mentee holds one mentor at most. Somebody whom a list leaves out is not wanted.
    """
    mentee_rank = [{mentor: rank for rank, mentor in enumerate(those)} for those in choices]
    mentor_rank = [{mentee: rank for rank, mentee in enumerate(those)} for those in wishes]
    holds: dict[int, int] = {}
    held: dict[int, list[int]] = {}
    for mentee, mentor in pairs:
        holds[mentee] = mentor
        held.setdefault(mentor, []).append(mentee)
    found = []
    for mentee, ranked in enumerate(choices):
        now = mentee_rank[mentee].get(holds.get(mentee, -1), len(ranked))
        for mentor in ranked[:now]:
            rank = mentor_rank[mentor].get(mentee)
            if rank is None:
                continue
            last = len(wishes[mentor])
            worst = max((mentor_rank[mentor].get(other, last) for other in held.get(mentor, ())), default=-1)
            if len(held.get(mentor, ())) < capacity[mentor] or rank < worst:
                found.append((mentee, mentor))
    return tuple(found)


def justified_envy(
    choices: Sequence[Sequence[int]], priority: Sequence[int], *, pairs: Iterable[tuple[int, int]]
) -> tuple[tuple[int, int], ...]:
    """Return (mentee, envied mentee) where the first prefers the other's mentor and comes first in priority.

    A lower number comes first. A mentee holds one mentor at most.
    """
    holds = dict(pairs)
    held: dict[int, list[int]] = {}
    for mentee, mentor in holds.items():
        held.setdefault(mentor, []).append(mentee)
    found: list[tuple[int, int]] = []
    for mentee, ranked in enumerate(choices):
        for mentor in ranked:
            if holds.get(mentee) == mentor:
                break
            found.extend((mentee, other) for other in held.get(mentor, ()) if priority[mentee] < priority[other])
    return tuple(found)


def wishes_honored(asked: Sequence[bool], got: Sequence[bool]) -> Rate:
    """Return, among those who asked for something, the share who got it; those who did not ask never count.

    Raises:
        ValueError: the two sequences differ in length.
    """
    pairs = list(zip(asked, got, strict=True))
    return rate(sum(has_asked and has_got for has_asked, has_got in pairs), sum(has_asked for has_asked, _ in pairs))
