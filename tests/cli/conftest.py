"""Runs the command inside the test, in a folder of its own that holds the example of `chiron template`."""

from collections.abc import Callable
from pathlib import Path

import pytest

from chiron.cli.main import main
from chiron.sheets.example import write_example

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def example(folder: Path) -> Path:
    """The current folder, with the example in it."""
    write_example(folder)
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `chiron` with these words; give its exit code, stdout and stderr."""

    def command(*words: str) -> tuple[int, str, str]:
        code = main(list(words))
        said = capsys.readouterr()
        return code, said.out, said.err

    return command
