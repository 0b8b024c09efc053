"""Forms of programmes: what lists show, a cohort's settings, the text of a message."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chiron.site.notices.rules import NoticeState, addresses_in
from chiron.site.programs.rules import (
    HIGHEST_LINE,
    LARGEST_GROUP,
    NEXT_STAGES,
    SMALLEST_GROUP,
    CohortStage,
    FinderAsked,
    OutboxAct,
    OutboxAsked,
)
from chiron.site.shared.forms import DIGEST_LENGTH

GROUP_ERROR = _("Type a whole number from 5 to 100.")
LINE_ERROR = _("Type a whole number from 0 to 100.")
NamesOfAddresses = Callable[[Sequence[str]], Sequence[str]]
"""Gives the names of those who take part and have one of some addresses."""


def refuse_addresses(form: forms.Form, names: Sequence[str], *, known: NamesOfAddresses, but: str = "") -> None:
    """Put an error on each of some fields of a message whose text gives somebody's e-mail address away.

    Args:
        form: cleaned so far.
        names: of the fields.
        known: says whose some addresses are.
        but: a text whose addresses may stay.
    """
    allowed = set(addresses_in(but))
    for name in names:
        found = [one for one in addresses_in(str(form.cleaned_data.get(name) or "")) if one not in allowed]
        if found and (people := known(found)):
            fault = _("This holds the e-mail address of %(names)s. Take it out: a match shows it to those in it.")
            form.add_error(name, fault % {"names": ", ".join(people)})


class SettingsForm(forms.Form):
    """Where a cohort stands, and the two numbers that its pages go by."""

    stage = forms.ChoiceField(
        label=_("Stage"),
        help_text=_("A cohort goes one stage on or back at a time."),
        widget=forms.RadioSelect,
    )
    small_group = forms.IntegerField(
        label=_("Smallest group that reports show"),
        help_text=_("Figures about fewer people are hidden. 10 is usual; under 5 is not possible."),
        min_value=SMALLEST_GROUP,
        max_value=LARGEST_GROUP,
        error_messages={
            "required": GROUP_ERROR,
            "invalid": GROUP_ERROR,
            "min_value": GROUP_ERROR,
            "max_value": GROUP_ERROR,
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
    )
    look_line = forms.IntegerField(
        label=_("A pair needs a look when its fit is under this part of the most that the rules can give, in per cent"),
        help_text=_("55 is usual. The review page shows these pairs first."),
        min_value=0,
        max_value=HIGHEST_LINE,
        error_messages={
            "required": LINE_ERROR,
            "invalid": LINE_ERROR,
            "min_value": LINE_ERROR,
            "max_value": LINE_ERROR,
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
    )
    may_have_minors = forms.BooleanField(
        label=_("People under 18 may join"),
        help_text=_("Nobody then reads another one's e-mail address or how far away they are. You put them in touch."),
        required=False,
    )

    publish_needs_second = forms.BooleanField(
        label=_("Publishing needs a second coordinator"),
        help_text=_(
            "Whoever is asked or matched: one coordinator asks for it, another one reads it and does it. One switches "
            "this on, two switch it off. Needs two coordinators."
        ),
        required=False,
    )

    def __init__(self, data: object = None, *, initial: dict[str, str | int], stage: CohortStage) -> None:
        """Offer the present stage and those that may come next."""
        super().__init__(data, initial=initial)  # type: ignore[arg-type]
        possible = [(one.value, one.label) for one in CohortStage if one == stage or one in NEXT_STAGES[stage]]
        self.fields["stage"].choices = possible  # type: ignore[attr-defined]


class FinderForm(forms.Form):
    """Which programmes the finder shows; nonsense in the address shows all."""

    open = forms.BooleanField(required=False)
    organization = forms.SlugField(required=False)

    def asked(self) -> FinderAsked:
        """Return which programmes to show."""
        self.is_valid()
        clean = self.cleaned_data
        return FinderAsked(is_open=clean.get("open", False), organization=clean.get("organization", ""))


class OutboxForm(forms.Form):
    """Which messages the outbox shows; nonsense in the address shows all."""

    state = forms.ChoiceField(choices=[(one.value, one.value) for one in NoticeState], required=False)
    q = forms.CharField(required=False, max_length=100)
    act = forms.ChoiceField(choices=[(one.value, one.value) for one in OutboxAct], required=False)
    seen = forms.CharField(required=False, max_length=DIGEST_LENGTH)

    def asked(self) -> OutboxAsked:
        """Return which messages to show, and what to do with which of them."""
        self.is_valid()
        clean = self.cleaned_data
        return OutboxAsked(
            state=clean.get("state", ""),
            words=clean.get("q", ""),
            act=OutboxAct(clean["act"]) if clean.get("act") else None,
            ticked=tuple(self.data.getlist("notice")),  # type: ignore[attr-defined]  # what a request sends
            seen=clean.get("seen", ""),
        )


class NoticeForm(forms.Form):
    """The text of a message."""

    subject = forms.CharField(
        label=_("Subject"), max_length=200, error_messages={"required": _("Type a subject, such as “Your mentor”.")}
    )
    body = forms.CharField(
        label=_("Message"),
        widget=forms.Textarea(attrs={"rows": 14}),
        error_messages={"required": _("Type the message.")},
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, subject: str, body: str, addresses_known: NamesOfAddresses
    ) -> None:
        """Ask for another text of a message that says this now; `addresses_known` says whose some addresses are."""
        super().__init__(data, initial={"subject": subject, "body": body})
        self.said, self.addresses_known = f"{subject} {body}", addresses_known

    def clean(self) -> dict[str, Any]:
        """Refuse a text that gives an address away which the message did not hold before."""
        cleaned = super().clean() or self.cleaned_data
        refuse_addresses(self, ["subject", "body"], known=self.addresses_known, but=self.said)
        return cleaned
