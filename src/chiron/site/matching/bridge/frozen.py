"""The frozen input of a run: accepted applications as people, the rules and the holds, in JSON; and back again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chiron.blueprints.schema.defaults import fit_to_people
from chiron.blueprints.schema.fields import FieldSpec, tidy
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import Participant
from chiron.sheets.names.index import spoken
from chiron.sheets.people.crosscheck import with_one_spelling
from chiron.sheets.pools import with_ladders
from chiron.site.applications.models import Application
from chiron.site.applications.rules import Role
from chiron.site.matching.bridge.naming import people_named
from chiron.site.matching.models import PlanConstraint
from chiron.site.matching.queries.pools import CohortPools
from chiron.site.matching.rules import ONE_POPULATION, Hold, PlanShape
from chiron.site.programs.models import Cohort

Frozen = dict[str, Any]


def freeze(cohort: Cohort, pools: CohortPools, *, aim: str) -> Frozen:
    """Return what a run is given, ready for JSON: nothing that happens later can change it.

    The identifier of a person is the key of their application, so that an answer leads back to its row. Names that
    people wrote of each other become the one name that the engine knows; those that are nobody's are in "unknown".
    As in a match of two sheets, each answer has one spelling, and rules that compare what nobody of a side says drop
    out; "not_used" says which. Where all are peers they stand together on the side of mentees.
    """
    matching = Matching.model_validate({**cohort.matching, "aim": aim})
    locks = [pair for pair in _frozen_holds(pools.holds, Hold.LOCK, pools) if not _is_offered(pair, pools)]
    is_one = matching.shape.kind in ONE_POPULATION
    accepted = {role: [one for one in pools.everyone if is_one or one.role == role] for role in Role}
    named = people_named(accepted[Role.MENTEE], accepted[Role.MENTOR], matching)
    free = {application.pk for application in (*pools.mentees, *pools.mentors)}
    both = {
        "mentees": [_frozen_person(one, named.answers[one.pk], pools) for one in pools.mentees],
        "mentors": [_frozen_person(one, named.answers[one.pk], pools) for one in pools.mentors],
    }
    matching, _ = with_ladders(matching, _said(both, matching))
    people = with_one_spelling((*mentees_in(both), *mentors_in(both)), _fields_of(matching))
    mentees, mentors = people[: len(pools.mentees)], people[len(pools.mentees) :]
    fitted = fit_to_people(matching, mentees, mentees if is_one else mentors, keeps_musts=True)
    return {
        "mentees": _respelled(both["mentees"], mentees),
        "mentors": _respelled(both["mentors"], mentors),
        "matching": {**fitted.matching.model_dump(mode="json", exclude_defaults=True), "aim": aim},
        "not_used": list(fitted.notes),
        "locks": locks,
        "apart": _frozen_holds(pools.holds, Hold.APART, pools),
        "offered": sorted([str(mentee), str(mentor)] for mentee, mentor in pools.offered if {mentee, mentor} <= free),
        "selves": _selves(pools, locks),
        "same": _same_people(pools) if PlanShape(matching.shape.kind) is PlanShape.CHAIN else {},
        "bends": [pair for pair in locks if (int(pair[0]), int(pair[1])) in pools.bent],
        "unknown": list(dict.fromkeys(named.unknown)),
        "unclear": {str(key): words for key, words in named.unclear.items() if key in free},
    }


def _fields_of(matching: Matching) -> dict[str, FieldSpec]:
    """Return every field of either side."""
    return {**matching.fields_for("mentee"), **matching.fields_for("mentor")}


def _said(both: Mapping[str, Sequence[Frozen]], matching: Matching) -> dict[str, list[str]]:
    """Return what people of both sides say about their stage, by field."""
    names = [name for name, spec in _fields_of(matching).items() if spec.type == "stage"]
    rows = [row["answers"] for people in both.values() for row in people]
    return {name: [str(answers[name]) for answers in rows if answers.get(name)] for name in names}


def _respelled(rows: Sequence[Frozen], people: Sequence[Participant]) -> list[Frozen]:
    """Return frozen people with the answers that they have after each answer got one spelling."""
    return [{**row, "answers": dict(person.answers)} for row, person in zip(rows, people, strict=True)]


def mentees_in(frozen: Mapping[str, Any]) -> tuple[Participant, ...]:
    """Return the mentees of a frozen input, in its order."""
    return tuple(_person(row, "mentee") for row in frozen["mentees"])


def mentors_in(frozen: Mapping[str, Any]) -> tuple[Participant, ...]:
    """Return the mentors of a frozen input, in its order."""
    return tuple(_person(row, "mentor") for row in frozen["mentors"])


def matching_in(frozen: Mapping[str, Any]) -> Matching:
    """Return the rules of a frozen input, checked again."""
    return Matching.model_validate(frozen["matching"])


def pairs_in(frozen: Mapping[str, Any], key: str) -> tuple[tuple[str, str], ...]:
    """Return pairs of a frozen input by the keys of mentee and mentor.

    Args:
        frozen: the input.
        key: "locks"; "apart": pairs kept apart; "selves": people who are on both sides; "bends": locked pairs for
            whom a rule was bent.
    """
    return tuple((mentee, mentor) for mentee, mentor in frozen[key])


def forbidden_in(frozen: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the pairs that no plan may hold: kept apart, offered before, oneself, and of unclear exclusions.

    A pair that the coordinator locked is the coordinator's word against an exclusion that nobody understands.
    """
    return (*apart_in(frozen), *_unclear_pairs(frozen))


def apart_in(frozen: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the pairs that no plan may hold, but for those of people whose exclusions are not clear."""
    offered = pairs_in(frozen, "offered") if "offered" in frozen else ()
    return (*pairs_in(frozen, "apart"), *offered, *pairs_in(frozen, "selves"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a shape larger than pairs is asked: an id means one person, whichever side they stand on.

    `as_mentor` gives, from the id of somebody on both sides, the key of their application as a mentor.
    """

    mentees: tuple[Participant, ...]
    mentors: tuple[Participant, ...]
    apart: tuple[tuple[str, str], ...]
    as_mentor: Mapping[str, str]
    locks: tuple[tuple[str, str], ...] = ()

    def id_of(self, mentor: int) -> str:
        """Return the id of whoever an application as a mentor is of."""
        return {key: one for one, key in self.as_mentor.items()}.get(str(mentor), str(mentor))

    def keys(self, mentee: str, mentor: str) -> tuple[int, int]:
        """Return the keys of the applications of two people who are tied."""
        return int(mentee), int(self.as_mentor.get(mentor, mentor))


def asked_in(frozen: Mapping[str, Any]) -> Asked:
    """Return the people of a frozen input with one id a person, and whom no plan may tie."""
    same = frozen.get("same", {})
    return Asked(
        mentees=mentees_in(frozen),
        mentors=tuple(replace(one, id=same.get(one.id, one.id)) for one in mentors_in(frozen)),
        apart=tuple((mentee, same.get(mentor, mentor)) for mentee, mentor in forbidden_in(frozen)),
        as_mentor={mentee: mentor for mentor, mentee in same.items()},
        locks=tuple((mentee, same.get(mentor, mentor)) for mentee, mentor in pairs_in(frozen, "locks")),
    )


def unclear_in(frozen: Mapping[str, Any]) -> Mapping[str, str]:
    """Return why people are left out of a run, by the key of their application: an exclusion of theirs is not clear."""
    return dict(frozen.get("unclear", {}))


def _unclear_pairs(frozen: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield every pair of somebody whose exclusion is not clear, except for locked ones."""
    unclear, locked = frozen.get("unclear", {}), set(pairs_in(frozen, "locks"))
    if not unclear:
        return
    mentees, mentors = ([row["id"] for row in frozen[side]] for side in ("mentees", "mentors"))
    others = mentors or mentees
    unclear_others = [one for one in others if one in unclear]
    for mentee in mentees:
        for mentor in others if mentee in unclear else unclear_others:
            if (mentee, mentor) not in locked:
                yield mentee, mentor


def _person(row: Mapping[str, Any], side: str) -> Participant:
    return Participant(
        id=row["id"],
        name=row["name"],
        side="mentee" if side == "mentee" else "mentor",
        answers={field: tidy(value) for field, value in row["answers"].items()},
        capacity=row["capacity"],
        wanted=row["wanted"],
        held=tuple(row.get("held", ())),
    )


def _same_people(pools: CohortPools) -> dict[str, str]:
    """Return, by the key of a mentor's application, the key of the same person's application as a mentee."""
    mentees = {application.person_id: application.pk for application in pools.mentees}
    return {str(one.pk): str(mentees[one.person_id]) for one in pools.mentors if one.person_id in mentees}


def _selves(pools: CohortPools, locks: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the pairs of somebody with themself: a person may apply as a mentor and as a mentee.

    Two accounts of one name are taken for one person, unless a coordinator has locked the pair.
    """
    mentors = {application.person_id: application.pk for application in pools.mentors}
    called: dict[str, list[int]] = {}
    for application in pools.mentors:
        for name in spoken(application.person.name):
            called.setdefault(name, []).append(application.pk)
    locked = {tuple(pair) for pair in locks}
    selves = {}
    for one in pools.mentees:
        if one.person_id in mentors:
            selves[str(one.pk), str(mentors[one.person_id])] = True
        for name in spoken(one.person.name):
            for mentor in called.get(name, ()):
                if (str(one.pk), str(mentor)) not in locked:
                    selves[str(one.pk), str(mentor)] = True
    return [list(pair) for pair in selves]


def _frozen_person(application: Application, answers: Mapping[str, Any], pools: CohortPools) -> Frozen:
    is_mentee = application.role == Role.MENTEE
    held = (pools.kept.places if is_mentee else pools.kept.helped).get(application.pk, ())
    return {
        "id": str(application.pk),
        "name": application.person.name,
        "answers": {
            **({"site": application.site.name} if application.site is not None else {}),
            **answers,
            "name": application.person.name,
            "email": application.person.email,
        },
        "capacity": application.capacity if is_mentee else application.free_places,
        "wanted": application.free_places if is_mentee else application.wanted,
        **({"held": [str(one) for one in held]} if held else {}),
    }


def _is_offered(pair: Sequence[str], pools: CohortPools) -> bool:
    """Return whether two people were offered each other: a lock does not ask somebody twice."""
    return (int(pair[0]), int(pair[1])) in pools.offered


def _frozen_holds(holds: Sequence[PlanConstraint], kind: Hold, pools: CohortPools) -> list[list[str]]:
    there = {application.pk for application in (*pools.mentees, *pools.mentors)}
    return sorted(
        [str(hold.mentee_id), str(hold.mentor_id)]
        for hold in holds
        if hold.kind == kind and hold.mentee_id in there and hold.mentor_id in there
    )
