"""Chiron matches mentors and mentees in healthcare, and runs the whole programme.

Loads nothing until asked: `from chiron import match` fetches the library's front door.
"""

from typing import TYPE_CHECKING

from chiron.version import VERSION

if TYPE_CHECKING:
    from chiron.sheets.match import match

__all__ = ["match"]
__version__ = VERSION


def __getattr__(name: str) -> object:
    """Fetch the library's front door when it is first asked for."""
    if name == "match":
        from chiron.sheets.match import match

        return match
    message = f"module 'chiron' has no attribute {name!r}"
    raise AttributeError(message)
