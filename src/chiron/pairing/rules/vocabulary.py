"""Every kind of rule by its name, and the check of a rule against its kind."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from chiron.pairing.rules.kind import Kind, Rule, RuleError
from chiron.pairing.rules.kinds import (
    apart,
    asked,
    commitment,
    coverage,
    different,
    distance,
    hours,
    ladder,
    near,
    overlap,
    ranked,
    related,
    same,
    score,
    text,
)

KINDS: Mapping[str, Kind] = {
    module.KIND.name: module.KIND
    for module in (
        same,
        different,
        overlap,
        coverage,
        ladder,
        related,
        distance,
        hours,
        ranked,
        near,
        text,
        asked,
        commitment,
        score,
        apart,
    )
}

TYPES: Mapping[type, str] = {
    bool: "true or false",
    int: "a whole number",
    str: "a text",
    tuple: "a list of texts",
    dict: "a table",
}


def options_of(rule: Rule) -> dict[str, Any]:
    """Give a rule's options with the kind's defaults for those that it does not set.

    Raises:
        RuleError: an unknown kind or option, a wrong type, a value out of range, or settings that contradict.
    """
    if rule.kind not in KINDS:
        raise RuleError(f"Rule “{rule.name}”: there is no kind “{rule.kind}”. Use one of: {', '.join(KINDS)}.")
    kind = KINDS[rule.kind]
    options = dict(kind.options)
    for name, value in rule.options.items():
        if name not in options:
            raise RuleError(
                f"Rule “{rule.name}”: the kind {kind.name} has no option “{name}”. Use one of: {', '.join(options)}."
            )
        options[name] = _typed(rule, name, value, options[name])
    if options["unknown"] not in ("pass", "forbid"):
        raise RuleError(f"Rule “{rule.name}”: option “unknown” must be “pass” or “forbid”.")
    if rule.different and not kind.signed:
        raise RuleError(f"Rule “{rule.name}”: “different” makes no sense for the kind {kind.name}. Leave it out.")
    if rule.must and options.get("may_be_must") is False:
        raise RuleError(
            f"Rule “{rule.name}”: a wish of the kind {kind.name} gives points and forbids nobody. Leave “must” out."
        )
    if complaint := kind.complaint(options):
        raise RuleError(f"Rule “{rule.name}”: option {complaint}.")
    if rule.must:
        options |= {name: kind.options[name] for name in kind.for_points}
    return options


def _typed(rule: Rule, name: str, value: Any, default: Any) -> Any:
    """Give an option's value in the type of its default: lists become tuples."""
    if isinstance(value, list):
        value = tuple(value)
    if isinstance(default, Mapping):
        fits = isinstance(value, Mapping)
    else:
        fits = type(value) is type(default) and (type(value) is not tuple or all(isinstance(v, str) for v in value))
    if not fits:
        wanted = TYPES[dict if isinstance(default, Mapping) else type(default)]
        raise RuleError(f"Rule “{rule.name}”: option “{name}” must be {wanted}, not {value!r}.")
    return value


def check_rules(rules: Sequence[Rule]) -> None:
    """Check a whole rule set.

    Raises:
        RuleError: a rule is wrong, or two rules have one name.
    """
    for rule in rules:
        options_of(rule)
    if twice := [name for name, times in Counter(rule.name for rule in rules).items() if times > 1]:
        raise RuleError(f"Two rules are called “{twice[0]}”. Give each rule its own name.")
