"""What a match may be and become, how it ends, and the words of the messages about offers and matches."""

from chiron.site.mentorships.rules.match import (
    EXAMPLES,
    LEAVE_REASONS,
    MATCHES_A_PAGE,
    NEXT_MATCH_STATES,
    REASONS_TOLD,
    REOPEN_DAYS,
    RUNNING,
    ClosedKind,
    EndReason,
    MatchState,
    MatchStepNotAllowedError,
    PublishNotAllowedError,
    UnpublishNotAllowedError,
    ends_without,
    require_match_step,
)

__all__ = [
    "EXAMPLES",
    "LEAVE_REASONS",
    "MATCHES_A_PAGE",
    "NEXT_MATCH_STATES",
    "REASONS_TOLD",
    "REOPEN_DAYS",
    "RUNNING",
    "ClosedKind",
    "EndReason",
    "MatchState",
    "MatchStepNotAllowedError",
    "PublishNotAllowedError",
    "UnpublishNotAllowedError",
    "ends_without",
    "require_match_step",
]
