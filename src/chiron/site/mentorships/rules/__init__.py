"""What a match may be and become, how it ends, and the words of the messages about offers and matches."""

from chiron.site.mentorships.rules.match import (
    EXAMPLES,
    LEAVE_REASONS,
    MATCHES_A_PAGE,
    MOST_NAMED,
    NEXT_MATCH_STATES,
    REASONS_TOLD,
    REOPEN_DAYS,
    RUNNING,
    ClosedKind,
    EndReason,
    MatchState,
    MatchStepNotAllowedError,
    ends_without,
    require_match_step,
)
from chiron.site.mentorships.rules.publishing import (
    LetterWording,
    PublishingIsOpenError,
    PublishingState,
    PublishNotAllowedError,
    UnpublishNotAllowedError,
    wording_from,
)

__all__ = [
    "EXAMPLES",
    "LEAVE_REASONS",
    "MATCHES_A_PAGE",
    "MOST_NAMED",
    "NEXT_MATCH_STATES",
    "REASONS_TOLD",
    "REOPEN_DAYS",
    "RUNNING",
    "ClosedKind",
    "EndReason",
    "LetterWording",
    "MatchState",
    "MatchStepNotAllowedError",
    "PublishNotAllowedError",
    "PublishingIsOpenError",
    "PublishingState",
    "UnpublishNotAllowedError",
    "ends_without",
    "require_match_step",
    "wording_from",
]
