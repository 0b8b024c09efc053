"""What a name is, and how long somebody waits who tried too often."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiron.site.people.rules import (
    LIMITS,
    NameRefusedError,
    TryLimit,
    Whose,
    clean_name,
    kept_tries,
    wait_for,
)
from factories import NOW

TURNING = ["\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"]
UNSEEN = ["\x00", "\x07", "\x1b", "\x7f", "\x9b", "\ud800"]
FORMATTING = ["\u200b", "\ufeff", "\u00ad", "\u200e", "\u200f", "\U000e0041"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ama   Boateng ", "Ama Boateng"),
        ("Ama\r\nBcc: eve@example.org", "Ama Bcc: eve@example.org"),
        ("Ama\u2028Boateng\u2029\tJr", "Ama Boateng Jr"),
        ("Zoe\u0308 O’Neill-Ståhl", "Zoë O’Neill-Ståhl"),
        ("نیلوفر می\u200cآید", "نیلوفر می\u200cآید"),
        ("ක්\u200dරිස්", "ක්\u200dරිස්"),
        ("张伟", "张伟"),
    ],
)
def test_name_is_kept_on_one_line(typed, kept):
    assert clean_name(typed) == kept


@pytest.mark.parametrize("sign", TURNING + UNSEEN)
def test_name_with_a_sign_that_cannot_be_seen_is_refused(sign):
    with pytest.raises(NameRefusedError, match=f"U\\+{ord(sign):04X}"):
        clean_name(f"Ama{sign}Boateng")


@pytest.mark.parametrize("sign", FORMATTING)
def test_mark_that_only_formats_is_left_out(sign):
    assert clean_name(f"Ama{sign} Bo{sign}ateng") == "Ama Boateng"


@pytest.mark.parametrize("typed", ["", "  ", "…", "\n", "A" * 201])
def test_name_of_nothing_or_too_much_is_refused(typed):
    with pytest.raises(NameRefusedError):
        clean_name(typed)


@given(st.text(max_size=250))
def test_what_is_kept_is_one_line_and_stays_as_it_is(typed):
    try:
        kept = clean_name(typed)
    except NameRefusedError:
        return
    assert len(kept.splitlines()) == 1
    assert clean_name(kept) == kept


@given(
    st.lists(st.integers(0, 100_000), max_size=60),
    st.integers(1, 10),
    st.integers(1, 5_000),
)
def test_no_stretch_of_time_ever_holds_more_tries_than_its_rate(moments, tries, seconds):
    rates, counted = [TryLimit(tries, timedelta(seconds=seconds))], []
    for moment in sorted(moments):
        now = NOW + timedelta(seconds=moment)
        wait = wait_for(rates, counted, now)
        if wait:
            assert not wait_for(rates, counted, now + wait)
            assert wait_for(rates, counted, now + wait - timedelta(seconds=1))
            continue
        counted = kept_tries(rates, [*counted, now], now)
        recent = [one for one in counted if one > now - rates[0].within]
        assert len(recent) <= tries


def test_limits_say_what_was_promised():
    assert all(Whose.PLACE in limits for limits in LIMITS.values())
    second_step = [rates for act, limits in LIMITS.items() if act.name == "SECOND_STEP" for rates in limits.values()]
    assert (TryLimit(10, timedelta(minutes=15)),) in second_step
