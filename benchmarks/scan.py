"""Measures the exact scan over all pairs of the made-up national programme, in processor seconds.

    python benchmarks/scan.py            10,000 × 5,000; 30,000 × 15,000; 100,000 × 50,000
    python benchmarks/scan.py --quick    the first only

Compiling is measured apart, in a process of its own with an empty folder for what is compiled. Each size runs in its
own process too, so that its peak memory is its own.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SIZES = ((10_000, 5_000), (30_000, 15_000), (100_000, 50_000))
KEPT = 40


def processor_seconds() -> float:
    """Return user and system time of this process, all threads together."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measure(mentees: int, mentors: int) -> dict[str, float]:
    """Return what one size takes: processor seconds by part, wall seconds of the scan, peak MiB, share allowed."""
    from national import national_scoring

    from chiron.pairing.scale.national.scan import compile_scan

    took = {}
    begin = processor_seconds()
    scoring = national_scoring(mentees=mentees, mentors=mentors)
    took["people"] = processor_seconds() - begin
    begin = processor_seconds()
    scan = compile_scan(scoring)
    took["layout"] = processor_seconds() - begin
    begin = processor_seconds()
    scan.best(scan.program.rank[:1], keep=KEPT)
    took["first_call"] = processor_seconds() - begin
    begin, wall = processor_seconds(), time.perf_counter()
    found = scan.best(keep=KEPT)
    took["scan"], took["wall"] = processor_seconds() - begin, time.perf_counter() - wall
    took["listed"] = float(len(found.partner))
    took["allowed"] = float(scan.count_allowed().mean()) / mentors
    took["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return took


def in_own_process(mentees: int, mentors: int, kept_at: str | None = None) -> dict[str, float]:
    """Run `measure` in a new process; `kept_at` is a folder for what numba compiles."""
    surroundings = os.environ | ({"NUMBA_CACHE_DIR": kept_at} if kept_at else {})
    done = subprocess.run(
        [sys.executable, __file__, "--one", str(mentees), str(mentors)],
        capture_output=True, text=True, check=True, env=surroundings,
    )  # fmt: skip
    taken: dict[str, float] = json.loads(done.stdout)
    return taken


def main() -> None:
    """Print one line a size, and what compiling takes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--one", nargs=2, type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    sys.path.insert(0, str(HERE))
    if given.one:
        print(json.dumps(measure(*given.one)))
        return
    with tempfile.TemporaryDirectory() as empty:
        cold, warm = in_own_process(200, 100, empty), in_own_process(200, 100, empty)
    compiling = sum(cold[part] - warm[part] for part in ("layout", "first_call"))
    print(f"compiling, once a computer: {compiling:.1f} processor seconds")
    print("| mentees × mentors | allowed | layout s | scan s | scan, wall s | million pairs a s | peak MiB |")
    print("|---|---|---|---|---|---|---|")
    for mentees, mentors in SIZES[:1] if given.quick else SIZES:
        took = in_own_process(mentees, mentors)
        print(
            f"| {mentees:,} × {mentors:,} | {took['allowed']:.1%} | {took['layout']:.1f} | {took['scan']:.2f} | "
            f"{took['wall']:.2f} | {mentees * mentors / took['scan'] / 1e6:.0f} | {took['peak_mib']:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
