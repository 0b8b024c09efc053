"""Two sites on one computer do not sign each other out: browsers keep cookies by host, not by port."""

import json
import os
import subprocess
import sys

import pytest

NAMES = (
    "import json\n"
    "from chiron.site import settings as s\n"
    "print(json.dumps([s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.DEVICE_COOKIE_NAME]))"
)


def cookies_of(folder: str, url: str = "") -> list[str]:
    """Return the names of the cookies of a site, asked in a process of its own."""
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "chiron.site.settings", "PYTHONPATH": ":".join(sys.path),
        "CHIRON_DIR": folder, "CHIRON_SITE_URL": url,
    }  # fmt: skip
    return json.loads(
        subprocess.run([sys.executable, "-c", NAMES], env=environment, capture_output=True, check=True).stdout
    )


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:8765"])
def test_sites_in_two_folders_have_cookies_of_their_own(tmp_path, url):
    one, other = cookies_of(str(tmp_path / "one"), url), cookies_of(str(tmp_path / "other"), url)

    assert len({*one, *other}) == 6
    assert cookies_of(str(tmp_path / "one"), "http://127.0.0.1:8899") == one


def test_servers_of_one_site_share_its_cookies_and_tie_them_to_the_host(tmp_path):
    url = "https://mentoring.example.org"
    one, other = cookies_of(str(tmp_path / "one"), url), cookies_of(str(tmp_path / "other"), url)

    assert one == other
    assert all(name.startswith("__Host-") for name in one)
    assert not {*one} & {*cookies_of(str(tmp_path / "one"), f"{url}:8443")}
