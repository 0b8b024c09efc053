"""Work of matching that is done later: answering a run."""

from collections.abc import Mapping
from time import monotonic

from django.utils import timezone

from chiron.site.matching.bridge.answering import RunFailedError, answer_frozen
from chiron.site.matching.bridge.large import Tell
from chiron.site.matching.operations.plans import keep_proof
from chiron.site.matching.operations.runs import begin_run, fail_run, freeze_run, keep_answer, note_progress
from chiron.site.matching.queries import MatchRun
from chiron.site.matching.queries.plans import plans_drafted
from chiron.site.matching.queries.runs import runs_waiting
from chiron.site.matching.rules import NobodyToMatchError, RunState
from chiron.site.shared.jobs.rules import job

SECONDS_BETWEEN_NOTES = 0.5


@job("matching.answer_run")
def answer_run(run_id: int) -> None:
    """Answer a run; doing it twice is the same as once."""
    for run in runs_waiting().filter(pk=run_id):
        if not begin_run(run=run, now=timezone.now()):
            continue
        try:
            tell = _teller(run)
            tell("reading", {})
            frozen = freeze_run(run=run)
            draft = answer_frozen(frozen, seed=run.seed, tell=tell)
        except NobodyToMatchError as refusal:
            fail_run(run=run, why={"code": "input", "lines": [str(refusal)]}, now=timezone.now())
        except RunFailedError as failure:
            fail_run(run=run, why={"code": failure.code, "lines": list(failure.lines)}, now=timezone.now())
        else:
            keep_answer(run=run, draft=draft, now=timezone.now())


@job("matching.keep_proof")
def prove_plan(plan_id: int) -> None:
    """Keep the proof of a plan as it stands now; doing it twice is the same as once."""
    for plan in plans_drafted().filter(pk=plan_id):
        keep_proof(plan=plan)


def _teller(run: MatchRun) -> Tell:
    """Return what the engine tells its progress to: it writes it down at most twice a second."""
    last, goes_on = float("-inf"), True

    def tell(phase: str, best: Mapping[str, int]) -> bool:
        """Note the progress; return False once somebody has pressed Stop."""
        nonlocal last, goes_on
        if monotonic() - last >= SECONDS_BETWEEN_NOTES:
            last = monotonic()
            goes_on = note_progress(run=run, phase=phase, best=best) is not RunState.STOPPING
        return goes_on

    return tell
