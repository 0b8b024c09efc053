"""Supply and demand of a pool: who waits and how long, where mentors are short, and whom to recruit.

Every count comes from a plan that was solved and proved (`pairing.supply`); what a recruit would bring is proved by
solving again with that mentor in the pool.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median_low
from typing import Any

from chiron.blueprints.pose.pairs import answer_of, posed
from chiron.blueprints.schema.matching import Matching, RuleSpec
from chiron.blueprints.schema.person import Participant
from chiron.blueprints.vocabulary.world import field_names
from chiron.pairing.explain.shortages import recruits, shortage
from chiron.pairing.model.answer import Answer

Observer = Callable[[str, Answer | None], bool]

# Of each line the first field that somebody answered: what the person works in, where, and in which language.
LOOKED_AT = (
    ("field", "specialty", "profession"),
    ("region", "state", "county", "campus", "site", "organization", "school"),
    ("languages", "language"),
)
MOST_PROFILES = 30
COPIED = frozenset({"same", "overlap", "coverage", "related", "distance", "hours", "near", "commitment"})


@dataclass(frozen=True, slots=True)
class GroupDemand:
    """How one group of mentees stands.

    Attributes:
        value: what they have in common.
        people: how many want a mentor.
        waiting: how many of them stay without one in a plan with the most pairs.
        mentors: how many mentors the rules allow at least one of them.
        rounds: how many more rounds the last of them waits if the same places open again and nobody new comes;
            None where no place ever opens.
    """

    value: str
    people: int
    waiting: int
    mentors: int
    rounds: int | None


@dataclass(frozen=True, slots=True)
class Recruit:
    """A mentor to look for: in words, with how many places, and what that would bring.

    Attributes:
        text: what such a mentor says of themselves.
        places: how many mentees the mentor would take.
        gain: how many more people are then matched; proved by solving again.
        matched: how many are matched with this mentor and those before.
        bound: what no other choice of as many of the profiles looked at can exceed.
    """

    text: str
    places: int
    gain: int
    matched: int
    bound: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """Supply and demand: how many want a mentor, how many can have one, the groups by heading, and whom to recruit."""

    wanted: int
    matched: int
    needs: Mapping[str, tuple[GroupDemand, ...]]
    recruits: tuple[Recruit, ...]

    @property
    def waiting(self) -> int:
        """How many people stay without a mentor."""
        return self.wanted - self.matched


def outlook(
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
    matching: Matching,
    *,
    by: Sequence[str] | None = None,
    most: int = 3,
    observer: Observer | None = None,
) -> Outlook:
    """Return the supply and demand of a pool.

    Args:
        mentees: who wants a mentor.
        mentors: who has places.
        matching: the rules.
        by: fields whose groups are shown; None: field of work, region and language, where somebody answered.
        most: how many recruits to name at most.
        observer: told the phase; returning False ends the search for recruits.

    Raises:
        PoseError: people and rules do not fit together.
        RuleError: a rule cannot be used on these columns.
    """
    problem = posed(mentees, mentors, matching).problem
    short = shortage(problem)
    waiting = {int(place) for place in short.left_over}
    allowed = [set(problem.partner[a:b].tolist()) for a, b in zip(problem.starts, problem.starts[1:], strict=False)]
    needs = {
        matching.spec(name).label or name: tuple(_needs(mentees, name, waiting, allowed))
        for name in (by if by is not None else _headings(mentees))
    }
    competing = [mentees[place] for place in short.short.tolist()]
    found = tuple(_recruits(mentees, mentors, matching, competing, most=most, observer=observer)) if competing else ()
    return Outlook(wanted=short.wanted, matched=short.matched, needs=needs, recruits=found)


def _headings(mentees: Sequence[Participant]) -> list[str]:
    """Return the fields worth a look: one each for work, region and language."""
    answered = {name for person in mentees for name, value in person.answers.items() if value not in (None, "", ())}
    return [name for names in LOOKED_AT for name in [next((each for each in names if each in answered), "")] if name]


def _needs(
    mentees: Sequence[Participant], name: str, waiting: set[int], allowed: Sequence[set[int]]
) -> Iterator[GroupDemand]:
    """Yield the groups of one field, those with most people waiting first."""
    groups: dict[str, list[int]] = {}
    for place, person in enumerate(mentees):
        if person.wanted:
            for value in _values(answer_of(person, name)):
                groups.setdefault(value, []).append(place)
    rows = []
    for value, places in groups.items():
        left = sum(1 for place in places if place in waiting)
        served = len(places) - left
        rounds = 0 if not left else -(-left // served) if served else None
        mentors = len(set().union(*(allowed[place] for place in places)))
        rows.append(GroupDemand(value=value, people=len(places), waiting=left, mentors=mentors, rounds=rounds))
    yield from sorted(rows, key=lambda need: (-need.waiting, -need.people, need.value))


def _values(answer: Any) -> tuple[str, ...]:
    """Return the texts of an answer, each once; a field of health by its name."""
    if answer is None:
        return ()
    several = answer if isinstance(answer, (tuple, list)) else (answer,)
    return tuple(dict.fromkeys(field_names().get(str(one), str(one)) for one in several))


def _recruits(
    mentees: Sequence[Participant],
    mentors: Sequence[Participant],
    matching: Matching,
    competing: Sequence[Participant],
    *,
    most: int,
    observer: Observer | None,
) -> Iterator[Recruit]:
    """Yield whom to recruit, the most helpful first."""
    places = median_low([person.capacity or matching.capacity for person in mentors]) if mentors else matching.capacity
    profiles = _profiles(competing, mentors, matching, max(1, places))
    # The same kind of mentor may be wanted more than once.
    extra = [
        replace(profile, id=f"{profile.id}, {copy}")
        for profile in profiles
        for copy in range(min(most, len(competing)))
    ]
    problem = posed(mentees, [*mentors, *extra], matching).problem
    found = recruits(problem, range(len(mentors), len(mentors) + len(extra)), most=most, observer=observer)
    for one in found:
        profile = extra[one.mentor - len(mentors)]
        yield Recruit(profile.name, profile.capacity or 0, one.gain, one.matched, one.bound)


def _profiles(
    competing: Sequence[Participant], mentors: Sequence[Participant], matching: Matching, places: int
) -> list[Participant]:
    """Return mentors who would be of use, made of what those who compete need; what most of them need comes first."""
    usual = _usual(mentors)
    needed = {rule.mentor_field for rule in matching.rules if rule.must}
    counted: Counter[str] = Counter()
    found: dict[str, Participant] = {}
    for mentee in competing:
        answers = {**usual, **_wished(mentee, matching)}
        text = _said(answers, needed, mentee, matching)
        counted[text] += 1
        found.setdefault(text, Participant(f"recruit for {mentee.id}", text, "mentor", answers, capacity=places))
    ordered = sorted(found, key=lambda text: (-counted[text], text))
    return [found[text] for text in ordered[:MOST_PROFILES]]


def _usual(mentors: Sequence[Participant]) -> dict[str, Any]:
    """Return what most mentors answer to each question, so that a made-up one says nothing unusual."""
    names = dict.fromkeys(name for person in mentors for name in person.answers)
    usual = {}
    for name in names:
        said = Counter(repr(answer_of(person, name)) for person in mentors)
        most = max(said.values())
        usual[name] = next(answer_of(person, name) for person in mentors if said[repr(answer_of(person, name))] == most)
    # Wishes and people named are somebody's own.
    return {name: value for name, value in usual.items() if name not in ("choices", "not_with", "email", "about")}


def _wished(mentee: Participant, matching: Matching) -> dict[str, Any]:
    """Return what a mentor would answer to suit a mentee."""
    wished: dict[str, Any] = {}
    for cap in matching.caps:
        if cap.by is not None and mentee.answers.get(cap.by) is not None:
            wished[cap.by] = mentee.answers[cap.by]
    for rule in matching.rules:
        value = _suiting(rule, answer_of(mentee, rule.mentee_field), matching)
        if value is not None and (rule.must or rule.mentor_field not in wished):
            wished[rule.mentor_field] = value
            zone = rule.options.get("time_zone_column", "time_zone")
            if rule.kind == "hours" and mentee.answers.get(zone) is not None:
                wished[zone] = mentee.answers[zone]
    return wished


def _suiting(rule: RuleSpec, answer: Any, matching: Matching) -> Any:
    """Return the mentor's answer that meets a rule, None where it cannot be told."""
    if answer is None or rule.different or rule.mentor_field == "id":
        return None
    if rule.kind in COPIED:
        return answer
    if rule.kind == "ladder":
        steps = [step.casefold() for step in matching.ladder_of(rule)]
        if str(answer).casefold() not in steps:
            return None
        ahead = steps.index(str(answer).casefold()) + max(1, int(rule.options.get("least", 1)))
        return matching.ladder_of(rule)[min(ahead, len(steps) - 1)]
    return None


def _said(answers: Mapping[str, Any], needed: set[str], mentee: Participant, matching: Matching) -> str:
    """Return a profile in words: what the must rules look at, or the field of work where there are none."""
    names = sorted(needed & set(answers)) or [name for name in LOOKED_AT[0] if name in answers]
    said = []
    for name in names:
        spec, value = matching.spec(name), answers[name]
        label = spec.label or name
        if spec.type == "place":
            said.append(f"{label}: near {mentee.id}")
        elif spec.type == "hours":
            said.append(f"{label}: free when {mentee.id} is")
        elif value is not None:
            said.append(f"{label}: {', '.join(_values(value))}")
    return "; ".join(said) or "any mentor"
