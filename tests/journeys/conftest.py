"""One running demo for all journeys, and browser windows on it."""

import os
import signal
import sys
from collections.abc import Callable, Iterator

import pytest

from journeys.demo import ROOT, Demo, Visit, plain_environment, start_demo


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Iterator[Demo]:
    """Run `chiron demo` once for all journeys."""
    folder = tmp_path_factory.mktemp("demo")
    words = [sys.executable, "-m", "chiron", "demo", "--no-browser", "--port", str(8800 + os.getpid() % 900)]
    environment = plain_environment(folder) | {"PYTHONPATH": str(ROOT / "src")}
    running = start_demo(words, folder=folder, environment=environment)
    yield running
    os.killpg(running.process.pid, signal.SIGINT)
    running.process.wait(timeout=20)


@pytest.fixture
def visit_of(chromium) -> Iterator[Callable[..., Visit]]:
    """Return a function that opens a fresh browser on a site: `visit_of(address, scripts=False)`."""
    contexts = []

    def open_on(address: str, *, scripts: bool = True) -> Visit:
        context = chromium.new_context(
            base_url=address, viewport={"width": 1280, "height": 900}, java_script_enabled=scripts
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        return Visit(context)

    yield open_on
    for context in contexts:
        context.close()


@pytest.fixture
def visit(visit_of, demo) -> Visit:
    """Open a fresh browser on the demo."""
    return visit_of(demo.url)
