"""Passwords are hashed a few at a time, so that a rush of sign-ins leaves the processor to everybody else.

One hash takes a fifth of a second of one core on purpose. Whoever would wait too long is told to come back.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.contrib.auth.hashers import PBKDF2PasswordHasher

AT_ONCE: Final = max(1, (os.cpu_count() or 1) // 2)
# Each that waits holds a thread of the web server: two of its eight at most.
MOST_WAITING: Final = 2
LONGEST_WAIT: Final = 2.0
"""Seconds."""


class BusyError(Exception):
    """Raised when too many passwords are hashed already.

    Attributes:
        seconds: after how long it is worth trying again.
    """

    seconds = 5


class Turns:
    """At most so many at once, and so many that wait for their turn.

    Args:
        at_once: how many may work at the same time.
        most_waiting: how many may wait; one more is turned away at once.
        longest_wait: seconds after which whoever waits is turned away.
    """

    def __init__(self, at_once: int, most_waiting: int, longest_wait: float) -> None:
        """Let nobody work or wait yet."""
        self._working = threading.BoundedSemaphore(at_once)
        self._there = threading.BoundedSemaphore(at_once + most_waiting)
        self._longest_wait = longest_wait

    def is_full(self) -> bool:
        """Return whether one more would be turned away at this moment."""
        if not self._there.acquire(blocking=False):
            return True
        self._there.release()
        return False

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn and hold it.

        Raises:
            BusyError: too many wait already, or the turn did not come in time.
        """
        if not self._there.acquire(blocking=False):
            raise BusyError
        try:
            if not self._working.acquire(timeout=self._longest_wait):
                raise BusyError
            try:
                yield
            finally:
                self._working.release()
        finally:
            self._there.release()


TURNS: Final = Turns(AT_ONCE, MOST_WAITING, LONGEST_WAIT)


class PatientHasher(PBKDF2PasswordHasher):
    """Hashes as Django does, in turns; checking a password goes the same way."""

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        """Return the hash of a password.

        Raises:
            BusyError: too many are hashed already.
        """
        with TURNS.turn():
            return super().encode(password, salt, iterations)
