"""What people type about themselves."""

from typing import Any
from zoneinfo import available_timezones

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from chiron.site.people.rules import NameRefusedError, clean_name

SHOWN_REGIONS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


def zone_choices() -> list[tuple[str, str]]:
    """Return the time zones that a person may choose, by name of place."""
    names = sorted(name for name in available_timezones() if name.startswith(SHOWN_REGIONS))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


class MyDataForm(forms.Form):
    """What a person may correct about themself."""

    use_required_attribute = False
    name = forms.CharField(
        label=_("Name"), max_length=200, error_messages={"required": _("Enter your name as others should see it.")}
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=zone_choices, help_text=_("Times on every page are shown in this zone.")
    )

    def clean_name(self) -> str:
        """Return the name as it is kept, or say what is wrong with it."""
        try:
            return clean_name(self.cleaned_data["name"])
        except NameRefusedError as refusal:
            raise forms.ValidationError(refusal.message) from refusal


class AddressForm(forms.Form):
    """Another address that a person wants to be written to."""

    use_required_attribute = False
    email = forms.EmailField(
        label=_("New e-mail address"),
        max_length=254,
        help_text=_("We send a link to it. Your present address stays until you have opened that link."),
        error_messages={
            "required": _("Enter the new address."),
            "invalid": _("Enter an e-mail address such as name@example.org."),
        },
    )


class OwnerDataForm(MyDataForm):
    """What the person who has just set the site up says about themself: their address, too."""

    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("You sign in with this address from now on."),
        error_messages={
            "required": _("Enter your e-mail address."),
            "invalid": _("Enter an e-mail address such as name@example.org."),
        },
    )
    field_order = ("name", "email", "language", "time_zone")


OUR_LABELS = {
    "login": _("E-mail"),
    "email": _("E-mail"),
    "password": _("Password"),
    "oldpassword": _("Present password"),
    "password1": _("New password"),
    "password2": _("New password, once more"),
    "code": _("Code"),
    "name": _("What you call it, such as “my phone”"),
    "passwordless": _("It may sign me in alone, without a code or a password"),
}


MISSING = {
    "login": _("Enter your e-mail address."),
    "email": _("Enter your e-mail address."),
    "password": _("Enter your password."),
    "oldpassword": _("Enter your present password."),
    "password1": _("Enter a new password."),
    "password2": _("Enter the new password once more."),
    "code": _("Enter the code."),
}


class OurLabels:
    """Gives the fields of a form of allauth our words: labels above them, and what to do where one is left empty."""

    fields: dict[str, forms.Field]
    initial: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields."""
        super().__init__(*args, **kwargs)
        self.initial.pop("name", None)
        for name, field in self.fields.items():
            field.label = OUR_LABELS.get(name, field.label)
            field.error_messages["required"] = MISSING.get(name, field.error_messages["required"])
            if name != "password1":  # which says what a password needs
                field.help_text = ""
            field.widget.attrs.pop("placeholder", None)


class LoginForm(OurLabels, account.LoginForm):  # type: ignore[misc]  # allauth has no types
    """An address and a password."""


class RequestLoginCodeForm(OurLabels, account.RequestLoginCodeForm):  # type: ignore[misc]  # allauth has no types
    """The address that a code is sent to."""


class ConfirmLoginCodeForm(OurLabels, account.ConfirmLoginCodeForm):  # type: ignore[misc]  # allauth has no types
    """The code that was sent."""


class ReauthenticateForm(OurLabels, account.ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    """The password, once more."""


class ChangePasswordForm(OurLabels, account.ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    """The present password and a new one."""


class SetPasswordForm(OurLabels, account.SetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """A first password."""


class ResetPasswordForm(OurLabels, account.ResetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """The address that a link is sent to."""


class ResetPasswordKeyForm(OurLabels, account.ResetPasswordKeyForm):  # type: ignore[misc]  # allauth has no types
    """A new password, after the link."""


class AuthenticateForm(OurLabels, mfa.AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """A recovery code, while signing in."""


class ProveAgainForm(OurLabels, mfa.ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    """A recovery code, while signed in."""


class AddPasskeyForm(OurLabels, webauthn.AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """A new passkey."""


class EditPasskeyForm(OurLabels, webauthn.EditWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """The name of a passkey."""
