"""Plain functions that make a cohort with people who fit each other more or less, and a plan worked out for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from chiron.site.applications.models import Application
from chiron.site.applications.operations import accept_application, submit_application
from chiron.site.applications.rules import Role
from chiron.site.matching.models import Offer, OfferMember, Plan, PlanPair, Publication
from chiron.site.matching.operations.runs import ask_for_run
from chiron.site.matching.rules.columns import new_revision
from chiron.site.mentorships.models import Publishing
from chiron.site.mentorships.operations import accept_offer, ask_for_publishing, prepare_publishing, publish_plan
from chiron.site.mentorships.rules import LetterWording
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from chiron.site.programs.operations import move_to_stage
from chiron.site.programs.rules import CohortStage
from chiron.site.shared.jobs.operations import run_waiting_jobs
from cohort_factories import make_cohort, make_coordinator
from factories import NOW, make_person
from kept_rows import made_once

MATCHING = {
    "aim": "everyone",
    "rules": [
        {"name": "Goals covered", "kind": "coverage", "mentee": "goals", "mentor": "expertise", "points": 60},
        {"name": "Same site", "kind": "same", "field": "site", "points": 30},
        {"name": "Asked for", "kind": "asked", "mentee": "wishes", "mentor": "profession", "points": 10, "missed": -10},
        {"name": "Not the line manager", "kind": "apart", "mentee": "manager", "mentor": "id", "must": True},
    ],
}


@dataclass(frozen=True)
class Scene:
    """A cohort ready for matching: its coordinator and its people by name."""

    cohort: Cohort
    coordinator: Person
    people: dict[str, Application]
    answers: Mapping[str, Any] = field(default_factory=dict)


def make_scene(
    *, places: int = 2, rules: Sequence[dict[str, Any]] = (), answers: Mapping[str, Any] = MappingProxyType({})
) -> Scene:
    """Make three mentors and four mentees; Dora's line manager is Mira, and Carl asked for a nurse.

    Args:
        places: of each mentor.
        rules: further rules.
        answers: what everybody answers besides.
    """
    cohort, coordinator, people = made_once((places, rules, answers), lambda: _cast(places, rules, answers))
    return Scene(cohort, coordinator, people, answers)


def _cast(
    places: int, rules: Sequence[dict[str, Any]], answers: Mapping[str, Any]
) -> tuple[Cohort, Person, dict[str, Application]]:
    cohort = make_cohort(matching={**MATCHING, "rules": [*MATCHING["rules"], *rules]})
    coordinator = make_coordinator(cohort)
    scene = Scene(cohort, coordinator, {}, answers)
    add_mentor(scene, "Mira", ["Research", "Exams"], "North", "Doctor", places)
    add_mentor(scene, "Noor", ["Leadership"], "North", "Nurse", places)
    add_mentor(scene, "Olga", ["Exams", "Teaching"], "South", "Nurse", places)
    add_mentee(scene, "Anna", ["Research"], "North")
    add_mentee(scene, "Bela", ["Exams", "Teaching"], "South")
    add_mentee(scene, "Carl", ["Research", "Exams"], "North", wishes=["Nurse"])
    add_mentee(scene, "Dora", ["Leadership"], "North", manager=["mira"])
    move_to_stage(cohort=cohort, stage=CohortStage.MATCHING, by=coordinator, now=NOW)
    cohort.refresh_from_db()
    return cohort, coordinator, scene.people


def add_mentor(scene: Scene, name: str, expertise: list[str], site: str, profession: str, places: int) -> None:
    """Add an accepted mentor."""
    answers = {"id": name.lower(), "expertise": expertise, "site": site, "profession": profession}
    _add(scene, name, Role.MENTOR, answers, places)


def add_mentee(scene: Scene, name: str, goals: list[str], site: str, **more: list[str]) -> None:
    """Add an accepted mentee."""
    _add(scene, name, Role.MENTEE, {"goals": goals, "site": site, **more}, None)


def make_plan(scene: Scene, *, aim: str = "everyone", based_on: Plan | None = None) -> Plan:
    """Work out a plan, as the worker does."""
    run = ask_for_run(cohort=scene.cohort, aim=aim, by=scene.coordinator, now=NOW, based_on=based_on)
    run_waiting_jobs(now=NOW)
    return Plan.objects.select_related("cohort__program", "run__based_on").get(run=run)


def make_large_plan(scene: Scene, *, pairs: int) -> Plan:
    """Add a draft plan of so many further pairs, each of a mentee and a mentor of their own, in a few queries."""
    plan = make_plan(scene)
    plan.pairs.all().delete()
    people = Person.objects.bulk_create(
        Person(email=f"{side}{number}@large.example", name=f"{side} {number}", joined_at=NOW)
        for side in ("mentee", "mentor")
        for number in range(pairs)
    )
    applications = Application.objects.bulk_create(
        Application(
            cohort=scene.cohort,
            person=person,
            role=Role.MENTEE if number < pairs else Role.MENTOR,
            stage="accepted",
            capacity=None if number < pairs else 1,
            created_at=NOW,
            submitted_at=NOW,
            decided_at=NOW,
            decided_by=scene.coordinator,
        )
        for number, person in enumerate(people)
    )
    mentees, mentors = applications[:pairs], applications[pairs:]
    PlanPair.objects.bulk_create(
        PlanPair(plan=plan, mentee=mentee, mentor=mentor, fit=1)
        for mentee, mentor in zip(mentees, mentors, strict=True)
    )
    return plan


def write_pairs(plan: Plan, **values: object) -> None:
    """Give all pairs of a plan other values, and the plan another revision, as the operations do."""
    plan.pairs.update(**values)
    Plan.objects.filter(pk=plan.pk).update(revision=new_revision())


def make_publication(scene: Scene, plan: Plan) -> Publication:
    """Publish a plan, all of it, now."""
    return publish_plan(plan=plan, held_back=(), send_after=None, link_to=link_to, by=scene.coordinator, now=NOW)


def asked_publishing(scene: Scene, plan: Plan, *, now: datetime = NOW) -> Publishing:
    """Ask for all of a plan to be published, by a job that has not begun."""
    publishing = prepare_publishing(
        plan=plan,
        held_back=(),
        send_after=None,
        answer_days=None,
        wording=LetterWording({}),
        by=scene.coordinator,
        now=NOW,
    )
    return ask_for_publishing(publishing=publishing, seen="", by=scene.coordinator, now=now)


def offer_of(scene: Scene, name: str) -> Offer:
    """Return the newest offer to a mentee by name."""
    return Offer.objects.select_related("cohort__program").filter(members__application=scene.people[name]).latest("pk")


def member_of(offer: Offer, part: str) -> OfferMember:
    """Return the mentee or the mentor of an offer of a pair."""
    return OfferMember.objects.select_related("offer", "application__person").get(offer=offer, part=part)


def say_yes(offer: Offer, *parts: str) -> Offer:
    """Let members of an offer say yes: "mentee", "mentor" or both."""
    for part in parts:
        member = member_of(offer, part)
        offer = accept_offer(member=member, link_to=link_to, by=member.application.person, now=NOW)
    return offer


def link_to(key: int) -> str:
    """Return an address for an offer or a match."""
    return f"http://127.0.0.1:8765/matches/{key}/"


def _add(scene: Scene, name: str, role: Role, answers: dict[str, object], capacity: int | None) -> None:
    everything = {**scene.answers, **answers}
    application = submit_application(
        cohort=scene.cohort,
        person=make_person(name),
        role=role,
        answers=everything,
        capacity=capacity,
        by=None,
        now=NOW,
    )
    scene.people[name] = accept_application(application=application, by=scene.coordinator, now=NOW)
