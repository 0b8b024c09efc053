"""What pages ask of the frozen input of a run: read once and kept, because it is large and never changes."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from chiron.blueprints.schema.fields import standard_fields
from chiron.blueprints.schema.matching import Matching
from chiron.site.matching.models import Plan, RunInput
from chiron.site.matching.rules import Hold
from chiron.site.matching.rules.columns import unpacked_input
from chiron.site.shared.process.kept_values import KeptValues

GROUPINGS: Final = ("site", "organization", "stage", "profession", "field", "region")
"""What people may be grouped by: their work and where they do it, never who they are."""
MOST_GROUPS: Final = 12
RUNS_KEPT: Final = 8


@dataclass(frozen=True, slots=True)
class InputFacts:
    """What pages ask of a frozen input.

    Attributes:
        matching: the rules, checked.
        not_used: sentences about rules that dropped out.
        unknown: names that are nobody's.
        locks: how many pairs were locked.
        apart: how many pairs were kept apart.
        held: of each of those pairs which of the two it is, a `Hold`, and the identifiers of its two people.
        mentees: identifiers, in the order of the run.
        mentors: identifiers, likewise.
        keys: the mentees as keys of applications.
        groupings: (field, label) of what the mentees can be grouped by.
        answers: by each field of `GROUPINGS` the answer of each mentee, in their order; empty where somebody did not
            say.
        labels: what people call those fields.
    """

    matching: Matching
    not_used: tuple[str, ...]
    unknown: tuple[str, ...]
    locks: int
    apart: int
    held: frozenset[tuple[str, str, str]]
    mentees: tuple[str, ...]
    mentors: tuple[str, ...]
    keys: frozenset[int]
    groupings: tuple[tuple[str, str], ...]
    answers: Mapping[str, tuple[str, ...]]
    labels: Mapping[str, str]


_kept: KeptValues[InputFacts] = KeptValues(RUNS_KEPT)


def run_key(plan: Plan) -> Hashable:
    """Return what names the input of a plan's run as it is now: erasing a person changes it."""
    return connection.settings_dict["NAME"], plan.run_id, plan.run.input_revision


def facts_of(plan: Plan) -> InputFacts:
    """Return what pages ask of the input of a plan's run."""
    return _kept.get(run_key(plan), lambda: _facts(frozen_of(plan)))


def frozen_of(plan: Plan) -> dict[str, Any]:
    """Return the whole input of a plan's run."""
    return unpacked_input(RunInput.objects.values_list("content", flat=True).get(run=plan.run_id))


def forget_inputs() -> None:
    """Keep nothing any more: another database begins."""
    _kept.forget()


def fields_to_group_by(answers: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the questions that people can be grouped by: those with 2 to 12 different answers.

    Of two questions that part people in the same way, such as site and organisation, only the first is asked.

    Args:
        answers: by question the answer of each person, in the same order; empty where somebody did not say.
    """
    found: list[str] = []
    parted: set[tuple[int, ...]] = set()
    for field, said in answers.items():
        order = {answer: at for at, answer in enumerate(dict.fromkeys(said))}
        parts = tuple(order[answer] for answer in said)
        if 2 <= len(order.keys() - {""}) <= MOST_GROUPS and parts not in parted:  # noqa: PLR2004 -- one group differs from nobody
            parted.add(parts)
            found.append(field)
    return tuple(found)


def group_answer(answers: Mapping[str, Any], field: str) -> str:
    """Return what somebody says to a question by which people are grouped; empty for a list and for no answer."""
    value = answers.get(field)
    return str(value) if value is not None and not isinstance(value, list | tuple) else ""


def _facts(frozen: Mapping[str, Any]) -> InputFacts:
    """Return the facts of an input."""
    one_text: dict[str, str] = {}
    answers = {
        field: tuple(
            one_text.setdefault(said, said)
            for said in (group_answer(person["answers"], field) for person in frozen["mentees"])
        )
        for field in GROUPINGS
    }
    declared = frozen["matching"].get("fields", {})
    labels = {field: declared.get(field, {}).get("label") or standard_fields()[field].label for field in GROUPINGS}
    return InputFacts(
        matching=Matching.model_validate(frozen["matching"]),
        not_used=tuple(frozen.get("not_used", ())),
        unknown=tuple(frozen["unknown"]),
        locks=len(frozen["locks"]),
        apart=len(frozen["apart"]),
        held=frozenset(
            (kind.value, mentee, mentor)
            for kind, held in ((Hold.LOCK, frozen["locks"]), (Hold.APART, frozen["apart"]))
            for mentee, mentor in held
        ),
        mentees=_ids(frozen["mentees"]),
        mentors=_ids(frozen["mentors"]),
        keys=frozenset(map(int, _ids(frozen["mentees"]))),
        groupings=tuple((field, labels[field]) for field in fields_to_group_by(answers)),
        answers=answers,
        labels=labels,
    )


def _ids(people: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(person["id"] for person in people)
