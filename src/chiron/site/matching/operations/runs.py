"""Runs: ask for one, begin it, freeze its input, note how far it is, stop it, keep its answer or say why it failed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chiron.site.applications.models import Application
from chiron.site.applications.rules import Stage
from chiron.site.audit.operations import record
from chiron.site.matching.bridge.answering import Draft
from chiron.site.matching.bridge.frozen import Frozen, freeze
from chiron.site.matching.models import MatchRun, Plan, RunInput, RunPairs
from chiron.site.matching.operations.drafts import keep_draft
from chiron.site.matching.operations.plans import ask_for_proof
from chiron.site.matching.queries.pools import numbers_free_in, pools_of, shape_of
from chiron.site.matching.rules import (
    ONE_POPULATION,
    OPEN_RUN_STATES,
    NobodyToMatchError,
    RunIsOpenError,
    RunState,
    plan_name,
    require_run_step,
)
from chiron.site.matching.rules.columns import new_revision, packed_input, unpacked_input
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from chiron.site.shared.database import reading_one_moment
from chiron.site.shared.jobs.operations import add_job, require_lease

FEWEST_PEERS = 2


@transaction.atomic
def ask_for_run(
    *, cohort: Cohort, aim: str, by: Person, now: datetime, based_on: Plan | None = None, seed: int = 0
) -> MatchRun:
    """Add the job that freezes the pools, the rules and the holds of a cohort, and answers them.

    Raises:
        RunIsOpenError: another run of the cohort has not finished.
        NobodyToMatchError: no mentee is free, or no mentor.
    """
    cohort = Cohort.objects.select_for_update(no_key=True).get(pk=cohort.pk)
    if MatchRun.objects.filter(cohort=cohort, state__in=OPEN_RUN_STATES).exists():
        raise RunIsOpenError(_("A plan is being worked out already. Wait until it is ready, or stop it."))
    mentees, mentors = numbers_free_in(cohort)
    _require_both_sides(cohort, mentees, mentors)
    run = MatchRun.objects.create(
        cohort=cohort,
        based_on=based_on,
        mentees=mentees,
        mentors=mentors,
        aim=aim,
        seed=seed,
        matching_version=cohort.matching_version,
        asked_by=by,
        asked_at=now,
    )
    add_job("matching.answer_run", {"run_id": run.pk}, now=now)
    record("run.asked", subject=run, by=by, now=now, scope=cohort.scope, details={"aim": aim})
    return run


@transaction.atomic
def begin_run(*, run: MatchRun, now: datetime) -> bool:
    """Begin a run that waits, or one whose worker died; return False where it has finished or was stopped first."""
    run = MatchRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    if not run.is_open:
        return False
    if run.state == RunState.QUEUED:
        require_run_step(RunState(run.state), RunState.RUNNING)
        run.state = RunState.RUNNING
        run.started_at = now
        run.save(update_fields=["state", "started_at"])
    return True


def freeze_run(*, run: MatchRun) -> Frozen:
    """Return what a run is given: read in one moment and kept, or what was kept by a worker that died.

    Nobody waits while it is read: nothing is locked. Where somebody has left meanwhile, it is read anew, so that no
    answer of theirs is kept.

    Raises:
        NobodyToMatchError: nobody is free any more.
    """
    former = RunInput.objects.filter(run=run).first()
    if former is not None:
        return unpacked_input(former.content)
    while True:
        with reading_one_moment():
            cohort = Cohort.objects.get(pk=run.cohort_id)
            pools = pools_of(cohort)
            _require_both_sides(cohort, len(pools.mentees), sum(one.has_free_place for one in pools.mentors))
            frozen = freeze(cohort, pools, aim=run.aim)
        content = packed_input(frozen)
        if _keep_input(run, frozen, content, matching_version=cohort.matching_version):
            return unpacked_input(content)


@transaction.atomic
def _keep_input(run: MatchRun, frozen: Frozen, content: bytes, *, matching_version: int) -> bool:
    """Keep what a run is given; return False, and keep nothing, where somebody in it takes part no longer."""
    require_lease()
    cohort = Cohort.objects.select_for_update(no_key=True).get(pk=run.cohort_id)
    here = set(Application.objects.filter(cohort=cohort, stage=Stage.ACCEPTED).values_list("pk", flat=True))
    if not {int(one["id"]) for one in (*frozen["mentees"], *frozen["mentors"])} <= here:
        return False
    RunInput.objects.create(run=run, content=content)
    MatchRun.objects.filter(pk=run.pk).update(
        input_revision=new_revision(),
        mentees=len(frozen["mentees"]),
        mentors=len(frozen["mentors"]),
        matching_version=matching_version,
    )
    return True


def _require_both_sides(cohort: Cohort, mentees: int, mentors: int) -> None:
    """Refuse a run for which nobody is free.

    Args:
        cohort: its cohort.
        mentees: how many of them are free; where all are peers, how many people.
        mentors: how many of them are.
    """
    if shape_of(cohort) in ONE_POPULATION:
        if mentees < FEWEST_PEERS:
            raise NobodyToMatchError(_("There must be at least two accepted people with a free place."))
    elif not mentees or not mentors:
        raise NobodyToMatchError(
            _("There must be at least one accepted mentee and one accepted mentor with a free place. ")
            + _("Accept more people, add places, or wait for answers to the offers that are out.")
        )


def note_progress(*, run: MatchRun, phase: str, best: Mapping[str, int]) -> RunState:
    """Write down what a run is doing and its best plan so far; return where it stands, so that it can stop."""
    changed = {"phase": phase, **({"progress": dict(best)} if best else {})}
    MatchRun.objects.filter(pk=run.pk, state__in=sorted(OPEN_RUN_STATES)).update(**changed)
    return RunState(MatchRun.objects.values_list("state", flat=True).get(pk=run.pk))


@transaction.atomic
def stop_run(*, run: MatchRun, by: Person, now: datetime) -> MatchRun:
    """Ask a run to stop and keep its best plan so far; one that has not begun stops at once, without a plan.

    Asked a second time, a run ends at once without a plan: its worker may have died.

    Raises:
        RunStepNotAllowedError: the run has finished.
    """
    run = MatchRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    at_once = {RunState.QUEUED, RunState.STOPPING}
    following = RunState.STOPPED if RunState(run.state) in at_once else RunState.STOPPING
    require_run_step(RunState(run.state), following)
    run.state = following
    run.finished_at = now if following == RunState.STOPPED else None
    run.save(update_fields=["state", "finished_at"])
    record("run.stopped", subject=run, by=by, now=now, scope=run.cohort.scope, details={})
    return run


@transaction.atomic
def keep_answer(*, run: MatchRun, draft: Draft, now: datetime) -> Plan | None:
    """Keep an answer in which the referee found no fault as the cohort's next plan; keeping it twice does nothing.

    Returns the plan, or None where the run had finished already.
    """
    require_lease()
    run = MatchRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    if not run.is_open:
        return None
    was_stopped = bool(draft.answer["stopped"])
    following = RunState.STOPPED if was_stopped else RunState.DONE
    require_run_step(RunState(run.state), following)
    run.state = following
    run.answer = draft.answer
    run.finished_at = now
    run.save(update_fields=["state", "answer", "finished_at"])
    number = Plan.objects.filter(cohort=run.cohort).count()
    plan = Plan.objects.create(
        cohort=run.cohort, run=run, name=plan_name(number), shape=draft.shape, choosers=draft.choosers, made_at=now
    )
    keep_draft(plan=plan, draft=draft)
    ask_for_proof(plan=plan, now=now)
    if draft.known_pairs:
        RunPairs.objects.create(run=run, content=draft.known_pairs, digest=draft.known_of)
    details: dict[str, int | str] = {"plan": plan.pk, "pairs": len(draft.pairs), "left_out": len(draft.left_out)}
    record("run.answered", subject=run, by=run.asked_by, now=now, scope=run.cohort.scope, details=details)
    return plan


@transaction.atomic
def fail_run(*, run: MatchRun, why: Mapping[str, Any], now: datetime) -> None:
    """Say that a run failed as a whole; every plan made before stands as it was.

    Args:
        run: the run.
        why: "code" and "lines": sentences for the coordinator, such as the rules in conflict.
        now: the moment.
    """
    require_lease()
    run = MatchRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    if not run.is_open:
        return
    require_run_step(RunState(run.state), RunState.FAILED)
    run.state = RunState.FAILED
    run.answer = dict(why)
    run.finished_at = now
    run.save(update_fields=["state", "answer", "finished_at"])
    details: dict[str, int | str] = {"code": str(why["code"])}
    record("run.failed", subject=run, by=run.asked_by, now=now, scope=run.cohort.scope, details=details)
