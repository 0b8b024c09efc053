"""Reads of matching, scoped by who asks: runs, plans, pairs, holds, changes, and the numbers of a plan.

The names below are the rows that pages name in their types; pages never import tables themselves.
"""

from chiron.site.applications.models import Application
from chiron.site.matching.models import MatchRun, Plan, PlanPair
from chiron.site.programs.models import Cohort

__all__ = ["Application", "Cohort", "MatchRun", "Plan", "PlanPair"]
