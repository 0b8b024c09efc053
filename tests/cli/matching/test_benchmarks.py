"""The benchmark of the command gives its peers the pairs that the command itself decides over."""

import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


@pytest.fixture
def bench(monkeypatch):
    """Return the module of `make bench`, loaded as the script loads what stands beside it."""
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    yield import_module("run")
    for name in ("run", "results"):
        sys.modules.pop(name, None)


def test_peers_get_every_allowed_pair_with_its_fit(bench, tmp_path):
    ready = np.load(bench.make_instance(8, 4, tmp_path))

    assert ready["fit"].shape == ready["allowed"].shape == (8, 4)
    assert ready["allowed"].any()
    assert not ready["fit"][~ready["allowed"]].any()
    assert ready["capacity"].shape == (4,)
    assert ready["capacity"].sum() >= 4


def test_the_total_of_a_plan_is_that_of_its_pairs_whatever_the_aim(bench, tmp_path, monkeypatch):
    bench.make_instance(8, 4, tmp_path)
    monkeypatch.setattr(bench, "RUNS", 1)

    everyone, total = (bench.measure_chiron(tmp_path, aim) for aim in ("everyone", "total"))

    assert 0 < everyone.total <= total.total
    assert everyone.matched >= total.matched
