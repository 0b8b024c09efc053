"""The account pages in a real browser, with a passkey: our words, our layout, and a second step that cannot be passed by."""

import os
import re
from pathlib import Path

import pytest
from django.utils import timezone

from accessibility import COLOURS, RULES, violations
from chiron.site.people.models import SignInMail
from chiron.site.people.operations import make_sign_in_link
from factories import make_person

pytestmark = [pytest.mark.auth, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RAW = re.compile(
    r"Two-Factor|Authenticator|Security [Kk]ey|Bad Token|Reset My|Sign In\b|Alternative|reauthenticate|Are you sure|again\)"
)
PICTURES = os.environ.get("CHIRON_SCREENSHOTS", "")
AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _can_mail(settings):
    settings.CHIRON_CAN_MAIL = True


@pytest.fixture
def ama():
    return make_person("Ama Boateng", email="ama@example.org")


@pytest.fixture
def page(chromium, running_site):
    """Open a browser that holds a passkey device; passkeys need a name of a host, not a number."""
    context = chromium.new_context(base_url=running_site.url.replace("127.0.0.1", "localhost"))
    context.set_default_timeout(20_000)
    opened = context.new_page()
    session = context.new_cdp_session(opened)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    yield opened
    context.close()


def enter(page, person) -> None:
    page.goto(f"/enter/{make_sign_in_link(person=person, by=None, now=timezone.now())}/")
    page.get_by_role("button", name="Sign in").click()


def sign_out(page) -> None:
    page.get_by_role("button", name="Sign out").click()


def look(page, name: str) -> list[str]:
    """Return what is wrong with the page on screen, wide and narrow, light and dark; keep pictures where asked."""
    found = [f"{name}: raw words {RAW.findall(page.inner_text('main'))}"] if RAW.search(page.inner_text("main")) else []
    found += [] if page.locator("h1").count() == 1 else [f"{name}: {page.locator('h1').count()} h1"]
    found += [f"{name}: title {page.title()!r}"] if re.match(r"\s*·|.*Error:\s*Error:", page.title()) else []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 800})
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                found.append(f"{name}: scrolls sideways at {width}")
            if PICTURES:
                page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}-{scheme}.png"), full_page=True)
        rules = RULES if scheme == "light" else COLOURS
        found += [f"{name} {scheme}: {fault}" for fault in violations(page, rules)]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 800})
    return found


def codes_on(page) -> list[str]:
    return page.locator("main li code").all_inner_texts()


def test_passkey_is_a_second_step_after_a_link_and_each_recovery_code_works_once(page, ama):
    enter(page, ama)
    page.goto("/me/")
    page.get_by_role("link", name="Passkeys and second step").click()
    found = look(page, "ways")
    page.get_by_role("link", name="Add a passkey").click()
    found += look(page, "add")
    page.get_by_label("What you call it").fill("My phone")
    page.get_by_role("button", name="Add the passkey").click()
    page.get_by_role("heading", name="My recovery codes").wait_for()
    codes = codes_on(page)
    found += look(page, "codes")
    assert len(codes) == 10

    sign_out(page)
    enter(page, ama)
    page.get_by_role("heading", name="One more step").wait_for()
    found += look(page, "second-step")
    page.goto("/me/")
    assert "/account/2fa/authenticate/" in page.url
    enter(page, ama)
    page.get_by_label("Code").fill("00000000")
    page.get_by_role("button", name="Sign in with this code").click()
    assert page.title().strip().startswith("Error:")
    found += look(page, "second-step-wrong")
    page.get_by_role("button", name="Use my passkey").click()
    page.get_by_role("button", name="Sign out").wait_for()

    for code, works in ((codes[0], True), (codes[0], False), (codes[1], True)):
        if page.get_by_role("button", name="Sign out").count():
            sign_out(page)
        enter(page, ama)
        page.get_by_label("Code").fill(code)
        page.get_by_role("button", name="Sign in with this code").click()
        page.wait_for_load_state()
        page.goto("/me/")
        assert ("/me/" in page.url) is works, code

    assert found == []


def test_passkeys_are_listed_renamed_and_removed(page, ama):
    enter(page, ama)
    page.goto("/account/2fa/webauthn/add/")
    page.get_by_label("What you call it").fill("My phone")
    page.get_by_label("It may sign me in alone").check()
    page.get_by_role("button", name="Add the passkey").click()
    page.get_by_role("heading", name="My recovery codes").wait_for()
    page.goto("/account/2fa/webauthn/")
    found = look(page, "passkeys")
    page.get_by_role("link", name="Rename").click()
    page.get_by_role("heading", name="Rename a passkey").wait_for()
    found += look(page, "rename")
    page.get_by_label("What you call it").fill("My other phone")
    page.get_by_role("button", name="Save the name").click()
    assert "My other phone" in page.inner_text("main")
    sign_out(page)
    page.goto("/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("button", name="Sign out").wait_for()
    page.goto("/account/2fa/recovery-codes/generate/")
    page.get_by_role("heading", name="Is it you?").wait_for()
    found += look(page, "prove-again")
    page.get_by_role("link", name="With a recovery code").click()
    found += look(page, "prove-by-code")
    page.get_by_role("link", name="With my passkey").click()
    page.get_by_role("button", name="Use my passkey").click()
    page.get_by_role("heading", name="Make new recovery codes").wait_for()
    found += look(page, "new-codes")
    page.goto("/account/2fa/webauthn/")
    page.get_by_role("link", name="Remove").click()
    found += look(page, "remove")
    page.get_by_role("button", name="Remove the passkey").click()
    page.goto("/account/2fa/")
    assert "You have none. A passkey" in page.inner_text("main")

    assert found == []


def test_pages_about_passwords_and_addresses_are_ours(page, ama):
    enter(page, ama)
    page.goto("/account/password/set/")
    found = look(page, "set-password")
    page.get_by_role("button", name="Save my password").click()
    found += look(page, "set-password-wrong")
    page.get_by_label("New password", exact=True).fill("correct horse battery")
    page.get_by_label("New password, once more").fill("correct horse battery")
    page.get_by_role("button", name="Save my password").click()
    page.goto("/account/password/change/")
    found += look(page, "change-password")
    page.goto("/me/address/")
    found += look(page, "prove-by-password")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("New e-mail address").fill("ama.new@example.org")
    page.get_by_role("button", name="Send the link").click()
    found += look(page, "address-waiting")
    link = re.search(r"/me/address/[\w-]{20,}/", SignInMail.objects.filter(to="ama.new@example.org").get().body).group()
    page.goto(link)
    found += look(page, "confirm-address")
    page.get_by_role("button", name="Use this address").click()
    found += look(page, "my-data")
    page.goto(link)
    found += look(page, "dead-address-link")
    sign_out(page)
    for address in ("login/", "login/code/", "password/reset/", "inactive/", "signup/", "password/reset/key/done/"):
        page.goto(f"/account/{address}")
        found += look(page, address.strip("/").replace("/", "-"))
    page.goto("/account/password/reset/")
    page.get_by_label("E-mail").fill("ama.new@example.org")
    page.get_by_role("button", name="Send me the link").click()
    found += look(page, "reset-done")
    reset = re.search(r"/account/password/reset/key/\S+", SignInMail.objects.latest("pk").body).group()
    page.goto(reset)
    found += look(page, "reset-key")
    page.goto("/account/password/reset/key/1-wrong/")
    found += look(page, "reset-key-dead")
    page.goto("/account/login/code/")
    page.get_by_label("E-mail").fill("ama.new@example.org")
    page.get_by_role("button", name="Send me a code").click()
    found += look(page, "code")
    page.get_by_label("Code").fill("AAA-AAA")
    page.get_by_role("button", name="Sign in").click()
    found += look(page, "code-wrong")

    assert found == []
