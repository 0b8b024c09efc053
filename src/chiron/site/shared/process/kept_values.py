"""What a process keeps because it is large to make and never changes."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import RLock, Timer
from typing import Generic, TypeVar

Value = TypeVar("Value")


class KeptValues(Generic[Value]):
    """The values that were asked for last, each made once: a second thread waits for the first one's."""

    def __init__(
        self, most: int, *, weigh: Callable[[Value], int] = lambda _value: 1, seconds: float | None = None
    ) -> None:
        """Keep values up to so much weight; the one that was asked for last is kept whatever it weighs, if it may be.

        Args:
            most: weight of all that are kept; a value that weighs more by itself is not kept.
            weigh: what a value weighs.
            seconds: how long a value is kept after it was made, whether or not anybody asks; None: until others push
                it out.
        """
        self._most, self._weigh, self._seconds = most, weigh, seconds
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._made_at: dict[Hashable, float] = {}
        self._sweeper: Timer | None = None
        self._being_made: dict[Hashable, RLock] = {}
        self._lock = RLock()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return the value of a key, made now where it is not kept; what is made for one key keeps no other waiting."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
            turn = self._being_made.setdefault(key, RLock())
        with turn:
            with self._lock:
                if key in self._values:
                    return self._values[key]
            try:
                value = make()
                self._keep(key, value)
            finally:
                with self._lock:
                    self._being_made.pop(key, None)
            return value

    def __contains__(self, key: Hashable) -> bool:
        """Return whether the value of a key is kept at this moment."""
        with self._lock:
            return key in self._values

    def _keep(self, key: Hashable, value: Value) -> None:
        if self._weigh(value) > self._most:
            return
        with self._lock:
            self._values[key] = value
            self._made_at[key] = time.monotonic()
            while sum(map(self._weigh, self._values.values())) > self._most:
                pushed_out, _value = self._values.popitem(last=False)
                del self._made_at[pushed_out]
            if self._sweeper is None:
                self._sweep_later()

    def _sweep_later(self) -> None:
        """Look again when the oldest value has had its time; the one thread that waits for it holds no value."""
        self._sweeper = None
        if self._seconds is not None and self._made_at:
            left = min(self._made_at.values()) + self._seconds - time.monotonic()
            self._sweeper = Timer(max(left, 0), self._sweep)
            self._sweeper.daemon = True
            self._sweeper.start()

    def _sweep(self) -> None:
        with self._lock:
            before = time.monotonic() - (self._seconds or 0)
            for key in [key for key, made_at in self._made_at.items() if made_at <= before]:
                del self._values[key], self._made_at[key]
            self._sweep_later()

    def forget(self) -> None:
        """Keep nothing any more."""
        with self._lock:
            self._values.clear()
            self._made_at.clear()
            if self._sweeper is not None:
                self._sweeper.cancel()
                self._sweeper = None
