"""What is asked at publishing, and of somebody who says no."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from chiron.site.matching.rules import DeclineReason
from chiron.site.mentorships.queries import Publishing
from chiron.site.mentorships.rules import LEAVE_REASONS, EndReason, LetterWording, wording_from
from chiron.site.mentorships.rules.publishing import LetterKind, Words
from chiron.site.mentorships.rules.running import RUNNING_LIMITS
from chiron.site.programs.forms import NamesOfAddresses, refuse_addresses
from chiron.site.shared.forms import DIGEST_LENGTH


class PublishForm(forms.Form):
    """When the messages leave, whose wait, until when people answer, and what the coordinator writes into them."""

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
    contact = forms.CharField(
        label=_("Whom should people ask?"),
        help_text=_("Stands at the end of every message: a name, with an e-mail address or a telephone number."),
        required=False,
        max_length=200,
    )
    hold = forms.MultipleChoiceField(
        label=_("Hold these pairs back"),
        help_text=_("Nobody in them is told anything until you offer them later."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=(),
    )
    hold_names = forms.CharField(
        label=_("Hold these people back"),
        help_text=_("One name or e-mail address a line. Nobody in their pairs is told anything until you offer it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=20_000,
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        pairs: Sequence[tuple[int, str]],
        people: Mapping[str, Sequence[Collection[int]]],
        kinds: Sequence[LetterKind],
        now: datetime,
        addresses_known: NamesOfAddresses,
        initial: Mapping[str, Any],
    ) -> None:
        """Ask about a plan.

        Args:
            data: what was sent.
            pairs: each by the key of its first mentee's application and in words; where they are too many to tick,
                none.
            people: where pairs cannot be ticked, the applications of everybody who is called so, each person's
                together, by name and by address in small letters.
            kinds: which kinds of message there are.
            now: the moment.
            addresses_known: says whose some addresses are.
            initial: what is filled in.
        """
        super().__init__(data, initial=dict(initial))
        self.now, self.people, self.kinds, self.addresses_known = now, people, kinds, addresses_known
        field = self.fields["hold"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(key), words) for key, words in pairs]
        del self.fields["hold_names" if pairs or not people else "hold"]
        for kind in kinds:
            for name, field in _word_fields(kind).items():
                self.fields[f"{kind.value}_{name}"] = field

    def clean(self) -> dict[str, Any]:
        """Ask for a time in the future, names that stand in the plan, and words without anybody's address."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("when") == "later" and "send_after" not in self.errors:
            if cleaned.get("send_after") is None:
                self.add_error("send_after", _("Type a date and a time, such as 2027-03-15 09:00."))
            elif cleaned["send_after"] <= self.now:
                self.add_error("send_after", _("This time has passed. Type one in the future."))
        for line in self._lines():
            called = self.people.get(line.casefold(), ())
            if len(called) > 1:
                fault = _("%(count)d people are called “%(name)s”. Type the e-mail address of the one you mean.")
                self.add_error("hold_names", fault % {"count": len(called), "name": line})
            elif not called:
                fault = _("Nobody in this plan is called “%(name)s”. Type the whole name, or the e-mail address.")
                self.add_error("hold_names", fault % {"name": line})
        words = [f"{kind.value}_{name}" for kind in self.kinds for name in _word_fields(kind)]
        refuse_addresses(self, ["contact", *words], known=self.addresses_known)
        return cleaned

    def moment(self) -> datetime | None:
        """Return when the messages leave; None: now."""
        return self.cleaned_data["send_after"] if self.cleaned_data["when"] == "later" else None

    def held(self) -> list[int]:
        """Return the keys of applications whose pairs wait."""
        ticked = [int(key) for key in self.cleaned_data.get("hold", ())]
        named = {key for line in self._lines() for keys in self.people[line.casefold()] for key in keys}
        return [*ticked, *sorted(named)]

    def wording(self) -> LetterWording:
        """Return what the coordinator wrote into the messages."""
        clean = self.cleaned_data
        return LetterWording(
            kinds={
                kind: Words(**{name: clean[f"{kind.value}_{name}"].strip() for name in _word_fields(kind)})
                for kind in self.kinds
            },
            contact=clean["contact"].strip(),
        )

    def word_groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the fields of each kind of message, with its name."""
        return [(str(kind.label), [self[f"{kind.value}_{name}"] for name in _word_fields(kind)]) for kind in self.kinds]

    def has_words(self) -> bool:
        """Return whether something is written into the messages, or should be put right there."""
        return any(field.value() or field.errors for _kind, fields in self.word_groups() for field in fields)

    def has_held(self) -> bool:
        """Return whether somebody is held back."""
        return any(self[name].value() or self[name].errors for name in ("hold", "hold_names") if name in self.fields)

    def _lines(self) -> list[str]:
        lines = (line.strip() for line in self.cleaned_data.get("hold_names", "").splitlines())
        return [line for line in lines if line]


def publish_initial(
    publishing: Publishing | None,
    *,
    answer_days: int,
    contact: str,
    hold: Sequence[int],
    hold_names: Sequence[str],
) -> dict[str, Any]:
    """Return what the form of publishing is filled in with: what was kept, or what is usual.

    Args:
        publishing: what was kept.
        answer_days: what is usual.
        contact: what is usual.
        hold: the pairs that wait, as the form has them.
        hold_names: the addresses of those who are held back.
    """
    if publishing is None:
        return {"answer_days": answer_days, "contact": contact}
    wording = wording_from(publishing.wording)
    words = {
        f"{kind.value}_{name}": getattr(wording.of(kind), name)
        for kind in LetterKind
        for name in ("subject", "opening", "closing")
    }
    moment = publishing.send_after
    return {
        "when": "later" if moment is not None else "now",
        "send_after": localtime(moment).strftime("%Y-%m-%d %H:%M") if moment is not None else None,
        "answer_days": publishing.answer_days or answer_days,
        "contact": wording.contact,
        "hold": [str(key) for key in hold],
        "hold_names": "\n".join(hold_names),
        **words,
    }


def _word_fields(kind: LetterKind) -> dict[str, forms.CharField]:
    """Return the fields in which a coordinator writes one kind of message; empty: the site's own words stay."""
    opening = (
        _("What they read instead of our own text.")
        if kind is LetterKind.LEFT_OUT
        else _("Stands before the people whom we suggest. Who it is, why, and where to answer, we write ourselves.")
    )
    return {
        "subject": forms.CharField(label=_("Subject"), required=False, max_length=200),
        "opening": forms.CharField(
            label=_("First lines"),
            help_text=opening,
            required=False,
            max_length=4_000,
            widget=forms.Textarea(attrs={"rows": 4}),
        ),
        "closing": forms.CharField(
            label=_("Last lines"), required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 3})
        ),
    }


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
    """Why a match ends early; only coordinators read it. Who leaves the programme is withdrawn instead."""

    reason = forms.ChoiceField(
        label=_("Why does it end?"),
        help_text=_(
            "Only coordinators read this. If somebody has left the programme, withdraw them instead: open their name "
            "in the list of people."
        ),
        widget=forms.RadioSelect,
        choices=[(reason.value, reason.label) for reason in EndReason if reason is not EndReason.LEFT],
        error_messages={"required": _("Choose one reason.")},
    )


class WriteForm(forms.Form):
    """What is written to the people of a list, and whom of them the page showed."""

    subject = forms.CharField(
        label=_("Subject"),
        max_length=200,
        error_messages={"required": _("Type a subject, such as “Our first evening”.")},
    )
    body = forms.CharField(
        label=_("Message"),
        help_text=_("Everybody is greeted by name before it. Nobody sees who else gets it."),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": _("Type the message.")},
    )
    seen = forms.CharField(required=False, max_length=DIGEST_LENGTH, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, addresses_known: NamesOfAddresses) -> None:
        """Ask for a text; `addresses_known` says who of the cohort has one of some addresses."""
        super().__init__(data)
        self.addresses_known = addresses_known

    def clean(self) -> dict[str, Any]:
        """Refuse a text that gives somebody's address away."""
        cleaned = super().clean() or self.cleaned_data
        refuse_addresses(self, ["subject", "body"], known=self.addresses_known)
        return cleaned
