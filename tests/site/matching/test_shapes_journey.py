"""Three tracks in a real browser at 320 px without JavaScript: from the button that works out a plan to the matches."""

import re

import pytest
from django.conf import settings
from django.utils import timezone

from chiron.site.matching.models import OfferMember, PlanPair
from chiron.site.mentorships.models import Match
from chiron.site.shared.jobs.operations import run_waiting_jobs
from shape_factories import make_shape_scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def page_for(chromium, live_server, client):
    """Return a page of somebody who is signed in."""
    context = chromium.new_context(
        base_url=live_server.url, viewport={"width": 320, "height": 640}, java_script_enabled=False
    )
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    return context.new_page()


@pytest.mark.parametrize(
    ("name", "title", "asked"),
    [
        ("nurs-rutgers-groups", "Group of", False),
        ("pre-miami-hpm", "Panel of", True),
        ("hs-penn-cascade", "Chain of", True),
    ],
)
def test_track_is_planned_reviewed_published_and_agreed(chromium, live_server, client, tmp_path, name, title, asked):
    scene = make_shape_scene(name, tmp_path, mentees=8)
    page = page_for(chromium, live_server, scene.client)
    page.goto(f"/c/{scene.cohort.pk}/plans/")
    page.get_by_role("button", name=re.compile("Work out")).first.click()
    run_waiting_jobs(now=timezone.now())
    plan = scene.cohort.plans.get()
    page.goto(f"/c/{scene.cohort.pk}/plans/{plan.pk}/?show=all")

    assert page.get_by_role("heading", name=re.compile(f"^{title}")).count() > 1
    page.locator("article details summary").first.click()
    assert page.get_by_role("link", name=re.compile("Never pair these two")).first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("link", name="Publish…").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name=re.compile(r"Send \d+ messages")).click()
    plan.refresh_from_db()
    assert plan.state == "published"
    if asked:
        tie = PlanPair.objects.filter(plan=plan).first()
        for application in (tie.mentee, tie.mentor):
            client.force_login(application.person, backend="allauth.account.auth_backends.AuthenticationBackend")
            theirs = page_for(chromium, live_server, client)
            key = next(
                one.offer_id
                for one in OfferMember.objects.filter(application=tie.mentee)
                if OfferMember.objects.filter(offer=one.offer_id, application=tie.mentor).exists()
            )
            theirs.goto(f"/offers/{key}/")
            theirs.get_by_role("button", name="Yes, accept this match").click()
        assert Match.objects.get(offer=key).within is not None
    else:
        assert Match.objects.filter(shape="group", state="active").count() > 1
