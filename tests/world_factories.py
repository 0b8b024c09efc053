"""A small world for tests of every address: two cohorts with everything in them, and one person of each kind."""

from dataclasses import dataclass

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from chiron.blueprints.schema.matching import Matching
from chiron.site.applications.models import Import
from chiron.site.applications.rules import Role
from chiron.site.matching.operations.changes import hold_pair
from chiron.site.matching.operations.ruleset import add_rule, set_rules
from chiron.site.matching.operations.runs import ask_for_run
from chiron.site.matching.rules import Hold
from chiron.site.mentorships.models import Match, Member
from chiron.site.mentorships.rules import MatchState
from chiron.site.notices.operations import write_notice
from chiron.site.people.models import Person
from chiron.site.people.operations import make_sign_in_link
from cohort_factories import make_applicant, make_leader, signed_in
from factories import NOW, make_person
from kept_rows import made_once
from plan_factories import Scene, make_plan, make_publication, make_scene, member_of

SHEET = b"Full name,E-mail\nElla Holm,ella@example.org\nFinn Ek,not an address\n"


@dataclass(frozen=True)
class World:
    """What an address can be about, by the name of its part, and who asks for it.

    Attributes:
        cohort_id: the cohort.
        keys: for each part of an address such as "plan_id" the key that it takes.
        special: for some addresses other keys, because they need a thing in another state.
        posts: for some addresses what is sent to them.
        people: one person for each kind: person, mentee, mentor, leader, coordinator, stranger.
    """

    cohort_id: int
    keys: dict[str, object]
    special: dict[str, dict[str, object]]
    posts: dict[str, dict[str, object]]
    people: dict[str, Person]


def make_world() -> tuple[World, World]:
    """Fill two cohorts alike; the coordinator of the one is the stranger of the other."""
    return made_once("two cohorts", _two_cohorts)


def _two_cohorts() -> tuple[World, World]:
    first, second = fill_world(make_scene()), fill_world(make_scene())
    first.people["stranger"], second.people["stranger"] = second.people["coordinator"], first.people["coordinator"]
    return first, second


def fill_world(scene: Scene, *, sheet: bytes = SHEET) -> World:
    """Fill one cohort: a published plan, a draft with changes by hand, an import at each step, messages, a match."""
    published, draft, away = make_plan(scene), make_plan(scene), make_plan(scene)
    pair, other = draft.pairs.order_by("pk")[:2]
    hold_pair(
        plan=draft, mentee=other.mentee, mentor=other.mentor, kind=Hold.LOCK, reason="Test", by=scene.coordinator,
        now=NOW,
    )  # fmt: skip
    rule = Matching.model_validate(scene.cohort.matching).rules[0]
    spare = rule.model_copy(update={"name": "Spare"})
    add_rule(cohort=scene.cohort, rule=spare, by=scene.coordinator, now=NOW)
    scene.cohort.refresh_from_db()
    used = [each.name for each in Matching.model_validate(scene.cohort.matching).rules if each.name != "Spare"]
    undoable = set_rules(
        cohort=scene.cohort, version=scene.cohort.matching_version, points={}, used=used, by=scene.coordinator, now=NOW
    )
    run = ask_for_run(cohort=scene.cohort, aim="total", by=scene.coordinator, now=NOW)
    publication = make_publication(scene, published)
    waiting = make_applicant(scene.cohort, Role.MENTEE, name="Waiting")
    leader = make_leader(scene.cohort)
    offers = publication.offers.order_by("pk")
    offer, mentee, mentor = offers[0], member_of(offers[0], "mentee"), member_of(offers[0], "mentor")
    match = Match.objects.create(cohort=scene.cohort, state=MatchState.ACTIVE, starts_on=NOW.date())
    for one in (mentee, mentor):
        Member.objects.create(match=match, application=one.application, part=one.part, place="2", joined_on=NOW.date())
    notice = write_notice(
        to=waiting.person, kind="test", subject="Test", body="Test", scope=scene.cohort.scope, by=None, now=NOW
    )
    mapped, done = _imports(scene, sheet)
    token = make_sign_in_link(person=waiting.person, by=None, now=timezone.now())
    plan_keys = {"plan_id": published.pk}
    return World(
        cohort_id=scene.cohort.pk,
        keys={
            "cohort_id": scene.cohort.pk,
            "slug": scene.cohort.program.slug,
            "plan_id": draft.pk,
            "run_id": run.pk,
            "pair_id": pair.pk,
            "other_id": other.pk,
            "kind": "lock",
            "mentee_id": pair.mentee_id,
            "mentor_id": pair.mentor_id,
            "person_id": pair.mentee_id,
            "application_id": waiting.pk,
            "import_id": done.pk,
            "notice_id": notice.pk,
            "offer_id": offer.pk,
            "match_id": match.pk,
            "token": token,
            "role": "mentor",
            "ending": "csv",
        },
        special={
            "matching:free": {"mentee_id": other.mentee_id, "mentor_id": other.mentor_id},
            "matching:take_out": {"plan_id": away.pk},
            "mentorships:unpublish": plan_keys,
            "mentorships:rest": plan_keys,
            "applications:columns": {"import_id": mapped.pk},
            "applications:check": {"import_id": mapped.pk},
            "applications:sheet": {"import_id": mapped.pk},
            "applications:values": {"import_id": mapped.pk},
            "applications:spelling": {"import_id": mapped.pk},
            "applications:name": {"import_id": mapped.pk},
        },
        posts={
            "matching:undo": {"change": draft.changes.get().pk},
            "matching:undo_rules": {"change": undoable.pk},
            "matching:remove_rule": {"rule": "Same site"},
            "matching:edit_rule": {"rule": "Same site"},
            "applications:accept_shown": {"application": waiting.pk},
            "home:look_as": {"look": "public"},
            "home:choose_stage": {"stage": "matching"},
            "mentorships:check": {"when": "now"},
            "programs:act_on_messages": {"act": "hold", "which": "ticked"},
        },
        people={
            "person": make_person(),
            "mentee": mentee.application.person,
            "mentor": mentor.application.person,
            "leader": leader,
            "coordinator": scene.coordinator,
        },
    )


def _imports(scene: Scene, sheet: bytes) -> tuple[Import, Import]:
    """Upload a sheet twice through the pages; do the second one."""
    client = signed_in(Client(), scene.coordinator)
    mapped = _imported(client, scene.cohort.pk, sheet, is_done=False)
    return mapped, _imported(client, scene.cohort.pk, sheet, is_done=True)


def _imported(client: Client, cohort_id: int, sheet: bytes, *, is_done: bool) -> Import:
    file = SimpleUploadedFile("people.csv", sheet)
    client.post(f"/c/{cohort_id}/import/", {"role": "mentee", "file": file})
    kept = Import.objects.latest("pk")
    address = f"/c/{cohort_id}/import/{kept.pk}/"
    form = client.get(f"{address}columns/").context["form"]
    client.post(f"{address}columns/", {field.html_name: field.value() or "" for field in form})
    if is_done:
        client.post(f"{address}check/", client.get(f"{address}check/").context["counts"])
    kept.refresh_from_db()
    assert kept.state == ("done" if is_done else "mapped")
    return kept
