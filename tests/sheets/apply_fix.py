"""Makes the steps of a fix as a coordinator would: in the sheets, the rules, and the locks."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from chiron.blueprints.schema.matching import Matching
from sheets.programmes import Programme


def with_steps(
    asked: Programme, rules: Matching, fix: Mapping[str, Any], places: Mapping[str, int]
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the mentors' sheet and the choices of `match` after the steps of a fix.

    Args:
        asked: the programme.
        rules: its rules.
        fix: the values of a fix, as a record has them.
        places: places of each mentor, as the first plan took them.
    """
    mentors, locks, forbids = deepcopy(asked.mentors), list(asked.locks), list(asked.forbids)
    allows: list[tuple[str, str]] = []
    for step in fix["steps"]:
        code = step["code"]
        pair = step.get("mentee_id"), step.get("mentor_id") or "new"
        if code == "lock":
            locks.append(pair)
        elif code == "more_places":
            row = next(one for one in mentors if one["Id"] == step["mentor_id"])
            row["Places"] = places[step["mentor_id"]] + step["by"]
        elif code in {"raise_cap", "lower_least"}:
            rules = _with_cap(rules, step)
        elif code == "bend_rules":
            allows.append(pair)
        elif code == "lift_apart":
            forbids.remove(pair)
        elif code == "new_mentor":
            mentors.append(
                dict.fromkeys(mentors[0] if mentors else ("Id", "Name"), "")
                | {"Id": "new", "Name": "New One", "Places": 1}
            )
            # Whatever the rules ask of the newcomer, a coordinator would look for somebody like that.
            allows.append(pair)
        else:
            raise AssertionError(code)
    return mentors, {
        "rules": rules,
        "aim": asked.aim,
        "seed": asked.seed,
        "locks": locks,
        "forbids": forbids,
        "allows": allows,
    }


def _with_cap(rules: Matching, step: Mapping[str, Any]) -> Matching:
    if "cap" not in step:
        assert step["code"] == "lower_least"
        groups = rules.groups.model_copy(update={"least": rules.groups.least - step["by"]})
        return rules.model_copy(update={"groups": groups})
    caps = []
    for spec in rules.caps:
        if step["cap"] == spec.name or step["cap"].startswith(f"{spec.name}: "):
            name = "limit" if step["code"] == "raise_cap" else "least"
            more = step["by"] if name == "limit" else -step["by"]
            caps.append(spec.model_copy(update={name: getattr(spec, name) + more}))
        else:
            caps.append(spec)
    return rules.model_copy(update={"caps": tuple(caps)})
