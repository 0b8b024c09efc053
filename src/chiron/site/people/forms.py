"""What people type about themselves."""

from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

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
