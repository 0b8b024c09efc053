"""Asks of a history of parallel acts: is there one order of them that a correct single-threaded site could have answered?

The search is Wing and Gong's (Testing and verifying concurrent objects, 1993), with the memory of (acts done, state) that
Lowe added. It is exponential at worst, so a history holds at most 40 acts on one object.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

MOST_ACTS = 40
UNKNOWN = "unknown"
"""The answer of an act that failed without a clear refusal: it may or may not have taken effect, at any later time."""

Step = Callable[[Any, str, Any, str], Iterable[Hashable]]


@dataclass(frozen=True)
class Act:
    """One act: what was asked, what was answered, and between which moments of one clock."""

    name: str
    asked: Any
    answer: str
    called: float
    returned: float

    @property
    def until(self) -> float:
        """Until when it may have taken effect."""
        return inf if self.answer == UNKNOWN else self.returned


def is_linearizable(history: Sequence[Act], *, start: Hashable, step: Step) -> bool:
    """Return whether some order of the acts, consistent with their times, explains every answer.

    Args:
        history: at most 40 acts on one object.
        start: the state of the object before.
        step: gives, for a state, the name of an act, what was asked and what was answered, the states that may follow;
            none where such an answer would be wrong.
    """
    if len(history) > MOST_ACTS:
        raise ValueError(f"{len(history)} acts are more than {MOST_ACTS}: cut the history by object")
    everything = (1 << len(history)) - 1
    unknown = sum(1 << at for at, act in enumerate(history) if act.answer == UNKNOWN)
    seen: set[tuple[int, Hashable]] = set()
    todo: list[tuple[int, Hashable]] = [(0, start)]
    while todo:
        done, state = todo.pop()
        if done | unknown == everything:
            return True
        if (done, state) in seen:
            continue
        seen.add((done, state))
        left = [at for at in range(len(history)) if not done >> at & 1]
        first = min(history[at].until for at in left)
        # Of acts that are alike in everything any may be next, so that one of them stands for all.
        for act, at in {history[at]: at for at in reversed(left)}.items():
            if act.called <= first:
                todo += [(done | 1 << at, after) for after in step(state, act.name, act.asked, act.answer)]
    return False


def mentor_step(state: tuple[int, int], name: str, asked: Any, answer: str) -> Iterable[tuple[int, int]]:
    """Return what may follow for a mentor with (places, taken).

    "publish" of k pairs is ok with room for k, else refused; "no" gives k places back; "set" to n is ok where n are not
    fewer than taken, else refused; "confirm" to n is always ok. Room is places minus taken: a flag makes none.
    """
    places, taken = state
    effects = {
        "publish": (places - taken >= asked, (places, taken + asked)),
        "no": (True, (places, taken - asked)),
        "set": (asked >= taken, (asked, taken)),
        "confirm": (True, (asked, taken)),
    }
    may, after = effects[name]
    if answer == "ok":
        return [after] if may else []
    if answer == "refused":
        return [] if may else [state]
    return [after, state] if may else [state]
