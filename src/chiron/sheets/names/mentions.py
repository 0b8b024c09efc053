"""Words of a text that may be a name, and what was understood of the text so far."""

from dataclasses import dataclass, field

from chiron.sheets.names.words import Word


@dataclass(slots=True)
class Mention:
    """Words of a text that stand together and may be a name.

    Attributes:
        words: the words.
        item: in which item of a list they stand.
        first, last: positions of the first and the last word in the text.
        is_titled: a title stands before them.
    """

    words: list[Word]
    item: int
    first: int
    last: int
    is_titled: bool = False

    @property
    def text(self) -> str:
        """The words as they were typed."""
        return " ".join(word.raw for word in self.words)


@dataclass(slots=True)
class Understood:
    """What was understood of a text so far."""

    people: set[int] = field(default_factory=set)
    items: set[int] = field(default_factory=set)
    absent: list[str] = field(default_factory=list)
    unclear: list[tuple[str, int]] = field(default_factory=list)
    near: set[int] = field(default_factory=set)
    is_risky: bool = False
    too_many: int = 0
