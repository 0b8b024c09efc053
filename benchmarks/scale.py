"""Measures solvers on the same ready pairs, and `chiron match` over every pair of a made-up nation, in one run.

`--quick` stops after 1,000 mentees; `--keep` puts it into RESULTS.md.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
from national import RULES, invented, write_csv
from results import keep_section
from run import PEERS, ROOT, set_up_peers

from chiron.blueprints.pose.pairs import pool_of
from chiron.blueprints.schema.rules_file import load_rules
from chiron.pairing.rules.scoring import Scoring
from chiron.pairing.scale.national.scan import Scan, compile_scan

HERE = Path(__file__).resolve().parent
STABLE = ROOT / ".venv-peers-stable"
LIMIT_S = 60
NATION_LIMIT_S = 900
DENSE = (100, 1000, 5000, 10_000)
SPARSE = (10_000, 100_000)
NATION = (25_000, 50_000, 100_000)
FURTHER_SEEDS = (2, 3, 4, 99)
KEPT = 40
TITLE = "# Results at size"


@dataclass(frozen=True)
class Program:
    """A solver: what it is called, which environment and script run it, the word that asks for it, and its size."""

    name: str
    python: Path
    script: str
    words: tuple[str, ...]
    largest_dense: int = 10_000
    largest_sparse: int = 100_000


OURS = Path(sys.executable)
THEIRS = PEERS / "bin" / "python"
PROGRAMS = (
    Program("Chiron, flow (default install)", OURS, "chiron_pairs.py", ("flow",)),
    Program("Chiron, auction (extra scale)", OURS, "chiron_pairs.py", ("auction",)),
    Program("OR-Tools SimpleMinCostFlow", THEIRS, "ready_pairs.py", ("ortools",)),
    Program("SciPy LAPJVsp, columns repeated", THEIRS, "ready_pairs.py", ("scipy-sparse",)),
    Program("SciPy linear_sum_assignment", THEIRS, "ready_pairs.py", ("scipy-dense",), largest_sparse=0),
    Program("lap lapjv", THEIRS, "ready_pairs.py", ("lap",), largest_sparse=0),
    Program("HiGHS, linear program", THEIRS, "ready_pairs.py", ("highs",), largest_dense=1000, largest_sparse=10_000),
    Program("Chiron, aim stable", OURS, "chiron_pairs.py", ("stable",)),
    Program("matching (stable)", STABLE / "bin" / "python", "stable_pairs.py", (), 1000, 0),
)


def timed(command: list[str], folder: Path = ROOT, limit_s: int = LIMIT_S) -> tuple[float, float, str, int]:
    """Run a command; return its seconds, its own peak memory in MiB, what it printed, and its exit code."""
    words = [sys.executable, "-S", "-E", str(HERE / "timed.py"), str(limit_s), *command]
    done = subprocess.run(words, capture_output=True, text=True, cwd=folder, check=True)
    figures = json.loads(done.stderr.rsplit("\n", 1)[-1])
    return figures["seconds"], figures["peak_mib"], done.stdout, figures["code"]


def scan_of(mentees: int, *, places: int, with_musts: bool) -> tuple[Scan, np.ndarray]:
    """Return the scan of a made-up nation, and the capacities."""
    rules = load_rules(RULES)
    if not with_musts:
        rules = rules.model_copy(update={"rules": tuple(rule for rule in rules.rules if not rule.must)})
    left, right = invented(mentees=mentees, mentors=mentees // 2, seed=1, places=places)
    pools = (pool_of(left.ids, left.columns, "mentee", rules), pool_of(right.ids, right.columns, "mentor", rules))
    return compile_scan(Scoring(rules.engine_rules(), *pools)), np.array(right.places, dtype=np.int32)


def dense_instance(path: Path, mentees: int) -> None:
    """Write every pair of a nation without hard rules, three places a mentor."""
    scan, capacity = scan_of(mentees, places=3, with_musts=False)
    fit = np.concatenate(
        [scan.whole(np.arange(at, min(at + 1000, mentees), dtype=np.int32))[1] for at in range(0, mentees, 1000)]
    )
    starts = np.arange(mentees + 1, dtype=np.int64) * scan.mentors
    partner = np.tile(np.arange(scan.mentors, dtype=np.int32), mentees)
    np.savez(path, starts=starts, partner=partner, fit=fit.reshape(-1), capacity=capacity)


def sparse_instance(path: Path, mentees: int, places: int) -> None:
    """Write the best allowed pairs of each mentee of a nation."""
    scan, capacity = scan_of(mentees, places=places, with_musts=True)
    found = scan.best(keep=KEPT)
    np.savez(path, starts=found.starts, partner=found.partner, fit=found.fit, capacity=capacity)


def solved(size: str, path: Path, programs: list[Program]) -> Iterator[str]:
    """Yield one row a program on an instance; the ratio is to the quicker of Chiron's two exact methods."""
    measured: list[tuple[Program, dict[str, object] | None, float]] = []
    for program in programs:
        script = str(HERE / "peers" / program.script)
        _, peak, printed, code = timed([str(program.python), script, *program.words, str(path)])
        measured.append((program, None if code else json.loads(printed), peak))
    ours = [found["seconds"] for one, found, _ in measured if found and one.words[:1] in (("flow",), ("auction",))]
    for program, found, peak in measured:
        if found is None:
            ended = f"over {LIMIT_S} s, or failed"
            yield f"| {size} | {program.name} | {ended} | {peak:.0f} MiB | – | – | – |"
            continue
        same_task = "stable" not in program.name
        ratio = f"{float(found['seconds']) / min(map(float, ours)):.2f}" if same_task and ours else ""
        total = f"{found['total']} / {found['matched']}"
        proof = found.get("proof", "none")
        yield f"| {size} | {program.name} | {found['seconds']:.2f} s | {peak:.0f} MiB | {total} | {ratio} | {proof} |"


def nation(mentees: int, places: int, folder: Path, aim: str, *, seed: int = 1) -> str:
    """Return the row of `chiron match` from two CSV files to the written plan, over every pair."""
    left, right = invented(mentees=mentees, mentors=mentees // 2, seed=seed, places=places)
    write_csv(folder / "mentees.csv", left)
    write_csv(folder / "mentors.csv", right)
    del left, right
    command = [sys.executable, "-m", "chiron", "match", "mentors.csv", "mentees.csv", "--rules", str(RULES)]
    command += ["--aim", aim, "--no-input", "--force", "-o", "plan.csv"]
    seconds, peak, _, code = timed(command, folder, NATION_LIMIT_S)
    if code:
        return f"| {mentees:,} × {mentees // 2:,} | {places} | {aim} | {seed} | exit code {code} | – | – | – |"
    head = (folder / "plan.csv").read_text(encoding="utf-8-sig").splitlines()
    pairs = sum(1 for line in head[1:] if ",not matched," not in line)
    per = mentees * (mentees // 2) / seconds / 1e6
    size = f"{mentees:,} × {mentees // 2:,}"
    speed = f"{per:.0f} million a second"
    return f"| {size} | {places} | {aim} | {seed} | {seconds:.1f} s | {peak:.0f} MiB | {pairs:,} | {speed} |"


def set_up_stable() -> None:
    """Make the environment of the package whose module has the same name as mentor-match's."""
    python = STABLE / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(STABLE)], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    subprocess.run([*pip, "-r", str(ROOT / "requirements" / "peers-stable.txt")], check=True)


def lines_of(*, quick: bool) -> Iterator[str]:
    """Yield the page."""
    yield f"{TITLE}\n"
    yield (
        f"{datetime.now(tz=UTC):%d %B %Y} · {platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}, NumPy {np.__version__}, numba {version('numba')}, "
        f"OR-Tools {version('ortools')}. "
        "Every program solves a tiny instance first, so loading and compiling do not count; one run each.\n"
    )
    yield "## Ready pairs: building the solver's input and solving\n"
    yield "Ratio: the peer's time over the quicker of Chiron's two methods. Three places a mentor unless said.\n"
    yield "| Mentees × mentors | Program | Time | Peak memory | Total fit / matched | Ratio | Proof |"
    yield "|---|---|---|---|---|---|---|"
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "instance.npz"
        for mentees in DENSE[: 2 if quick else None]:
            dense_instance(path, mentees)
            programs = [one for one in PROGRAMS if one.largest_dense >= mentees]
            yield from solved(f"{mentees:,} × {mentees // 2:,}, every pair", path, programs)
        for mentees in () if quick else SPARSE:
            for places in (3, 2):
                sparse_instance(path, mentees, places)
                programs = [one for one in PROGRAMS if one.largest_sparse >= mentees]
                size = f"{mentees:,} × {mentees // 2:,}, {KEPT} candidates, {places} places"
                yield from solved(size, path, programs)
        yield "\n## From two CSV files to the written plan, proved best over every pair\n"
        yield "Twelve criteria, five of them hard rules too; two places: as many places as mentees.\n"
        yield "| Mentees × mentors | Places | Aim | Seed | Time | Peak memory | Matched | Pairs of people |"
        yield "|---|---|---|---|---|---|---|---|"
        for mentees in () if quick else NATION:
            for places, aim in ((3, "total"), (2, "total"), (3, "everyone"))[: 3 if mentees == NATION[-1] else 2]:
                yield nation(mentees, places, Path(name), aim)
        for seed in () if quick else FURTHER_SEEDS:
            for places in (3, 2):
                yield nation(NATION[-1], places, Path(name), "total", seed=seed)


def main() -> None:
    """Measure, print the page, and keep it if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="stop after 1,000 mentees")
    parser.add_argument("--keep", action="store_true", help="put it into RESULTS.md")
    arguments = parser.parse_args()
    set_up_peers()
    set_up_stable()
    kept = []
    for line in lines_of(quick=arguments.quick):
        print(line, flush=True)
        kept.append(line)
    if arguments.keep:
        keep_section(kept)


if __name__ == "__main__":
    main()
