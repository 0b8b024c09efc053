"""What a process keeps is made once, and gone in its time."""

import time

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
