"""Putting off the interpreter's walks through everything that is in memory."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def walks_put_off() -> Iterator[None]:
    """Look for no circles of garbage meanwhile: with a large plan in memory such a walk lasts a quarter of a second.

    Where it falls into a transaction, everybody else waits for it. What is in no circle is freed all the same.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
