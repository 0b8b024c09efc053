"""The applicants of one side by their names, and whom the exclusions of the other side mean among them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from chiron.blueprints.schema.person import Role as Side
from chiron.sheets.files.table import Table
from chiron.sheets.names.names import Names
from chiron.sheets.people.diagnostics import Diagnostic, shown
from chiron.sheets.people.exclusions import MeansNobody, NamedPeople, text_of
from chiron.site.applications.models import Application, Import
from chiron.site.applications.rules.application import SIDES, Role, Stage
from chiron.site.applications.rules.changes import Incoming, Standing
from chiron.site.applications.rules.naming import ALSO_CALLED, MEANS_NOBODY


def named_people(
    others: Sequence[Application], people: Sequence[Application], *, side: Side, keys: Mapping[int, str]
) -> NamedPeople:
    """Return applicants as the people whom exclusions name.

    Args:
        others: the applicants who are named.
        people: those who name them: words in their names are no slips of the pen.
        side: the side of those who name.
        keys: what the engine knows each applicant by.
    """
    place = _("the mentors of this cohort") if side == "mentee" else _("the mentees of this cohort")
    names = Names(
        [keys[one.pk] for one in others],
        [one.person.name for one in others],
        [one.person.email for one in others],
        also=[one.answers.get(ALSO_CALLED, ()) for one in others],
        others=[one.person.name for one in people],
    )
    return NamedPeople(names, tuple(keys[one.pk] for one in others), [one.person.name for one in others], place)


def nobody_said(imported: Import) -> MeansNobody:
    """Return the cells of an import of which the coordinator said that they mean nobody of the other side."""
    # An import reads one sheet, so that its name tells nothing apart.
    return MeansNobody(
        cells={(imported.file_name, "", one["row"], one["column"]): one["cell"] for one in imported.nobody}
    )


def exclusions_in(
    imported: Import,
    incoming: Sequence[Incoming],
    table: Table,
    headings: Mapping[str, str],
    standing: Mapping[str, Standing],
) -> list[Diagnostic]:
    """Return what exclusions mean among the accepted people of the other side; nothing before one of them is there.

    What is not clear leaves its row out, until the cell is mended or the coordinator says that it means nobody. A row
    that was exported comes in as it went out: every run asks about what is not clear in it.

    Args:
        imported: the import.
        incoming: its good rows.
        table: its sheet.
        headings: of the columns that keep people apart, by field.
        standing: who is in the cohort in this role already, by e-mail address.
    """
    role, said = Role(imported.role), nobody_said(imported)
    accepted = Application.objects.filter(cohort_id=imported.cohort_id, stage=Stage.ACCEPTED).exclude(role=role)
    others = list(accepted.select_related("person")) if headings else []
    if not others:
        return []
    keys = {one.pk: str(one.answers.get("id") or one.person.email) for one in others}
    named = named_people(others, [], side=SIDES[role], keys=keys)
    found = []
    for one in incoming:
        there = standing.get(one.email)
        earlier = {**(there.answers.get(MEANS_NOBODY, {}) if there is not None else {}), **_meant(one)}
        for name, heading in headings.items():
            if one.answers.get(name) is None:
                continue
            text = text_of(one.answers[name])
            reading = named.reading_of(text)
            words = f'"{shown(heading)}" is "{shown(text)}". {reading.text}'
            told = Diagnostic(table.file, table.sheet, one.row, heading, reading.code, words)
            if said.covers(imported.file_name, one.row, heading, text) or earlier.get(name) == text:
                continue
            if reading.is_problem and one.stage is None:
                found.append(replace(told, left_out=True, cell=text))
            elif reading.code:
                found.append(told)
    return found


def saying_nobody(one: Incoming, imported: Import, headings: Mapping[str, str]) -> Incoming:
    """Return a row with the fields of which the coordinator said that they mean nobody, so that every run knows it."""
    said = nobody_said(imported)
    meant = {}
    for name, heading in headings.items():
        text = text_of(one.answers.get(name) or "")
        if text and said.covers(imported.file_name, one.row, heading, text):
            meant[name] = text
    return replace(one, answers={**one.answers, MEANS_NOBODY: {**_meant(one), **meant}}) if meant else one


def _meant(one: Incoming) -> Mapping[str, str]:
    """Return the texts that mean nobody, as the row itself says, by field."""
    said: Mapping[str, str] = one.answers.get(MEANS_NOBODY, {})
    return said
