"""A sentence for people as a code and values; its English stands in one table, where it can be translated."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
        values: what the pattern names: texts, whole numbers, sentences inside this one, or tuples of these.
    """

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the sentence in English.

        Raises:
            KeyError: the code is not in the table, or the pattern names a value that is not there.
        """
        return _ENGLISH_FORMATTER.vformat(ENGLISH[self.code], (), self.values)

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


class _EnglishFormatter(Formatter):
    """Fills a pattern in: see `chiron.pairing.model.english` for what may stand behind a colon."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """Return one value in words."""
        if "|" in format_spec:
            one, many = format_spec.split("|")
            return (one if value == 1 else many).replace("#", f"{value:,}" if isinstance(value, int) else str(value))
        if format_spec == "signed":
            return f"{value:+d}".replace("-", MINUS)
        if isinstance(value, tuple | list):
            words = [self.format_field(each, "") for each in value]
            if format_spec and len(words) > 1:
                return f"{', '.join(words[:-1])} {format_spec} {words[-1]}"
            return ", ".join(words)
        return str(value)


_ENGLISH_FORMATTER = _EnglishFormatter()
