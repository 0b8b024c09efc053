"""The folder of a site."""

import os
import stat

import pytest

from chiron.cli.exits import USAGE, Leave
from chiron.cli.site.folder import keep_address, last_address, make_folder, settings_in, use_folder


def test_make_folder_writes_fresh_secrets_for_the_owner_alone(tmp_path):
    keys = []
    for name in ("one", "two with a space"):
        make_folder(tmp_path / name)
        path = tmp_path / name / "settings.env"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        keys.append(settings_in(path.read_text())["CHIRON_SECRET_KEY"])

    assert keys[0] != keys[1]
    assert min(map(len, keys)) >= 64


def test_make_folder_never_overwrites_a_site(tmp_path):
    make_folder(tmp_path)

    with pytest.raises(Leave, match="already holds a site") as end:
        make_folder(tmp_path)

    assert end.value.code == USAGE


def test_settings_in_reads_what_people_write():
    text = "# a note\n\n A = b=c \nB=\"quoted\"\nC='x'\n"

    assert settings_in(text) == {"A": "b=c", "B": "quoted", "C": "x"}


def test_use_folder_lets_the_environment_win(tmp_path, monkeypatch):
    make_folder(tmp_path)
    for name in ("CHIRON_NAME", "CHIRON_DIR", "CHIRON_SECRET_KEY", "CHIRON_TIME_ZONE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CHIRON_NAME", "Ours")

    use_folder(tmp_path)

    assert (os.environ["CHIRON_NAME"], os.environ["CHIRON_DIR"]) == ("Ours", str(tmp_path))
    for name in ("CHIRON_DIR", "CHIRON_SECRET_KEY", "CHIRON_TIME_ZONE"):
        monkeypatch.delenv(name)


def test_use_folder_says_how_to_make_one(tmp_path):
    with pytest.raises(Leave, match="Make one: chiron init"):
        use_folder(tmp_path / "nothing")


def test_last_address_is_where_the_site_was_served(tmp_path):
    assert last_address(tmp_path, "http://otherwise") == "http://otherwise"

    keep_address(tmp_path, "http://127.0.0.1:9")

    assert last_address(tmp_path, "http://otherwise") == "http://127.0.0.1:9"
