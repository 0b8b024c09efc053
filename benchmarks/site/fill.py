"""Fills an empty site with one cohort of made-up people and a plan, as large as asked: `fill.py MENTEES`."""

import os
import resource
import sys
import time
from datetime import timedelta


def main() -> None:
    """Fill the site whose settings are in the environment; a third of its people are mentors."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction
    from django.utils import timezone

    from chiron.blueprints.invent.people import invent
    from chiron.cli.site.demo import HOSPITALS, demo_matching
    from chiron.site.applications.models import Application
    from chiron.site.applications.rules import Role, Stage
    from chiron.site.matching.operations.runs import ask_for_run
    from chiron.site.organizations.operations import add_organization, add_site
    from chiron.site.people.models import Person
    from chiron.site.people.operations import add_person
    from chiron.site.programs.operations import add_program, give_place, move_to_stage, open_cohort
    from chiron.site.programs.rules import CohortStage, StaffRole
    from chiron.site.shared.jobs.operations import run_waiting_jobs

    call_command("migrate", verbosity=0, interactive=False)
    mentees, mentors = int(sys.argv[1]), int(sys.argv[1]) // 2
    now = timezone.now()
    by = add_person(email="coordinator@bench.example", name="Robin Bench", by=None, now=now, is_staff=True)
    house = add_organization(name="Bench Trust", slug="bench", by=by, now=now)
    sites = {name: add_site(organization=house, name=name, by=by, now=now) for name in HOSPITALS}
    program = add_program(organization=house, name="Bench", slug="bench", by=by, now=now)
    cohort = open_cohort(program=program, name="Bench group", matching=demo_matching(), by=by, now=now)
    give_place(cohort=cohort, person=by, role=StaffRole.COORDINATOR, by=by, now=now)
    guides, newcomers = invent(mentors=mentors, mentees=mentees, seed=7, organizations=HOSPITALS)
    then = now - timedelta(days=5)
    with transaction.atomic():
        for role, people in ((Role.MENTOR, guides), (Role.MENTEE, newcomers)):
            accounts = [
                Person(email=f"{role}{at}@bench.example", name=one.name, joined_at=then)
                for at, one in enumerate(people)
            ]
            accounts = Person.objects.bulk_create(accounts, batch_size=2_000)
            applications = [
                Application(
                    cohort=cohort,
                    person=account,
                    role=role,
                    stage=Stage.ACCEPTED,
                    site=sites[one.answers["organization"]],
                    answers={"id": one.id} | {name: value for name, value in one.answers.items() if value is not None},
                    capacity=one.capacity,
                    created_at=then,
                    submitted_at=then,
                    decided_at=then,
                    decided_by=by,
                )
                for account, one in zip(accounts, people, strict=True)
            ]
            Application.objects.bulk_create(applications, batch_size=2_000)
    cohort = move_to_stage(cohort=cohort, stage=CohortStage.MATCHING, by=by, now=now)
    before, begun, spent = peak(), time.perf_counter(), time.process_time()
    ask_for_run(cohort=cohort, aim="everyone", by=by, now=now)
    run_waiting_jobs(now=timezone.now())
    took, spent = time.perf_counter() - begun, time.process_time() - spent
    print(
        f"{mentees:,} mentees, {mentors:,} mentors; the plan took {took:.1f} s, {spent:.1f} s of processor time and "
        f"{peak():,} MB ({before:,} MB before)"
    )


def peak() -> int:
    """Return the most MB that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chiron.site.settings")
    main()
