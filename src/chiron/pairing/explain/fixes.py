"""What a coordinator can change so that somebody is matched: each change by a code and values, and its sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from chiron.pairing.model.problem import Problem
from chiron.pairing.model.sentences import Sentence

StepCode = Literal["lock", "more_places", "raise_cap", "lower_least", "bend_rules", "lift_apart", "new_mentor"]

MOST_NAMED = 3

COSTS: dict[StepCode, int] = {
    "lock": 1, "more_places": 2, "raise_cap": 2, "lower_least": 3, "bend_rules": 4, "lift_apart": 5, "new_mentor": 6,
}  # fmt: skip
"""What each step costs a programme, as a rank: fixes with the smallest sum come first."""


@dataclass(frozen=True, slots=True)
class FixStep:
    """One change.

    Attributes:
        code: "lock" (the pair must be made), "more_places" (of a mentor), "raise_cap", "lower_least" (the least number
            of a mentor or a cap), "bend_rules" (for this pair alone), "lift_apart" (the pair is kept apart no longer)
            or "new_mentor" (who may be paired with this mentee).
        mentee: position, −1 where the step is not about one mentee.
        mentor: position, −1 where it is not about one mentor.
        cap: position in the problem's caps, −1 where it is not about a cap.
        by: how many more, or fewer.
        rules: names of the must rules that are bent.
    """

    code: StepCode
    mentee: int = -1
    mentor: int = -1
    cap: int = -1
    by: int = 1
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fix:
    """Changes after which somebody is matched, and nobody has to lose a mentor for it.

    Attributes:
        kind: "assign" (a place is free), "place", "cap", "least" (a least number), "remote", "rule", "apart",
            "several" or "mentor" (a new one).
        sentence: what is said about it, made of the steps.
        mentor: position of the mentor who takes the person, −1 where the fix is not about one.
        rule: name of the rule, cap or holder of a least number; empty where the fix is not about one.
        gain: how many more people are matched.
        proved: True; a fix without proof is not offered.
        steps: the changes, all of which it takes.
        helps: positions of the mentees who are matched then, the person under whom the fix stands first.
    """

    kind: str
    sentence: Sentence
    mentor: int
    rule: str
    gain: int
    proved: bool
    steps: tuple[FixStep, ...] = ()
    helps: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """Return the fix in English."""
        return str(self.sentence)

    @property
    def cost(self) -> int:
        """Return what the fix costs a programme, as a rank."""
        return cost_of(self.steps)

    def values(self, problem: Problem) -> dict[str, Any]:
        """Return the fix as plain values, with the identifiers of people and the names of caps."""
        return {
            "kind": self.kind,
            "helps": [problem.mentees[at] for at in self.helps],
            "steps": [_step_values(step, problem) for step in self.steps],
        }


def cost_of(steps: Sequence[FixStep]) -> int:
    """Return what steps cost together, as a rank."""
    return sum(COSTS[step.code] * step.by * max(1, len(step.rules)) for step in steps)


def _step_values(step: FixStep, problem: Problem) -> dict[str, Any]:
    """Return one step as plain values; what it is not about is left out."""
    found: dict[str, Any] = {"code": step.code}
    if step.mentee >= 0:
        found["mentee_id"] = problem.mentees[step.mentee]
    if step.mentor >= 0:
        found["mentor_id"] = problem.mentors[step.mentor]
    if step.cap >= 0:
        found["cap"] = problem.caps[step.cap].name
    if step.code in {"more_places", "raise_cap", "lower_least"}:
        found["by"] = step.by
    if step.rules:
        found["rules"] = list(step.rules)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """The names that the sentences of fixes use.

    Attributes:
        mentees: what people call the mentees.
        mentors: what people call the mentors.
        problem: caps and least numbers.
    """

    mentees: Sequence[str]
    mentors: Sequence[str]
    problem: Problem

    def single(self, kind: str, step: FixStep, *, mentor: int, helps: Sequence[int], has_room: bool) -> Sentence:
        """Return what is said about one change that is enough.

        Args:
            kind: as in `Fix`.
            step: the change.
            mentor: who takes the person.
            helps: who is matched, the person first.
            has_room: a place of this mentor is free, and not only one to which somebody there could move.
        """
        room = Sentence("fix.has_room" if has_room else "fix.makes_room")
        values = {"mentor": self.mentors[mentor], "room": room, "rule": "".join(step.rules[:1])}
        if kind in {"assign", "apart", "remote", "rule"}:
            return Sentence(f"fix.{kind}", values)
        code = f"fix.{kind}"
        if step.code == "lower_least":
            who, least = self.least_of(step)
            values |= {"who": who, "least": least, "fewer": least - step.by}
        elif step.code == "raise_cap":
            values |= {"cap": self.problem.caps[step.cap].name}
        values["n"] = step.by
        if len(helps) > 1:
            return Sentence("fix.along", {"fix": Sentence(code, values), "others": self._people(helps[1:])})
        return Sentence("fix.alone", {"fix": Sentence(code, values)})

    def several(self, steps: Sequence[FixStep], *, instead: Sequence[int] = ()) -> Sentence:
        """Return what is said about changes that are enough together.

        Args:
            steps: the changes.
            instead: who would be matched in the person's stead without the lock among them, as far as that was tried.
        """
        if [step.code for step in steps] == ["new_mentor", "lock"]:
            return Sentence("fix.mentor", {"mentee": self.mentees[steps[0].mentee]})
        listed = Sentence("fix.several", {"steps": tuple(self._part(step) for step in steps)})
        if not instead:
            return listed
        return Sentence("fix.without_lock", {"fix": listed, "others": self._people(instead)})

    def _part(self, step: FixStep) -> Sentence:
        """Return one of several changes in words."""
        values: dict[str, Any] = {"n": step.by}
        if step.mentee >= 0:
            values["mentee"] = self.mentees[step.mentee]
        if step.mentor >= 0:
            values["mentor"] = self.mentors[step.mentor]
        if step.cap >= 0:
            values["cap"] = self.problem.caps[step.cap].name
        if step.rules:
            values |= {"rules": tuple(f"“{rule}”" for rule in step.rules), "count": len(step.rules)}
        if step.code == "lower_least":
            who, least = self.least_of(step)
            values |= {"who": who, "least": least, "fewer": least - step.by}
        code = "lock_newcomer" if step.code == "lock" and step.mentor < 0 else step.code
        return Sentence(f"fix.step.{code}", values)

    def _people(self, some: Sequence[int]) -> Sentence:
        """Return a few mentees by name, and how many more there are."""
        names = tuple(self.mentees[at] for at in some[:MOST_NAMED])
        if len(some) > MOST_NAMED:
            return Sentence("people.and_more", {"names": names, "more": len(some) - MOST_NAMED})
        return Sentence("people", {"names": names})

    def least_of(self, step: FixStep) -> tuple[str, int]:
        """Return who must have a least number, and the number."""
        if step.cap >= 0:
            cap = self.problem.caps[step.cap]
            return f"“{cap.name}”", cap.least
        return self.mentors[step.mentor], int(self.problem.least[step.mentor])
