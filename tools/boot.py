"""Makes .venv and installs exactly what a requirements file locks; standard library only.

Run as `python3 tools/boot.py base` or `python3 tools/boot.py dev`. Doing it again without
a change is instant and needs no network.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = ROOT / "requirements"
PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
WHY_NOT = (
    "Chiron needs Python 3.11 or newer, and a way to make an environment. "
    "On Debian or Ubuntu: apt-get install python3-venv"
)
# uv brings certificate roots of its own; a hospital's proxy is known to the system's.
ENVIRONMENT = {**os.environ, "UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1", "UV_PYTHON_DOWNLOADS": "never"}
ENVIRONMENT.pop("VIRTUAL_ENV", None)


def run(*command: str | Path, quiet: bool = False) -> bool:
    """Run a command in the project's folder; True if it succeeded."""
    words = [str(part) for part in command]
    output = subprocess.DEVNULL if quiet else None
    done = subprocess.run(words, cwd=ROOT, env=ENVIRONMENT, stdout=output, stderr=output, check=False)
    return done.returncode == 0


def stamp_for(wanted: str) -> str:
    """Return a text that changes whenever something must be installed again."""
    digest = hashlib.sha256(f"{sys.version_info[:2]}{sys.executable}".encode())
    for path in [ROOT / "pyproject.toml", *(LOCKS / f"{name}.txt" for name in ("build", "uv", wanted))]:
        digest.update(path.read_bytes())
    # A checkout that was moved or copied needs its editable install made again.
    digest.update(str(ROOT).encode())
    return digest.hexdigest()


def is_ready(wanted: str) -> bool:
    """True if .venv holds all that a lock asks for."""
    stamp = VENV / f".{wanted}"
    return stamp.exists() and stamp.read_text() == stamp_for(wanted)


def uv_of_environment() -> str | None:
    """Return the uv to bring an environment up to date with: the system's, or the one inside it."""
    inside = VENV / "bin" / "uv"
    return shutil.which("uv") or (str(inside) if inside.exists() else None)


def make_environment() -> str | None:
    """Make .venv and return the uv to install with, or None where only pip is there."""
    uv = shutil.which("uv")
    if uv and run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, VENV):
        return uv
    shutil.rmtree(VENV, ignore_errors=True)
    if not run(sys.executable, "-m", "venv", VENV, quiet=True):
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(WHY_NOT)
    pinned = run(PYTHON, *PIP, "--require-hashes", "-r", LOCKS / "uv.txt")
    return str(VENV / "bin" / "uv") if pinned else None


def install(uv: str | None, *arguments: str | Path) -> None:
    """Install with uv, or with pip where there is no uv; stop with a sentence if that fails."""
    command = (uv, "pip", "install", "--quiet", "--python", PYTHON) if uv else (PYTHON, *PIP)
    if not run(*command, *arguments):
        sys.exit("Chiron could not install what it needs. The lines above say why; the first time needs a network.")


def main() -> None:
    """Bring .venv to what the named lock says, if it is not there yet."""
    if sys.version_info < (3, 11):  # noqa: UP036 -- this very check greets people with an older Python
        sys.exit(WHY_NOT)
    wanted = sys.argv[1] if len(sys.argv) > 1 else "base"
    # The test environment holds all that the default one holds.
    if any(is_ready(name) for name in {wanted, "dev"}):
        return
    sys.stderr.write("Setting up .venv (once, about a minute)\n")
    stamp = VENV / f".{wanted}"
    stamp.unlink(missing_ok=True)
    uv = uv_of_environment() if PYTHON.exists() and run(PYTHON, "-c", "", quiet=True) else make_environment()
    install(uv, "--require-hashes", "-r", LOCKS / f"{wanted}.txt")
    install(uv, "--require-hashes", "-r", LOCKS / "build.txt")
    install(uv, "--no-deps", "--no-build-isolation", "--editable", ROOT)
    stamp.write_text(stamp_for(wanted))


if __name__ == "__main__":
    main()
