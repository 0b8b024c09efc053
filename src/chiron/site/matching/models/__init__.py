"""Tables of matching: rules, runs, plans with their pairs, holds and changes by hand, what is published and offered."""

from chiron.site.matching.models.hold import PlanConstraint
from chiron.site.matching.models.offer import Offer, OfferMember, Publication
from chiron.site.matching.models.plan import Plan, PlanChange, PlanPair, PlanProof, PlanUnmatched
from chiron.site.matching.models.ruleset import RuleOff, RulesChange
from chiron.site.matching.models.run import MatchRun, RunInput, RunPairs

__all__ = [
    "MatchRun",
    "Offer",
    "OfferMember",
    "Plan",
    "PlanChange",
    "PlanConstraint",
    "PlanPair",
    "PlanProof",
    "PlanUnmatched",
    "Publication",
    "RuleOff",
    "RulesChange",
    "RunInput",
    "RunPairs",
]
