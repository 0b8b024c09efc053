"""Tests that repeat one rule on many cases: a sample in every run, all of them at night."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import pytest

from conftest import NIGHTLY

T = TypeVar("T")


def few_and_many(name: str, few: int, many: int) -> pytest.MarkDecorator:
    """Give a test a number of cases: few in every run, many at night."""
    return pytest.mark.parametrize(name, [few, pytest.param(many, marks=pytest.mark.nightly)])


def first_of(name: str, blocks: Iterable[Any], *, daily: int) -> pytest.MarkDecorator:
    """Give a test one block of cases after the other: the first so many in every run, the others at night."""
    night = pytest.mark.nightly
    return pytest.mark.parametrize(
        name, [block if at < daily else pytest.param(block, marks=night) for at, block in enumerate(blocks)]
    )


def sample(cases: Sequence[T]) -> Sequence[T]:
    """Return every third of these cases in a run by day, and all of them at night; such a test is marked `sampled`."""
    return cases if NIGHTLY else cases[::3]
