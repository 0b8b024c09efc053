"""People who stand on both sheets: nobody is ever paired with themself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chiron.blueprints.schema.person import Participant
from chiron.sheets.names.index import spoken

MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class DualRole:
    """Somebody on both sheets.

    Attributes:
        mentee: the id on the mentees' sheet.
        mentor: the id on the mentors' sheet.
        name: as the mentees' sheet has it.
        is_sure: the e-mail is the same, or one of the two rows has none; otherwise two people may share a name.
    """

    mentee: str
    mentor: str
    name: str
    is_sure: bool


def dual_roles_of(mentees: Sequence[Participant], mentors: Sequence[Participant]) -> Iterator[DualRole]:
    """Yield who stands on both sheets, by e-mail or by whole name, in the order of the mentees' sheet.

    Titles, accents, apostrophes and the order of a name do not count, and other names of a person are theirs, too.
    """
    called: dict[str, list[Participant]] = {}
    for mentor in mentors:
        for text in _texts(mentor):
            called.setdefault(text, []).append(mentor)
    for mentee in mentees:
        found = {one.id: one for text in _texts(mentee) if text in called for one in called[text]}
        own = _email(mentee) if found else ""
        for mentor in found.values():
            other = _email(mentor)
            yield DualRole(mentee.id, mentor.id, mentee.name, is_sure=not own or not other or own == other)


def dual_role_notes(selves: Sequence[DualRole], *, can_lock: bool) -> Iterator[str]:
    """Yield what is said about people on both sheets; `can_lock` says whether the plan may hold a pair by request."""
    sure = [one.name for one in selves if one.is_sure]
    if sure:
        verb = "is" if len(sure) == 1 else "are"
        yield f"{_listed(sure)} {verb} on both sheets, and never paired with themselves."
    for one in selves:
        if not one.is_sure:
            way = (
                f'To pair them all the same: --lock "{one.mentee}:{one.mentor}"'
                if can_lock
                else "If they are two people who may be paired, add a middle name or initial on one of the sheets."
            )
            yield (
                f"{one.name} is on both sheets with two e-mails. I took that for one person, and keep the two apart. "
                f"{way}"
            )


def _texts(person: Participant) -> list[str]:
    """Return everything by which a person is found on the other sheet, each once."""
    texts = [_email(person)]
    for name in (person.name, *person.also):
        texts += sorted(spoken(name))
    return [text for text in dict.fromkeys(texts) if text]


def _email(person: Participant) -> str:
    """Return an e-mail address without what makes no difference."""
    return str(person.answers.get("email") or "").strip().casefold()


def _listed(names: Sequence[str]) -> str:
    """Return the first names of a list, and how many more there are."""
    shown = ", ".join(names[:MOST_NAMED])
    return f"{shown} and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else shown
