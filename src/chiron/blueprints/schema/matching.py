"""What a set of rules may say: the `[matching]` table of a blueprint, which is also the rules file of the command."""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from chiron.blueprints.schema.columns import FURTHER, compared_type, further_columns
from chiron.blueprints.schema.fields import (
    COUNT_FIELDS,
    IDENTITY_FIELDS,
    FieldName,
    FieldSpec,
    Label,
    Side,
    Strict,
    ValueType,
    settled,
    standard_fields,
)
from chiron.blueprints.schema.groups import GroupsSpec, OffersSpec
from chiron.blueprints.schema.person import ROLES, Role
from chiron.blueprints.schema.sensitive import LEGITIMATE
from chiron.blueprints.schema.shape import ShapeSpec
from chiron.blueprints.vocabulary.world import closeness, field_names, ladder
from chiron.pairing.model.answer import Aim
from chiron.pairing.rules.kind import Rule, RuleError
from chiron.pairing.rules.vocabulary import KINDS, check_rules

LOOK_PER_CENT = 55
"""A pair needs a look where its fit is under this share of the highest fit that the rules can give."""

PRIVATE_KINDS = frozenset({"asked", "apart", "ranked", "score"})
"""Kinds of rules about what one person asked for, refused or preferred, or how one was scored."""


class RuleSpec(Strict):
    """One rule: what is compared, by which kind, and what that counts. See `pairing.kinds.Rule`.

    A rule that compares a field with itself may be written with `field` instead of `mentee` and `mentor`.
    """

    name: Label
    kind: str
    mentee: FieldName | None = None
    mentor: FieldName | None = None
    field: FieldName | None = None
    points: int = Field(default=0, ge=-10_000, le=10_000, strict=True)
    missed: int = Field(default=0, ge=-10_000, le=10_000, strict=True)
    must: bool = Field(default=False, strict=True)
    different: bool = Field(default=False, strict=True)
    importance: FieldName | None = None
    voice: Literal["both", "mentee", "mentor"] = "both"
    options: dict[str, Any] = Field(default_factory=dict)

    @field_validator("kind")
    @classmethod
    def kind_is_known(cls, kind: str) -> str:
        """Refuse a kind that nobody wrote."""
        if kind not in KINDS:
            near = get_close_matches(kind, KINDS, n=1)
            meant = f'did you mean "{near[0]}"' if near else f"the kinds are {', '.join(KINDS)}"
            raise ValueError(f'there is no kind "{kind}": {meant}')
        return kind

    @model_validator(mode="after")
    def compares_something(self) -> Self:
        """Refuse a rule that compares nothing, or counts for nothing."""
        if self.field is not None and (self.mentee is not None or self.mentor is not None):
            raise ValueError('write either field = "site", or mentee = "…" and mentor = "…", not both')
        if self.field is None and (self.mentee is None or self.mentor is None):
            raise ValueError('say what is compared: field = "site", or mentee = "goals" and mentor = "expertise"')
        if self.must and (self.points or self.missed):
            raise ValueError("a must rule gives no points: delete points and missed, or delete must = true")
        if self.must and self.voice != "both":
            raise ValueError("a must rule is nobody's wish: delete voice, or delete must = true")
        if not self.must and not self.points and not self.missed:
            raise ValueError("the rule counts for nothing: add points = 10, or must = true")
        return self

    @property
    def mentee_field(self) -> str:
        """The mentee's field that is compared."""
        return self.mentee or self.field or ""

    @property
    def mentor_field(self) -> str:
        """The mentor's field that is compared."""
        return self.mentor or self.field or ""

    def fields_of(self, side: Role) -> tuple[str, ...]:
        """Return the fields of one side that this rule reads, the compared one first."""
        first = self.mentee_field if side == "mentee" else self.mentor_field
        extra = further_columns(self.kind, self.options).values()
        rated = [self.importance] if side == "mentee" and self.importance is not None else []
        return tuple(dict.fromkeys([first, *extra, *rated]))

    def to_rule(self, known: Mapping[str, Any] = MappingProxyType({}), *, discreet: bool = False) -> Rule:
        """Return the rule as the engine takes it.

        Args:
            known: options that the rule need not say.
            discreet: reasons are to name no answers.
        """
        return Rule(
            name=self.name,
            kind=self.kind,
            mentee=self.mentee_field,
            mentor=self.mentor_field,
            points=self.points,
            missed=self.missed,
            must=self.must,
            different=self.different,
            importance=self.importance,
            voice=self.voice,
            discreet=discreet,
            options={**known, **self.options},
        )


class CapSpec(Strict):
    """At most so many pairs: for each value of a mentor's field (`by`), or for the whole programme.

    `limit_from` names a mentor's field that holds the number; it must be the same for everybody in a group.
    `least` is how many pairs there must be at least, `reserve` how many of the limit are held back until asked for.
    """

    name: Label
    by: FieldName | None = None
    limit: int | None = Field(default=None, ge=0, strict=True)
    limit_from: FieldName | None = None
    least: int = Field(default=0, ge=0, strict=True)
    reserve: int = Field(default=0, ge=0, strict=True)

    @model_validator(mode="after")
    def leaves_room_for_least(self) -> Self:
        """Refuse more pairs at least, or held back, than the limit allows."""
        if self.limit is not None and self.least + self.reserve > self.limit:
            raise ValueError("least and reserve together are more than limit: type smaller numbers")
        return self

    @model_validator(mode="after")
    def has_one_limit(self) -> Self:
        """Refuse a cap with no limit, with two, or with one read from nowhere."""
        if (self.limit is None) == (self.limit_from is None):
            raise ValueError('give one of limit = 5 and limit_from = "supervisor_capacity"')
        if self.limit_from is not None and self.by is None:
            raise ValueError('limit_from needs by = "…": the field whose groups the limit is for')
        return self


class PrioritySpec(Strict):
    """Who is served first: mentees whose field `by` holds the first value of `first`, then the next; then the rest.

    Values in a list of their own come together: `first = [["Junior", "Senior"]]`.
    """

    by: FieldName
    first: tuple[str | tuple[str, ...], ...] = Field(min_length=1)

    def tier_of(self, answer: Any) -> int:
        """Return the priority of an answer: 0 is served first."""
        said = str(answer).casefold()
        for tier, values in enumerate(self.first):
            together = (values,) if isinstance(values, str) else values
            if said in {value.casefold() for value in together}:
                return tier
        return len(self.first)


class ParitySpec(Strict):
    """How far apart groups of mentees may be: the mean fits by the field `by`, at most `within` points.

    A protected attribute is refused unless `signed_off_by` says who answers for it.
    """

    by: FieldName
    within: int = Field(ge=0, le=1_000_000, strict=True)
    signed_off_by: Label | None = None


class Matching(Strict):
    """How a programme matches: its aim, the fields it reads, its rules, caps and priorities.

    Attributes:
        aim: what the plan is best at; see `pairing.answer.Aim`.
        capacity: mentees per mentor where no answer says.
        everyone: a plan that leaves a mentee out does not count.
        keep_total: the points of a rule that compares what nobody of a side says go to the other rules.
        fields: fields of this programme by name; standard fields (`blueprints.fields`) need no declaration.
        rules: in the order in which people read them.
        caps: nested limits.
        priority: who is served first.
        parity: how far apart groups of mentees may be, for the aim "parity", which is then the aim if none is given.
        shape: pairs, or a larger shape.
        groups: how large a mentor's group is; None where nothing is asked.
        offers: who is asked before a match begins; the command line asks nobody and leaves it alone.
    """

    aim: Aim = "everyone"
    capacity: int = Field(default=1, ge=0, le=1_000_000, strict=True)
    everyone: bool = Field(default=False, strict=True)
    keep_total: bool = Field(default=False, strict=True)
    fields: dict[FieldName, FieldSpec] = Field(default_factory=dict)
    rules: tuple[RuleSpec, ...] = ()
    caps: tuple[CapSpec, ...] = ()
    priority: PrioritySpec | None = None
    parity: ParitySpec | None = None
    shape: ShapeSpec = ShapeSpec()
    groups: GroupsSpec | None = None
    offers: OffersSpec = OffersSpec()

    @field_validator("rules")
    @classmethod
    def names_are_unique(cls, rules: tuple[RuleSpec, ...]) -> tuple[RuleSpec, ...]:
        """Refuse two rules of the same name."""
        seen: set[str] = set()
        for rule in rules:
            if rule.name in seen:
                raise ValueError(f'two rules are called "{rule.name}": give one of them another name')
            seen.add(rule.name)
        return rules

    @model_validator(mode="before")
    @classmethod
    def parity_is_meant(cls, table: Any) -> Any:
        """Take "parity" as the aim where groups are to be near each other and no aim is given."""
        if isinstance(table, Mapping) and table.get("parity") is not None and "aim" not in table:
            return {**table, "aim": "parity"}
        return table

    @model_validator(mode="after")
    def parity_has_groups(self) -> Self:
        """Refuse the aim "parity" without groups, and groups by a protected attribute that nobody answers for."""
        if self.parity is None:
            if self.aim == "parity":
                raise ValueError('the aim "parity" needs [matching.parity] with by = "site" and within = 5')
            return self
        if self.spec(self.parity.by).sensitive and self.parity.signed_off_by is None:
            raise ValueError(
                f'plans are not evened out by "{self.parity.by}": the law protects "{self.parity.by}". '
                f'Choose {LEGITIMATE}, for example, or write signed_off_by = "…" with who has checked that the law '
                "allows it here"
            )
        return self

    @model_validator(mode="after")
    def least_is_for_groups(self) -> Self:
        """Refuse a least number of yeses where every match is a pair."""
        is_larger = self.shape.kind in {"groups", "circles", "teams"} or self.groups is not None
        if self.offers.least is not None and not is_larger:
            raise ValueError(
                "[matching.offers] least is for groups, circles and teams, where some may say no and the others begin: "
                "delete least"
            )
        return self

    @model_validator(mode="after")
    def identity_is_a_wish(self) -> Self:
        """Refuse a rule by which who somebody is counts though no mentee asked for it."""
        for rule in self.rules:
            compared = dict.fromkeys((rule.mentee_field, rule.mentor_field))
            named = next((name for name in compared if self.spec(name).sensitive), None)
            if named is not None and rule.kind not in {"asked", "apart"}:
                raise ValueError(
                    f'rule "{rule.name}": "{named}" says who somebody is, and counts only where the mentee asks for '
                    'it: use kind = "asked" with the field that holds the wish, for example mentee = "gender_wanted" '
                    f'and mentor = "gender". If "{named}" is about something else, declare it in '
                    f"[matching.fields.{named}] with sensitive = false"
                )
        return self

    @field_validator("fields")
    @classmethod
    def identity_stays_sensitive(cls, fields: dict[str, FieldSpec]) -> dict[str, FieldSpec]:
        """Refuse to take the protection from a standard field that says who somebody is."""
        for name, spec in fields.items():
            standard = standard_fields().get(name)
            if standard is not None and standard.sensitive and spec.sensitive is False:
                raise ValueError(f'"{name}" says who somebody is: delete sensitive = false, or use another name')
        return fields

    @model_validator(mode="after")
    def importance_is_a_number(self) -> Self:
        """Refuse a rule whose importance is declared to be anything but a number."""
        for rule in self.rules:
            spec = self.fields.get(rule.importance or "")
            if spec is not None and spec.type != "number":
                raise ValueError(
                    f'rule "{rule.name}": its importance is read from "{rule.importance}", which is a {spec.type}: '
                    'write type = "number" there; the answers are 0 to 5, or words such as "very important"'
                )
        return self

    @model_validator(mode="after")
    def kinds_accept_rules(self) -> Self:
        """Refuse a rule with an option that its kind does not know, or that makes no sense for it."""
        try:
            check_rules(self.engine_rules())
        except RuleError as fault:
            raise ValueError(str(fault).removesuffix(".")) from fault
        return self

    @property
    def highest_fit(self) -> int:
        """The most points that the rules can give one pair; importance shares out the same total."""
        return sum(max(rule.points, rule.missed, 0) for rule in self.rules if not rule.must)

    def look_line(self, per_cent: int = LOOK_PER_CENT) -> int:
        """Return the lowest fit at which a pair needs no look.

        Args:
            per_cent: of the highest fit that the rules can give.
        """
        return -(-self.highest_fit * per_cent // 100)

    def engine_rules(self) -> tuple[Rule, ...]:
        """Return the rules as the engine takes them, with the knowledge of the world that a kind needs."""
        return tuple(self._engine_rule(rule) for rule in self.rules)

    def _engine_rule(self, spec: RuleSpec) -> Rule:
        """Return one rule; the steps of a ladder and the closeness of fields are filled in where it says nothing."""
        known: dict[str, Any] = {}
        if spec.kind == "ladder":
            known["ladder"] = self.ladder_of(spec)
        elif spec.kind == "related":
            known |= {"related": closeness(), "names": field_names()}
        return spec.to_rule(known, discreet=self.is_discreet(spec))

    def ladder_of(self, spec: RuleSpec) -> tuple[str, ...]:
        """Return the steps that a rule of the kind `ladder` counts: its own, its field's, or the general ones."""
        return tuple(spec.options.get("ladder") or self.spec(spec.mentee_field).ladder or ladder().steps)

    def spec(self, name: str) -> FieldSpec:
        """Return a field with `sensitive` decided: declared here, standard, or of the type that the rules need."""
        declared = self.fields.get(name) or standard_fields().get(name)
        if declared is None:
            label = name.replace("_", " ").capitalize()
            declared = FieldSpec(type=self._needed_type(name), side=self._used_by(name), label=label)
        is_rating = declared.type == "number" and any(rule.importance == name for rule in self.rules)
        found = settled(name, declared)
        if found.keeps_apart != self.keeps_apart(name):
            found = found.model_copy(update={"keeps_apart": not found.keeps_apart})
        if is_rating and not found.importance:
            return found.model_copy(update={"importance": True})
        if not found.sensitive and declared.sensitive is None and self._asks_who_somebody_is(name):
            return found.model_copy(update={"sensitive": True})
        return found

    def keeps_apart(self, name: str) -> bool:
        """Return whether a field names people who are kept apart: a rule of the kind `apart` reads it."""
        read = (
            field for rule in self.rules if rule.kind == "apart" for field in (rule.mentee_field, rule.mentor_field)
        )
        return name not in IDENTITY_FIELDS and name in read

    def _asks_who_somebody_is(self, name: str) -> bool:
        """Return whether a mentee's field holds a wish, or an own description, about who the mentor is."""
        return any(
            rule.kind == "asked"
            and name in {rule.mentee_field, rule.options.get("own_column")}
            and name != rule.mentor_field
            and self.spec(rule.mentor_field).sensitive
            for rule in self.rules
        )

    def is_discreet(self, rule: RuleSpec) -> bool:
        """Return whether the reasons of a rule may name no answers: it compares what says who somebody is."""
        return any(self.spec(name).sensitive for side in ROLES for name in rule.fields_of(side))

    def is_private(self, rule: RuleSpec) -> bool:
        """Return whether only coordinators read what a rule sees in a pair.

        What one of the two asked for, refused or preferred, and how one was scored, is not the other one's to read.
        """
        read = (self.spec(name) for side in ROLES for name in rule.fields_of(side))
        return rule.kind in PRIVATE_KINDS or any(spec.sensitive or spec.confidential for spec in read)

    def fields_for(self, side: Role) -> dict[str, FieldSpec]:
        """Return the fields to look for in one side's sheet: who it is, what is declared, and what the rules read."""
        names = [*IDENTITY_FIELDS, *(name for name in COUNT_FIELDS if standard_fields()[name].asked_of(side))]
        names += [name for name, spec in self.fields.items() if spec.asked_of(side)]
        names += self.needed(side)
        return {name: self.spec(name) for name in dict.fromkeys(names)}

    def needed(self, side: Role) -> tuple[str, ...]:
        """Return the fields that rules, caps and priorities read of one side."""
        names = [name for rule in self.rules for name in rule.fields_of(side)]
        if side == "mentor":
            names += [name for cap in self.caps for name in (cap.by, cap.limit_from) if name is not None]
        else:
            names += [table.by for table in (self.priority, self.parity) if table is not None]
        if self.groups is not None and self.groups.part_field is not None:
            names.append(self.groups.part_field)
        if self.shape.by is not None and (side == "mentor" or self.shape.kind == "chain"):
            names.append(self.shape.by)
        if any(self.spec(name).type == "hours" for name in names):
            names.append("time_zone")
        return tuple(dict.fromkeys(names))

    def _used_by(self, name: str) -> Side:
        """Return whose sheet an undeclared field is read from."""
        sides: set[Role] = {side for rule in self.rules for side in ROLES if name in rule.fields_of(side)}
        if any(name in {cap.by, cap.limit_from} for cap in self.caps):
            sides.add("mentor")
        if any(table is not None and table.by == name for table in (self.priority, self.parity)):
            sides.add("mentee")
        if self.groups is not None and self.groups.part_field == name:
            return "both"
        return sides.pop() if len(sides) == 1 else "both"

    def _needed_type(self, name: str) -> ValueType:
        """Return the type that the first rule or cap using an undeclared field needs."""
        for rule in self.rules:
            if name == rule.mentee_field:
                return compared_type(rule.kind, "mentee")
            if name == rule.mentor_field:
                return compared_type(rule.kind, "mentor")
            if name == rule.importance:
                return "number"
            for option, column in further_columns(rule.kind, rule.options).items():
                if column == name:
                    return FURTHER.get(option, "text")
        return "number" if any(cap.limit_from == name for cap in self.caps) else "choice"
