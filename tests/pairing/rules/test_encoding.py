"""Tests of how answers become arrays, and of the words made from them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chiron.pairing.rules.encoding import (
    ShareTable,
    called,
    count_of,
    encode_sets,
    listed,
    pack_bits,
    plain,
    said,
    table_block,
)


def test_plain_folds_case_and_spaces_of_texts_only():
    assert [plain(v) for v in ("  St  MARY ", 3, None, True)] == ["st mary", 3, None, True]


@pytest.mark.parametrize("text", ["Ana Roe", "ana  roe", "Roe, Ana", "Dr. Ana Roe", "Prof Ana Roe", "Roe, Dr Ana"])
def test_called_reads_one_name_however_it_is_written(text):
    assert called(text) == "ana roe"


def test_called_keeps_a_name_that_is_a_title():
    assert (called("Miss"), called("M.D. Roe")) == ("miss", "m d roe")


def test_sentences_are_made_of_plain_words():
    assert [listed(words) for words in ((), ("a",), ("a", "b"), ("a", "b", "c"))] == ["", "a", "a and b", "a, b and c"]
    assert (count_of(1, "hour", "hours"), count_of(0, "hour", "hours")) == ("1 hour", "0 hours")
    assert said("line_manager") == "line manager"


@pytest.mark.parametrize(
    ("width", "kind", "words"),
    [(0, "uint8", 1), (8, "uint8", 1), (9, "uint16", 1), (33, "uint64", 1), (65, "uint64", 2)],
)
def test_pack_bits_takes_the_least_words_that_hold_them(width, kind, words):
    packed = pack_bits([[width - 1] if width else [], []], width)

    assert (packed.dtype.name, packed.shape) == (kind, (words, 2))
    assert int(np.bitwise_count(packed).sum()) == min(width, 1)


SETS = st.lists(st.sets(st.integers(0, 150)).map(lambda items: tuple(map(str, sorted(items)))), min_size=1, max_size=5)


@given(mentees=SETS, mentors=SETS)
def test_sets_count_and_name_what_is_common(mentees, mentors):
    sets = encode_sets(mentees, mentors)

    count = sets.common((slice(None), None), (None, slice(None)))
    for i, left in enumerate(mentees):
        for j, right in enumerate(mentors):
            assert count[i, j] == len(set(left) & set(right))
            assert set(sets.shared(i, j)) == set(left) & set(right)
    assert sets.size.tolist() == [len(left) for left in mentees]


def test_table_gives_the_same_block_spread_out_or_not():
    shares = np.arange(6, dtype=np.int16).reshape(2, 3)
    row, column = np.array([1, 0, 1], dtype=np.int32), np.array([2, 2, 0], dtype=np.int32)

    wide, narrow = ShareTable.of(shares, row, column), ShareTable(shares, row, column, None)

    assert table_block(wide, 1, 3).tolist() == table_block(narrow, 1, 3).tolist() == [[2, 2, 0], [5, 5, 3]]
