"""The outbox and writing to people in a real browser on a phone: ticks, acts on many, Copy, and nothing wider than it."""

import pytest
from django.conf import settings
from django.test import Client

from chiron.site.notices.models import Notice
from cohort_factories import signed_in
from plan_factories import make_plan, make_publication, make_scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def phone(chromium, running_site, person, *, scripts):
    """Return a page as wide as a telephone, signed in as a person."""
    client = signed_in(Client(), person)
    context = chromium.new_context(
        base_url=running_site.url, viewport={"width": 320, "height": 640}, java_script_enabled=scripts
    )
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=running_site.url)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": running_site.url}])
    return context.new_page()


def too_wide(page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


def states() -> list[str]:
    return sorted(Notice.objects.values_list("state", flat=True))


def test_messages_are_ticked_copied_and_marked_as_sent_on_a_phone(chromium, running_site):
    scene = make_scene()
    make_publication(scene, make_plan(scene))
    count = Notice.objects.count()
    page = phone(chromium, running_site, scene.coordinator, scripts=True)
    page.goto(f"/c/{scene.cohort.pk}/outbox/")
    assert too_wide(page) <= 0

    page.locator("summary", has_text="Read the message to Anna").click()
    page.get_by_role("button", name="Copy the message to Anna").click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Dear Anna,")
    assert "Say yes or no here:" in copied
    assert too_wide(page) <= 0

    page.get_by_role("checkbox", name="The message to Anna").check()
    page.get_by_role("checkbox", name="The message to Bela").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Mark as sent", exact=True).click()

    assert "2 messages count as sent." in page.inner_text("main")
    assert states() == ["ready"] * (count - 2) + ["sent"] * 2


def test_everything_works_without_scripts_and_what_is_copied_by_hand_can_be_selected(chromium, running_site):
    scene = make_scene()
    page = phone(chromium, running_site, scene.coordinator, scripts=False)
    page.goto(f"/c/{scene.cohort.pk}/people/?role=mentor")
    page.get_by_role("link", name="Write to the people shown").click()
    page.get_by_label("Subject").fill("Our first evening")
    page.get_by_label("Message").fill("We meet on Monday.")
    page.get_by_role("button", name="Read it first").click()
    assert "Dear Mira," in page.inner_text("main")
    assert not Notice.objects.exists()
    page.get_by_role("button", name="Put 3 drafts into the outbox").click()
    page.locator("summary", has_text="Read the message").first.click()
    assert "We meet on Monday." in page.inner_text("main")
    assert page.get_by_role("button", name="Copy").count() == 0

    page.locator("summary", has_text="Hold back or mark all").click()
    page.get_by_role("button", name="Hold 3 messages back").click()

    assert "3 messages are held back." in page.inner_text("main")
    assert states() == ["held"] * 3
