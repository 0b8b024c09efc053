"""Signing in and the site's plain pages in a real browser: looks, keyboard, accessibility."""

import pytest
from django.utils import timezone

from accessibility import violations
from chiron.site.people.operations import make_sign_in_link
from factories import make_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PUBLIC = ["/help/", "/privacy/", "/accessibility/", "/account/login/code/", "/account/login/", "/nowhere/"]


@pytest.fixture
def link():
    return f"/enter/{make_sign_in_link(person=make_person('Ama Boateng'), by=None, now=timezone.now())}/"


def problems(page) -> list[str]:
    """Return what axe finds on a page, and whether it has to be scrolled sideways."""
    found = violations(page)
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append("scrolls sideways")
    return found


def test_link_signs_in_once(browser, link):
    page = browser.new_page()
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.goto("/me/")

    assert page.get_by_label("Name").input_value() == "Ama Boateng"

    other = browser.browser.new_context(base_url=page.url[: page.url.index("/me/")]).new_page()
    other.goto(link)
    assert "already used" in other.inner_text("main")


def test_error_summary_takes_focus_and_leads_to_the_field(browser, link):
    page = browser.new_page()
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.goto("/me/")
    page.get_by_label("Name").fill("")
    page.get_by_role("button", name="Save my details").click()

    assert page.title().startswith("Error: ")
    assert page.evaluate("document.activeElement.className") == "error-summary"
    page.get_by_role("link", name="Enter your name").click()
    assert page.evaluate("document.activeElement.id") == "id_name"


def test_keyboard_reaches_the_main_content_first(browser):
    page = browser.new_page()
    page.goto("/help/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"


def test_look_stays_chosen(browser):
    page = browser.new_page()
    page.goto("/help/")
    page.get_by_role("button", name="Dark").click()

    assert page.url.endswith("/help/")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 23, 28)"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_pages_are_accessible_and_reflow(chromium, running_site, link, width, scheme):
    context = chromium.new_context(
        base_url=running_site.url, viewport={"width": width, "height": 700}, color_scheme=scheme
    )
    page = context.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    faults = {}
    for address in [*PUBLIC, link]:
        page.goto(address)
        faults[address] = problems(page)
    page.get_by_role("button", name="Sign in").click()
    for address in ["/me/", "/account/2fa/", link]:
        page.goto(address)
        faults[address] = problems(page)
    context.close()

    assert {address: found for address, found in faults.items() if found} == {}
    assert [words for words in said if "404" not in words and "410" not in words] == []
