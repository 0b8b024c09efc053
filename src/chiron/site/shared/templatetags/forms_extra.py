"""What the form templates ask about a field."""

from django import forms, template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def is_choice_list(field: BoundField) -> bool:
    """Return whether a field is a group of radio buttons or tick boxes, which needs a legend rather than a label."""
    return isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


@register.filter
def is_tick(field: BoundField) -> bool:
    """Return whether a field is a single tick box, whose label stands after it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def described_by(field: BoundField) -> str:
    """Return the ids of the hint and the error of a field, for people who hear the page."""
    ids = [f"{field.auto_id}_helptext"] if field.help_text else []
    return " ".join([*ids, f"{field.auto_id}_error"] if field.errors else ids)


@register.filter
def dressed(field: BoundField) -> SafeString:
    """Return the field's control, tied to its hint and error, and never marked `required`: the server judges."""
    field.form.use_required_attribute = False
    is_tied = described_by(field) and not is_choice_list(field)  # a group is tied to them by its own frame
    attrs: dict[str, str | bool] = {"aria-describedby": described_by(field)} if is_tied else {}
    return field.as_widget(attrs=attrs)


@register.filter
def landing(field: BoundField) -> str:
    """Return the id that a problem's link leads to: the control, or the first of a group."""
    return field.id_for_label or f"{field.auto_id}_0"
