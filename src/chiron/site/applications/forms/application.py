"""Forms of the people pages: what the list shows, and how many places somebody has."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from chiron.site.applications.rules.application import (
    ApplicationFilter,
    PlacesTakenError,
    Role,
    Stage,
    require_places,
)
from chiron.site.applications.rules.intake import places_fault
from chiron.site.shared.forms import keys_in

ANYBODY: list[tuple[str, Any]] = [("", _("Everybody"))]
ANY_STAGE: list[tuple[str, Any]] = [("", _("Every stage"))]
PLACES_ERROR = _("Type a whole number of places, such as 2, or leave it empty.")


class ShownForm(forms.Form):
    """What the list of people shows; nonsense in the address shows everybody."""

    q = forms.CharField(label=_("Name or e-mail"), required=False, max_length=100)
    role = forms.ChoiceField(choices=[*ANYBODY, *Role.choices], required=False, widget=forms.HiddenInput)
    stage = forms.ChoiceField(choices=[*ANY_STAGE, *Stage.choices], required=False, widget=forms.HiddenInput)

    def shown(self) -> ApplicationFilter:
        """Return which applications to show."""
        self.is_valid()
        clean = self.cleaned_data
        return ApplicationFilter(
            role=Role(clean["role"]) if clean.get("role") else None,
            stage=Stage(clean["stage"]) if clean.get("stage") else None,
            words=clean.get("q", ""),
        )


class CapacityForm(forms.Form):
    """How many people somebody can take."""

    capacity = forms.IntegerField(
        label=_("Places"),
        help_text=_("How many mentees this person can take. Leave it empty to use the number in the rules."),
        required=False,
        error_messages={"invalid": PLACES_ERROR},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
    )

    over_because = forms.CharField(
        label=_("Why there may be more matches than places"),
        help_text=_("Only where you type fewer places than are taken. Coordinators read this."),
        required=False,
        max_length=200,
    )

    def __init__(self, *args: Any, taken: int, **kwargs: Any) -> None:
        """Ask about places of which so many are taken; nothing is asked about more matches than places without any."""
        super().__init__(*args, **kwargs)
        self.taken = taken
        if not taken:
            self.fields["over_because"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """Ask for a reason, or for more places, where fewer are typed than are taken."""
        cleaned = super().clean() or self.cleaned_data
        try:
            if "capacity" in cleaned:
                because = cleaned.get("over_because", "")
                require_places(places=cleaned["capacity"], taken=self.taken, over_because=because)
        except PlacesTakenError as refusal:
            self.add_error("capacity", str(refusal))
        return cleaned

    def clean_capacity(self) -> int | None:
        """Judge the number as an import does."""
        capacity: int | None = self.cleaned_data["capacity"]
        fault = places_fault(capacity)
        if fault:
            raise forms.ValidationError(fault)
        return capacity


def chosen(data: QueryDict) -> list[int]:
    """Return the numbers of the applications that a page showed when a button for all of them was pressed."""
    return keys_in(data.getlist("application"))


def address(shown: ApplicationFilter) -> str:
    """Return the query of an address that shows these applications, such as "?role=mentor"."""
    facts = {"role": shown.role, "stage": shown.stage, "q": shown.words}
    return f"?{urlencode({name: value for name, value in facts.items() if value})}"
