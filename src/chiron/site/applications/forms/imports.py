"""Forms of the import wizard: the upload, and which column holds which field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chiron.blueprints.schema.fields import FieldSpec, settled
from chiron.sheets.files.table import Table
from chiron.sheets.people.reading import CheckSettings, readers_of
from chiron.site.applications.rules.application import Role
from chiron.site.applications.rules.changes import ChangeKind
from chiron.site.applications.rules.imports import SHEET_LIMITS, Duplicates
from chiron.site.applications.rules.intake import unreadable_fault, value_fault
from chiron.site.applications.rules.mapping import NEVER_FILLED, FieldChoice, samples

HEADING_LENGTH = 60
ALWAYS_OFFERED = frozenset({"name", "email", "site", "places", "wanted"})
"""Fields that stand in the table even where no column is guessed for them."""
SIZE_ERROR = gettext_lazy(
    "The file is larger than %(most)d MB. Use “chiron match” on your own computer, or split the file."
)


class UploadForm(forms.Form):
    """A spreadsheet, and whose answers are in it."""

    role = forms.ChoiceField(
        label=gettext_lazy("Who is in the spreadsheet?"),
        choices=[(Role.MENTOR.value, gettext_lazy("Mentors")), (Role.MENTEE.value, gettext_lazy("Mentees"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say whether the spreadsheet holds mentors or mentees.")},
    )
    file = forms.FileField(
        label=gettext_lazy("Spreadsheet"),
        help_text=gettext_lazy(
            "An .xlsx, .xls, .xlsb, .ods, .csv or .tsv file with one person in each row. Nothing is changed yet."
        ),
        max_length=255,
        error_messages={
            "required": gettext_lazy("Choose a spreadsheet file."),
            "empty": gettext_lazy("The file is empty. Check that you saved it after filling it in."),
            "max_length": gettext_lazy("The name of the file is too long. Rename it to something shorter."),
        },
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.xlsb,.ods,.csv,.tsv,.txt"}),
    )

    def clean_file(self) -> Any:
        """Refuse a file that is too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > SHEET_LIMITS.file_bytes:
            raise forms.ValidationError(SIZE_ERROR, params={"most": SHEET_LIMITS.file_bytes // 1024 // 1024})
        return file


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One field as the page of columns shows it: its label, its two controls, and what its column looks like."""

    label: str
    column: BoundField
    fill: BoundField | None
    samples: tuple[str, ...]


class ColumnsForm(forms.Form):
    """Which column holds each field, and what holds where its cell is empty."""

    duplicates = forms.ChoiceField(
        label=gettext_lazy("People who are in this cohort already"),
        help_text=gettext_lazy("They are recognised by their e-mail address."),
        choices=Duplicates.choices,
        widget=forms.RadioSelect,
    )

    def __init__(
        self,
        data: Any = None,
        *,
        table: Table,
        fields: Mapping[str, FieldSpec],
        choices: Mapping[str, FieldChoice],
        duplicates: Duplicates,
    ) -> None:
        """Offer every heading for every field, with the proposed one chosen."""
        super().__init__(data, initial={"duplicates": duplicates})
        self.table, self.specs, self.proposed = table, fields, choices
        headings = [(str(place), _joined_heading(table, place)) for place in range(len(table.headings))]
        for name, spec in fields.items():
            choice = choices.get(name, FieldChoice())
            places = [table.headings.index(heading) for heading in choice.headings if heading in table.headings]
            value = ",".join(str(place) for place in places)
            several = (
                [(value, " + ".join(_short(table.headings[place]) for place in places))] if len(places) > 1 else []
            )
            self.fields[f"column_{name}"] = forms.ChoiceField(
                label=spec.label or name,
                choices=[("", _("Do not import")), *several, *headings],
                initial=value,
                required=False,
            )
            if name not in NEVER_FILLED:
                self.fields[f"fill_{name}"] = forms.CharField(
                    label=_("%(field)s: where the cell is empty") % {"field": spec.label or name},
                    initial=choice.fill,
                    required=False,
                    max_length=200,
                )

    @property
    def main_rows(self) -> list[ColumnRow]:
        """The fields that say who somebody is, and those with a proposed column or answer."""
        return [self._row(name) for name in self.specs if self._is_main(name)]

    @property
    def more_rows(self) -> list[ColumnRow]:
        """The fields for which nothing is proposed."""
        return [self._row(name) for name in self.specs if not self._is_main(name)]

    @property
    def has_more_errors(self) -> bool:
        """True where a field for which nothing is proposed has an error."""
        return any(row.column.errors or (row.fill is not None and row.fill.errors) for row in self.more_rows)

    def _is_main(self, name: str) -> bool:
        return name in ALWAYS_OFFERED or (name in self.proposed and self.proposed[name].is_imported)

    def _row(self, name: str) -> ColumnRow:
        choice = self.proposed.get(name, FieldChoice())
        return ColumnRow(
            label=self.specs[name].label or name,
            column=self[f"column_{name}"],
            fill=self[f"fill_{name}"] if name not in NEVER_FILLED else None,
            samples=(_("not shown"),)
            if settled(name, self.specs[name]).sensitive and choice.headings
            else samples(self.table, choice.headings),
        )

    def clean(self) -> dict[str, Any]:
        """Ask for the columns that say who somebody is, and read what is filled in as a cell would be read."""
        clean = super().clean() or self.cleaned_data
        if not clean.get("column_email"):
            self.add_error("column_email", _("Choose the column with the e-mail address. People are known by it."))
        parts = [clean.get(f"column_{name}") for name in ("first_name", "last_name")]
        if not clean.get("column_name") and not all(parts):
            self.add_error("column_name", _("Choose the column with the name, or those with first and last name."))
        for name, spec in self.specs.items():
            text = clean.get(f"fill_{name}", "")
            problem = _fault(name, spec, text, self.table) if text else ""
            if problem:
                self.add_error(f"fill_{name}", f"{spec.label or name}: {problem}")
        return clean

    def choices(self) -> dict[str, FieldChoice]:
        """Return the choices that were made."""
        clean = self.cleaned_data
        return {
            name: FieldChoice(
                headings=tuple(
                    self.table.headings[int(place)] for place in clean[f"column_{name}"].split(",") if place
                ),
                fill=clean.get(f"fill_{name}", ""),
            )
            for name in self.specs
        }


class NobodyForm(forms.Form):
    """One cell of a sheet, and whether it means nobody of the other side."""

    row = forms.IntegerField(min_value=1)
    column = forms.CharField(strip=False)
    is_said = forms.BooleanField(required=False)


class DoForm(forms.Form):
    """The counts that the page with the button showed."""

    def __init__(self, data: Any) -> None:
        """Expect one whole number for each kind of row."""
        super().__init__(data)
        for name in (*(kind.value for kind in ChangeKind), "fixing"):
            self.fields[name] = forms.IntegerField(min_value=0)

    def expected(self) -> dict[str, int]:
        """Return the counts; nothing where they do not make sense."""
        return self.cleaned_data if self.is_valid() else {}


def _fault(name: str, spec: FieldSpec, text: str, table: Table) -> str:
    """Return what is wrong with an answer that is filled in for everybody; empty where nothing is."""
    readers = readers_of(table, {}, {name: spec}, CheckSettings(fixed={name: text}))
    reading = readers[0].reading_of(f"\f{text}" if spec.type == "hours" else text)
    return reading.text if reading.is_problem else value_fault(name, reading.value) or unreadable_fault(text)


def _joined_heading(table: Table, position: int) -> str:
    """Return a heading, with the columns that were joined where it stands for several."""
    group = next((group for group in table.joined if group.index == position), None)
    heading = _short(table.headings[position])
    return heading if group is None else f"{heading} ({group.place})"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= HEADING_LENGTH else f"{line[: HEADING_LENGTH - 1]}…"


def listed(headings: Sequence[str]) -> str:
    """Return headings as a sentence part, shortened."""
    return ", ".join(_short(heading) for heading in headings)
