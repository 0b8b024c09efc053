"""Progress of a long search, and the first Ctrl+C, which keeps the best plan so far."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from chiron.cli.talk import Talk
from chiron.pairing.model.answer import Answer
from chiron.pairing.shapes.model.answer import ShapeAnswer

PAUSE = 2.0  # seconds between two plain lines


Shown = Callable[[str], None]


class Watch:
    """The observer of a search: shows its phases, and stops it after Ctrl+C.

    Attributes:
        is_interrupted: Ctrl+C was pressed.
        show: where phases are shown.
    """

    def __init__(self) -> None:
        """Show phases nowhere yet."""
        self.is_interrupted = False
        self.show: Shown = _nowhere

    def __call__(self, phase: str, best: Answer | ShapeAnswer | None) -> bool:
        """Show a phase; return whether to go on."""
        if best is None:
            self.show(phase)
        else:
            pairs = best.pairs if isinstance(best, Answer) else best.ties
            self.show(f"{phase} · best so far {len(pairs)} pair{'s' * (len(pairs) != 1)}")
        return not self.is_interrupted

    def interrupt(self, _number: int, _frame: FrameType | None) -> None:
        """Ask the search to stop; a second Ctrl+C ends the command at once."""
        if self.is_interrupted:
            raise KeyboardInterrupt
        self.is_interrupted = True
        print("\nStopping; keeping the best plan so far. Ctrl+C again ends at once.", file=sys.stderr, flush=True)


@contextmanager
def watching(talk: Talk, title: str) -> Iterator[Watch]:
    """Show progress while something long runs: a moving line on a terminal, plain lines elsewhere."""
    watch = Watch()
    try:
        before = signal.signal(signal.SIGINT, watch.interrupt)
    except ValueError:  # not the main thread: then nobody can press Ctrl+C for us
        before = None
    try:
        # Whoever reads the title may press Ctrl+C at once, so the title comes second.
        with _shown(talk, title) as watch.show:
            yield watch
    finally:
        if before is not None:
            signal.signal(signal.SIGINT, before)


@contextmanager
def _shown(talk: Talk, title: str) -> Iterator[Shown]:
    """Give a place to show phases."""
    if talk.quiet:
        yield _nowhere
    elif talk.color:
        from rich.console import Console

        console = Console(stderr=True)
        with console.status(title) as status:
            yield lambda text: status.update(f"{title} · {text}")
    else:
        talk.say(title)
        yield _plain(talk)


def _nowhere(_text: str) -> None:
    """Show nothing."""


def _plain(talk: Talk) -> Shown:
    """Return a place that prints a line every two seconds at most."""
    last = time.monotonic()

    def show(text: str) -> None:
        nonlocal last
        if time.monotonic() - last >= PAUSE:
            last = time.monotonic()
            talk.say(f"  {text}")

    return show
