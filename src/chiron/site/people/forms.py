"""What people type about themselves."""

from zoneinfo import available_timezones

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
