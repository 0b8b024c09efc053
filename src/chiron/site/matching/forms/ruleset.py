"""The form of one rule: its fields follow from its kind, and its errors stand where they arise."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from chiron.blueprints.schema.matching import Matching, RuleSpec
from chiron.site.matching.bridge.words import KindWords, fault_in, field_label, fields_for
from chiron.site.matching.forms.options import HIDDEN_OPTIONS, option_field


class RuleForm(forms.Form):
    """One rule of a cohort: what it is called, what it compares, and what that counts."""

    name = forms.CharField(
        label=gettext_lazy("Name of the rule"),
        max_length=200,
        error_messages={"required": gettext_lazy("Type a name for the rule.")},
    )
    mentee = forms.ChoiceField(label=gettext_lazy("Field of the mentee"), choices=())
    mentor = forms.ChoiceField(label=gettext_lazy("Field of the mentor"), choices=())
    effect = forms.ChoiceField(
        label=gettext_lazy("What does it do?"),
        widget=forms.RadioSelect,
        choices=[
            ("points", gettext_lazy("It gives points to pairs that meet it")),
            ("must", gettext_lazy("It must hold: a pair that does not meet it is never made")),
        ],
        initial="points",
    )
    points = forms.IntegerField(
        label=gettext_lazy("Points for a pair that meets it fully"),
        required=False,
        min_value=-10_000,
        max_value=10_000,
        error_messages={"invalid": gettext_lazy("Type a whole number of points, such as 10.")},
    )
    missed = forms.IntegerField(
        label=gettext_lazy("Points for a pair that does not meet it at all"),
        help_text=gettext_lazy("Usually 0. A minus number makes a missed wish show, such as -5."),
        required=False,
        min_value=-10_000,
        max_value=10_000,
        error_messages={"invalid": gettext_lazy("Type a whole number of points, such as 0 or -5.")},
    )
    importance = forms.ChoiceField(
        label=gettext_lazy("Field in which a mentee rates how much this matters"), choices=(), required=False
    )
    different = forms.BooleanField(label=gettext_lazy("Turn it round: count the opposite"), required=False)

    def __init__(self, data: Any = None, *, kind: KindWords, matching: Matching, rule: RuleSpec | None = None) -> None:
        """Shape the form for a kind; `rule` fills it in."""
        super().__init__(data, initial=_initial(rule))
        self.kind, self.matching, self.rule = kind, matching, rule
        self._choose("mentee", fields_for(matching, "mentee", kind.mentee_type))
        self._choose("mentor", fields_for(matching, "mentor", kind.mentor_type))
        self._choose("importance", [("", _("None")), *fields_for(matching, "mentee", "number")])
        if not kind.is_signed:
            del self.fields["different"]
        if not kind.may_be_must:
            del self.fields["effect"]
        for option, default in kind.options.items():
            if option not in HIDDEN_OPTIONS and not isinstance(default, Mapping):
                self.fields[f"option_{option}"] = option_field(
                    kind.name, option, rule.options.get(option, default) if rule else default, default, matching
                )

    def clean(self) -> dict[str, Any]:
        """Put the rule together, and let the schema and the engine read it.

        The rule is then `cleaned_data["rule"]`; what they object to is an error of the form.
        """
        cleaned = super().clean() or self.cleaned_data
        must = cleaned.get("effect") == "must"
        if not must and not cleaned.get("points") and not cleaned.get("missed") and "points" not in self.errors:
            self.add_error("points", _("Type a number of points, such as 10."))
        if self.errors:
            return cleaned
        table = self._table(cleaned, must=must)
        try:
            rule = RuleSpec.model_validate(table)
            others = [each for each in self.matching.rules if self.rule is None or each.name != self.rule.name]
            fault = fault_in(self.matching.model_copy(update={"rules": (*others, rule)}))
        except ValidationError as faults:
            self.add_error(None, "; ".join(fault["msg"].removeprefix("Value error, ") for fault in faults.errors()))
            return cleaned
        if fault:
            self.add_error(None, fault)
        return {**cleaned, "rule": rule}

    def _table(self, cleaned: Mapping[str, Any], *, must: bool) -> dict[str, Any]:
        """Return the rule as the schema reads it, without settings that are as usual."""
        options = {} if self.rule is None else {k: v for k, v in self.rule.options.items() if k in HIDDEN_OPTIONS}
        for option, default in self.kind.options.items():
            if f"option_{option}" not in self.fields:
                continue
            value: Any = cleaned.get(f"option_{option}")
            value = (
                tuple(filter(None, (part.strip() for part in value.split(","))))
                if isinstance(default, tuple)
                else value
            )
            if value not in (None, "") and value != default:
                options[option] = list(value) if isinstance(value, tuple) else value
        table: dict[str, Any] = {"name": cleaned["name"], "kind": self.kind.name, "options": options}
        if cleaned["mentee"] == cleaned["mentor"]:
            table["field"] = cleaned["mentee"]
        else:
            table |= {"mentee": cleaned["mentee"], "mentor": cleaned["mentor"]}
        table |= {"must": True} if must else {"points": cleaned["points"] or 0, "missed": cleaned["missed"] or 0}
        if cleaned.get("importance") and not must:
            table["importance"] = cleaned["importance"]
        return table | ({"different": True} if cleaned.get("different") else {})

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        """Offer these fields; keep the one that the rule uses already, whatever its type."""
        used = self.initial.get(name)
        if used and used not in dict(choices):
            choices = [*choices, (used, field_label(self.matching, used))]
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class RulesForm(forms.Form):
    """All rules of a cohort as one table: the points of each, and whether it is used."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, rules: Sequence[tuple[RuleSpec, bool]], version: int) -> None:
        """Give each rule its fields.

        Args:
            data: what was sent.
            rules: each rule, and whether it is used, in the order of the page.
            version: that of the rules as they are shown.
        """
        super().__init__(data, initial={"version": version})
        self.rules = [rule for rule, _is_on in rules]
        for number, (rule, is_on) in enumerate(rules):
            if not rule.must:
                self.fields[f"points_{number}"] = forms.IntegerField(
                    label=_("Points of %s") % rule.name,
                    min_value=-10_000,
                    max_value=10_000,
                    initial=rule.points,
                    error_messages=dict.fromkeys(
                        ("invalid", "required"), _("%s: type a whole number of points, such as 10.") % rule.name
                    ),
                )
            self.fields[f"used_{number}"] = forms.BooleanField(
                label=_("Use %s") % rule.name, required=False, initial=is_on
            )

    def clean(self) -> dict[str, Any]:
        """Refuse a rule that is used and counts for nothing."""
        cleaned = super().clean() or self.cleaned_data
        for number, rule in enumerate(self.rules):
            if cleaned.get(f"points_{number}") == 0 and cleaned[f"used_{number}"] and not rule.missed:
                self.add_error(
                    f"points_{number}",
                    _("%s: with 0 points it counts for nothing. Take the tick away instead.") % rule.name,
                )
        return cleaned

    @property
    def points(self) -> dict[str, int]:
        """The points of each rule that gives some, by name."""
        return {
            rule.name: self.cleaned_data[f"points_{number}"]
            for number, rule in enumerate(self.rules)
            if f"points_{number}" in self.cleaned_data
        }

    @property
    def used(self) -> list[str]:
        """The names of the rules that are used."""
        return [rule.name for number, rule in enumerate(self.rules) if self.cleaned_data[f"used_{number}"]]

    def fields_of(self, number: int) -> tuple[BoundField | None, BoundField]:
        """Return the fields of a rule: its points, None for a rule that must hold, and whether it is used."""
        points = f"points_{number}"
        return (self[points] if points in self.fields else None), self[f"used_{number}"]


def _initial(rule: RuleSpec | None) -> dict[str, Any]:
    if rule is None:
        return {"points": 10, "missed": 0, "effect": "points"}
    return {
        "name": rule.name,
        "mentee": rule.mentee_field,
        "mentor": rule.mentor_field,
        "effect": "must" if rule.must else "points",
        "points": rule.points,
        "missed": rule.missed,
        "importance": rule.importance or "",
        "different": rule.different,
    }
