"""Forms of the demo bar."""

from django import forms

from chiron.site.home.rules import Look
from chiron.site.programs.rules import CohortStage


class LookForm(forms.Form):
    """As whom the demo is looked at."""

    look = forms.ChoiceField(choices=Look.choices)


class StageForm(forms.Form):
    """At which stage the demo is looked at."""

    stage = forms.ChoiceField(choices=CohortStage.choices)
