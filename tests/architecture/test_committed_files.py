"""What may not stand in a committed file: addresses of registries, paths of a machine, third-party code."""

import re
import subprocess
import tomllib
from pathlib import Path

from chiron.version import VERSION

ROOT = Path(__file__).resolve().parents[2]
REGISTRY = re.compile(
    "|".join(["py" + r"pi\.org", "python" + r"hosted\.org", "registry\\." + r"npmjs", "deb\\." + r"debian\.org"])
)
MACHINE_PATH = re.compile("(^|[^A-Za-z0-9_.])/(" + "wo" + "rk|ro" + "ot|ho" + "me)/[a-z]")


def committed_texts() -> dict[str, str]:
    """Return the text of every file that git tracks, by name."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    texts = {}
    for name in filter(None, names.split("\0")):
        path = ROOT / name
        if path.is_file() and path.suffix not in {".png", ".xlsx", ".ico"}:
            texts[name] = path.read_text()
    return texts


def test_no_file_names_a_registry():
    assert [name for name, text in committed_texts().items() if REGISTRY.search(text)] == []


def test_no_file_holds_a_path_of_a_machine():
    assert [name for name, text in committed_texts().items() if MACHINE_PATH.search(text)] == []


def test_no_sentence_of_the_site_says_please():
    asked = re.compile(r"\bplease\b", re.IGNORECASE)
    said = {name: text for name, text in committed_texts().items() if re.match(r"src/chiron/site/.*\.(py|html)$", name)}

    assert len(said) > 200
    assert [name for name, text in said.items() if asked.search(text)] == []


def test_locks_hold_names_and_hashes_only():
    locks = sorted((ROOT / "requirements").glob("*.txt"))

    assert locks
    for lock in locks:
        text = lock.read_text()
        assert "://" not in text
        assert "--hash=sha256:" in text
        assert "--index" not in text


def test_the_package_has_the_version_that_the_command_says():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert project["version"] == VERSION
