"""The page on which a coordinator writes to the people of a list."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from chiron.site.applications.forms.application import ShownForm
from chiron.site.matching.forms.plans import FindForm
from chiron.site.mentorships.forms import WriteForm
from chiron.site.mentorships.operations.writing import letter_to, write_to_people
from chiron.site.mentorships.queries.writing import people_written_to
from chiron.site.mentorships.rules.writing import AUDIENCE_WORDS, NAMES_SHOWN, Audience, AudienceAsked
from chiron.site.people.http import PersonRequest
from chiron.site.programs.queries import cohorts_coordinated_by, people_with_addresses
from chiron.site.shared.forms import digest_of_keys, key_in


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: PersonRequest, cohort_id: int) -> HttpResponse:
    """Ask for the text, show what one of them will read, and put a draft to each into the outbox."""
    cohort = get_object_or_404(cohorts_coordinated_by(request.user), pk=cohort_id)
    asked = _asked(request)
    people = people_written_to(cohort, asked, by=request.user)
    form = WriteForm(
        request.POST if request.method == "POST" else None,
        addresses_known=lambda found: [str(one) for one in people_with_addresses(cohort, found)],
    )
    step = request.POST.get("step", "") if request.method == "POST" and form.is_valid() else "change"
    if step == "write":
        number = write_to_people(
            cohort=cohort,
            people=people,
            seen=form.cleaned_data["seen"],
            subject=form.cleaned_data["subject"],
            body=form.cleaned_data["body"],
            by=request.user,
            now=timezone.now(),
        )
        text = ngettext("%(n)d draft waits in the outbox.", "%(n)d drafts wait in the outbox.", number)
        messages.success(request, text % {"n": number})
        return redirect(f"{reverse('programs:outbox', args=[cohort_id])}?state=draft")
    context = {
        "cohort": cohort,
        "form": form,
        "who": _(AUDIENCE_WORDS[asked.audience]),
        "number": len(people),
        "seen": digest_of_keys(one.pk for one in people),
        "names": people[:NAMES_SHOWN],
        "more": max(len(people) - NAMES_SHOWN, 0),
        "is_preview": step != "change",
        "example": letter_to(people[0], form.cleaned_data["body"]) if step != "change" and people else "",
    }
    return render(request, "mentorships/write.html", context)


def _asked(request: PersonRequest) -> AudienceAsked:
    """Return to whom the address wants to write; nonsense means the list of people."""
    to = request.GET.get("to", "")
    return AudienceAsked(
        audience=Audience(to) if to in {one.value for one in Audience} else Audience.PEOPLE,
        shown=ShownForm(request.GET).shown(),
        plan=key_in(request.GET.get("plan", "")),
        of_plan=request.GET.get("show", ""),
        words=FindForm(request.GET).words(),
    )
