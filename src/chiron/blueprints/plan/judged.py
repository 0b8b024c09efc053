"""What a judgement of somebody's plan says: the rules that it breaks, and how far from the best it is at most."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reached:
    """What a plan reaches in one step of the aim, and what the best plan reaches there; a bound where it is proved."""

    name: str
    value: int
    best: int
    proved: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """A plan that somebody made.

    Attributes:
        violations: every rule, capacity or cap that it breaks, in words.
        reached: step by step, as far as the plan equals the best one, and the first step where it does not; empty
            where the plan breaks a rule.
        is_best: no plan is better by the aim, and that is proved.
    """

    violations: tuple[str, ...]
    reached: tuple[Reached, ...]
    is_best: bool
