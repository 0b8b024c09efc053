"""Every page of every role in a real browser: accessible, light and dark, at 320 pixels, with targets large enough."""

import re
from urllib.parse import urlsplit

import pytest
from django.template.loader import render_to_string

from accessibility import COLOURS, parts_of, violations
from conftest import NIGHTLY
from journeys.demo import Visit, change_a_mentor

pytestmark = pytest.mark.browser
# Where a crawl begins: as whom, at which stage, and the pages that no link on the way leads to.
WALKS = {
    "coordinator applying": ("coordinator", "applying"),
    "coordinator matching": ("coordinator", "matching"),
    "coordinator running": ("coordinator", "running"),
    "mentee": ("mentee", "running"),
    "mentor": ("mentor", "running"),
    "leader": ("leader", "running"),
    "visitor": ("public", "running"),
}
MUST_MEET = {
    "coordinator applying": {"/c/N/people/", "/c/N/people/N/", "/c/N/import/"},
    "coordinator matching": {
        "/c/N/rules/", "/c/N/rules/new/", "/c/N/rules/edit/", "/c/N/plans/", "/c/N/plans/N/", "/c/N/plans/compare/",
        "/c/N/plans/N/history/", "/c/N/plans/N/mentee/N/", "/c/N/plans/N/mentee/N/mentor/N/",
        "/c/N/plans/N/pairs/N/lock/", "/c/N/plans/N/pairs/N/apart/", "/c/N/plans/N/pairs/N/swap/N/", "/c/N/plans/N/publish/", "/c/N/settings/",
    },
    "coordinator running": {"/c/N/outbox/", "/c/N/outbox/N/", "/c/N/history/", "/c/N/report/", "/c/N/plans/N/publish/"},
    "mentee": {"/", "/matches/", "/offers/N/", "/me/"},
    "mentor": {"/", "/matches/", "/offers/N/"},
    "leader": {"/", "/c/N/report/"},
    "visitor": {"/", "/programmes/first-years/", "/help/", "/privacy/", "/accessibility/", "/account/login/code/"},
}  # fmt: skip
ALIKE = ("/help/", "/privacy/", "/accessibility/", "/programmes/", "/account/")
FACTS = """() => {
  const shown = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
    .map(one => [one, one.getBoundingClientRect()])
    .filter(([one, box]) => box.width > 0 && box.height > 0 && box.top + scrollY >= 0 && one.checkVisibility());
  const inText = one => getComputedStyle(one).display === "inline"
    && [...one.parentElement.childNodes].some(each => each.nodeType === 3 && each.textContent.trim().length > 1);
  const near = (x, y, box) => Math.hypot(
    x - Math.max(box.left, Math.min(x, box.right)), y - Math.max(box.top, Math.min(y, box.bottom))) < 12;
  const small = shown.filter(([one, box]) => (box.width < 24 || box.height < 24) && !inText(one)
    && shown.some(([other, its]) => other !== one && !one.contains(other) && !other.contains(one)
      && near((box.left + box.right) / 2, (box.top + box.bottom) / 2, its)));
  const low = shown.filter(([one, box]) => one.matches(".button") && box.height < 44);
  return {
    headings: document.querySelectorAll("h1").length,
    styled: document.querySelectorAll("[style]").length,
    scripts: document.querySelectorAll("script:not([src]):not([type='application/json'])").length,
    foreign: [...document.querySelectorAll("[src], link[href]")].map(one => one.src || one.href)
      .filter(address => new URL(address).origin !== location.origin),
    small: small.map(([one]) => one.outerHTML.slice(0, 90)),
    low: low.map(([one]) => one.outerHTML.slice(0, 90)),
    title: document.title,
  };
}"""
MOST_ABOVE = 256
"""Pixels above the heading, or the problems before it, at 320 x 640, the demo's own bar among them: two fifths of it."""
LINKS = "() => [...document.querySelectorAll('a[href]:not([download])')].map(link => link.href)"


def pattern_of(address: str) -> str:
    """Return the pattern of an address: its path with every number replaced."""
    return re.sub(r"(?<=/)\d+(?=/)", "N", urlsplit(address).path)


JUDGED: dict[str, set[str]] = {}
"""By pattern of an address the parts that axe has judged, light and dark."""


def is_new(page) -> bool:
    """Return whether a page holds a part that no page at the same address was judged with: a look for axe (at night, any)."""
    judged, parts = JUDGED.setdefault(pattern_of(page.url), set()), parts_of(page)
    is_known = parts <= judged
    judged |= parts
    return NIGHTLY or not is_known


def faults_of(page, *, by_axe: bool = True) -> list[str]:
    """Return what is wrong with the page that a browser shows, at 1280 and at 320 pixels, in light and in dark."""
    facts = page.evaluate(FACTS)
    found = [f"light: {fault}" for fault in violations(page)] if by_axe else []
    found += [f"{name}: {facts[name]}" for name in ("styled", "scripts", "foreign", "small", "low") if facts[name]]
    found += [] if facts["headings"] == 1 else [f"{facts['headings']} h1"]
    if by_axe:
        page.emulate_media(color_scheme="dark")
        found += [f"dark: {fault}" for fault in violations(page, COLOURS)]
        page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 320, "height": 640})
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append("scrolls sideways at 320 pixels")
    begins = page.evaluate(
        "document.querySelector('main :is(.error-summary, h1)').getBoundingClientRect().top + scrollY"
    )
    found += [f"begins {begins} pixels down at 320"] if begins > MOST_ABOVE else []
    facts = page.evaluate(FACTS)
    found += [f"{name} at 320: {facts[name]}" for name in ("small", "low") if facts[name]]
    page.set_viewport_size({"width": 1280, "height": 900})
    return found


def is_walked(address: str, name: str) -> bool:
    """Return whether a walk takes an address: pages that are the same for everybody are met on one walk only."""
    path = urlsplit(address).path
    if path.startswith("/account/2fa/") or path == "/me/":
        return name == "mentee"
    return name == "visitor" or not path.startswith(ALIKE)


def walk(visit: Visit, name: str) -> tuple[dict[str, list[str]], set[str]]:
    """Follow every link from the first page, one address for each pattern; return the faults and the patterns met."""
    page = visit.page
    home = page.url
    waiting, met, faults = [home], set(), {}
    while waiting:
        address = waiting.pop(0)
        if pattern_of(address) in met or not address.startswith(home) or not is_walked(address, name):
            continue
        met.add(pattern_of(address))
        answer = page.goto(address)
        if answer.status != 200 or "text/html" not in answer.headers["content-type"]:
            faults[address] = [f"answers {answer.status}"]
            continue
        met.add(pattern_of(page.url))
        found = faults_of(page, by_axe=is_new(page))
        if found:
            faults[pattern_of(address)] = found
        waiting += page.evaluate(LINKS)
    return faults, met


@pytest.mark.sampled
@pytest.mark.parametrize("name", WALKS)
def test_every_page_is_accessible_and_fits_a_phone(visit, name):
    """A page made of parts that axe has judged at the same address on another walk is judged again only at night."""
    look, stage = WALKS[name]
    visit.look_as(look, stage=stage)
    visit.said.clear()

    faults, met = walk(visit, name)

    assert faults == {}
    assert MUST_MEET[name] - met == set()
    assert visit.said == []


FIRST_CONTENT = {
    "plans/": ".card .button",
    "people/": "tbody tr:first-child th a",
    "rules/": "tbody tr:first-child th",
    "report/": ".figure:first-child strong",
    "review": ".plan-acts .button:first-child",
    "left-out": ".plan-acts .button:first-child",
    "mentors": "main .card h2",
    "choose": "main .card p",
}
"""By page, what people came for: it is seen whole before anybody scrolls."""
FIRST_PAIR = 2 * 640
"""Pixels above the first pair of a plan at most: what is said about the plan and what finds a pair is two screens."""


def test_what_people_came_for_is_on_the_first_screen_of_a_phone(visit):
    """Also on a plan that was changed and has a lock that waits, which the review says first."""
    visit.look_as("coordinator", stage="matching")
    visit.follow("Review plan")
    review = visit.page.url.split("?")[0]
    change_a_mentor(visit)
    visit.page.goto(f"{review}?show=all")
    visit.page.get_by_role("link", name=re.compile("^Lock ")).first.click()
    visit.page.get_by_label("Why?").fill("Test")
    visit.press("Lock this pair")
    assert re.search("wait.*Last change:|Last change:.*wait", visit.words, re.DOTALL)
    visit.page.goto(review)
    cohort = review.split("plans/")[0]
    change = visit.page.get_by_role("link", name=re.compile("^Change mentor")).first.get_attribute("href")
    addresses = {name: f"{cohort}{name}" for name in FIRST_CONTENT if name.endswith("/")}
    addresses |= {"review": review, "left-out": f"{review}?show=left-out", "mentors": change}
    visit.page.goto(change)
    addresses["choose"] = visit.page.get_by_role("link", name=re.compile("^Choose ")).first.get_attribute("href")
    visit.page.set_viewport_size({"width": 320, "height": 640})

    ends = {}
    for name, address in addresses.items():
        visit.page.goto(address)
        box = visit.page.locator(FIRST_CONTENT[name]).first.bounding_box()
        ends[name] = box["y"] + box["height"]
    visit.page.goto(review)
    first_pair = visit.page.locator("article.pair").first.bounding_box()["y"]
    visit.press("Undo")
    visit.press("Undo")

    assert first_pair < FIRST_PAIR
    assert {name: end for name, end in ends.items() if end > 640} == {}
    assert ends.keys() == FIRST_CONTENT.keys()


@pytest.mark.parametrize("code", ["411", "413", "500", "503", "507"])
def test_pages_of_refusals_without_a_session_are_accessible_and_fit_a_phone(visit, code):
    visit.page.goto("/help/")
    visit.page.set_content(render_to_string(f"shared/{code}.html", {"site_name": "Made-up Trust", "most": 5}))

    assert visit.page.locator("main .button").count() == 1
    assert faults_of(visit.page) == []


def test_steps_and_refusals_are_accessible_too(visit):
    """The pages that only a form leads to: the steps of an import, a form with problems, a run, a refusal."""
    visit.look_as("coordinator", stage="applying")
    visit.page.get_by_role("link", name="People", exact=True).click()
    visit.page.goto(visit.page.url.replace("/people/", "/import/"))
    found = {}

    def judge(name: str) -> None:
        found[name] = faults_of(visit.page)

    visit.press("Continue")
    judge("upload with problems")
    visit.page.get_by_label("Mentees").check()
    sheet = b"Full name,E-mail,Goals\nEva Holm,eva@example.org,Research\nFay Ek,nothing,Exams\n"
    visit.page.set_input_files("input[type=file]", {"name": "a.csv", "mimeType": "text/csv", "buffer": sheet})
    visit.press("Continue")
    judge("columns")
    visit.press("Continue")
    judge("check")
    visit.look_as("coordinator", stage="matching")
    visit.follow("Review plan")
    review = visit.page.url
    visit.page.get_by_role("link", name=re.compile("^Lock ")).first.click()
    visit.press("Lock this pair")
    judge("lock with problems")
    visit.page.goto(review)
    visit.follow("Publish…")
    visit.press("Continue")
    judge("messages before they are sent")
    visit.page.goto("/nowhere/")
    judge("nothing there")

    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_in_forced_colours_are_accessible(visit, scheme):
    visit.look_as("coordinator", stage="matching")
    visit.page.emulate_media(forced_colors="active", color_scheme=scheme)
    visit.follow("Review plan")
    found = violations(visit.page)
    visit.page.get_by_role("link", name="People", exact=True).click()
    found += violations(visit.page)
    visit.look_as("mentee", stage="running")
    found += violations(visit.page)

    assert found == []


def test_wider_text_is_not_cut_off(visit):
    visit.look_as("coordinator", stage="matching")
    visit.follow("Review plan")
    visit.page.evaluate(
        """() => { const sheet = new CSSStyleSheet(); sheet.replaceSync(`* { line-height: 1.5 !important;
        letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-bottom: 2em !important }`);
        document.adoptedStyleSheets = [sheet]; }"""
    )
    cut = visit.page.evaluate(
        """() => [...document.querySelectorAll("main *")].filter(one => getComputedStyle(one).overflow === "hidden"
        && !one.closest(".visually-hidden") && one.scrollWidth > one.clientWidth + 1).map(one => one.outerHTML.slice(0, 90))"""
    )

    assert cut == []
    assert not visit.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def test_keyboard_alone_changes_a_mentor_and_never_loses_sight_of_the_focus(visit):
    visit.look_as("coordinator", stage="matching")
    page, hidden = visit.page, []

    def tab_to(words: str) -> None:
        for press in range(150):
            page.keyboard.press("Tab")
            told = page.evaluate(
                """() => { const one = document.activeElement, box = one.getBoundingClientRect();
                const seen = document.elementFromPoint(Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1), box.top + box.height / 2);
                return [one.textContent.trim() || one.name || "", getComputedStyle(one).outlineStyle,
                  one === document.body || box.bottom < 0 || box.top > innerHeight || (seen && (one.contains(seen) || seen.contains(one)))]; }"""
            )
            # A page that has just arrived has the focus on no control: the next press has.
            if press and (told[1] == "none" or not told[2]):
                hidden.append(told)
            if told[0].startswith(words):
                return
        raise AssertionError(words)

    def enter() -> None:
        with page.expect_navigation():
            page.keyboard.press("Enter")

    for words in ("Review plan", "Change mentor", "Choose "):
        tab_to(words)
        enter()
    tab_to("reason")
    page.keyboard.type("By keyboard")
    enter()

    assert "Last change:" in visit.words
    assert hidden == []
