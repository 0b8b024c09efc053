"""Tables of matching: changes of the rules, runs of the engine, plans with their pairs, holds and changes by hand."""

from chiron.site.matching.models.hold import PlanConstraint
from chiron.site.matching.models.plan import Plan, PlanChange, PlanPair, PlanUnmatched
from chiron.site.matching.models.ruleset import RuleOff, RulesChange
from chiron.site.matching.models.run import MatchRun

__all__ = ["MatchRun", "Plan", "PlanChange", "PlanConstraint", "PlanPair", "PlanUnmatched", "RuleOff", "RulesChange"]
