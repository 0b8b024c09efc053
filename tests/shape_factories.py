"""Plain functions that bring made-up people of a track into a cohort of it through the pages of the import."""

import csv
import io
from dataclasses import dataclass

from django.test import Client
from django.utils import timezone

from chiron.blueprints.invent.answers import STARTS
from chiron.blueprints.invent.track import MadeUpPeople, invent_track
from chiron.blueprints.plan.eligibility import admitted
from chiron.blueprints.schema.blueprint import Blueprint
from chiron.blueprints.schema.blueprint_file import track
from chiron.blueprints.schema.shape import ShapeSpec
from chiron.sheets.invented import invented_files
from chiron.sheets.opened import open_sheet
from chiron.site.matching.models import Plan
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from chiron.site.programs.operations import move_to_stage
from chiron.site.programs.rules import CohortStage
from chiron.site.shared.jobs.operations import run_waiting_jobs
from cohort_factories import make_cohort, make_coordinator
from factories import NOW
from kept_rows import made_once
from site_import_pages import bring_in

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True)
class ShapeScene:
    """A cohort of a track with its people brought in, and its coordinator, who is signed in."""

    cohort: Cohort
    coordinator: Person
    client: Client
    blueprint: Blueprint


def make_shape_scene(
    blueprint: Blueprint | str, tmp_path, *, mentees: int = 12, mentors: int | None = None
) -> ShapeScene:
    """Open a cohort with the rules of a track, and bring in made-up people of it by sheets, one a role."""
    asked = track(blueprint) if isinstance(blueprint, str) else blueprint
    what = (asked.model_dump_json(), mentees, mentors)
    cohort, coordinator = made_once(what, lambda: _brought_in(asked, tmp_path, mentees, mentors))
    client = Client()
    client.force_login(coordinator, backend=BACKEND)
    return ShapeScene(cohort, coordinator, client, asked)


def _brought_in(asked: Blueprint, tmp_path, mentees: int, mentors: int | None) -> tuple[Cohort, Person]:
    cohort = make_cohort(matching=asked.matching.model_dump(mode="json", exclude_defaults=True))
    coordinator = make_coordinator(cohort)
    client = Client()
    client.force_login(coordinator, backend=BACKEND)
    made = invent_track(asked, mentees=mentees, mentors=mentors, seed=1)
    people = MadeUpPeople(*(admitted(side, asked, on=STARTS).people for side in (made.mentees, made.mentors)))
    for role, text in sheets_of(asked, people, tmp_path).items():
        bring_in(client, cohort, text, role=role)
    move_to_stage(cohort=cohort, stage=CohortStage.MATCHING, by=coordinator, now=NOW)
    cohort.refresh_from_db()
    return cohort, coordinator


def sheets_of(blueprint: Blueprint, people: MadeUpPeople, tmp_path) -> dict[str, str]:
    """Return the people of each role as a sheet; whoever stands on both sides has one address on both sheets."""
    two_sided = blueprint.model_copy(update={"matching": blueprint.matching.model_copy(update={"shape": ShapeSpec()})})
    files = invented_files(two_sided, people)
    return {
        role: _with_address(content, role, tmp_path)
        for (name, content) in files.items()
        for role in [name.removesuffix("s.xlsx")]
        if getattr(people, f"{role}s")
    }


def _with_address(content: bytes, role: str, tmp_path) -> str:
    """Return a sheet as CSV, with one address a person, whichever sheets they stand on."""
    path = tmp_path / f"{role}.xlsx"
    path.write_bytes(content)
    table = open_sheet(path, role).table
    out = io.StringIO()
    writer = csv.writer(out)
    at = [heading.casefold() for heading in table.headings].index("id")
    kept = [place for place, heading in enumerate(table.headings) if heading != "E-mail"]
    writer.writerow([*(table.headings[place] for place in kept), "Email"])
    for row in table.rows:
        writer.writerow([*(row.cells[place] for place in kept), f"{row.cells[at]}@made-up.test".lower()])
    return out.getvalue()


def work_out(scene: ShapeScene) -> Plan:
    """Ask for a plan on its page, and let the worker answer."""
    answer = scene.client.post(f"/c/{scene.cohort.pk}/plans/start/", {"aim": scene.blueprint.matching.aim})
    assert answer.status_code == 302, answer.content.decode()
    run_waiting_jobs(now=timezone.now())
    run = scene.cohort.runs.latest("pk")
    assert run.state == "done", run.answer
    return Plan.objects.select_related("cohort__program", "run").get(run=run)
