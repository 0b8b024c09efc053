"""The settings of each kind of rule as form fields, in words."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from chiron.blueprints.schema.matching import Matching

HIDDEN_OPTIONS = frozenset(
    {"may_be_must", "ladder", "related", "names", "words", "id_column", "name_column", "email_column", "remote_share"}
)
"""Settings that come from the vocabulary of health fields and stages, not from a form."""


def option_field(kind: str, option: str, value: Any, default: Any, matching: Matching) -> forms.Field:
    """Return the field of one setting of a kind, in the type of its default.

    Args:
        kind: the kind's name.
        option: the setting's name.
        value: what it is set to.
        default: what it is as usual.
        matching: the cohort's rules, whose fields a setting may name.
    """
    label, hint = _words(kind, option)
    choices = _choices(option, value, matching)
    if choices:
        return forms.ChoiceField(label=label, help_text=hint, choices=choices, required=False, initial=value)
    if isinstance(default, bool):
        return forms.BooleanField(label=label, help_text=hint, required=False, initial=value)
    if isinstance(default, int):
        return forms.IntegerField(
            label=label,
            help_text=hint,
            required=False,
            initial=value,
            error_messages={"invalid": _("Type a whole number, such as %d.") % default},
        )
    text = ", ".join(value) if isinstance(default, tuple) else value
    return forms.CharField(label=label, help_text=hint, required=False, initial=text)


def _choices(option: str, value: Any, matching: Matching) -> list[tuple[str, str]]:
    """Return what a setting can be chosen from; nothing where it is typed."""
    if option.endswith("_column"):
        names = dict.fromkeys([*matching.needed("mentee"), *matching.needed("mentor"), *([value] if value else [])])
        return [("", _("None")), *((name, matching.spec(name).label or name) for name in names)]
    return {
        "unknown": [("pass", _("Allow the pair")), ("forbid", _("Forbid the pair"))],
        "prefer": [
            ("any", _("All the same")),
            ("small", _("The fewer steps, the better")),
            ("large", _("The more steps, the better")),
        ],
        "by": [("mentee", _("The mentee's choices")), ("mentor", _("The mentor's choices"))],
        "of": [("mentee", _("The mentee's number")), ("mentor", _("The mentor's number"))],
    }.get(option, [])


def _words(kind: str, option: str) -> tuple[str, str]:
    """Return the label and the hint of a setting."""
    own = {
        ("commitment", "least"): (_("Least time offered, in % of what the mentee wants"), _("Only for a must rule.")),
        ("coverage", "least"): (_("Least share covered, in %"), _("Only for a must rule.")),
        ("coverage", "full"): (_("How many covered count in full"), _("0: all of them.")),
        ("hours", "least"): (_("Fewest hours of the week in common"), ""),
        ("hours", "full"): (_("Hours in common that count in full"), ""),
        ("ladder", "least"): (_("Fewest steps ahead"), ""),
        ("ladder", "most"): (_("Most steps ahead"), _("99: as many as there are.")),
        ("ladder", "prefer"): (_("Which gap is better?"), ""),
        ("near", "full"): (_("Difference that counts in full"), ""),
        ("near", "most"): (_("Largest difference that counts at all"), ""),
        ("overlap", "least"): (_("Fewest answers in common"), ""),
        ("overlap", "full"): (_("Answers in common that count in full"), ""),
        ("ranked", "by"): (_("Whose choices count?"), ""),
        ("ranked", "choices"): (_("How many choices count"), _("0: as many as the longest list has.")),
        ("related", "least"): (
            _("Least closeness, in thousandths"),
            _("Only for a must rule. 1000: the same field. 500: a field close to it."),
        ),
        ("score", "of"): (_("Whose number counts?"), ""),
        ("score", "least"): (_("Number that counts for nothing"), ""),
        ("score", "full"): (_("Number that counts in full"), ""),
        ("text", "full"): (_("Likeness that counts in full, in %"), ""),
        ("text", "least"): (_("Least likeness, in %"), _("Only for a must rule.")),
    }
    every = {
        "unknown": (_("Where an answer is missing"), _("Only for a must rule. Otherwise it gives no points.")),
        "km": (_("How far is too far, in kilometres"), ""),
        "remote_column": (_("Field that says who can meet online"), ""),
        "time_zone_column": (_("Field with the time zone"), ""),
        "own_column": (_("Field with the mentee's own background"), _("For mentees who ask for somebody like them.")),
        "experience_column": (_("Field with difficulties that people met"), _("Counts in part.")),
        "values_column": (_("Field with goals and values"), _("Counts in part.")),
        "experience_share": (_("What similar difficulties count, in thousandths"), ""),
        "values_share": (_("What shared values count, in thousandths"), ""),
        "no_wish": (_("Answers that ask for nothing"), _("Put a comma between them.")),
        "like_me": (_("Answers that ask for somebody like them"), _("Put a comma between them.")),
    }
    plain = (option.replace("_", " ").capitalize(), "")
    return own.get((kind, option)) or every.get(option) or plain
