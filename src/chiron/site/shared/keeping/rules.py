"""What each table declares about its rows: whose they are, what for, how long, and what erasing a person does."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from django.db.models import Model

KEPT_AFTER_THE_END: Final = 365
"""For so many days after a cohort was finished what belongs to it is kept; and who takes part in nothing any more."""


class ErasureStep(StrEnum):
    """What erasing a person does to a row that has to do with them."""

    DELETE = "delete"
    BLANK = "blank"
    DETACH = "detach"
    REWRITE = "rewrite"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Whom:
    """The person whose data goes, as the texts of others may name them.

    Attributes:
        person_id: their key, which stays.
        names: what names them: their name, and every address of theirs.
        keys: the keys of the rows that lead to them, by table, such as "applications.application".
    """

    person_id: int
    names: Collection[str]
    keys: Mapping[str, Collection[int]] = field(default_factory=dict)

    def is_named_in(self, text: str) -> bool:
        """Return whether a text holds their name or an address of theirs, whatever its capitals."""
        folded = text.casefold()
        return any(word.casefold() in folded for word in self.names if word)


Rewriting = Callable[[Any, Whom], Any]


@dataclass(frozen=True, slots=True)
class Erasure:
    """One thing that erasing a person does to the rows of a table.

    Attributes:
        step: what is done.
        who: the way from a row to the person, as Django writes it, such as "application__person"; empty: every row is
            looked at for their name.
        values: for `blank`, what stands in its place, by field.
        rewritings: for `rewrite`, the function that takes them out of a value, by field.
        why: for `keep`, the reason.
        is_about: for `delete` without a way, the judge of each row.
    """

    step: ErasureStep
    who: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    rewritings: Mapping[str, Rewriting] = field(default_factory=dict)
    why: str = ""
    is_about: Callable[[Any, Whom], bool] | None = None


def delete(who: str) -> Erasure:
    """Delete the rows that lead to the person."""
    return Erasure(ErasureStep.DELETE, who)


def delete_if(is_about: Callable[[Any, Whom], bool]) -> Erasure:
    """Delete the rows that are about the person, where no foreign key says so."""
    return Erasure(ErasureStep.DELETE, is_about=is_about)


def blank(who: str, **values: Any) -> Erasure:
    """Keep the rows that lead to the person, with other values in some fields."""
    return Erasure(ErasureStep.BLANK, who, values=values)


def detach(who: str) -> Erasure:
    """Keep the rows, and let their foreign key lead to nobody."""
    return Erasure(ErasureStep.DETACH, who)


def rewrite(who: str = "", **rewritings: Rewriting) -> Erasure:
    """Keep the rows, and take the person out of some of their values."""
    return Erasure(ErasureStep.REWRITE, who, rewritings=rewritings)


def keep(why: str) -> Erasure:
    """Keep the rows as they are, for a reason."""
    return Erasure(ErasureStep.KEEP, why=why)


@dataclass(frozen=True, slots=True)
class Until:
    """How long rows are kept: the daily walk deletes them afterwards.

    Attributes:
        days: after the moment.
        after: the field that holds the moment.
        only: what else must be so of a row.
    """

    days: int
    after: str
    only: Mapping[str, Any] = field(default_factory=dict)

    @property
    def span(self) -> timedelta:
        """How long after the moment."""
        return timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class UntilPlaceEnds:
    """How long rows are kept that name the place they belong to in a text, such as "cohort:7".

    Attributes:
        days: after the place has ended.
        scope: the field that names it; a row that names no place, or one that does not end, stays.
    """

    days: int
    scope: str

    @property
    def span(self) -> timedelta:
        """How long after the end."""
        return timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a table declares about its rows.

    Attributes:
        owner: whose they are: "person", "cohort", "organization" or "site".
        purpose: what they are for, in a few words.
        keep: how long; words where no moment ends it by itself.
        erase: what erasing a person does to them.
        archive: whether they belong into a backup.
        shows: what the person's own file holds of the rows that lead to them: fields, by the way to the person.
    """

    owner: str
    purpose: str
    keep: Until | UntilPlaceEnds | str
    erase: tuple[Erasure, ...]
    archive: bool = True
    shows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


# Tables of libraries, which cannot declare anything themselves.
_ELSEWHERE: Final[dict[str, Kept]] = {}


def declare(label: str, kept: Kept) -> None:
    """Declare what is kept in a table of a library.

    Args:
        label: such as "sessions.session".
        kept: the declaration.
    """
    _ELSEWHERE[label] = kept


# The tables of places that end, and the field that says when, by what stands before the colon in a scope.
ENDS: Final[dict[str, tuple[str, str]]] = {}


def declare_end(kind: str, label: str, moment: str) -> None:
    """Declare that places of a kind end, so that what names them as its scope goes some time afterwards.

    Args:
        kind: what stands before the colon in a scope, such as "cohort".
        label: their table, such as "programs.cohort".
        moment: the field that says when one has ended; empty while it has not.
    """
    ENDS[kind] = (label, moment)


def kept_of(model: type[Model]) -> Kept:
    """Return what a table declares.

    Raises:
        LookupError: it declares nothing.
    """
    found: Kept | None = getattr(model, "kept", None) or _ELSEWHERE.get(model._meta.label_lower)  # noqa: SLF001 -- public in Django
    if found is None:
        raise LookupError(
            f"{model._meta.label} declares no `kept`. Say whose its rows are, what for, how long, and what erasing a "  # noqa: SLF001 -- public in Django
            "person does to them: see chiron.site.shared.keeping.rules."
        )
    return found


GONE: Final = "(erased)"


def gone_if_named(text: str, whom: Whom) -> str:
    """Return a text, or the word for what is gone where it names the person."""
    return GONE if whom.is_named_in(text) else text


def without(value: Any, whom: Whom) -> Any:
    """Return a value as JSON knows it without the texts in it that name the person; a text goes as a whole."""
    if isinstance(value, str):
        return gone_if_named(value, whom)
    if isinstance(value, list):
        return [without(each, whom) for each in value]
    if isinstance(value, dict):
        return {gone_if_named(key, whom): without(each, whom) for key, each in value.items()}
    return value
