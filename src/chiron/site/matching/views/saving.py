"""What the pages of one change have in common: the reason is read and the change saved, or its effect shown."""

from collections.abc import Callable

from django.utils import timezone

from chiron.site.matching.forms.plans import ChangeForm
from chiron.site.people.http import PersonRequest


def form_unless_saved(request: PersonRequest, save: Callable[..., object]) -> ChangeForm | None:
    """Save a change where a reason for it was sent, and return None; otherwise return the form that asks for one.

    Args:
        request: what was sent.
        save: the operation with what it changes; it is told what was seen, the reason, whether to lock, by whom, when.
    """
    form = ChangeForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return form
    clean = form.cleaned_data
    save(seen=clean["seen"], reason=clean["reason"], lock=clean["lock"], by=request.user, now=timezone.now())
    return None
