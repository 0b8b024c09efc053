"""The scan on several computers: a Dask cluster runs blocks of mentees, and the answer has the same bytes as on one."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from chiron.pairing.model.problem import Ints, Longs

if TYPE_CHECKING:
    from distributed import Client

    from chiron.pairing.scale.national.scan import Scan, ScannedPairs

RETRIES = 5
"""How often a block is tried again after its worker was lost, before the scan fails."""


class SpreadScan:
    """A scan whose lists of best pairs are made by the workers of a cluster, a block of mentees at a time.

    The compiled rules are sent to every worker once. A worker that is lost loses nothing: its blocks run elsewhere,
    and blocks are joined in their order, so that neither their number nor who runs them changes a byte.
    """

    def __init__(self, scan: "Scan", client: "Client", *, height: int = 2000) -> None:
        """Take a scan and a connected client; `height` mentees make a block."""
        self.scan, self.height = scan, height
        self.client: Any = client  # its methods have no types
        self.mentees, self.mentors = scan.mentees, scan.mentors

    def best(self, rows: Ints | None = None, *, prices: Longs | None = None, keep: int = 40) -> "ScannedPairs":
        """List each mentee's best pairs; see `Scan.best`."""
        return self.scan.best(rows, prices=prices, keep=keep, blocks=self._blocks, height=self.height)

    def above(self, rows: Ints | None, *, prices: Longs | None, profit: Longs, most: int) -> "ScannedPairs":
        """List the pairs above each row's profit, here: see `Scan.above`."""
        return self.scan.above(rows, prices=prices, profit=profit, most=most)

    def _blocks(self, work: Callable[[Ints], "ScannedPairs"], pieces: Iterable[Ints]) -> "Iterable[ScannedPairs]":
        """Run blocks on the workers; their answers come in the order of the blocks."""
        held = self.client.scatter(work, broadcast=True)
        futures = self.client.map(_run, list(pieces), work=held, retries=RETRIES, pure=False)
        yield from self.client.gather(futures)


def _run(rows: Ints, work: Any) -> "ScannedPairs":
    """Run one block; a worker calls this."""
    found: ScannedPairs = work(rows)
    return found
