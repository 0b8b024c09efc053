"""What a process keeps is made once, and gone in its time."""

import threading
import time
import weakref

from chiron.site.shared.process.kept_values import KeptValues


def test_a_value_is_gone_in_its_time_though_nobody_asks_for_it():
    kept: KeptValues[list[int]] = KeptValues(2, seconds=0.05)

    first = kept.get("a", lambda: [1])
    assert kept.get("a", list) is first
    deadline = time.monotonic() + 20
    while "a" in kept:
        assert time.monotonic() < deadline
        time.sleep(0.01)

    assert kept.get("a", list) == []


class Large:
    """Something that is gone when nobody holds it."""


def test_what_is_pushed_out_or_forgotten_is_held_by_nothing_and_one_thread_waits_for_all():
    kept: KeptValues[Large] = KeptValues(2, seconds=600)
    threads = threading.active_count()

    made = [weakref.ref(kept.get(number, Large)) for number in range(20)]

    assert threading.active_count() <= threads + 1
    assert sum(one() is not None for one in made) == 2
    kept.forget()
    assert not any(one() is not None for one in made)
    assert kept.get("again", Large) is not None
    kept.forget()
