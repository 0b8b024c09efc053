"""What a process keeps because it is large to make and never changes."""

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
            while sum(map(self._weigh, self._values.values())) > self._most:
                self._values.popitem(last=False)
        if self._seconds is not None:
            timer = Timer(self._seconds, self._drop, (key, value))
            timer.daemon = True
            timer.start()

    def _drop(self, key: Hashable, value: Value) -> None:
        with self._lock:
            if self._values.get(key) is value:
                del self._values[key]

    def forget(self) -> None:
        """Keep nothing any more."""
        with self._lock:
            self._values.clear()
