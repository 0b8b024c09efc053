"""How kernels are compiled, and the few bit operations that they share."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from chiron.pairing.scale.kernels.compiled_rules import BLOCK

Function = TypeVar("Function", bound=Callable[..., object])

BLOCK_WORDS = BLOCK // 64

PAIRS_OF_BITS = np.uint64(0x5555555555555555)
FOURS_OF_BITS = np.uint64(0x3333333333333333)
HALVES_OF_BYTES = np.uint64(0x0F0F0F0F0F0F0F0F)
BYTES = np.uint64(0x0101010101010101)


signed = cast("Callable[[Any], int]", np.int64)
"""Turns any number into a 64-bit whole number with a sign: mixed with one, an unsigned number would become a float."""


def kernel(function: Function) -> Function:
    """Compile a function for the types it is called with, and keep the result on disk for the next process."""
    return cast("Function", njit(cache=True, nogil=True)(function))


def parallel_kernel(function: Function) -> Function:
    """Compile a function whose outermost loop (`prange`) is shared out over the processor's cores."""
    return cast("Function", njit(cache=True, nogil=True, parallel=True)(function))


@kernel
def count_bits(word: np.uint64) -> int:
    """Count the bits that are set; compilers know this pattern and use the processor's own instruction for it."""
    word = word - ((word >> np.uint64(1)) & PAIRS_OF_BITS)
    word = (word & FOURS_OF_BITS) + ((word >> np.uint64(2)) & FOURS_OF_BITS)
    word = (word + (word >> np.uint64(4))) & HALVES_OF_BYTES
    return signed((word * BYTES) >> np.uint64(56))


@kernel
def first_from(items: NDArray[Any], low: int, high: int, least: int) -> int:
    """Give the first place in the ascending items[low:high] that holds `least` or more, else `high`."""
    while low < high:
        middle = (low + high) >> 1
        if items[middle] < least:
            low = middle + 1
        else:
            high = middle
    return low
