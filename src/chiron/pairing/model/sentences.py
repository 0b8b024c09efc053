"""A sentence for people as a code and values; its English stands in one table, where it can be translated."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from string import Formatter
from typing import Any

from chiron.pairing.model.english import ENGLISH

MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is said, whatever the language: `str()` gives the English.

    Code that has to know what was said looks at `code` and `values`, never at the words.

    Attributes:
        code: a key of `ENGLISH`.
        values: what the pattern names: texts, numbers, sentences inside this one, or tuples of these.
    """

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the sentence in English.

        Raises:
            KeyError: the code is not in the table, or the pattern names a value that is not there.
        """
        values = self.values
        return "".join(
            before if name is None else before + _worded(values[name], spec)
            for before, name, spec in _pieces(ENGLISH[self.code])
        )

    def __hash__(self) -> int:
        """Return the same for sentences that are equal; the values may hold what cannot be hashed."""
        return hash(self.code)

    def as_table(self) -> dict[str, Any]:
        """Return the sentence as JSON keeps it: its code, its values and its English."""
        return {
            "code": self.code,
            "values": {name: _plain(value) for name, value in self.values.items()},
            "text": str(self),
        }


def _plain(value: Any) -> Any:
    """Return a value as JSON keeps it."""
    if isinstance(value, Sentence):
        return value.as_table()
    return [_plain(each) for each in value] if isinstance(value, tuple | list) else value


@cache
def _pieces(pattern: str) -> tuple[tuple[str, str | None, str], ...]:
    """Return a pattern taken apart once: what stands before each value, the value's name, and what follows a colon."""
    return tuple((before, name, spec or "") for before, name, spec, _ in Formatter().parse(pattern))


def _worded(value: Any, spec: str) -> str:
    """Return one value in words; see `chiron.pairing.model.english` for what may stand behind a colon."""
    if "|" in spec:
        one, many = spec.split("|")
        return (one if value == 1 else many).replace("#", f"{value:,}" if isinstance(value, int) else str(value))
    if spec == "signed":
        return f"{value:+d}".replace("-", MINUS)
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple | list):
        words = [_worded(each, "") for each in value]
        if spec and len(words) > 1:
            return f"{', '.join(words[:-1])} {spec} {words[-1]}"
        return ", ".join(words)
    return str(value)
