"""Rules of publishing a plan: how far it is, what may follow, and the words that a coordinator gives its messages."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, TypeVar

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chiron.site.matching.rules import MemberPart
from chiron.site.shared.refusals import RefusedError

Item = TypeVar("Item")

AT_ONCE: Final = 200
"""Up to so many pairs are published while the page waits; more are a job."""
PEOPLE_A_TURN: Final = 400
"""To how many people messages are written in one transaction: others wait no longer than that takes."""
LEFT_OUT_A_TURN: Final = 500
OFFERS_A_TURN: Final = 100
"""For so many offers places are given back and messages mended in one transaction, once they are taken back."""
MOST_DRAFTS: Final = 3
"""How often offers are worked out again because something else changed meanwhile."""


class PublishingState(TextChoices):
    """How far the publishing of a plan is."""

    DRAFT = "draft", gettext_lazy("Being prepared")
    ASKED = "asked", gettext_lazy("Making the offers")
    WRITING = "writing", gettext_lazy("Writing the messages")
    DONE = "done", gettext_lazy("Published")
    UNDOING = "undoing", gettext_lazy("Taking the offers back")


NEXT_PUBLISHING_STATES: Mapping[PublishingState, frozenset[PublishingState]] = {
    PublishingState.DRAFT: frozenset({PublishingState.ASKED}),
    PublishingState.ASKED: frozenset(
        {PublishingState.WRITING, PublishingState.DRAFT, PublishingState.DONE, PublishingState.UNDOING}
    ),
    PublishingState.WRITING: frozenset({PublishingState.DONE, PublishingState.UNDOING}),
    PublishingState.DONE: frozenset({PublishingState.ASKED, PublishingState.UNDOING}),
    PublishingState.UNDOING: frozenset({PublishingState.DRAFT, PublishingState.DONE}),
}
"""Back to "draft" where it was refused, stopped or un-published; from "done" to "asked" for what was held back."""
FORWARD: Final = frozenset({PublishingState.ASKED, PublishingState.WRITING})
AT_WORK: Final = FORWARD | {PublishingState.UNDOING}


class PublishNotAllowedError(RefusedError):
    """The plan cannot be published as it stands."""


class PublishingIsOpenError(RefusedError):
    """The plan is being published, so nothing about that can be changed now."""


class UnpublishNotAllowedError(RefusedError):
    """The plan can no longer be taken back."""


def require_publishing_step(current: PublishingState, proposed: PublishingState) -> None:
    """Raise PublishingIsOpenError unless the proposed state may come next."""
    if proposed not in NEXT_PUBLISHING_STATES[current]:
        raise PublishingIsOpenError(_("This plan is being published already. Open its page to see how far it is."))


def turns(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """Yield some things a few at a time, in their order."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


class LetterKind(TextChoices):
    """To whom a message of a publishing is, which decides its words."""

    MENTEE = "mentee", gettext_lazy("To mentees")
    MENTOR = "mentor", gettext_lazy("To mentors")
    PEER = "peer", gettext_lazy("To everybody in it")
    LEFT_OUT = "left_out", gettext_lazy("To those who are left out")


KIND_OF_PART: Mapping[MemberPart, LetterKind] = {
    MemberPart.MENTEE: LetterKind.MENTEE,
    MemberPart.MENTOR: LetterKind.MENTOR,
    MemberPart.PEER: LetterKind.PEER,
}


@dataclass(frozen=True, slots=True)
class Words:
    """What a coordinator writes into one kind of message; what is empty is written by the site.

    Attributes:
        subject: the subject.
        opening: what stands before the people, or instead of the whole text where there are none.
        closing: what stands at the end.
    """

    subject: str = ""
    opening: str = ""
    closing: str = ""


@dataclass(frozen=True, slots=True)
class LetterWording:
    """What a coordinator writes into the messages of a publishing.

    Attributes:
        kinds: by kind of message.
        contact: whom to ask, as the last line of every message says; empty: no such line.
    """

    kinds: Mapping[LetterKind, Words]
    contact: str = ""

    def of(self, kind: LetterKind) -> Words:
        """Return what a kind of message says."""
        return self.kinds.get(kind, Words())

    def kept(self) -> dict[str, Any]:
        """Return it as a table keeps it; only what was written."""
        kinds = {kind.value: asdict(words) for kind, words in self.kinds.items() if words != Words()}
        return kinds | ({"contact": self.contact} if self.contact else {})


def wording_from(kept: Mapping[str, Any]) -> LetterWording:
    """Return the wording that a table keeps."""
    names = [field.name for field in fields(Words)]
    return LetterWording(
        kinds={
            kind: Words(**{name: str(kept[kind.value].get(name, "")) for name in names})
            for kind in LetterKind
            if kind.value in kept
        },
        contact=str(kept.get("contact", "")),
    )
