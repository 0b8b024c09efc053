"""What a report says about a cohort: counts turned into figures that may be shown, with small groups hidden."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.utils.translation import gettext as _

from chiron.sheets.files.page import Cell, literal
from chiron.sheets.result.figures import HIDDEN, NOTE, Figure, count_texts, rate_figures
from chiron.sheets.result.groups import GroupFigures
from chiron.site.applications.rules import Role, Stage
from chiron.site.matching.rules import OfferState
from chiron.site.matching.rules.fairness import Figures, PeopleCompared, question_to_show, sentence_of

OTHERS = (Stage.SUBMITTED, Stage.DECLINED, Stage.WITHDRAWN)
"""The stages of applications that are not accepted, or not yet; drafts are their writers' own."""
ANSWERS = (OfferState.AGREED, OfferState.OFFERED, OfferState.DECLINED, OfferState.LAPSED)


@dataclass(frozen=True, slots=True)
class Counts:
    """What a report is made of.

    Attributes:
        applications: how many there are by role and stage.
        offers: published pairs by state.
        compared: everybody accepted who looks for a mentor, and what they say to the questions that part them.
        matched: accepted mentees in a published pair, whatever came of it: with the pairs that nobody declined, the
            number of those who did could be worked out.
        is_published: whether a plan was published at all.
    """

    applications: Mapping[tuple[Role, Stage], int]
    offers: Mapping[OfferState, int]
    compared: PeopleCompared
    matched: int
    is_published: bool


@dataclass(frozen=True, slots=True)
class CountTable:
    """A table of counts as it is shown: headings, and rows that begin with their name; hidden cells are "[c]"."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def labelled(self) -> list[dict[str, object]]:
        """The rows with the heading of each cell beside it, for narrow screens."""
        return [{"name": name, "cells": list(zip(self.headings, cells, strict=True))} for name, *cells in self.rows]


@dataclass(frozen=True, slots=True)
class GroupTable:
    """The groups of one question as they are shown, with one sentence on whether they differ."""

    title: str
    sentence: str
    groups: tuple[GroupFigures, ...]


@dataclass(frozen=True, slots=True)
class LeaderAnswer:
    """One of the questions of a leader: a finding in a few words, the figure behind it, and how it was worked out."""

    question: str
    finding: str
    detail: str
    figure: Figure | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A cohort's report for people who may not see the people in it.

    Attributes:
        answers: the four questions.
        tables: counts.
        groups: the groups of each question.
        shown: the question whose groups are open at first: one with a difference, if there is one.
        threshold: the smallest group that is shown.
        data_on: the day of the data.
    """

    answers: tuple[LeaderAnswer, ...]
    tables: tuple[CountTable, ...]
    groups: tuple[GroupTable, ...]
    shown: str
    threshold: int
    data_on: date
    note: str = NOTE


def report_from(counts: Counts, *, threshold: int, data_on: date) -> Report:
    """Return the report of a cohort, with small groups hidden.

    Raises:
        ThresholdError: the threshold is under 5.
    """
    compared = counts.compared if counts.is_published else PeopleCompared((), {})
    figures = compared.figures(none=_("Not provided"), k=threshold)
    return Report(
        answers=(_reach(counts, threshold), _meeting(counts, threshold), _helping(), _fair(figures)),
        tables=_tables(counts, threshold),
        groups=tuple(GroupTable(title, sentence_of(groups), groups) for title, groups in figures.items()),
        shown=question_to_show(figures),
        threshold=threshold,
        data_on=data_on,
    )


def report_file(report: Report) -> str:
    """Return a report as CSV text, with the same hiding as the page; no cell is a formula."""
    rows: list[Sequence[Cell]] = [(_("Data of"), report.data_on.isoformat())]
    rows += [(answer.question, answer.finding, answer.detail) for answer in report.answers]
    for table in report.tables:
        rows += [(), (table.title, *table.headings), *table.rows]
    for group in report.groups:
        beside = _("Beside everyone")
        rows += [(), (group.title, _("Mentees"), _("Offered a mentor"), beside, _("Mean fit"), beside)]
        rows += [
            (one.group, _number(one.n), *(text for each in one.figures for text in (each.text, str(each.verdict))))
            for one in group.groups
        ]
    rows += [(), (report.note,)]
    file = io.StringIO()
    file.write("\ufeff")
    csv.writer(file, lineterminator="\r\n").writerows(map(literal, row) for row in rows)
    return file.getvalue()


def _reach(counts: Counts, threshold: int) -> LeaderAnswer:
    """Answer whether the programme reaches people."""
    question = _("Is it reaching people?")
    accepted = counts.applications.get((Role.MENTEE, Stage.ACCEPTED), 0)
    if not counts.is_published:
        return LeaderAnswer(question, _("No plan is published yet"), _("The tables below say how many people applied."))
    figure = _rate(_("Mentees who were offered a mentor"), counts.matched, accepted, threshold)
    return LeaderAnswer(
        question,
        _finding(_("%(share)s were offered a mentor"), figure.text),
        _("Accepted mentees who are in a published pair."),
        figure,
    )


def _meeting(counts: Counts, threshold: int) -> LeaderAnswer:
    """Answer whether pairs meet: so far only whether they have said yes."""
    question = _("Are they meeting?")
    pairs = sum(counts.offers.get(state, 0) for state in ANSWERS)
    if not pairs:
        return LeaderAnswer(question, _("No data yet"), _("Meetings are not recorded on this site yet."))
    detail = _("Pairs in which both said yes. Meetings are not recorded on this site yet.")
    texts = _answer_texts(counts, threshold)
    if HIDDEN in {texts[0], texts[-1]}:
        return LeaderAnswer(question, _finding("", HIDDEN), detail)
    figure = _rate(_("Pairs that said yes"), counts.offers.get(OfferState.AGREED, 0), pairs, threshold)
    return LeaderAnswer(question, _finding(_("%(share)s said yes"), figure.text), detail, figure)


def _finding(words: str, share: str) -> str:
    """Return the headline of an answer; one whose share is hidden says so instead."""
    return _("Too few to show") if share == HIDDEN else words % {"share": share}


def _helping() -> LeaderAnswer:
    """Answer whether mentoring helps: nothing is asked yet."""
    return LeaderAnswer(_("Is it helping?"), _("No data yet"), _("People are not asked about this on this site yet."))


def _fair(figures: Figures) -> LeaderAnswer:
    """Answer whether groups differ in how many have a mentor and in how well they fit."""
    question = _("Is it fair?")
    shown = question_to_show(figures)
    if not shown:
        return LeaderAnswer(question, _("No data yet"), _("Groups are compared once a plan is published."))
    detail = _(
        "Share who were offered a mentor, and their mean fit: each group beside everyone, allowing for how many were "
        "compared."
    )
    return LeaderAnswer(question, f"{shown}: {sentence_of(figures[shown])}", detail)


def _tables(counts: Counts, threshold: int) -> tuple[CountTable, ...]:
    """Return the tables of applications and of answers to offers.

    The first has no sums, so that no hidden number is what is left over.
    """
    roles = ((Role.MENTEE, _("Mentees")), (Role.MENTOR, _("Mentors")))
    applied = CountTable(
        title=_("Applications"),
        headings=(_("Accepted"), _("Not accepted, or not yet")),
        rows=tuple(
            (
                label,
                _shown(counts.applications.get((role, Stage.ACCEPTED), 0), threshold),
                _shown(sum(counts.applications.get((role, one), 0) for one in OTHERS), threshold),
            )
            for role, label in roles
        ),
    )
    if not counts.is_published:
        return (applied,)
    offered = CountTable(
        title=_("Published pairs"),
        headings=(*(str(state.label) for state in ANSWERS), _("Together")),
        rows=((_("Pairs"), *_answer_texts(counts, threshold)),),
    )
    return (applied, offered)


def _answer_texts(counts: Counts, threshold: int) -> list[str]:
    """Return how many published pairs stand where and together, as they are shown.

    Where the share of mentees with an offer is hidden or a band, the sum is hidden: it would give that share away.
    """
    texts = count_texts(np.array([[counts.offers.get(state, 0) for state in ANSWERS]], dtype=np.int64), k=threshold)[0]
    accepted = counts.applications.get((Role.MENTEE, Stage.ACCEPTED), 0)
    if _rate("", counts.matched, accepted, threshold).value is not None:
        return texts
    parts = texts[:-1] if HIDDEN in texts[:-1] else [HIDDEN, *texts[1:-1]]
    return [*parts, HIDDEN]


def _shown(count: int, threshold: int) -> str:
    """Return a count that no other number gives away, as it is shown."""
    return HIDDEN if count < threshold else str(count)


def _rate(name: str, part: int, whole: int, threshold: int) -> Figure:
    """Return one rate, hidden or banded where few people are behind it."""
    return rate_figures(name, {name: (part, whole)}, k=threshold, totals_known=False)[0]


def _number(number: int | None) -> str:
    return HIDDEN if number is None else str(number)
