"""Reads of matches that run already: what a sheet of them would begin, and the sheet of those that run here."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from chiron.sheets.files.apart import read_apart
from chiron.sheets.files.page import Cell, Page, unquoted
from chiron.sheets.files.read import read_table
from chiron.sheets.files.table import Row, SheetError, Table
from chiron.site.applications.models import Application
from chiron.site.applications.rules import Role, Stage
from chiron.site.applications.rules.imports import SHEET_BUDGET
from chiron.site.applications.rules.naming import Directory, unknown_words
from chiron.site.matching.models import Offer, OfferMember
from chiron.site.matching.rules import STANDING, MatchShape, MemberPart, OfferState, people_key
from chiron.site.mentorships.models import Match, Member
from chiron.site.mentorships.rules import MatchState
from chiron.site.mentorships.rules.running import (
    PAIR_HEADINGS,
    RUNNING_LIMITS,
    PairFault,
    RunningPair,
    day_in,
    free_place,
    missing_columns,
    pair_columns,
    since_fault,
)
from chiron.site.people.rules import clean_email
from chiron.site.programs.models import Cohort


@dataclass(frozen=True, slots=True)
class PairsChecked:
    """What a sheet of pairs would do: which matches begin, how many run already, and which rows need fixing.

    `names` are those of mentee and mentor of each new pair, in its order.
    """

    new: tuple[RunningPair, ...]
    names: tuple[tuple[str, str], ...]
    same: int
    faults: tuple[PairFault, ...]


def pairs_sent(content: bytes, *, name: str) -> Table:
    """Return a sheet of pairs that somebody sends, read in a process of its own.

    Raises:
        SheetError: it cannot be read, is too large, or lacks a column.
    """
    table = read_apart(content, name=name, limits=RUNNING_LIMITS, budget=SHEET_BUDGET)
    return _with_columns(table)


def pairs_asked(text: str) -> Table:
    """Return the pairs that the page with the button showed.

    Raises:
        SheetError: they are no sheet of pairs.
    """
    return _with_columns(read_table(text.encode(), name="pairs.csv", limits=RUNNING_LIMITS))


def pairs_kept(cohort: Cohort, kept: Sequence[tuple[int, int, str]]) -> Table:
    """Return the pairs that a coordinator asked another one to bring in, as a sheet.

    Args:
        cohort: theirs.
        kept: of each the keys of the two applications, mentee first, and the day; whoever is gone is left out.
    """
    keys = {key for mentee, mentor, _since in kept for key in (mentee, mentor)}
    here = Application.objects.filter(cohort=cohort, pk__in=keys)
    emails = dict(here.values_list("pk", "person__email"))
    rows = [(emails[one], emails[other], since) for one, other, since in kept if {one, other} <= emails.keys()]
    headings = [PAIR_HEADINGS[name] for name in ("mentee_email", "mentor_email", "since")]
    numbered = tuple(Row(number, row) for number, row in enumerate(rows, start=2))
    return Table(file="", sheet="", heading_row=1, headings=tuple(headings), rows=numbered)


def pairs_page(table: Table) -> Page:
    """Return a sheet of pairs with only the columns that are read, for the page that asks."""
    columns = pair_columns(table)
    rows = tuple(tuple[Cell, ...](row.cells[at] for at in columns.values()) for row in table.rows)
    return Page(name="Pairs", headings=tuple(PAIR_HEADINGS[name] for name in columns), rows=rows)


def check_pairs(cohort: Cohort, table: Table, *, today: dt.date) -> PairsChecked:
    """Return what a sheet of pairs would do now; nothing is written.

    A pair comes in by the rules that publishing keeps to: both accepted, not kept apart, each with a free place.
    """
    people = _People(cohort)
    columns = pair_columns(table)
    new: list[RunningPair] = []
    names: list[tuple[str, str]] = []
    faults: list[PairFault] = []
    same = 0
    for row in table.rows:
        cells = {name: row.cells[at] for name, at in columns.items()}
        mentee, wrong = people.meant(cells, Role.MENTEE)
        mentor, also_wrong = people.meant(cells, Role.MENTOR)
        fault = wrong or also_wrong or since_fault(cells["since"], today=today)
        if mentee is None or mentor is None or fault:
            faults.append(PairFault(row.number, fault))
            continue
        if people.state_of(mentee, mentor) is OfferState.AGREED:
            same += 1
            continue
        fault = people.refusal(mentee, mentor)
        if fault:
            faults.append(PairFault(row.number, fault))
            continue
        since = day_in(cells["since"]) or today
        new.append(RunningPair(mentee.pk, mentor.pk, since, people.take(mentee, mentor)))
        names.append((mentee.person.name, mentor.person.name))
    return PairsChecked(tuple(new), tuple(names), same, tuple(faults))


def running_page(cohort: Cohort) -> Page:
    """Return the pairs of a cohort that run, as a sheet that comes in again; in the order in which they began."""
    members = Member.objects.filter(left_on=None).select_related("application__person").order_by("pk")
    matches = (
        Match.objects.filter(cohort=cohort, shape=MatchShape.PAIR)
        .exclude(state__in=[MatchState.FORMING, MatchState.CLOSED])
        .prefetch_related(Prefetch("members", queryset=members, to_attr="people_in"))
        .order_by("pk")
    )
    rows = []
    for match in matches:
        by_part = {one.part: one.application.person for one in match.people_in}
        if {MemberPart.MENTEE, MemberPart.MENTOR} <= by_part.keys():
            mentee, mentor = by_part[MemberPart.MENTEE], by_part[MemberPart.MENTOR]
            since = match.starts_on.isoformat() if match.starts_on is not None else ""
            rows.append((mentee.name, mentee.email, mentor.name, mentor.email, since))
    return Page(name="Pairs", headings=tuple(PAIR_HEADINGS.values()), rows=tuple(rows), filtered=True)


def offers_page(cohort: Cohort) -> Page:
    """Return every offer of a cohort as a sheet: to whom it went, where it stands, until when it waits."""
    members = OfferMember.objects.select_related("application__person").order_by("part", "place", "pk")
    offers = Offer.objects.filter(cohort=cohort).order_by("pk")
    headings = (_("Mentees"), _("Mentors"), _("State"), _("Offered on"), _("Answer by"), _("Said yes"), _("Said no"))
    rows = []
    for offer in offers.prefetch_related(Prefetch("members", queryset=members, to_attr="people_in")):
        there = list(offer.people_in)
        mentors = [one for one in there if one.part == MemberPart.MENTOR]
        others = [one for one in there if one.part != MemberPart.MENTOR]
        rows.append(
            (
                _emails(others),
                _emails(mentors),
                str(OfferState(offer.state).label),
                offer.offered_at.date().isoformat(),
                offer.answer_by.date().isoformat() if offer.answer_by is not None else "",
                _emails([one for one in there if one.reply == "yes"]),
                _emails([one for one in there if one.reply == "no"]),
            )
        )
    return Page(name="Offers", headings=headings, rows=tuple(rows), filtered=True)


class _People:
    """The accepted people of a cohort, by what a sheet calls them, with what their places have left."""

    def __init__(self, cohort: Cohort) -> None:
        accepted = Application.objects.filter(cohort=cohort, stage=Stage.ACCEPTED).select_related("person")
        by_role = {role: [one for one in accepted if one.role == role] for role in Role}
        self.by_key = {one.pk: one for one in accepted}
        self.by_email = {role: {one.person.email: one for one in those} for role, those in by_role.items()}
        self.names = {
            role: Directory.of((str(one.pk), one.person.name, [str(one.answers.get("id") or "")]) for one in those)
            for role, those in by_role.items()
        }
        offers = Offer.objects.filter(cohort=cohort, state__in=sorted(STANDING))
        self.states = {people: OfferState(state) for people, state in offers.values_list("people", "state")}
        held = OfferMember.objects.filter(offer__cohort=cohort, part=MemberPart.MENTEE, holds_place=True)
        self.places: dict[int, list[str]] = defaultdict(list)
        for key, place in held.values_list("application_id", "place"):
            self.places[key].append(place)
        self.taken = {one.pk: one.taken for one in accepted}
        self.apart = set(cohort.holds.filter(kind="apart").values_list("mentee", "mentor"))

    def meant(self, cells: Mapping[str, str], role: Role) -> tuple[Application | None, str]:
        """Return whom a row means in a role; None, and what to type instead, where that is not clear."""
        email, name = cells.get(f"{role.value}_email", ""), cells.get(role.value, "")
        said = email or name
        if not said:
            return None, _("No %(who)s is named. Type an e-mail address.") % {"who": str(role.label).lower()}
        if "@" in said:
            found = self.by_email[role].get(clean_email(said))
            if found is None:
                side = _("mentors") if role is Role.MENTOR else _("mentees")
                words = _("%(email)s is not among the accepted %(side)s of this cohort. Import or accept them first.")
                return None, words % {"email": said, "side": side}
            return found, ""
        key = self.names[role].key_of(said)
        if key is None:
            return None, unknown_words(self.names[role], said, is_mentor=role is Role.MENTOR)
        return self.by_key[int(key)], ""

    def state_of(self, mentee: Application, mentor: Application) -> OfferState | None:
        """Return where the offer to these two stands, None without one."""
        return self.states.get(people_key([mentee.pk, mentor.pk]))

    def refusal(self, mentee: Application, mentor: Application) -> str:
        """Return why these two cannot be matched now; empty where they can."""
        if self.state_of(mentee, mentor) is not None:
            return _("An offer to both of them waits for answers. Take it back first.")
        if mentee.person_id == mentor.person_id:
            return _("This is one person. Type two different people.")
        if (mentee.pk, mentor.pk) in self.apart:
            return _("You keep %(mentee)s and %(mentor)s apart. Take that back first.") % {
                "mentee": mentee.person.name,
                "mentor": mentor.person.name,
            }
        if mentor.capacity is not None and self.taken[mentor.pk] >= mentor.capacity:
            return _("%s has no free place. Give one more place on their page first.") % mentor.person.name
        if not free_place(self.places[mentee.pk], mentee.wanted) or self.taken[mentee.pk] >= mentee.wanted:
            return _("%s has as many mentors as they want. Import them with more mentors wanted first.") % (
                mentee.person.name
            )
        return ""

    def take(self, mentee: Application, mentor: Application) -> str:
        """Take a place of each, and return which of the mentee's it is."""
        place = free_place(self.places[mentee.pk], mentee.wanted)
        self.places[mentee.pk].append(place)
        self.taken[mentee.pk] += 1
        self.taken[mentor.pk] += 1
        self.states[people_key([mentee.pk, mentor.pk])] = OfferState.AGREED
        return place


def _emails(members: list[OfferMember]) -> str:
    return "; ".join(one.application.person.email for one in members)


def _with_columns(table: Table) -> Table:
    missing = missing_columns(pair_columns(table))
    if missing:
        raise SheetError(missing)
    rows = tuple(Row(row.number, tuple(map(unquoted, row.cells))) for row in table.rows)
    return Table(table.file, table.sheet, table.heading_row, table.headings, rows)
