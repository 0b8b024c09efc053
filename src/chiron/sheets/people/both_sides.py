"""People who stand on both sheets: nobody is ever paired with themself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chiron.blueprints.schema.person import Participant
from chiron.sheets.files.headings import normal

MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Self:
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


def selves_of(mentees: Sequence[Participant], mentors: Sequence[Participant]) -> Iterator[Self]:
    """Yield who stands on both sheets, by e-mail or by name, in the order of the mentees' sheet."""
    called: dict[str, list[Participant]] = {}
    for mentor in mentors:
        for text in {_email(mentor), normal(mentor.name)} - {""}:
            called.setdefault(text, []).append(mentor)
    for mentee in mentees:
        own = _email(mentee)
        found = {one.id: one for text in (own, normal(mentee.name)) if text for one in called.get(text, ())}
        for mentor in found.values():
            other = _email(mentor)
            yield Self(mentee.id, mentor.id, mentee.name, is_sure=not own or not other or own == other)


def selves_note(selves: Sequence[Self]) -> Iterator[str]:
    """Yield what is said about people on both sheets."""
    sure = [one.name for one in selves if one.is_sure]
    if sure:
        verb = "is" if len(sure) == 1 else "are"
        yield f"{_listed(sure)} {verb} on both sheets, and never paired with themselves."
    for one in selves:
        if not one.is_sure:
            yield (
                f"{one.name} is on both sheets with two e-mails. I took that for one person, and keep the two apart. "
                f'To pair them all the same: --lock "{one.mentee}:{one.mentor}"'
            )


def _email(person: Participant) -> str:
    """Return an e-mail address without what makes no difference."""
    return str(person.answers.get("email") or "").strip().casefold()


def _listed(names: Sequence[str]) -> str:
    """Return the first names of a list, and how many more there are."""
    shown = ", ".join(names[:MOST_NAMED])
    return f"{shown} and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else shown
