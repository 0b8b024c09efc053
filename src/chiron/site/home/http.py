"""What surrounds a page for the person who asked: the entries of the top bar, and the switches of the demo bar."""

from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from chiron.site.home.queries import demo_cohorts
from chiron.site.home.rules import Look
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from chiron.site.programs.queries import cohorts_coordinated_by, cohorts_reported_to
from chiron.site.programs.rules import CohortStage
from chiron.site.shared.navigation import Choice, Navigation, NavItem, Switch

COHORT_KEY = "home_cohort"
LOOK_KEY = "home_look"
SECTIONS = {
    "people": "people",
    "import": "people",
    "rules": "match",
    "plans": "match",
    "runs": "match",
    "outbox": "messages",
    "write": "messages",
    "report": "reports",
}
"""The entry of the top bar to which the pages below /c/<number>/ belong, by the first part of their address."""


def navigation_of(request: HttpRequest) -> Navigation:
    """Return what surrounds this page for the person who asked."""
    switches = _switches(request) if settings.CHIRON_DEMO else ()
    if not isinstance(request.user, Person):
        return Navigation(items=_public_items(request), switches=switches)
    section = _section(request)
    cohort = chosen_cohort(request, list(cohorts_coordinated_by(request.user).defer("matching")))
    if cohort is not None:
        return Navigation(name=cohort.program.name, items=_coordinator_items(cohort, section), switches=switches)
    reported = chosen_cohort(request, list(cohorts_reported_to(request.user).defer("matching")))
    home = NavItem(_("Home"), "/", is_current=section == "home")
    if reported is None:
        return Navigation(items=(home, _matches_item(request)), switches=switches)
    report = NavItem(_("Report"), reverse("outcomes:report", args=[reported.pk]), is_current=section == "reports")
    return Navigation(name=reported.program.name, items=(home, report), switches=switches)


def chosen_cohort(request: HttpRequest, cohorts: Sequence[Cohort]) -> Cohort | None:
    """Return the cohort that a page is about: the one in its address, else the one looked at last, else the newest."""
    match = request.resolver_match
    asked = match.kwargs.get("cohort_id") if match else None
    by_key = {cohort.pk: cohort for cohort in cohorts}
    for key in (asked, request.session.get(COHORT_KEY)):
        if key in by_key:
            return by_key[key]
    return cohorts[0] if cohorts else None


def _coordinator_items(cohort: Cohort, section: str) -> tuple[NavItem, ...]:
    """Return the five entries of a coordinator."""
    entries = (
        ("home", _("Home"), "/"),
        ("people", _("People"), reverse("applications:people", args=[cohort.pk])),
        ("match", _("Match"), reverse("matching:plans", args=[cohort.pk])),
        ("messages", _("Messages"), reverse("programs:outbox", args=[cohort.pk])),
        ("reports", _("Reports"), reverse("outcomes:report", args=[cohort.pk])),
    )
    return tuple(NavItem(label, url, is_current=name == section) for name, label, url in entries)


def _matches_item(request: HttpRequest) -> NavItem:
    """Return the entry under which mentors and mentees find their offers and matches."""
    url = reverse("mentorships:matches")
    return NavItem(_("My matches"), url, is_current=request.path.startswith((url, "/offers/")))


def _public_items(request: HttpRequest) -> tuple[NavItem, ...]:
    """Return the entry of a visitor."""
    url = reverse("programs:finder")
    return (NavItem(_("Programmes"), url, is_current=request.path.startswith((url,)) or request.path == "/"),)


def _section(request: HttpRequest) -> str:
    """Return the name of the entry to which a page belongs."""
    parts = request.path.strip("/").split("/")
    if parts == [""] or (parts[0] == "c" and len(parts) == 2):  # noqa: PLR2004 -- / and /c/<number>/
        return "home"
    return SECTIONS.get(parts[2], "") if parts[0] == "c" and len(parts) > 2 else ""  # noqa: PLR2004 -- /c/<number>/<part>/


def _switches(request: HttpRequest) -> tuple[Switch, ...]:
    """Return the two switches of a demo: as whom it is looked at, and at which stage."""
    cohorts = demo_cohorts()
    cohort = chosen_cohort(request, cohorts)
    look = request.session.get(LOOK_KEY, Look.COORDINATOR.value if request.user.is_authenticated else Look.PUBLIC.value)
    there = {one.stage for one in cohorts}
    stages = tuple(
        Choice(stage.value, str(stage.label), is_current=cohort is not None and cohort.stage == stage)
        for stage in CohortStage
        if stage.value in there
    )
    looks = tuple(Choice(one.value, str(one.label), is_current=one.value == look) for one in Look)
    look_switch = Switch(label=_("Look as"), url=reverse("home:look_as"), name="look", choices=looks)
    stage_switch = Switch(label=_("Stage"), url=reverse("home:choose_stage"), name="stage", choices=stages)
    return (look_switch, stage_switch) if stages else (look_switch,)
