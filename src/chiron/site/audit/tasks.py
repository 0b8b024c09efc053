"""Sealing each minute, telling the outside, and verifying on a schedule."""

from datetime import timedelta

from django.utils import timezone

from chiron.site.audit.operations import anchor_seals, mail_anchor, seal_heads
from chiron.site.audit.queries import verify_chain
from chiron.site.shared.jobs.rules import Lane, job


class HistoryBrokenError(Exception):
    """Raised when the history of the site was changed behind its back; `chiron doctor` says where."""


@job("audit.seal", lane=Lane.MAIL, every=timedelta(minutes=1))
def seal() -> None:
    """Seal what has been added, and write the seal outside; with nothing added, nothing is written."""
    seal_heads(now=timezone.now())
    anchor_seals()


@job("audit.mail_anchor", lane=Lane.MAIL, every=timedelta(days=1))
def mail() -> None:
    """Mail the newest seal to the auditor; a repeat has the same Message-ID."""
    mail_anchor()


@job("audit.verify_new", every=timedelta(days=1))
def verify_new() -> None:
    """Verify what was added in the last two days, so that no day is left out when a run is late."""
    _require(verify_chain(since=timezone.now() - timedelta(days=2)))


@job("audit.verify_all", every=timedelta(days=30))
def verify_all() -> None:
    """Verify everything from the first event on."""
    _require(verify_chain())


def _require(faults: tuple[str, ...]) -> None:
    if faults:
        raise HistoryBrokenError(f"{len(faults)} breaks; the first: {faults[0]}")
