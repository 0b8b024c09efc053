"""The ways of a mentee, a mentor, a leader and a visitor, also without JavaScript."""

import re

import pytest

from journeys.demo import change_a_mentor, publish

pytestmark = pytest.mark.browser
NUMBERS_ABOUT_FIT = re.compile(r"(?i)\b(fit|score|points?)\b|[+−]\d")


def test_mentee_says_yes_on_a_phone_and_never_reads_why_the_mentor_says_no(visit_of, demo):
    """One story, because both answer the same match; the mentee has no JavaScript."""
    mentee = visit_of(demo.url, scripts=False)
    mentee.page.set_viewport_size({"width": 320, "height": 640})
    mentee.look_as("mentee", stage="running")
    mentee.follow("Read and answer")
    match = mentee.page.url
    assert "Why we think this fits" in mentee.words
    assert not NUMBERS_ABOUT_FIT.search(mentee.words.replace("Why we think this fits", ""))
    assert "@" not in mentee.words
    mentee.press("Yes, accept this match")
    assert "You said yes" in mentee.words

    mentor = visit_of(demo.url)
    mentor.look_as("mentor", stage="running")
    mentor.page.goto("/matches/")
    waiting = mentor.page.locator("section.card", has_text="Waits for your answer").first
    name = waiting.locator("h2").inner_text()
    waiting.locator("h2 a").click()
    mentor.follow("No, or not now")
    mentor.press("Send my answer")
    assert mentor.has_problems
    mentor.page.get_by_label("There is a conflict of interest").check()
    mentor.press("Send my answer")
    assert "You said no." in mentor.words
    assert "conflict of interest" not in mentor.words
    assert mentor.faults == []

    coordinator = visit_of(demo.url)
    coordinator.look_as("coordinator", stage="running")
    coordinator.page.get_by_role("link", name="Match", exact=True).click()
    coordinator.follow(re.compile("^Plan A"))
    coordinator.follow("See who got what")
    row = coordinator.page.get_by_role("row", name=re.compile(name))
    row.get_by_text("There is a conflict of interest").wait_for()
    mentee.page.goto(match)
    assert "conflict of interest" not in mentee.page.content()


def test_leader_reads_totals_with_small_groups_hidden(visit):
    visit.look_as("leader", stage="running")
    visit.follow(re.compile("^Read the report"))
    questions = visit.page.locator(".figure h2").all_inner_texts()

    assert len(questions) == 4
    assert "[c]" in visit.words
    assert visit.page.locator(".figure").last.bounding_box()["y"] < 800
    names = visit.page.locator(".top-person a").inner_text()
    assert not re.search(r"\b(equal|similar)\b", visit.words)
    cells = [text.strip() for text in visit.page.locator("td").all_inner_texts()]
    alone = [int(text) for text in cells if text.isdecimal() and 0 < int(text) < 10]
    assert (alone, bool(names)) == ([], True)
    answer = visit.page.request.get(visit.page.url.removesuffix("/") + ".csv")
    assert answer.ok
    assert "[c]" in answer.text()
    assert visit.faults == []


@pytest.mark.parametrize("look", ["mentee", "mentor", "leader", "public"])
def test_pages_of_the_coordinator_are_closed_to_others(visit, visit_of, demo, look):
    visit.look_as("coordinator", stage="matching")
    visit.follow("Review plan")
    addresses = {
        visit.page.url,
        *(link.get_attribute("href") for link in visit.page.locator("header nav a, main a").all()),
    }
    ours = sorted(address for address in addresses if "/c/" in address)[:12]
    other = visit_of(demo.url)
    other.look_as(look, stage="matching")
    opened = []
    for address in ours:
        answer = other.page.request.get(address, max_redirects=0)
        if answer.status not in {302, 404} and not ("/report" in address and look == "leader"):
            opened.append((address, answer.status))

    assert len(ours) > 5
    assert opened == []


def test_visitor_finds_a_programme_and_what_it_asks(visit):
    visit.look_as("public")
    visit.page.goto("/programmes/")
    visit.follow("First years on the ward")

    assert "first years" in visit.words.lower()
    assert visit.page.locator("header").get_by_role("link", name="Sign in").count() == 1
    visit.page.goto("/nowhere/")
    assert visit.heading == "Page not found"


def test_everything_works_without_scripts(visit_of, demo):
    visit = visit_of(demo.url, scripts=False)
    visit.look_as("coordinator", stage="matching")
    visit.follow("Review plan")
    review = visit.page.url
    change_a_mentor(visit)
    visit.page.goto(review)
    publish(visit)
    visit.press(re.compile("^Un-publish"))
    visit.press("Undo")
    visit.look_as("leader", stage="running")
    visit.follow(re.compile("^Read the report"))
    assert "Totals only." in visit.words
