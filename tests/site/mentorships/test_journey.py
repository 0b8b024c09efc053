"""From the plan to a yes in a real browser, with JavaScript off: everything works by links, forms and the keyboard."""

import re

import pytest
from django.conf import settings
from django.test import Client

from chiron.site.matching.models import Plan, PlanPair
from chiron.site.notices.models import Notice
from plan_factories import make_plan, make_scene, member_of, offer_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def page_for(chromium, live_server, person):
    """Return a page without JavaScript, signed in as a person, as wide as a telephone."""
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    context = chromium.new_context(
        base_url=live_server.url, viewport={"width": 320, "height": 640}, java_script_enabled=False
    )
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    return context.new_page()


def press(page, role, name):
    """Give a control the focus and press Enter, as somebody without a mouse does."""
    control = page.get_by_role(role, name=name).first
    control.focus()
    control.press("Enter")


def test_mentor_is_changed_undone_changed_published_and_accepted(chromium, live_server):
    scene = make_scene()
    plan = make_plan(scene)
    before = list(PlanPair.objects.order_by("pk").values())
    page = page_for(chromium, live_server, scene.coordinator)
    page.goto(f"/c/{scene.cohort.pk}/plans/{plan.pk}/?show=all")

    press(page, "link", "Change mentor of Carl")
    press(page, "link", "Choose Olga")
    predicted = re.search(r"Whole plan ([^;]+);", page.inner_text("main")).group(1)
    page.get_by_label("Why do you change this pair?").fill("Carl asked for a nurse")
    press(page, "button", "Choose Olga")
    assert "Last change: Carl now has Olga." in page.inner_text("main")
    total = sum(pair.fit for pair in PlanPair.objects.filter(plan=plan)) - sum(row["fit"] for row in before)
    assert predicted.replace("\N{MINUS SIGN}", "-").replace("+", "") == str(total)
    press(page, "button", "Undo")
    assert list(PlanPair.objects.order_by("pk").values()) == before

    press(page, "link", "Publish…")
    press(page, "button", "Continue")
    count = int(re.search(r"Send (\d+) messages", page.inner_text("main")).group(1))
    press(page, "button", re.compile(r"Send \d+ messages"))
    assert Plan.objects.get().state == "published"
    assert Notice.objects.count() == count

    offer = offer_of(scene, "Anna")
    theirs = page_for(chromium, live_server, member_of(offer, "mentee").application.person)
    theirs.goto(f"/offers/{offer.pk}/")
    press(theirs, "button", "Yes, accept this match")
    assert "You said yes" in theirs.inner_text("main")
    assert member_of(offer, "mentee").reply == "yes"
