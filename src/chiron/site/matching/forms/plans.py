"""What a coordinator says about a run, a pair or a plan."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from chiron.site.matching.rules import CHOSEN_AIMS, SHAPE_AIMS, TWO_SIDED, PlanShape, aim_words

MOST_MORE_PLACES = 20


class AimForm(forms.Form):
    """What the next plan shall be best at."""

    aim = forms.ChoiceField(label=_("What should the plan be best at?"), widget=forms.RadioSelect, choices=())

    def __init__(self, data: Any = None, *, aim: str = "everyone", shape: PlanShape = PlanShape.PAIRS) -> None:
        """Offer the usual aims in words that the shape knows, and that of the rules, `aim`, which is chosen first."""
        super().__init__(data, initial={"aim": aim})
        field = self.fields["aim"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (key, format_html("<span><strong>{}</strong><br>{} {}</span>", words.name, words.does, words.gives_up))
            for key, words in aim_words().items()
            if key == aim or key in (CHOSEN_AIMS if shape in TWO_SIDED else SHAPE_AIMS)
        ]

    @property
    def chosen(self) -> str:
        """The name of the aim that is chosen first."""
        words = aim_words()
        return str(words[self.initial["aim"]].name) if self.initial["aim"] in words else ""


class ChangeForm(forms.Form):
    """Why a mentee gets another mentor, and whether they stay together when the plan is worked out again."""

    reason = forms.CharField(
        label=_("Why do you change this pair?"),
        help_text=_("Other coordinators read this. Mentors and mentees never do."),
        max_length=500,
        error_messages={"required": _("Say why you change this pair.")},
    )
    lock = forms.BooleanField(
        label=_("Lock this pair, so that it stays when you work out the plan again"), required=False, initial=True
    )
    seen = forms.CharField(widget=forms.HiddenInput)


class PlacesForm(forms.Form):
    """How many more places a mentor gets by the button beside a fix."""

    number = forms.IntegerField(min_value=1, max_value=MOST_MORE_PLACES)


class FindForm(forms.Form):
    """Whom to look for in a plan."""

    q = forms.CharField(required=False, max_length=100)

    def words(self) -> str:
        """Return whom to look for; nonsense in the address finds everybody."""
        self.is_valid()
        return str(self.cleaned_data.get("q", ""))


class HoldForm(forms.Form):
    """Why two people are locked together or kept apart."""

    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("Other coordinators read this. Mentors and mentees never do."),
        max_length=500,
        error_messages={"required": _("Say why.")},
    )


class NoteForm(forms.Form):
    """A note beside a plan."""

    note = forms.CharField(
        label=_("Note for coordinators"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
