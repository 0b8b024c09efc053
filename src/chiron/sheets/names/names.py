"""Whom of one sheet a text means: every way in which people write a name, an address or an id, anywhere in a text.

`Names.called` answers for a text that is one name (a choice, a lock): it is exact. `Names.meant` answers for any text
(who is to be kept apart): it gives everybody who can be meant, and says what in the text it did not understand.
"""

import re
from collections.abc import Iterable, Sequence

from chiron.sheets.names.index import NameIndex, WholeNames
from chiron.sheets.names.meaning import Hearing, Meaning, Places

__all__ = ["Meaning", "Names", "Places"]


class Names:
    """The people of one sheet, ready to be asked whom a text means.

    All arguments that list people have one entry a person, in the same order; the answers are positions in them.
    Each distinct text is worked out once.
    """

    def __init__(
        self,
        ids: Sequence[str],
        names: Sequence[str],
        emails: Sequence[str | None] = (),
        *,
        also: Sequence[Iterable[str]] = (),
        others: Iterable[str] = (),
    ) -> None:
        """Index the people.

        Args:
            ids: what the plan calls each person.
            names: as they stand in the sheet.
            emails: addresses, None where there is none; empty: nobody has one.
            also: other names of each person (see `words.name_forms`); empty: nobody has any.
            others: names of people of the other sheets: words in them are names, and no slips of the pen.
        """
        self._whole = WholeNames(ids, names, emails, also=also)
        self._index: NameIndex | None = None
        self._parts = ids, names, emails, also, others
        self._known: dict[str, Meaning] = {}

    @property
    def index(self) -> NameIndex:
        """The people by parts of their names, indexed when a text that is no whole name asks for it."""
        if self._index is None:
            ids, names, emails, also, others = self._parts
            self._index = NameIndex(ids, names, emails, also=also, others=others)
        return self._index

    def called(self, text: str) -> Places:
        """Return everybody whose whole name, address or id a text is, as a choice or a lock names them."""
        return self._whole.called(text)

    def meant(self, text: str) -> Meaning:
        """Return whom a text can mean.

        Names may stand anywhere in it: in either order, with titles, letters, brackets, departments and relations, with
        addresses and ids, several with any separator, with initials, short forms, or one slip of the pen; a family name
        alone means everybody who has it.
        """
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = self._exactly(text) or Hearing(self.index, text).meaning()
        return known

    def _exactly(self, text: str) -> Meaning | None:
        """Return whom a text means where it is nothing but names, addresses and ids as they stand."""
        for parts in ([text], re.split(r"[;\n]", text), re.split(r"[;,\n]", text)):
            said = [part for part in parts if part.strip()]
            found = [self.called(part) for part in said]
            if said and all(found):
                return Meaning(tuple(sorted({at for places in found for at in places})), is_exact=True)
        return None
