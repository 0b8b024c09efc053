"""Measures `chiron match` from raw spreadsheets to the written result, and peers on the same pairs, in one run.

`--quick` stops after 500 × 500; `--keep` puts it into RESULTS.md.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
from results import keep_section

from chiron import match
from chiron.blueprints.invent.people import invent
from chiron.blueprints.pose.pairs import posed
from chiron.sheets.example import MENTEE_HEADINGS, MENTOR_HEADINGS, people_page
from chiron.sheets.result.write import write_pages

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PEERS = ROOT / ".venv-peers"
PEER_PYTHON = PEERS / "bin" / "python"
LIMIT_S = 240
RUNS = 3
# (mentees, mentors): what the issue asks for, and two sizes between.
SIZES = ((120, 60), (500, 500), (1000, 500), (2000, 1000), (5000, 2500))
LARGEST = {"mentor-match": 500, "SciPy linear_sum_assignment": 2000}
HOSPITALS = tuple(f"Hospital {letter} (made up)" for letter in "ABCDEFGH")


@dataclass(frozen=True)
class Measured:
    """One program on one instance: median seconds, peak MiB, what it reached; None where it did not finish."""

    name: str
    seconds: float | None
    peak_mib: float | None
    matched: int | None
    total: int | None
    proof: str


def timed(command: list[str]) -> tuple[float, float, str, int]:
    """Run a command; return its seconds, its own peak memory in MiB, what it printed, and its exit code."""
    done = subprocess.run(
        [sys.executable, "-S", "-E", str(HERE / "timed.py"), str(LIMIT_S), *command],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    figures = json.loads(done.stderr.rsplit("\n", 1)[-1])
    return figures["seconds"], figures["peak_mib"], done.stdout, figures["code"]


def median_of(runs: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the median seconds and the largest peak of several runs."""
    return float(np.median([run[0] for run in runs])), max(run[1] for run in runs)


def measure_chiron(folder: Path, aim: str) -> Measured:
    """Time the whole command on the two spreadsheets of a folder."""
    runs = []
    summary: dict[str, object] = {}
    for _ in range(RUNS):
        result = folder / "result.xlsx"
        result.unlink(missing_ok=True)
        command = [sys.executable, "-m", "chiron", "match", str(folder / "mentors.xlsx"), str(folder / "mentees.xlsx")]
        command += ["--out", str(result), "--aim", aim, "--no-input", "--yes", "--json", "--time-limit", f"{LIMIT_S}s"]
        seconds, peak, printed, code = timed(command)
        if code:
            sys.exit(f"chiron match ended with exit code {code} on {folder.name}")
        summary = json.loads(printed)["summary"]
        runs.append((seconds, peak))
    seconds, peak = median_of(runs)
    proof = "proved best" if summary["proved_best"] else "not proved"
    total = next(step["value"] for step in summary["steps"] if step["aim"] == "total")
    return Measured(f"Chiron, aim {aim}, .xlsx to .xlsx", seconds, peak, int(summary["matched"]), int(total), proof)


def measure_peer(name: str, script: str, instance: Path) -> Measured:
    """Time a peer on the ready matrix; the time counts its whole process."""
    runs, reached = [], {}
    for _ in range(1 if name == "mentor-match" else RUNS):
        seconds, peak, printed, code = timed(
            [str(PEERS / "bin" / "python"), str(HERE / "peers" / script), str(instance)]
        )
        if code:
            return Measured(f"{name}, ready matrix", None, peak, None, None, f"ended after {LIMIT_S} s")
        reached = json.loads(printed)
        runs.append((seconds, peak))
    seconds, peak = median_of(runs)
    return Measured(f"{name}, ready matrix", seconds, peak, reached["matched"], reached["total"], "none")


def set_up_peers() -> None:
    """Make the peers' own environment, once."""
    if not PEER_PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", str(PEERS)], check=True)
    pip = [str(PEER_PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / "requirements" / "peers.txt")], check=True)


def make_instance(mentees: int, mentors: int, folder: Path) -> Path:
    """Write two workbooks of made-up people, and the matrix that peers get of them; return where it is."""
    guides, learners = invent(mentors=mentors, mentees=mentees, seed=7, organizations=HOSPITALS)
    names = {person.id: person.name for person in guides}
    write_pages([people_page("Mentors (made up)", guides, MENTOR_HEADINGS, names)], folder / "mentors.xlsx")
    write_pages([people_page("Mentees (made up)", learners, MENTEE_HEADINGS, names)], folder / "mentees.xlsx")
    made = match(folder / "mentors.xlsx", folder / "mentees.xlsx", aim="total").plan
    problem = posed(made.mentees, made.mentors, made.matching).problem
    fit = np.zeros((mentees, mentors), dtype=np.int32)
    allowed = np.zeros((mentees, mentors), dtype=bool)
    rows = np.repeat(np.arange(mentees), np.diff(problem.starts))
    fit[rows, problem.partner] = problem.fit
    allowed[rows, problem.partner] = True
    instance = folder / "instance.npz"
    np.savez(instance, fit=fit, allowed=allowed, capacity=problem.capacity)
    return instance


def measure_size(mentees: int, mentors: int, folder: Path) -> list[Measured]:
    """Make one instance and measure everybody on it."""
    instance = make_instance(mentees, mentors, folder)
    measured = [measure_chiron(folder, "everyone"), measure_chiron(folder, "total")]
    for name, script in (("SciPy linear_sum_assignment", "scipy_assignment.py"), ("mentor-match", "mentor_match.py")):
        if mentees <= LARGEST[name]:
            measured.append(measure_peer(name, script, instance))
    return measured


def help_seconds() -> float:
    """Return the median time of `chiron --help`."""
    return median_of([timed([sys.executable, "-m", "chiron", "--help"])[:2] for _ in range(2 * RUNS + 1)])[0]


def as_rows(mentees: int, mentors: int, measured: list[Measured]) -> list[str]:
    """Return the table's rows for one size; the ratio is the peer's time over Chiron's for the same aim, `total`."""
    ours = next(entry.seconds for entry in measured if "total" in entry.name)
    rows = []
    for entry in measured:
        if entry.seconds is None:
            figures = f"> {LIMIT_S} s | – | – | –"
        else:
            ratio = "" if entry.name.startswith("Chiron") or ours is None else f"{entry.seconds / ours:.2f}"
            figures = f"{entry.seconds:.2f} s | {entry.peak_mib:.0f} MiB | {entry.matched} / {entry.total} | {ratio}"
        rows.append(f"| {mentees:,} × {mentors:,} | {entry.name} | {figures} | {entry.proof} |")
    return rows


def main() -> None:
    """Measure, print the table, and keep it if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="stop after 500 × 500")
    parser.add_argument("--keep", action="store_true", help="put it into RESULTS.md")
    arguments = parser.parse_args()
    set_up_peers()
    lines = [
        "# Results",
        "",
        (
            f"{datetime.now(tz=UTC):%d %B %Y} · {platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
            f"Python {platform.python_version()}, OR-Tools {version('ortools')}, "
            f"NumPy {np.__version__}. Peers: SciPy 1.17.1, mentor-match 7.0.1."
        ),
        "",
        (
            f"Median of {RUNS} runs (mentor-match: 1), whole processes, warm caches, largest peak memory. Chiron reads "
            "two .xlsx files, scores, solves, proves, explains and writes .xlsx; the peers get the finished matrix. "
            "Ratio: the peer's time over Chiron's at aim `total`; under 1 the peer's smaller task was faster."
        ),
        "",
        f"`chiron --help`: {help_seconds():.3f} s.",
        "",
        "| Mentees × mentors | Program | Time | Peak memory | Matched / total fit | Ratio | Proof |",
        "|---|---|---|---|---|---|---|",
    ]
    print("\n".join(lines), flush=True)
    for mentees, mentors in SIZES[: 2 if arguments.quick else None]:
        with tempfile.TemporaryDirectory() as folder:
            rows = as_rows(mentees, mentors, measure_size(mentees, mentors, Path(folder)))
        print("\n".join(rows), flush=True)
        lines += rows
    if arguments.keep:
        keep_section(lines)


if __name__ == "__main__":
    main()
