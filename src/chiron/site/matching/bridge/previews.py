"""What one change would do to everybody, in words, before it is saved."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chiron.site.matching.bridge.effects import OpenPlan, Preview
from chiron.site.matching.bridge.moves import PersonMove, moves_words, total_words, totals_words
from chiron.site.matching.models import Plan
from chiron.site.matching.queries.fairness import figures_of, mean_fits, spread_of
from chiron.site.matching.rules.fairness import spread_in


def preview_words(plan: Plan, opened: OpenPlan, preview: Preview) -> str:
    """Return the effect of one other mentor in words: the whole plan, matched, lowest fit, groups, then who moves.

    Args:
        plan: the plan as it stands.
        opened: the same, opened for the mentee.
        preview: the effect.
    """
    if not preview.is_possible:
        return preview.why_not
    sentences = [_whole_words(plan, opened, preview)]
    sentences += [_bent_words(preview)] if preview.bends else []
    return " ".join([*sentences, *moves_words(preview.moves, many=_many_words, one=_move_words)])


def _many_words(number: int) -> str:
    return ngettext("%d other person moves:", "%d other people move:", number) % number


def _bent_words(preview: Preview) -> str:
    rules = ", ".join(f"“{name}”" for name in preview.bends)
    return ngettext("This bends the rule %s.", "This bends the rules %s.", len(preview.bends)) % rules


def _move_words(move: PersonMove) -> str:
    if not move.after:
        return _("%s has no mentor any more.") % move.name
    values = {"name": move.name, "mentor": move.after, "before": move.fit_before, "after": move.fit_after}
    if move.fit_before is None:
        return _("%(name)s gets %(mentor)s, fit %(after)d.") % values
    return _("%(name)s moves to %(mentor)s, fit %(before)d → %(after)d.") % values


def _whole_words(plan: Plan, opened: OpenPlan, preview: Preview) -> str:
    """Return what becomes of the totals and of the differences between groups."""
    before, after = preview.before, preview.after
    matched, lowest = totals_words(
        matched=after.matched - before.matched, lowest_before=before.lowest, lowest=after.lowest
    )
    return _("Whole plan %(total)s; %(matched)s; %(lowest)s; %(groups)s.") % {
        "total": total_words(before.total, after.total),
        "matched": matched,
        "lowest": lowest,
        "groups": _groups_words(plan, opened, preview),
    }


def _groups_words(plan: Plan, opened: OpenPlan, preview: Preview) -> str:
    fits = mean_fits((mentee, opened.fit_of(mentee, mentor)) for mentee, mentor in preview.pairs)
    spread = spread_of(plan, fits)
    if spread.to_look_at:
        before = spread_in(figures_of([plan])[plan.pk])
        if before.to_look_at == spread.to_look_at:
            return _("%s, as before") % spread.words
        return _("%(groups)s, %(before)d before") % {"groups": spread.words, "before": before.to_look_at}
    return _("no clear difference between groups") if spread.can_tell else _("too few people to compare groups")
