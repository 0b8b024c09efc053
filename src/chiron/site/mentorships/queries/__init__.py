"""Reads of mentorships: what publishing a plan would do and has done, and offers and matches as their people see them.

The names below are the rows that pages name in their types; pages never import tables themselves.
"""

from chiron.site.matching.models import Offer, OfferMember, Publication
from chiron.site.mentorships.models import Match, Publishing
from chiron.site.programs.models import Cohort

__all__ = ["Cohort", "Match", "Offer", "OfferMember", "Publication", "Publishing"]
