"""What is asked at publishing, and of somebody who says no."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chiron.site.matching.rules import ANSWER_DAYS, DeclineReason
from chiron.site.mentorships.rules import LEAVE_REASONS, EndReason
from chiron.site.mentorships.rules.running import RUNNING_LIMITS


class PublishForm(forms.Form):
    """When the messages leave, and whose wait."""

    when = forms.ChoiceField(
        label=_("When should the messages leave?"),
        widget=forms.RadioSelect,
        choices=[("now", _("Now")), ("later", _("At a time I choose"))],
        initial="now",
    )
    send_after = forms.DateTimeField(
        label=_("Date and time"),
        help_text=_("Such as 2027-03-15 09:00. Only where you chose a time."),
        required=False,
        error_messages={"invalid": _("Type a date and a time, such as 2027-03-15 09:00.")},
    )
    answer_days = forms.IntegerField(
        label=_("How many days to answer?"),
        help_text=_("People are reminded half-way and on the last day. After that the place is free again."),
        required=False,
        min_value=1,
        max_value=365,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
    )
    hold = forms.MultipleChoiceField(
        label=_("Hold these pairs back"),
        help_text=_("Nobody in them is told anything until you offer them later."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=(),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        pairs: Sequence[tuple[int, str]],
        now: datetime,
        answer_days: int = ANSWER_DAYS,
    ) -> None:
        """Offer these pairs, each by the key of its mentee's application and in words, to be held back."""
        super().__init__(data)
        self.now = now
        self.fields["answer_days"].initial = answer_days
        field = self.fields["hold"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(key), words) for key, words in pairs]

    def clean(self) -> dict[str, Any]:
        """Ask for a time in the future where one was chosen."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("when") == "later" and "send_after" not in self.errors:
            if cleaned.get("send_after") is None:
                self.add_error("send_after", _("Type a date and a time, such as 2027-03-15 09:00."))
            elif cleaned["send_after"] <= self.now:
                self.add_error("send_after", _("This time has passed. Type one in the future."))
        return cleaned

    def moment(self) -> datetime | None:
        """Return when the messages leave; None: now."""
        return self.cleaned_data["send_after"] if self.cleaned_data["when"] == "later" else None

    def held(self) -> list[int]:
        """Return the keys of the mentees' applications whose pairs wait."""
        return [int(key) for key in self.cleaned_data["hold"]]


class DeclineForm(forms.Form):
    """Why somebody says no; the other person never reads it."""

    reason = forms.ChoiceField(
        label=_("Why?"),
        help_text=_("Only the coordinator reads this. It is never shown to the other person."),
        widget=forms.RadioSelect,
        choices=DeclineReason.choices,
        error_messages={"required": _("Choose one reason.")},
    )


class PairsForm(forms.Form):
    """A sheet of matches that run already; once it was looked at, its rows as the page that asks holds them."""

    file = forms.FileField(
        label=_("Spreadsheet of pairs"),
        help_text=_("With the headings Mentee e-mail, Mentor e-mail and Since; at most 500 pairs. Nothing begins yet."),
        error_messages={"required": _("Choose a spreadsheet file.")},
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.xlsb,.ods,.csv,.tsv,.txt"}),
    )
    rows = forms.CharField(required=False, widget=forms.HiddenInput, max_length=200_000)
    expected = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, files: Any = None) -> None:
        """Ask for a file, unless the rows of one are there."""
        super().__init__(data, files)
        self.fields["file"].required = not (data or {}).get("rows")

    def clean(self) -> dict[str, Any]:
        """Refuse a file that is too large before it is read."""
        clean = super().clean() or self.cleaned_data
        file = clean.get("file")
        if file is not None and file.size > RUNNING_LIMITS.file_bytes:
            self.add_error("file", _("The file is larger than 1 MB. Leave only the pairs in it."))
        return clean


class LeaveForm(forms.Form):
    """Why somebody leaves a match; the others never read it."""

    reason = forms.ChoiceField(
        label=_("Why do you leave?"),
        help_text=_("Only the coordinator reads this. It is never shown to the others."),
        widget=forms.RadioSelect,
        choices=[(reason.value, _(words)) for reason, words in LEAVE_REASONS.items()],
        error_messages={"required": _("Choose one reason.")},
    )


class EndForm(forms.Form):
    """Why a match ends early; only coordinators read it."""

    reason = forms.ChoiceField(
        label=_("Why does it end?"),
        help_text=_("Only coordinators read this."),
        widget=forms.RadioSelect,
        choices=EndReason.choices,
        error_messages={"required": _("Choose one reason.")},
    )
