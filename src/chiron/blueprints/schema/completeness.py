"""What a blueprint leaves open: a self-check against what a mentoring programme has to say before it runs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from chiron.blueprints.schema.blueprint import Blueprint

# What people call the models.
MODELS: Mapping[str, str] = {
    "one_to_one": "one to one",
    "near_peer": "near peer",
    "peer": "peers",
    "group": "groups",
    "panel": "several mentors by kind",
    "cascade": "chain of tiers",
    "levels": "levels",
    "request": "mentee asks for a mentor",
    "placement": "placement",
    "transition": "transition",
    "collaborative": "collaborative",
}


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """One thing that a blueprint leaves open, or that somebody must look at.

    Attributes:
        code: a short word for it.
        weight: "gap" (a programme should not start with it), "default" (ours, to be confirmed) or "legal".
        text: what it is and what to write, for people.
    """

    code: str
    weight: Literal["gap", "default", "legal"]
    text: str


def completeness(blueprint: Blueprint) -> tuple[OpenPoint, ...]:
    """Return what a blueprint leaves open, gaps first; a blueprint without gaps is complete.

    The items follow the order in which a programme is run: recruiting, screening, matching, meeting, ending.
    """
    found = [*_people(blueprint), *_safety(blueprint), *_matching(blueprint), *_course(blueprint), *_legal(blueprint)]
    order = {"gap": 0, "legal": 1, "default": 2}
    return tuple(sorted(found, key=lambda finding: order[finding.weight]))


def _people(blueprint: Blueprint) -> Iterator[OpenPoint]:
    """Yield what is open about who takes part."""
    if blueprint.programme.enrolment == "application" and not blueprint.programme.gates:
        yield OpenPoint("gates", "gap", "Nothing says who may take part: add a [[programme.gates]].")
    if blueprint.programme.model == "panel" and len(blueprint.programme.mentor_kinds) < 2:  # noqa: PLR2004 -- a panel has two kinds or more
        yield OpenPoint("kinds", "gap", "A panel needs the kinds of its mentors: mentor_kinds = [...].")


def _safety(blueprint: Blueprint) -> Iterator[OpenPoint]:
    """Yield what is missing to protect minors."""
    if blueprint.programme.minors == "no":
        if "high_school" in blueprint.programme.stage:
            yield OpenPoint("minors", "gap", 'Pupils may be under 18: write minors = "yes" or "some".')
        return
    fields = {side: {gate.field for gate in blueprint.gates_for(side) if gate.valid} for side in ("mentee", "mentor")}
    if "guardian_consent_until" not in fields["mentee"]:
        yield OpenPoint("consent", "gap", "Minors need a guardian's consent: add a gate on guardian_consent_until.")
    if "record_check_until" not in fields["mentor"]:
        yield OpenPoint("screening", "gap", "Mentors of minors need a record check: add a gate on record_check_until.")


def _matching(blueprint: Blueprint) -> Iterator[OpenPoint]:
    """Yield what is open about the matching."""
    matching = blueprint.matching
    if not matching.rules:
        yield OpenPoint("rules", "gap", "Nothing says what makes a good pair: add a [[matching.rules]].")
    elif not any(rule.points > 0 for rule in matching.rules):
        yield OpenPoint("points", "gap", "No rule gives points, so all allowed pairs are equal: give one points.")
    if not any(rule.kind == "apart" for rule in matching.rules):
        yield OpenPoint("apart", "gap", 'Nobody can say whom they must not meet: add a rule of the kind "apart".')
    if blueprint.programme.model_source == "default":
        yield OpenPoint(
            "model", "default", f"The model ({MODELS[blueprint.programme.model]}) is our default: confirm it."
        )
    if blueprint.programme.rules_source == "default":
        yield OpenPoint("rules", "default", "The rules are our default: confirm them.")


def _course(blueprint: Blueprint) -> Iterator[OpenPoint]:
    """Yield what is open about meeting and ending."""
    if blueprint.programme.duration.kind == "unstated":
        yield OpenPoint("duration", "default", "How long a match lasts is not said: ask, and write it in duration.")
    if not blueprint.programme.modality:
        yield OpenPoint("modality", "default", "How people meet is not said: both ways are open until modality says.")


def _legal(blueprint: Blueprint) -> Iterator[OpenPoint]:
    """Yield gates, priorities and limits that look at who somebody is; a rule that does so cannot be written at all."""
    asked = [gate.field for gate in blueprint.programme.gates]
    if blueprint.matching.priority is not None:
        asked.append(blueprint.matching.priority.by)
    asked += [cap.by for cap in blueprint.matching.caps if cap.by is not None]
    for name in dict.fromkeys(asked):
        if blueprint.spec(name).sensitive:
            text = f"A gate, a priority or a limit looks at {name}: it needs a recorded legal decision."
            yield OpenPoint("identity", "legal", text)
