"""Plans of larger shapes as cards: a group, the panel of a mentee, a chain, a circle, with its open places."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from chiron.blueprints.schema.shape import ShapeSpec
from chiron.site.applications.models import Application
from chiron.site.applications.queries.application import keys_called
from chiron.site.matching.models import OfferMember, Plan, PlanConstraint, PlanPair, PlanUnmatched
from chiron.site.matching.queries.cards import Card, cards_of
from chiron.site.matching.queries.inputs import facts_of
from chiron.site.matching.queries.numbers import PlanNumbers
from chiron.site.matching.queries.plans import (
    PlanFilter,
    counts_in,
    look_line_of,
    needs_look,
    pairs_of,
    pairs_shown,
    people_in,
    tie_of,
)
from chiron.site.matching.rules import STANDING, MemberPart, PlanShape, Unit, UnitTie, units_of


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One tie on a card: what it is called, who it names, and its reasons."""

    heading: str
    names: str
    card: Card


@dataclass(frozen=True, slots=True)
class UnitCard:
    """One group, panel, chain, circle, team or timetable as a coordinator reads it.

    Attributes:
        key: of its first row.
        title: what people call it.
        people: the names of everybody in it, where the lines do not name each once.
        lines: its ties.
        open: the typed places that nobody fills, each with why.
        kept: who is in it already by an earlier plan, in words.
        movable: of a circle or a team everybody in it.
    """

    key: int
    title: str
    people: str
    lines: Sequence[UnitLine]
    open: Sequence[PlanUnmatched]
    kept: Sequence[str] = ()
    movable: Sequence[Application] = ()


def units_shown(plan: Plan, *, only_to_look_at: bool) -> list[Unit]:
    """Return what a plan's ties make up, by name; where asked, only what needs a look or has an open place."""
    shape = PlanShape(plan.shape)
    rows = list(
        PlanPair.objects.filter(plan=plan)
        .select_related("mentee", "mentor")
        .only("label", "mentee__person_id", "mentor__person_id")
        .order_by("label" if shape not in {PlanShape.PANEL, PlanShape.CHAIN} else "pk", "pk")
    )
    units = units_of(shape, [tie_of(row) for row in rows])
    if not only_to_look_at:
        return units
    look = set(PlanPair.objects.filter(needs_look(plan), plan=plan).values_list("pk", flat=True))
    waits = set(open_places_of(plan).values_list("application", flat=True))
    return [unit for unit in units if any(tie.key in look or tie.mentee in waits for tie in unit)]


def units_found(plan: Plan, shown: PlanFilter, words: str) -> list[Unit]:
    """Return the units that a filter of a plan shows, of them those with somebody whom some words name."""
    units = units_shown(plan, only_to_look_at=shown is PlanFilter.LOOK)
    if not words:
        return units
    keys = keys_called(people_in(plan), words)
    return [unit for unit in units if any(not {tie.mentee, tie.mentor}.isdisjoint(keys) for tie in unit)]


def pairs_found(plan: Plan, shown: PlanFilter, words: str) -> QuerySet[PlanPair]:
    """Return the pairs that a filter of a plan shows, of them those with somebody whom some words name."""
    pairs = pairs_shown(plan, shown)
    if not words:
        return pairs
    keys = keys_called(people_in(plan), words)
    return pairs.filter(Q(mentee__in=keys) | Q(mentor__in=keys))


def applications_shown_in(plan: Plan, shown: PlanFilter, words: str) -> set[int]:
    """Return the keys of the applications of everybody on the cards that a plan shows, on whichever page they are."""
    if shows_units(plan, shown):
        units = units_found(plan, shown, words)
        return {key for unit in units for tie in unit for key in (tie.mentee, tie.mentor)}
    ties = pairs_found(plan, shown, words).order_by().values_list("mentee", "mentor")
    return {key for tie in ties for key in tie}


def shows_units(plan: Plan, shown: PlanFilter) -> bool:
    """Return whether a filter of a plan lists groups, panels or the like, and not its pairs one by one."""
    return is_in_units(plan) and shown is not PlanFilter.LOCKED


def open_places_of(plan: Plan) -> QuerySet[PlanUnmatched]:
    """Return the typed places of a plan that nobody fills, of people who have somebody in another place."""
    return PlanUnmatched.objects.filter(plan=plan).exclude(label="").order_by("pk")


def unit_cards(plan: Plan, units: Sequence[Unit], meanings: Mapping[str, str]) -> list[UnitCard]:
    """Return the cards of what is on one page."""
    shape = PlanShape(plan.shape)
    pairs = list(pairs_of(plan).filter(pk__in=[tie.key for unit in units for tie in unit]))
    cards = {card.pair.pk: card for card in cards_of(pairs, meanings, look_line=look_line_of(plan))}
    waiting: dict[int, list[PlanUnmatched]] = defaultdict(list)
    for place in open_places_of(plan).filter(application__in={tie.mentee for unit in units for tie in unit}):
        waiting[place.application_id].append(place)
    order = _order_of(facts_of(plan).matching.shape)
    kept = _kept_in(plan, units)

    def standing(tie: UnitTie) -> tuple[int, int, str]:
        """Return where a tie stands on its card: rounds by their number, others as the rules list them."""
        return order.get(tie.label, 0), len(tie.label), tie.label

    return [
        _card(
            shape,
            [cards[tie.key] for tie in sorted(unit, key=standing)],
            [one for key in _mentees(unit) for one in waiting[key]],
            kept[unit[0].mentor if shape is PlanShape.GROUPS else unit[0].mentee],
        )
        for unit in units
    ]


def _kept_in(plan: Plan, units: Sequence[Unit]) -> Mapping[int, Sequence[str]]:
    """Return who is in groups and panels already by offers of other plans: by the mentor of a group, or the mentee."""
    shape, found = PlanShape(plan.shape), defaultdict[int, list[str]](list)
    if shape not in {PlanShape.GROUPS, PlanShape.PANEL}:
        return found
    sides = (MemberPart.MENTOR, MemberPart.MENTEE)
    by, of = sides if shape is PlanShape.GROUPS else sides[::-1]
    keys = {tie.mentor if shape is PlanShape.GROUPS else tie.mentee for unit in units for tie in unit}
    here = {(tie.mentee, tie.mentor) for unit in units for tie in unit}
    leading = OfferMember.objects.filter(
        application__in=keys, part=by, holds_place=True, offer__state__in=sorted(STANDING)
    ).values_list("offer", "application", "place")
    led = {offer: (application, place) for offer, application, place in leading}
    others = OfferMember.objects.filter(offer__in=led, part=of, holds_place=True).select_related("application__person")
    for one in others.order_by("pk"):
        key, place = led[one.offer_id]
        tie = (one.application_id, key) if shape is PlanShape.GROUPS else (key, one.application_id)
        if tie not in here:
            name = str(one.application.person)
            found[key].append(f"{place}: {name}" if shape is PlanShape.PANEL else name)
    return found


def is_in_units(plan: Plan) -> bool:
    """Return whether a plan is read as groups, panels or the like, and not pair by pair."""
    return plan.shape != PlanShape.PAIRS


def filters_of(
    plan: Plan, numbers: PlanNumbers, holds: Sequence[PlanConstraint], *, revision: Hashable
) -> list[tuple[PlanFilter, str, int]]:
    """Return the filters of a plan with their words and how many rows each shows; arguments as `counts_in` has them."""
    counts = dict(counts_in(plan, numbers, holds, revision=revision))
    if is_in_units(plan):
        counts[PlanFilter.LOOK] = len(units_shown(plan, only_to_look_at=True))
        counts[PlanFilter.ALL] = len(units_shown(plan, only_to_look_at=False))
        counts[PlanFilter.LEFT_OUT] += open_places_of(plan).count()
    return [(choice, choice.words_in(PlanShape(plan.shape)), number) for choice, number in counts.items()]


def _order_of(shape: ShapeSpec) -> dict[str, int]:
    """Return the order of the typed places of a panel, or of the links of a chain, the highest first."""
    links = [f"{tier} and {above}" for tier, above in pairwise(shape.tiers)]
    labels = [slot.name for slot in shape.slots] + links[::-1]
    return {label: place for place, label in enumerate(labels)}


def _mentees(unit: Unit) -> list[int]:
    return list(dict.fromkeys(tie.mentee for tie in unit))


def _card(shape: PlanShape, cards: Sequence[Card], waiting: Sequence[PlanUnmatched], kept: Sequence[str]) -> UnitCard:
    first = cards[0].pair
    together = shape in {PlanShape.CIRCLES, PlanShape.TEAMS}
    return UnitCard(
        key=first.pk,
        title=title_of(shape, [card.pair for card in cards]),
        people=_everybody(cards) if together else "",
        lines=[_line(shape, card) for card in cards],
        open=waiting,
        kept=kept,
        movable=_applications(cards) if together else (),
    )


def _line(shape: PlanShape, card: Card) -> UnitLine:
    mentee, mentor = str(card.pair.mentee.person), str(card.pair.mentor.person)
    if shape in {PlanShape.PANEL, PlanShape.ROUNDS}:
        return UnitLine(card.pair.label, mentor, card)
    if shape is PlanShape.GROUPS:
        return UnitLine("", mentee, card)
    if shape is PlanShape.CHAIN:
        words = _("%(mentor)s mentors %(mentee)s") % {"mentor": mentor, "mentee": mentee}
        return UnitLine(card.pair.label, words, card)
    return UnitLine("", _("%(one)s and %(other)s") % {"one": mentee, "other": mentor}, card)


def title_of(shape: PlanShape, pairs: Sequence[PlanPair]) -> str:
    """Return what people call a unit of a plan by its rows, which have their people with them."""
    return _TITLES.get(shape, _both)(pairs)


def _both(pairs: Sequence[PlanPair]) -> str:
    return _("%(one)s and %(other)s") % {"one": pairs[0].mentee.person, "other": pairs[0].mentor.person}


def _applications(cards: Sequence[Card]) -> list[Application]:
    found = {one.pk: one for card in cards for one in (card.pair.mentee, card.pair.mentor)}
    return sorted(found.values(), key=lambda one: (str(one.person), one.pk))


def _everybody(cards: Sequence[Card]) -> str:
    people = [person for card in cards for person in (card.pair.mentee.person, card.pair.mentor.person)]
    return ", ".join(sorted({str(person) for person in people}))


def _top(pairs: Sequence[PlanPair]) -> str:
    helped = {pair.mentee.person_id for pair in pairs}
    top = next(pair.mentor for pair in pairs if pair.mentor.person_id not in helped)
    return _("Chain of %s") % top.person


_TITLES: Mapping[PlanShape, Callable[[Sequence[PlanPair]], str]] = {
    PlanShape.GROUPS: lambda pairs: _("Group of %s") % pairs[0].mentor.person,
    PlanShape.PANEL: lambda pairs: _("Panel of %s") % pairs[0].mentee.person,
    PlanShape.ROUNDS: lambda pairs: _("Meetings of %s") % pairs[0].mentee.person,
    PlanShape.CHAIN: _top,
    PlanShape.CIRCLES: lambda pairs: pairs[0].label,
    PlanShape.TEAMS: lambda pairs: pairs[0].label,
}
