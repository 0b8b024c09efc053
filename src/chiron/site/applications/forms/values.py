"""Forms of what the cells of a sheet are read as: another sheet of the workbook, other words for some cells."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chiron.blueprints.schema.fields import FieldSpec
from chiron.site.applications.rules.values import NO_ANSWER, ReadValue

MOST_CHOICES = 40
LONGEST_CORRECTION = 2_000
SHOWN = 80


class SheetForm(forms.Form):
    """Which sheet of a workbook is read."""

    sheet = forms.ChoiceField(label=gettext_lazy("Sheet to read"))

    def __init__(self, data: Any = None, *, sheets: Sequence[str], sheet: str) -> None:
        """Offer the sheets of the workbook."""
        super().__init__(data, initial={"sheet": sheet})
        self.fields["sheet"] = forms.ChoiceField(
            label=_("Sheet to read"), choices=[(name, name) for name in dict.fromkeys(sheets)]
        )


@dataclass(frozen=True, slots=True)
class ValueRow:
    """One text of a column as the page shows it, with the control that says what it is read as."""

    value: ReadValue
    control: BoundField
    shown: str


class CorrectionsForm(forms.Form):
    """What some texts of a column are read as; what is left empty is read as it stands."""

    def __init__(
        self,
        data: Any = None,
        *,
        values: Sequence[ReadValue],
        choices: Sequence[tuple[str, str]] = (),
        judge: Callable[[str], str],
    ) -> None:
        """Ask about each text; with a form that was sent, about those in it.

        Args:
            data: what was sent.
            values: the texts.
            choices: the answers that there are; empty where anything may be typed.
            judge: returns what is wrong with a text that somebody typed; empty where it can be read.
        """
        super().__init__(data)
        self.judge, self.has_choices = judge, bool(choices)
        self.values = [one for one in values if data is None or f"as_{one.key}" in data]
        for one in self.values:
            self.fields[f"as_{one.key}"] = _control(one, choices)

    @property
    def rows(self) -> list[ValueRow]:
        """The texts with their controls."""
        return [ValueRow(one, self[f"as_{one.key}"], shortened(one.cell)) for one in self.values]

    def clean(self) -> dict[str, Any]:
        """Read what was typed as a cell would be read."""
        clean = super().clean() or self.cleaned_data
        for one in self.values:
            name = f"as_{one.key}"
            fault = self.judge(clean[name]) if clean.get(name) else ""
            if fault:
                self.add_error(name, f"{shortened(one.cell)}: {fault}")
        return clean

    def corrections(self) -> dict[str, str]:
        """Return what each text is read as; empty: as it stands."""
        return {one.cell: self.cleaned_data[f"as_{one.key}"] for one in self.values}


def choices_for(field: str, spec: FieldSpec, yes_no: Mapping[str, tuple[Any, Any]]) -> list[tuple[str, str]]:
    """Return the answers that a field takes, as they would be typed and in words; empty where anything may be typed."""
    if spec.type == "flag":
        yes, no = yes_no.get(field, (_("Yes"), _("No")))
        return [("yes", str(yes)), ("no", str(no))]
    allowed = spec.choices or (spec.ladder if spec.type == "stage" else ())
    return [(one, one) for one in allowed] if 0 < len(allowed) <= MOST_CHOICES else []


def shortened(text: str) -> str:
    """Return a text on one line, shortened."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"


def _control(one: ReadValue, choices: Sequence[tuple[str, str]]) -> forms.Field:
    label = _("What “%s” is read as") % shortened(one.cell)
    if not choices:
        widget = forms.TextInput(attrs={"list": "answers", "autocomplete": "off"})
        return forms.CharField(
            label=label, initial=one.correction, required=False, max_length=LONGEST_CORRECTION, widget=widget
        )
    offered = [("", _("As it stands")), *choices, (NO_ANSWER, _("No answer"))]
    if one.correction and one.correction not in dict(offered):
        offered.append((one.correction, one.correction))
    return forms.ChoiceField(label=label, initial=one.correction, required=False, choices=offered)
