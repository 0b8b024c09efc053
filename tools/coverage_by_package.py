"""Prints the branch coverage of each package, and fails where it is under its floor.

Run by `make coverage` after `make test COVER=1`. The floor holds where rules live: what is allowed, what is worked out,
and what is written. Pages and commands are measured too, without a floor.
"""

import sys
from collections import defaultdict
from pathlib import Path

import coverage

ROOT = Path(__file__).resolve().parent.parent
FLOOR = 90
"""Per cent of lines and branches."""
RULES = ("pairing", "blueprints", "sheets", "site: rules", "site: operations", "site: queries", "site: bridge")
"""Packages that have the floor."""
LAYERS = {"rules", "operations", "queries", "bridge", "models", "views", "forms"}


def package_of(path: Path) -> str:
    """Return the package of a file as it is printed: a layer of the site, or the first folder."""
    parts = path.relative_to(ROOT / "src" / "chiron").with_suffix("").parts
    if parts[0] != "site":
        return parts[0] if len(parts) > 1 else "chiron"
    layer = next((part for part in parts[2:] if part in LAYERS), "rest")
    return f"site: {layer}"


def main() -> int:
    """Print one line a package; 1 where a floor is missed."""
    data = coverage.Coverage(config_file=str(ROOT / "pyproject.toml"))
    data.load()
    hit: dict[str, int] = defaultdict(int)
    every: dict[str, int] = defaultdict(int)
    for name in data.get_data().measured_files():
        path = Path(name)
        if {"migrations", "kernels"} & set(path.parts) or not path.exists():
            continue
        numbers = data._analyze(name).numbers  # noqa: SLF001 -- the one place where branches are counted a file
        package = package_of(path)
        hit[package] += numbers.n_executed + numbers.n_executed_branches
        every[package] += numbers.n_statements + numbers.n_branches
    low = []
    for package in sorted(every):
        share = 100 * hit[package] / every[package]
        mark = "  under the floor" if package in RULES and share < FLOOR else ""
        print(f"{package:<18} {share:5.1f} %  of {every[package]} lines and branches{mark}")
        low += [package] if mark else []
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
