"""What a judgement of somebody's plan says: the rules that it breaks, and how far from the best it is at most."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chiron.blueprints.schema.person import Participant
from chiron.pairing.model.sentences import Sentence


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
        violations: every rule, capacity or cap that it breaks.
        reached: step by step, as far as the plan equals the best one, and the first step where it does not; empty
            where the plan breaks a rule.
        is_best: no plan is better by the aim, and that is proved.
    """

    violations: tuple[Sentence, ...]
    reached: tuple[Reached, ...]
    is_best: bool


def called(people: Sequence[Participant]) -> Mapping[str, str]:
    """Return what people are called where a judge speaks of them, by id: by name, and by id where a name is shared."""
    names = {one.id: one.name for one in people}
    times = Counter(names.values())
    return {one: name if times[name] == 1 else f"{name} ({one})" for one, name in names.items()}
