"""The built-in rules, and how any rules fit themselves to what people say."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from chiron.blueprints.schema.matching import Matching, RuleSpec
from chiron.blueprints.schema.person import Participant, Role
from chiron.blueprints.schema.rules_file import read_rules
from chiron.pairing.rules.vocabulary import KINDS

# A person always has these.
ALWAYS = frozenset({"id", "name", "email"})
NO_ANSWERS: tuple[object, ...] = (None, "", (), [])


@dataclass(frozen=True, slots=True)
class Dropped:
    """A rule that compares what nobody of a side says.

    Attributes:
        rule: the rule.
        missing: the sides that say nothing, each with the field that is compared.
    """

    rule: RuleSpec
    missing: tuple[tuple[Role, str], ...]

    @property
    def is_half_there(self) -> bool:
        """Whether one of the sides says what the rule compares: more than who somebody is."""
        return len(self.missing) == 1 and not {self.rule.mentee_field, self.rule.mentor_field} & ALWAYS


@dataclass(frozen=True, slots=True)
class Fitted:
    """Rules that use only what people say, and what dropped out."""

    matching: Matching
    dropped: tuple[Dropped, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What dropped out, in words; silent about exclusions, where nobody having named anybody is an answer."""
        notes: list[str] = []
        unused: list[str] = []
        for one in self.dropped:
            if one.rule.must and one.rule.kind == "apart":
                continue
            if not one.is_half_there:
                unused.append(one.rule.name)
            else:
                side, name = one.missing[0]
                use = "checked" if one.rule.must else "used"
                notes.append(f'"{one.rule.name}" is not {use}: no {side} says "{self.matching.spec(name).label}".')
        if unused:
            notes.append(f"Not used, because nobody says what they compare: {', '.join(unused)}.")
        if not any(not rule.must for rule in self.matching.rules):
            notes.append("Nothing that people say tells how well two of them fit, so only places and exclusions count.")
        return tuple(notes)


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


def fit_to_people(
    matching: Matching, mentees: Sequence[Participant], mentors: Sequence[Participant], *, keeps_musts: bool = False
) -> Fitted:
    """Return rules without those that compare what nobody of a side says; see `fit_to_fields`."""
    return fit_to_fields(
        matching, mentee=fields_answered(mentees), mentor=fields_answered(mentors), keeps_musts=keeps_musts
    )


def fields_answered(people: Iterable[Participant]) -> set[str]:
    """Return the fields that at least one of these people says something to."""
    found: set[str] = set()
    for person in people:
        for name, value in person.answers.items():
            if name not in found and value not in NO_ANSWERS:
                found.add(name)
    return found


def fit_to_fields(
    matching: Matching, *, mentee: Collection[str], mentor: Collection[str], keeps_musts: bool = False
) -> Fitted:
    """Return rules without those that compare what one of the sides does not say.

    Where the rules say `keep_total`, the points of dropped rules go to the others, in proportion. A hard rule that
    forbids whoever says nothing is never dropped.

    Args:
        matching: the rules.
        mentee: fields that mentees say something to.
        mentor: fields that mentors say something to.
        keeps_musts: keep every hard rule, for people who come later.
    """
    said: dict[Role, frozenset[str]] = {"mentee": ALWAYS.union(mentee), "mentor": ALWAYS.union(mentor)}
    kept: list[RuleSpec] = []
    dropped: list[Dropped] = []
    for rule in matching.rules:
        missing = _missing(rule, said)
        if missing:
            dropped.append(Dropped(rule, missing))
        if not missing or (rule.must and (keeps_musts or rule.options.get("unknown") == "forbid")):
            kept.append(rule if rule.must and missing else _with_columns(rule, said))
    lost = [one for one in dropped if one.rule not in kept]
    if matching.keep_total:
        shared = _share_out(_positive(matching.rules), {rule.name: rule.points for rule in kept if _counts(rule)})
        kept = [_with_points(rule, shared) for rule in kept]
    return Fitted(matching=matching.model_copy(update={"rules": tuple(kept)}), dropped=tuple(lost))


def _missing(rule: RuleSpec, said: Mapping[Role, Collection[str]]) -> tuple[tuple[Role, str], ...]:
    """Return the sides that do not say what a rule compares; where one side is enough, only both together count."""
    sides: tuple[tuple[Role, str], ...] = (("mentee", rule.mentee_field), ("mentor", rule.mentor_field))
    if KINDS[rule.kind].one_sided:
        # Whom an exclusion names, or whose number counts, may stand on either side; an id names nobody.
        scored = rule.options.get("of", "mentee") if rule.kind == "score" else None
        sides = tuple((side, name) for side, name in sides if name != "id" and scored in {None, side})
        return () if any(name in said[side] for side, name in sides) else sides
    return tuple((side, name) for side, name in sides if name not in said[side])


def _counts(rule: RuleSpec) -> bool:
    """Return whether the points of a rule are shared out: those that speak for a pair."""
    return not rule.must and rule.points > 0


def _positive(rules: Iterable[RuleSpec]) -> int:
    return sum(rule.points for rule in rules if _counts(rule))


def _with_columns(rule: RuleSpec, said: Mapping[Role, Collection[str]]) -> RuleSpec:
    """Return a rule without the further fields to which nobody says anything."""
    options = {
        option: name
        for option, name in rule.options.items()
        if not option.endswith("_column") or name in said["mentee"] or name in said["mentor"]
    }
    importance = rule.importance if rule.importance in said["mentee"] else None
    return rule.model_copy(update={"options": options, "importance": importance})


def _with_points(rule: RuleSpec, shared: Mapping[str, int]) -> RuleSpec:
    """Return a rule with its share of the points; what a miss costs keeps its proportion, half a point rounded up."""
    points = shared.get(rule.name, rule.points)
    if points == rule.points:
        return rule
    missed = (2 * rule.missed * points + rule.points) // (2 * rule.points)
    return rule.model_copy(update={"points": points, "missed": missed})


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
