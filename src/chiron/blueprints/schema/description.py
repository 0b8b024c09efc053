"""A blueprint in plain words: for whom it is, who may take part, what makes a pair, and what is open."""

from collections.abc import Iterator, Mapping

from chiron.blueprints.schema.blueprint import Blueprint
from chiron.blueprints.schema.completeness import MODELS, completeness
from chiron.blueprints.schema.matching import Matching, RuleSpec
from chiron.blueprints.schema.programme import ActivitySpec, Duration, GateSpec
from chiron.pairing.rules.vocabulary import KINDS

SOURCES: Mapping[str, str] = {"stated": "stated by the programme", "default": "our default"}
MONTHS = (
    "January,February,March,April,May,June,July,August,September,October,November,December".split(",")  # noqa: SIM905 -- easier to read
)
NARROW = 10


def described(blueprint: Blueprint) -> Iterator[str]:
    """Yield a blueprint line by line."""
    programme = blueprint.programme
    yield f"{programme.title}  ({programme.id})"
    yield f"{programme.audience}."
    yield ""
    yield _row("Mentee", programme.mentee_role)
    yield _row("Mentor", programme.mentor_role)
    yield _row("Stage", stages(blueprint))
    yield _row("Model", f"{MODELS[programme.model]} ({SOURCES[programme.model_source]})")
    if programme.concurrent_with:
        yield _row("Beside", ", ".join(programme.concurrent_with))
    yield _row("Reach", " · ".join([programme.scope.replace("_", " "), *programme.places, *programme.organizations]))
    yield _row("Lasts", lasts(programme.duration))
    ways = " or ".join(way.replace("_", " ") for way in programme.modality)
    yield _row("Meeting", ways or "not said")
    yield from _gates(blueprint)
    yield from _levels(blueprint)
    yield from _pairs(blueprint.matching, SOURCES[programme.rules_source])
    yield from _list("What is done", [_activity(one) for one in programme.activities])
    yield from _list("Run by other parts of Chiron", programme.later)
    yield from _list("To confirm", [finding.text for finding in completeness(blueprint)])


def stages(blueprint: Blueprint) -> str:
    """Return the stages of a programme's mentees in words."""
    return ", ".join(stage.replace("_", " ") for stage in blueprint.programme.stage)


def lasts(duration: Duration) -> str:
    """Return how long a match lasts, in words."""
    begins = f"from {duration.starts_with}" if duration.starts_with else ""
    if duration.kind == "fixed":
        least = f", at least {duration.least_months}" if duration.least_months is not None else ""
        text = f"{duration.months} {'month' if duration.months == 1 else 'months'}{least}"
    elif duration.kind == "calendar":
        text = f"{MONTHS[(duration.starts_month or 1) - 1]} to {MONTHS[(duration.ends_month or 1) - 1]}"
    elif duration.kind == "until_event":
        text = f"until {duration.ends_with}"
    elif duration.kind == "open_ended":
        renewed = f"; asked every {duration.renewal_months} months whether it goes on"
        text = f"no end{renewed if duration.renewal_months is not None else ''}"
    else:
        text = {"one_off": "one occasion", "unstated": "" if begins else "not said"}[duration.kind]
    return " ".join(part for part in (begins, text) if part)


def _row(name: str, text: str) -> str:
    """Return one line with its heading."""
    return f"{name:<{NARROW}}{text}"


def _list(heading: str, lines: "list[str] | tuple[str, ...]") -> Iterator[str]:
    """Yield a heading with lines under it, or nothing."""
    if lines:
        yield ""
        yield heading
        yield from (f"  {line}" for line in lines)


def _gates(blueprint: Blueprint) -> Iterator[str]:
    """Yield who may take part."""
    lines = [f"{gate.role:<{NARROW}}{_gate(gate)}" for gate in blueprint.programme.gates]
    yield from _list("Who may take part", lines or ["everybody"])


def _gate(gate: GateSpec) -> str:
    """Return one gate."""
    notes = [f"only where {name.replace('_', ' ')} is {_either(answers)}" for name, answers in gate.among.items()]
    notes += ["a warning only"] if gate.advisory else []
    notes += ["our default"] if gate.source == "default" else []
    return f"{gate.says} ({'; '.join(notes)})" if notes else gate.says


def _levels(blueprint: Blueprint) -> Iterator[str]:
    """Yield the levels, the first that fits first."""
    levels = blueprint.programme.levels
    found = [
        f"{level.name}: " + " and ".join(f"{name} is {_either(answers)}" for name, answers in level.when.items())
        for level in (levels.levels if levels is not None else ())
    ]
    yield from _list("Levels; the first that fits counts", found)


def _either(answers: tuple[str, ...]) -> str:
    """Return answers of which one is enough."""
    return " or ".join(answers)


def _pairs(matching: Matching, source: str) -> Iterator[str]:
    """Yield what makes a pair: shape, musts, points, limits and priority."""
    lines = [f"{'shape':<{NARROW}}{_shape(matching)}"] if matching.shape.kind != "pairs" else []
    lines += [_rule(rule, matching) for rule in sorted(matching.rules, key=lambda rule: not rule.must)]
    lines += [f"{'limit':<{NARROW}}{cap.name}: at most {cap.limit or cap.limit_from}" for cap in matching.caps]
    if matching.priority is not None:
        first = ", then ".join(one if isinstance(one, str) else _either(one) for one in matching.priority.first)
        lines.append(
            f"{'first':<{NARROW}}{matching.priority.by.replace('_', ' ')} {first}; the others while places last"
        )
    if matching.everyone:
        lines.append(f"{'all':<{NARROW}}A plan that leaves a mentee out does not count.")
    yield from _list(f"What makes a pair ({source})", lines)


def _shape(matching: Matching) -> str:
    """Return a shape in words."""
    shape = matching.shape
    even = matching.groups is not None and matching.groups.balanced_by is not None
    return {
        "groups": f"one mentor with a group of mentees{', groups as even as they can be' if even else ''}",
        "panel": f"each mentee has {', '.join(slot.name.lower() for slot in shape.slots)}",
        "chain": f"each is mentored by the next: {', '.join(shape.tiers)}",
        "peers": "pairs inside one population",
        "circles": f"circles of {shape.least} to {shape.most}",
        "teams": f"teams of {shape.mentors} mentors with {shape.mentees} mentees",
        "rounds": f"each mentee meets {shape.meetings} mentors",
    }[shape.kind]


def _rule(rule: RuleSpec, matching: Matching) -> str:
    """Return one rule: what it counts, its name, and what it asks."""
    known = {"ladder": matching.ladder_of(rule)} if rule.kind == "ladder" else {}
    weight = "must" if rule.must else str(rule.points)
    return f"{weight:<{NARROW}}{rule.name}: {KINDS[rule.kind].explains(rule.to_rule(known))}"


def _activity(activity: ActivitySpec) -> str:
    """Return one activity."""
    notes: list[str] = [activity.kind]
    notes += [f"{activity.hours} hours"] if activity.hours is not None else []
    notes += [f"{activity.count} times" if activity.count > 1 else "once"] if activity.count is not None else []
    notes += ["in person"] if activity.in_person else []
    notes += ["may be left out"] if activity.optional else []
    return f"{activity.what} ({', '.join(notes)})"
