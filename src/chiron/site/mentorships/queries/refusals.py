"""What speaks against offering what a plan proposes, in words that say which pairs or groups, and what to do."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chiron.site.matching.models import Plan
from chiron.site.mentorships.queries.proposals import Proposal, apart_in, gone_in, proposal_words, taken_in

MOST_NAMED = 5


def refusal_of(plan: Plan, proposals: Sequence[Proposal], *, is_rest: bool) -> str:
    """Return why a plan, or what was held back of it, cannot be offered as it is; empty where it can.

    Args:
        plan: the plan.
        proposals: everything that it would offer.
        is_rest: whether these were held back when it was published.
    """
    apart, taken = apart_in(plan, proposals), taken_in(plan, proposals)
    if is_rest:
        # A published plan is not worked out again, and of it those who have left since are not among the proposals.
        return _refusal_of_rest(apart, taken)
    if apart:
        text = ngettext(
            "%(n)d pair of this plan is kept apart: %(who)s. Work the plan out again first.",
            "%(n)d pairs of this plan are kept apart: %(who)s. Work the plan out again first.",
            len(apart),
        )
        return text % {"n": len(apart), "who": _named(apart)}
    if gone := gone_in(plan):
        return (
            ngettext(
                "Somebody in %d pair of this plan has left the programme. Work the plan out again first.",
                "Somebody in %d pairs of this plan has left the programme. Work the plan out again first.",
                gone,
            )
            % gone
        )
    if taken:
        text = ngettext(
            "%(n)d pair of this plan cannot be offered: %(who)s. A place is taken, or these two were asked before. "
            "Work the plan out again; what runs or waits stays as it is.",
            "%(n)d pairs of this plan cannot be offered: %(who)s. Places are taken, or these people were asked before. "
            "Work the plan out again; what runs or waits stays as it is.",
            len(taken),
        )
        return text % {"n": len(taken), "who": _named(taken)}
    return ""


def _refusal_of_rest(apart: Sequence[Proposal], taken: Sequence[Proposal]) -> str:
    """Return why what was held back cannot be offered, and the way out: a new plan has all of them in it."""
    faults = [
        text % {"who": _named(proposals)}
        for text, proposals in (
            (_("You keep people apart who would be offered each other: %(who)s."), apart),
            (_("A place is taken, or they were asked before: %(who)s."), taken),
        )
        if proposals
    ]
    if not faults:
        return ""
    way_out = _("Work out a new plan: everybody who was held back is in it, and what runs or waits stays as it is.")
    return " ".join([_("What was held back cannot be offered as it is."), *faults, way_out])


def _named(proposals: Sequence[Proposal]) -> str:
    """Return the first of some proposals by the names of their people, and how many more there are."""
    names = [words for _key, words in proposal_words(proposals[:MOST_NAMED])]
    more = len(proposals) - len(names)
    return "; ".join([*names, *([_("%d more") % more] if more else [])])
