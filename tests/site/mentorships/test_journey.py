"""From the plan to a yes in a real browser, with JavaScript off: everything works by links, forms and the keyboard."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from chiron.site.matching.models import Offer, Plan, PlanPair
from chiron.site.mentorships.models import Match
from chiron.site.mentorships.operations.offers import lapse_offers
from chiron.site.notices.models import Notice
from chiron.site.shared.jobs.operations import run_waiting_jobs
from plan_factories import add_mentee, link_to, make_plan, make_scene, member_of, offer_of

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


def publish(page):
    """Publish the plan whose page is open, as a coordinator does."""
    press(page, "link", "Publish…")
    press(page, "button", "Continue")
    press(page, "button", re.compile(r"Send \d+ messages"))
    assert "is published" in page.inner_text("h1")


def answer(chromium, live_server, offer, part, *, yes):
    """Let one member of an offer answer it on their page."""
    page = page_for(chromium, live_server, member_of(offer, part).application.person)
    page.goto(f"/offers/{offer.pk}/")
    if yes:
        press(page, "button", "Yes, accept this match")
    else:
        press(page, "link", "No, or not now")
        page.get_by_label("I do not have the time now").check()
        press(page, "button", "Send my answer")
    return page


def test_all_end_matched_or_with_a_reason_and_nobody_is_asked_twice(chromium, live_server):
    scene = make_scene(places=2)
    plan = make_plan(scene)
    page = page_for(chromium, live_server, scene.coordinator)
    page.goto(f"/c/{scene.cohort.pk}/plans/{plan.pk}/")
    publish(page)
    anna, carl, dora = (offer_of(scene, name) for name in ("Anna", "Carl", "Dora"))

    answer(chromium, live_server, anna, "mentor", yes=False)
    for offer in (carl, dora):
        for part in ("mentee", "mentor"):
            theirs = answer(chromium, live_server, offer, part, yes=True)
    assert "You are mentoring Dora" in theirs.inner_text("h1")
    page.goto(f"/c/{scene.cohort.pk}/people/{scene.people['Dora'].pk}/")
    press(page, "link", "Withdraw")
    page.wait_for_url("**/withdraw/")
    press(page, "button", "Withdraw")
    page.wait_for_url(f"**/people/{scene.people['Dora'].pk}/")
    theirs.reload()
    assert "has ended" in theirs.inner_text("h1")
    assert lapse_offers(link_to=link_to, now=timezone.now() + timedelta(days=15)) == 1
    add_mentee(scene, "Edda", ["Teaching"], "South")

    page.goto("/")
    assert "3 mentees have no match yet" in page.inner_text("main")
    page.goto(f"/c/{scene.cohort.pk}/answers/")
    words = page.inner_text("main")
    assert "I do not have the time now" in words
    assert "Not answered in time" in words
    press(page, "link", "Work out the next plan")
    assert "Kept as they are: 1 running, 0 waiting" in page.inner_text("main")
    press(page, "button", "Work out a plan")
    run_waiting_jobs(now=timezone.now())
    second = Plan.objects.latest("pk")
    page.goto(f"/c/{scene.cohort.pk}/plans/{second.pk}/?show=all")
    assert "Carl" not in page.inner_text("main").split("Publish")[-1]
    publish(page)
    for name in ("Anna", "Bela", "Edda"):
        for part in ("mentee", "mentor"):
            answer(chromium, live_server, offer_of(scene, name), part, yes=True)

    running = Match.objects.filter(state="active")
    assert running.count() == 4
    assert Match.objects.get(state="closed").closed_reason == "left"
    asked = [tuple(sorted(offer.members.values_list("application", flat=True))) for offer in Offer.objects.all()]
    assert len(asked) == len(set(asked)) == 7
