"""Writing to the people of a list: which lists there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from chiron.site.applications.rules.application import ApplicationFilter
from chiron.site.shared.refusals import RefusedError

NAMES_SHOWN: Final = 12
"""How many of those who are written to are named; the others are counted."""


class Audience(StrEnum):
    """Which list of people is written to."""

    PEOPLE = "people"
    WAITING = "waiting"
    REFUSED = "refused"
    RUNNING = "running"
    LEFT_OUT = "left-out"
    PAIRS = "pairs"
    PUBLISHED = "published"


AUDIENCE_WORDS: Mapping[Audience, str] = {
    Audience.PEOPLE: gettext_noop("Those whom the list of people shows"),
    Audience.WAITING: gettext_noop("Those who have not answered their offer"),
    Audience.REFUSED: gettext_noop("Those whose offer was declined or not answered in time"),
    Audience.RUNNING: gettext_noop("Those whose match runs"),
    Audience.LEFT_OUT: gettext_noop("Those whom the plan leaves out"),
    Audience.PAIRS: gettext_noop("Those whom the page of the plan shows"),
    Audience.PUBLISHED: gettext_noop("Those to whom the plan was published"),
}


@dataclass(frozen=True, slots=True)
class AudienceAsked:
    """To whom somebody wants to write.

    Attributes:
        audience: which list.
        shown: what the list of people shows.
        plan: the key of the plan, where it is about one.
        of_plan: which part of the plan its page shows.
        words: of these only who is with somebody whom these words name.
    """

    audience: Audience
    shown: ApplicationFilter
    plan: int = 0
    of_plan: str = ""
    words: str = ""


class ListChangedError(RefusedError):
    """The list has other people by now than those that the coordinator saw."""

    def __init__(self) -> None:
        """Say what to do instead."""
        super().__init__(_("The list has changed since you read it. Nothing was written. Read it again."))
