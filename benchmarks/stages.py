"""Measures where `chiron match` spends its time: processor seconds and peak memory after each stage, from CSV on.

`stages.py 5000 2500` invents the people, runs the command in a process of its own several times, and prints the
least of the runs for each stage. Bytecode is cached as after any installation.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from time import process_time
from typing import Any

HERE = Path(__file__).resolve().parent
STAGES = {
    "read": ("chiron.sheets.opened", "open_sheet"),
    "guess columns": ("chiron.sheets.intake", "take_in"),
    "check people": ("chiron.sheets.pools", "check_pools"),
    "pose": ("chiron.blueprints.plan.pairs", "posed"),
    "conflicts": ("chiron.blueprints.plan.pairs", "_refuse_conflict"),
    "solve": ("chiron.blueprints.plan.pairs", "solve"),
    "referee": ("chiron.blueprints.plan.pairs", "verdict"),
    "explain": ("chiron.sheets.match", "record_of"),
    "write": ("chiron.sheets.result.result", "write_result"),
}
"""The function that each stage is, by its name here."""
LATER = (
    "chiron.cli.matching.columns",
    "chiron.cli.progress",
    "chiron.sheets.files.page",
    "chiron.pairing.solvers.flow",
)
"""Modules that are loaded when they are needed; loaded before the clocks, so that they count as loading."""


def peak_mib() -> float:
    """Return the peak memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def clocked(
    stage: str, work: Callable[..., Any], spent: dict[str, float], peaks: dict[str, float]
) -> Callable[..., Any]:
    """Return a function that does the same and adds up its processor seconds."""

    def run(*arguments: Any, **named: Any) -> Any:
        began = process_time()
        try:
            return work(*arguments, **named)
        finally:
            spent[stage] = spent.get(stage, 0.0) + process_time() - began
            peaks[stage] = peak_mib()

    return run


def run_once(words: list[str]) -> None:
    """Run `chiron` with these words in this process, and print the stages as JSON on the last line."""
    for name in (*LATER, *(module for module, _ in STAGES.values())):
        import_module(name)
    from chiron.cli.main import main

    spent, peaks = {"load": process_time()}, {"load": peak_mib()}
    for stage, (module, name) in STAGES.items():
        holder = import_module(module)
        setattr(holder, name, clocked(stage, getattr(holder, name), spent, peaks))
    code = main(words)
    spent["whole"], peaks["whole"] = process_time(), peak_mib()
    spent["other"] = spent["whole"] - sum(value for stage, value in spent.items() if stage != "whole")
    peaks["other"] = peaks["whole"]
    print(json.dumps({"code": code, "spent": spent, "peaks": peaks}))


def invent_into(folder: Path, mentees: int, mentors: int) -> None:
    """Write the two sheets of the benchmark as CSV."""
    from chiron.blueprints.invent.people import invent
    from chiron.sheets.example import MENTEE_HEADINGS, MENTOR_HEADINGS, people_page
    from chiron.sheets.result.write import write_pages

    hospitals = tuple(f"Hospital {letter} (made up)" for letter in "ABCDEFGH")
    guides, learners = invent(mentors=mentors, mentees=mentees, seed=7, organizations=hospitals)
    names = {person.id: person.name for person in guides}
    write_pages([people_page("Mentors (made up)", guides, MENTOR_HEADINGS, names)], folder / "mentors.csv")
    write_pages([people_page("Mentees (made up)", learners, MENTEE_HEADINGS, names)], folder / "mentees.csv")


def main() -> None:
    """Measure one size, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mentees", type=int)
    parser.add_argument("mentors", type=int)
    parser.add_argument("--aim", default="everyone")
    parser.add_argument("--out", default="xlsx", choices=("xlsx", "csv"))
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        invent_into(folder, arguments.mentees, arguments.mentors)
        words = ["match", str(folder / "mentors.csv"), str(folder / "mentees.csv"), "--no-input", "--force"]
        words += ["--aim", arguments.aim, "--out", str(folder / f"plan.{arguments.out}")]
        runs = []
        # The first run writes the bytecode and is not counted.
        for _ in range(arguments.runs + 1):
            done = subprocess.run(
                [sys.executable, str(HERE / "stages.py"), "--once", *words],
                capture_output=True,
                text=True,
                check=True,
                env={"PYTHONPYCACHEPREFIX": str(folder / "bytecode"), **surroundings},
            )
            runs.append(json.loads(done.stdout.rsplit("\n", 2)[-2]))
    print(f"{arguments.mentees:,} × {arguments.mentors:,}, aim {arguments.aim}, .csv to .{arguments.out}\n")
    print("| Stage | Processor seconds | Peak MiB so far |\n|---|---|---|")
    for stage in ("load", *STAGES, "other", "whole"):
        seconds = min(run["spent"].get(stage, 0.0) for run in runs[1:])
        peak = max(run["peaks"].get(stage, 0.0) for run in runs[1:])
        print(f"| {stage} | {seconds:.2f} | {peak:.0f} |")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--once"]:
        run_once(sys.argv[2:])
    else:
        main()
