"""The scan on a cluster of two processes, one of which is killed midway: the same bytes as on one computer."""

import os
import signal
import sys
import threading
import time
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from distributed import Client, LocalCluster

from chiron.blueprints.pose.pairs import pool_of
from chiron.blueprints.schema.rules_file import load_rules
from chiron.pairing.rules.scoring import Scoring
from chiron.pairing.scale.national.referee_all import referee_all
from chiron.pairing.scale.national.scan import compile_scan
from chiron.pairing.scale.national.solve import national_plan
from chiron.sheets.cluster import SpreadScan

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def nation():
    """Return the rules and the scan of a small made-up nation, and the capacities."""
    sys.path.insert(0, str(BENCHMARKS))
    national = import_module("national")
    left, right = national.invented(mentees=1500, mentors=800, seed=3, places=2)
    rules = load_rules(national.RULES)
    pools = (pool_of(left.ids, left.columns, "mentee", rules), pool_of(right.ids, right.columns, "mentor", rules))
    scoring = Scoring(rules.engine_rules(), *pools)
    yield scoring, compile_scan(scoring), np.array(right.places)
    sys.path.remove(str(BENCHMARKS))


@pytest.fixture
def cluster():
    """Return a client with two worker processes on this computer."""
    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            silence_logs=50,
            env={"NUMBA_NUM_THREADS": "1"},
        ) as workers,
        Client(workers) as client,
    ):
        yield client


def same(one, other):
    return all(
        getattr(one, name).tobytes() == getattr(other, name).tobytes()
        for name in ("rows", "starts", "partner", "fit", "cutoff")
    )


@pytest.mark.nightly  # two processes that load the compiled kernels, for a road that few ever take
@pytest.mark.filterwarnings("ignore")
def test_scan_on_two_processes_survives_the_loss_of_one_and_gives_the_same_bytes(nation, cluster):
    scoring, scan, capacity = nation
    here = scan.best(keep=20)
    workers = cluster.scheduler_info()["workers"]
    victims = list(cluster.run(os.getpid).values())
    assert len(workers) == len(victims) == 2
    done_by = []

    def kill():
        # As soon as the first blocks are running.
        while not any(cluster.processing().values()):
            time.sleep(0.01)
        os.kill(victims[0], signal.SIGKILL)
        done_by.append(victims[0])

    killer = threading.Thread(target=kill)
    killer.start()
    found = SpreadScan(scan, cluster, height=50).best(keep=20)
    killer.join()

    assert done_by == [victims[0]]
    assert same(found, here)
    with pytest.raises(ProcessLookupError):
        os.kill(victims[0], 0)

    spread = national_plan(SpreadScan(scan, cluster, height=500), capacity=capacity)
    alone = national_plan(scan, capacity=capacity)
    assert referee_all(scoring, spread, capacity=capacity).proved_best
    assert spread.pairs.tobytes() == alone.pairs.tobytes()
