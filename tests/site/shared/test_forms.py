"""How forms look: every label, hint and error tied to its field, and one summary with the same words."""

import re

from django import forms
from django.template.loader import render_to_string


class Sample(forms.Form):
    use_required_attribute = False
    name = forms.CharField(label="Name", help_text="As on your badge.", error_messages={"required": "Enter a name."})
    note = forms.CharField(label="Note", required=False)
    days = forms.MultipleChoiceField(
        label="Days", choices=[("m", "Monday")], widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose a day."},
    )  # fmt: skip
    agrees = forms.BooleanField(label="I agree", required=False)


def tidy(page: str) -> str:
    """Return a page as a browser reads it: the white space between tags and words means nothing here."""
    return re.sub(r"\s*([<>])\s*", r"\1", " ".join(page.split()))


def test_field_is_tied_to_its_label_and_hint():
    page = tidy(str(Sample()))

    assert '<label for="id_name">Name</label>' in page
    assert 'aria-describedby="id_name_helptext"' in page
    assert "Note<span class=" in page
    assert "(optional)" in page
    assert "required" not in page


def test_choices_stand_in_a_fieldset_with_a_legend():
    page = tidy(str(Sample()))

    assert "<legend>Days</legend>" in page
    assert '<label for="id_agrees">I agree</label>' in page


def test_problems_stand_twice_in_the_same_words_and_input_is_kept():
    form = Sample({"note": "Kept"})

    page, summary = str(form), render_to_string("shared/errors.html", {"form": form})

    for words in ("Enter a name.", "Choose a day."):
        assert page.count(words) == 1
        assert summary.count(words) == 1
    assert 'href="#id_name"' in summary
    assert 'id="id_days_0"' in page
    assert 'href="#id_days_0"' in summary
    assert 'aria-describedby="id_name_helptext id_name_error"' in page
    assert 'value="Kept"' in page


def test_form_without_problems_has_no_summary():
    assert render_to_string("shared/errors.html", {"form": Sample()}).strip() == ""
