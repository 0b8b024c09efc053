"""`chiron simulate`: a programme tried on made-up people, with supply and demand."""

import json
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chiron.cli.exits import DONE, NO_PLAN, USAGE, Leave
from chiron.cli.talk import Talk

if TYPE_CHECKING:
    from chiron.blueprints.invent.simulate import Simulation
    from chiron.blueprints.invent.supply_demand import GroupDemand, Outlook
    from chiron.blueprints.schema.blueprint import Blueprint

MOST_GROUPS = 5

TRY_OTHERS = "The people are made up: try other numbers with --mentees and --mentors, or other people with --seed."

STEPS = {
    "matched": "mentees with a mentor",
    "mentees": "mentees with a mentor or more",
    "slots": "places filled",
    "lowest fit": "lowest fit of a pair",
    "total": "sum of all fits",
}
"""What the steps of an aim are called for people; the others are called as they are."""

SHAPES = {
    "panel": "several mentors for each",
    "chain": "each tier mentored by the next",
    "teams": "teams of mentors and mentees",
    "rounds": "several meetings for each",
}
"""What the shapes are called for people; the others are called as they are."""


def simulate(arguments: Namespace) -> int:
    """Try a programme on made-up people and say what comes out; return the exit code.

    Raises:
        Leave: there is no such blueprint (2), or no plan can meet its rules (4).
    """
    from chiron.blueprints.invent.simulate import simulate as try_out
    from chiron.blueprints.plan.pairs import ConflictError
    from chiron.blueprints.pose.pairs import PoseError

    talk = Talk.of(arguments)
    blueprint = _blueprint(arguments.track)
    if arguments.mentees < 1:
        raise Leave(USAGE, "--mentees needs at least 1.")
    try:
        found = try_out(
            blueprint,
            mentees=arguments.mentees,
            mentors=arguments.mentors,
            seed=arguments.seed,
            recruits=arguments.recruits,
        )
    except (ConflictError, PoseError) as fault:
        raise Leave(NO_PLAN, f"{fault}\n{TRY_OTHERS}") from fault
    if arguments.write is not None:
        _write(blueprint, found, arguments, talk)
    if arguments.json:
        talk.data(json.dumps(_table(blueprint, found, arguments), indent=2, ensure_ascii=False))
    else:
        talk.data("\n".join(_lines(blueprint, found)))
    return DONE


def _write(blueprint: "Blueprint", found: "Simulation", arguments: Namespace, talk: Talk) -> None:
    """Write the made-up people as sheets, and say how they match again.

    Raises:
        Leave: a sheet is there already, or the folder cannot be written to (2).
    """
    from chiron.sheets.files.table import SheetError
    from chiron.sheets.invented import write_invented

    folder = Path(arguments.write)
    try:
        names = write_invented(blueprint, found.people, folder, force=arguments.force)
    except SheetError as fault:
        raise Leave(USAGE, str(fault)) from fault
    sheets = " ".join(str(folder / name) for name in names)
    talk.say(f"Wrote {sheets}\nNext:  chiron match {sheets} --rules {arguments.track}")


def _blueprint(name: str) -> "Blueprint":
    """Return a blueprint of the gallery by its id, or one from a file."""
    from chiron.blueprints.schema.blueprint_file import load_blueprint, track, track_ids
    from chiron.blueprints.schema.rules_file import RulesError

    try:
        return track(name) if name in track_ids() else load_blueprint(name)
    except RulesError as fault:
        raise Leave(USAGE, f"{fault}\nThe programmes that come with Chiron: chiron blueprints list") from fault


def _lines(blueprint: "Blueprint", found: "Simulation") -> Iterator[str]:
    """Yield a trial in words."""
    plan = found.arrangement
    sides = [f"{len(found.mentees.people)} of {len(found.people.mentees)} made-up mentees may take part"]
    if found.people.mentors:
        sides.append(f"{len(found.mentors.people)} of {len(found.people.mentors)} made-up mentors")
    yield blueprint.programme.title
    yield f"  {', '.join(sides)}."
    proof = "proved best" if plan.proved_best else "not proved best"
    asked = len(found.mentees.people)
    yield f"  {asked - len(plan.left)} of {asked} matched · {proof} · {SHAPES.get(plan.shape, plan.shape)}"
    for step in plan.steps:
        bound = "" if step.proved_best else f" (no plan can exceed {step.bound})"
        yield f"    {STEPS.get(step.name, step.name)}: {step.value}{bound}"
    for label, count in found.open_places.items():
        yield f"  {count} {'place' if count == 1 else 'places'} open: {label}"
    if found.outlook is not None:
        yield from _outlook(found.outlook)


def _outlook(found: "Outlook") -> Iterator[str]:
    """Yield supply and demand in words."""
    if not found.waiting:
        yield "  Nobody waits."
        return
    yield f"\n  {found.waiting} of {found.wanted} wait. Where mentors are short:"
    for heading, needs in found.needs.items():
        for need in [need for need in needs if need.waiting][:MOST_GROUPS]:
            yield f"    {heading} {need.value}: {need.waiting} of {need.people} wait{_wait(need)}"
    if not found.recruits:
        yield "  No further mentor of the kinds looked at would help: a cap or a rule is in the way."
        return
    yield "\n  Recruits that would remove most waiting, each proved by solving again:"
    for number, one in enumerate(found.recruits, start=1):
        best = "" if one.matched == one.bound else f"; no other choice exceeds {one.bound}"
        places = "1 place" if one.places == 1 else f"{one.places} places"
        yield f"    {number}. {one.text} ({places}): {one.gain} more matched, {one.matched} in all{best}"


def _wait(need: "GroupDemand") -> str:
    """Return how long a group waits, in words."""
    if not need.mentors:
        return "; no mentor may take them"
    if need.rounds is None:
        return "; none of them has a place"
    return f", up to {need.rounds} more {'round' if need.rounds == 1 else 'rounds'} if the same places open again"


def _table(blueprint: "Blueprint", found: "Simulation", arguments: Namespace) -> dict[str, Any]:
    """Return a trial as one JSON object."""
    plan = found.arrangement
    return {
        "blueprint": blueprint.programme.id,
        "seed": arguments.seed,
        "shape": plan.shape,
        "mentees": {"applied": len(found.people.mentees), "may take part": len(found.mentees.people)},
        "mentors": {"applied": len(found.people.mentors), "may take part": len(found.mentors.people)},
        "matched": len(found.mentees.people) - len(plan.left),
        "proved_best": plan.proved_best,
        "steps": [asdict(step) for step in plan.steps],
        "ties": [
            {"mentee": tie.mentee_id, "mentor": tie.mentor_id, "as": tie.label, "fit": tie.fit} for tie in plan.ties
        ],
        "open_places": found.open_places,
        "outlook": None if found.outlook is None else asdict(found.outlook),
    }
