"""Why people fit, in the words of the one of them who reads it: kept as codes with values, worded when read.

Nothing is worded here but what speaks for a match, without points, and without a way to reach anybody.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from chiron.blueprints.schema.matching import Matching
from chiron.site.matching.rules import MemberPart
from chiron.site.mentorships.rules.match import REASONS_TOLD

Reason = Mapping[str, Any]
"""A reason as an offer keeps it: `code` and `values` of the engine's sentence, `field` and `label` compared."""

_STAGES = gettext_noop("You are both at the stage %(stage)s.")
_ONLINE = gettext_noop("You are both willing to meet online.")
_COVERED = (
    gettext_noop("%(other)s can help you with %(met)s."),
    gettext_noop("%(other)s would like help with %(met)s."),
)
TOLD: Mapping[str, tuple[str, ...]] = {
    "commitment.both": (gettext_noop("You and %(other)s want to give about as much time."),),
    "coverage.all": _COVERED,
    "coverage.some": _COVERED,
    "distance.and_online": (_ONLINE,),
    "distance.apart": (gettext_noop("You are about %(km)s km apart."),),
    "distance.close": (gettext_noop("You are less than 1 km apart."),),
    "distance.online": (_ONLINE,),
    "hours.and_a_half": (gettext_noop("Hours of the week in which you are both free: more than %(n)s."),),
    "hours.half": (gettext_noop("You are both free at the same time once a week."),),
    "hours.whole": (gettext_noop("Hours of the week in which you are both free: %(n)s."),),
    "ladder.ahead": (
        gettext_noop("%(other)s has passed the stage that you are at: %(mentor)s now."),
        gettext_noop("%(other)s is at a stage that you have passed: %(mentee)s."),
    ),
    "ladder.same": (_STAGES,),
    "near.apart": (gettext_noop("Your answers to “%(label)s” are close."),),
    "near.same": (gettext_noop("You both answered the same to “%(label)s”: %(mentee)s."),),
    "overlap.both": (gettext_noop("You have this in common (%(label)s): %(common)s."),),
    "related.close": (
        gettext_noop("Your field is close to that of %(other)s: %(mentor)s."),
        gettext_noop("Your field is close to that of %(other)s: %(mentee)s."),
    ),
    "related.same": (gettext_noop("You are both in the same field: %(fields)s."),),
    "same.both": (gettext_noop("You both answered the same to “%(label)s”: %(answer)s."),),
    "text.both": (gettext_noop("You both write about %(words)s."),),
}
"""What participants read, by the code of the engine's sentence: as the mentee, and as the mentor where that differs."""
TOLD_OF: Mapping[tuple[str, str], str] = {
    ("same.both", "department"): gettext_noop("You both work in %(answer)s."),
    ("same.both", "organization"): gettext_noop("You both work at %(answer)s."),
    ("same.both", "profession"): gettext_noop("You share a profession: %(answer)s."),
    ("same.both", "region"): gettext_noop("You are both in %(answer)s."),
    ("same.both", "site"): gettext_noop("You both work at %(answer)s."),
    ("overlap.both", "languages"): gettext_noop("You both speak %(common)s."),
}
"""What they read of these standard fields instead."""
WITH_VERB: Mapping[str, str] = {
    "overlap.both": gettext_noop("You both %(verb)s %(common)s."),
    "same.both": gettext_noop("You both %(verb)s %(answer)s."),
}
"""What they read where the programme's rule names a verb of its own."""
UNTOLD = frozenset({"coverage.none", "hours.none", "ladder.behind", "overlap.none", "related.far", "same.different"})
"""Codes that speak against a match: no participant reads them."""
PLACES = frozenset({"distance.close", "distance.apart"})
"""Codes that say where people are: nobody reads them in a programme that minors may join."""
_USUAL_VERB = "have"
_CONTACT = re.compile(
    r"[\w.+'-]{1,64}(?:@|\s{0,3}(?:\(at\)|\[at\])\s{0,3})[\w-]+(?:\.[\w-]+)*"  # an e-mail address, also a disguised one
    r"|(?:https?://|www\.)\S+"
    r"|\+?\d(?:[\s().\-/]{0,2}\d){6,}"  # seven digits or more: a telephone number
    r"|(?<![\w@])@\w{2,}",
    re.IGNORECASE,
)


def without_contacts(text: str) -> str:
    """Return a text without what one could use to reach its writer: addresses, numbers, names on other services."""
    return " ".join(_CONTACT.sub("…", text).split())


def rule_labels(matching: Matching) -> dict[str, tuple[str, str]]:
    """Return the field that each rule asks about, if it is one, and what people read it called."""
    return {
        rule.name: (
            rule.mentee_field,
            (matching.spec(rule.mentee_field).label or rule.mentee_field) if rule.mentee_field else rule.name,
        )
        for rule in matching.rules
    }


def reasons_kept(parts: Iterable[Mapping[str, Any]], labels: Mapping[str, tuple[str, str]]) -> list[dict[str, Any]]:
    """Return what an offer keeps of the parts of a pair's fit: what speaks for it and is not private, no points.

    Args:
        parts: of a proposed pair, the weightiest first.
        labels: `rule_labels` of the rules that they come from.
    """
    told = [part for part in parts if part["positive"] and not part["private"] and part.get("code") in TOLD]
    return [
        {"code": part["code"], "values": part["values"], "field": field, "label": label}
        for part in told[:REASONS_TOLD]
        for field, label in [labels.get(part["rule"], ("", part["rule"]))]
    ]


def reasons_in_words(
    reasons: Sequence[Reason],
    *,
    reader: MemberPart,
    other: str,
    with_places: bool,
    clean: Callable[[str], str] = without_contacts,
) -> list[str]:
    """Return the reasons for a match as one of its people reads them.

    Args:
        reasons: as the offer keeps them.
        reader: what the reader is in it; a peer reads what a mentee does.
        other: the name of the other one, or of the others.
        with_places: whether they may read how far apart they are.
        clean: `without_contacts`, or a memory of what it has returned for those who word thousands at once.
    """
    told = []
    for one in reasons:
        if one["code"] in TOLD and (with_places or one["code"] not in PLACES):
            pattern = _pattern(one, reader)
            words = _clean(one["values"], _named_in(pattern), clean)
            told.append(_(pattern) % {**words, "other": other, "label": one["label"]})
    return told


def _pattern(reason: Reason, reader: MemberPart) -> str:
    code, field = reason["code"], reason["field"]
    if code in WITH_VERB and reason["values"]["verb"] != _USUAL_VERB:
        return WITH_VERB[code]
    if (code, field) in TOLD_OF:
        return TOLD_OF[code, field]
    return TOLD[code][-1 if reader is MemberPart.MENTOR else 0]


@cache
def _named_in(pattern: str) -> frozenset[str]:
    """Return the names of the values that a sentence holds."""
    return frozenset(re.findall(r"%\((\w+)\)s", pattern))


def _clean(values: Mapping[str, Any], names: Collection[str], clean: Callable[[str], str]) -> dict[str, Any]:
    """Return those values of a reason that are read without ways to reach anybody, lists as words."""
    return {
        name: get_text_list([clean(str(item)) for item in value], _("and"))
        if isinstance(value, list | tuple)
        else clean(str(value))
        for name, value in values.items()
        if name in names
    }
