"""Keys as they come in addresses and forms."""

import pytest

from chiron.site.shared.forms import key_in, keys_in


@pytest.mark.parametrize(
    "text", ["", "0", "-1", "1.0", " 1", "1_0", "\u00b2", "\u0663", "\uff11", "9" * 19, "9" * 5_000, "x"]
)
def test_what_is_no_key_is_the_key_of_nothing(text):
    assert key_in(text) == 0


def test_keys_keep_their_order():
    assert keys_in(["7", "x", "3", "0", "7"]) == [7, 3, 7]
