"""Groups of a track in a real browser: one says no, one is silent, one leaves, one comes late; the next round takes all in."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from chiron.site.applications.models import Application
from chiron.site.matching.models import OfferMember, Plan, PlanPair
from chiron.site.mentorships.models import Match, Member
from chiron.site.mentorships.operations import accept_offer
from chiron.site.mentorships.operations.offers import lapse_offers
from chiron.site.shared.jobs.operations import run_waiting_jobs
from plan_factories import link_to
from shape_factories import make_shape_scene

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


def work_out_and_publish(page, scene):
    """Work a plan out and publish it, on its pages; return it."""
    page.goto(f"/c/{scene.cohort.pk}/plans/")
    page.get_by_role("button", name=re.compile("Work out")).first.click()
    run_waiting_jobs(now=timezone.now())
    plan = Plan.objects.latest("pk")
    page.goto(f"/c/{scene.cohort.pk}/plans/{plan.pk}/?show=all")
    words = page.inner_text("main")
    page.get_by_role("link", name="Publish…").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name=re.compile(r"Send \d+ messages")).click()
    assert "is published" in page.inner_text("h1")
    return plan, words


def waiting():
    rows = OfferMember.objects.filter(reply="waiting", holds_place=True)
    return rows.select_related("application__person", "offer").order_by("pk")


def say_yes(members):
    for one in members:
        accept_offer(member=one, link_to=link_to, by=one.application.person, now=timezone.now())


def test_all_end_in_a_group_or_with_a_reason_and_nobody_is_asked_twice(chromium, live_server, tmp_path):
    scene = make_shape_scene("nurs-rutgers-groups", tmp_path, mentees=24)
    scene.cohort.matching["offers"] = {"agree": "all", "least": 1}
    scene.cohort.save()
    mentees = scene.cohort.applications.filter(role="mentee")
    late = mentees.order_by("-pk").first()
    Application.objects.filter(pk=late.pk).update(stage="submitted")
    page = page_for(chromium, live_server, scene.coordinator)
    first, _words = work_out_and_publish(page, scene)

    several = [key for key, size in Counter(waiting().values_list("offer", flat=True)).items() if size > 2]
    group = list(waiting().filter(offer=several[0], part="mentee"))
    refuses, leaves = group[0], group[1]
    silent = waiting().filter(offer=several[1], part="mentee").first()
    theirs = page_for(chromium, live_server, refuses.application.person)
    theirs.goto(f"/offers/{refuses.offer_id}/")
    theirs.get_by_role("link", name="No, or not now").click()
    theirs.get_by_label("I do not have the time now").check()
    theirs.get_by_role("button", name="Send my answer").click()
    theirs.wait_for_url(f"**/offers/{refuses.offer_id}/")
    say_yes(waiting().exclude(pk=silent.pk))
    page.goto(f"/c/{scene.cohort.pk}/people/{leaves.application_id}/")
    page.get_by_role("link", name="Withdraw").first.click()
    page.get_by_role("button", name="Withdraw").first.click()
    page.wait_for_url(f"**/people/{leaves.application_id}/")
    assert lapse_offers(link_to=link_to, now=timezone.now() + timedelta(days=15)) == 1
    Application.objects.filter(pk=late.pk).update(stage="accepted")
    running = Match.objects.filter(state="active").count()

    second, words = work_out_and_publish(page, scene)

    assert "Kept:" in words
    asked = {refuses.application_id, silent.application_id, late.pk}
    assert set(PlanPair.objects.filter(plan=second).values_list("mentee", flat=True)) == asked
    assert {one.application_id for one in waiting()} == asked
    for one in list(waiting()):
        theirs = page_for(chromium, live_server, one.application.person)
        theirs.goto(f"/offers/{one.offer_id}/")
        theirs.get_by_role("button", name="Yes, accept this match").click()
        theirs.wait_for_url("**/matches/**")
        assert "is your mentor" in theirs.inner_text("h1") or "You are together with" in theirs.inner_text("h1")
    inside = set(Member.objects.filter(part="mentee", left_on=None).values_list("application", flat=True))
    assert inside == set(mentees.filter(stage="accepted").values_list("pk", flat=True))
    assert leaves.application_id not in inside
    assert Match.objects.filter(state="active").count() == running
    asked_together = Counter(
        (one.application_id, other.application_id)
        for one in OfferMember.objects.filter(part="mentee")
        for other in OfferMember.objects.filter(offer=one.offer_id, part="mentor")
    )
    assert max(asked_together.values()) == 1
    assert not PlanPair.objects.filter(
        plan=second, mentor__in=[refuses.offer.members.get(part="mentor").application_id], mentee=refuses.application_id
    ).exists()
    assert first.pk != second.pk
