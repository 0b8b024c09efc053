"""The built-in rules, and how they fit themselves to the columns that two sheets have."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from chiron.blueprints.schema.matching import Matching, RuleSpec
from chiron.blueprints.schema.rules_file import read_rules

# A person always has these, whatever the sheet says.
ALWAYS = frozenset({"id", "name", "email"})


@dataclass(frozen=True, slots=True)
class Fitted:
    """Rules that use only the columns at hand, and in words what dropped out."""

    matching: Matching
    notes: tuple[str, ...]


@cache
def gallery_matching(name: str) -> Matching:
    """Return a ready rule set of the gallery by its name.

    Raises:
        FileNotFoundError: there is none of this name.
    """
    text = files("chiron.blueprints.gallery").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return read_rules(text, file=f"{name}.toml")


def default_matching() -> Matching:
    """Return the built-in rules, whole."""
    return gallery_matching("default")


def fit_to_columns(matching: Matching, *, mentee: Collection[str], mentor: Collection[str]) -> Fitted:
    """Return rules without those whose columns are missing; their points go to the others, in proportion.

    Args:
        matching: rules, usually the built-in ones.
        mentee: fields found in the mentees' sheet.
        mentor: fields found in the mentors' sheet.
    """
    found = {"mentee": ALWAYS | set(mentee), "mentor": ALWAYS | set(mentor)}
    whole = sum(rule.points for rule in matching.rules if not rule.must)
    kept: list[RuleSpec] = []
    unused: list[str] = []
    notes: list[str] = []
    for rule in matching.rules:
        missing = [
            (side, name)
            for side, name in (("mentee", rule.mentee_field), ("mentor", rule.mentor_field))
            if name not in found[side]
        ]
        if not missing:
            kept.append(_with_columns(rule, found))
        elif rule.must:
            continue
        elif len(missing) > 1 or {rule.mentee_field, rule.mentor_field} & ALWAYS:
            unused.append(rule.name.lower())
        else:
            side, name = missing[0]
            other = "mentor" if side == "mentee" else "mentee"
            column = matching.spec(name).label
            notes.append(
                f"\"{rule.name}\" is not used: the {other}s' sheet has its column, but none of the {side}s' "
                f'looks like "{column}".'
            )
    if unused:
        notes.append(f"Not used, because no sheet has a column for it: {', '.join(unused)}.")
    soft = [rule for rule in kept if not rule.must]
    if not soft:
        notes.append("No column says how well two people fit, so only places and exclusions count.")
    shared = _share_out(whole, {rule.name: rule.points for rule in soft})
    rules = tuple(_with_points(rule, shared) for rule in kept)
    return Fitted(matching=matching.model_copy(update={"rules": rules}), notes=tuple(notes))


def _with_columns(rule: RuleSpec, found: Mapping[str, Collection[str]]) -> RuleSpec:
    """Return a rule without the further columns that no sheet has."""
    options = {
        option: name
        for option, name in rule.options.items()
        if not option.endswith("_column") or name in found["mentee"] or name in found["mentor"]
    }
    importance = rule.importance if rule.importance in found["mentee"] else None
    return rule.model_copy(update={"options": options, "importance": importance})


def _with_points(rule: RuleSpec, shared: Mapping[str, int]) -> RuleSpec:
    """Return a rule with its share of the points; a missed wish keeps its proportion."""
    if rule.must or shared[rule.name] == rule.points:
        return rule
    points = shared[rule.name]
    return rule.model_copy(update={"points": points, "missed": rule.missed * points // rule.points})


def _share_out(whole: int, points: Mapping[str, int]) -> dict[str, int]:
    """Return whole points in proportion to the given ones, with the given sum: largest remainders first."""
    total = sum(points.values())
    if not total:
        return dict(points)
    shares = {name: whole * part // total for name, part in points.items()}
    left = whole - sum(shares.values())
    for name in sorted(points, key=lambda name: -(whole * points[name] % total))[:left]:
        shares[name] += 1
    return shares
