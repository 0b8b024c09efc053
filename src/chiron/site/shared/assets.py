"""Static files straight from the installed package, each under a name that holds a hash of what is served.

Nothing is collected: the hash is worked out when the process starts, so a new version of a file has a new address and
may be kept by browsers for ever. Style sheets are written to be read, and served without comments and line breaks,
compressed where the browser takes that; those copies live in a folder of the process.
"""

import gzip
import hashlib
import re
from functools import cache
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.middleware import WhiteNoiseMiddleware

COMMENT = re.compile(rb"/\*.*?\*/", re.DOTALL)
BREAK = re.compile(rb"(?<=[{};,])\s*\n\s*|\s*\n\s*(?=[{}])|(?<=[a-z]:) (?![^\n]*\")| (?=\{)")
JOIN = re.compile(rb"\s*\n\s*")


@cache
def served_bytes(path: str) -> bytes:
    """Return what is served for a static file: a style sheet without comments and line breaks, anything else as it is.

    Args:
        path: where the file lies.
    """
    content = Path(path).read_bytes()
    if not path.endswith(".css"):
        return content
    # Spaces inside a selector stay: a library that takes them too joins ".cards :is(td)" to another selector.
    return JOIN.sub(b" ", BREAK.sub(b"", COMMENT.sub(b"", content))).replace(b";}", b"}").strip()


@cache
def _copies() -> TemporaryDirectory[str]:
    """Return the folder of this process's style sheets; it goes with the process."""
    return TemporaryDirectory(prefix="chiron-static-")


@cache
def _served_path(name: str, path: str) -> str:
    """Return the path of the file that is served, with a compressed copy beside it where that pays."""
    if not path.endswith(".css"):
        return path
    copy = Path(_copies().name) / hashed_name(name)
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_bytes(served_bytes(path))
    copy.with_name(f"{copy.name}.gz").write_bytes(gzip.compress(served_bytes(path), mtime=0))
    return str(copy)


@cache
def hashed_name(name: str) -> str:
    """Return the name of a static file with a hash of its content before its ending.

    Raises:
        ValueError: no installed app holds the file.
    """
    found = finders.find(name)
    if not isinstance(found, str):
        raise ValueError(f"No static file is called {name}.")  # noqa: TRY004 -- the value is wrong, not its type
    digest = hashlib.sha256(served_bytes(found)).hexdigest()[:12]
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.stem}.{digest}{path.suffix}"))


class HashedPackageStorage(StaticFilesStorage):
    """Gives templates the hashed addresses of static files."""

    def url(self, name: str | None) -> str:
        """Return the address of a static file, with its hash."""
        return super().url(hashed_name(name) if name else name)


class PackageAssets(WhiteNoiseMiddleware):  # type: ignore[misc]  # whitenoise has no types
    """Serves the static files of installed apps under their hashed names, and under nothing else."""

    _known: ClassVar[dict[str, dict[str, Any]]] = {}

    def add_files_from_finders(self) -> None:
        """Learn every file that an installed app holds, once a process: a file never changes under its address."""
        if self.static_prefix not in self._known:
            for finder in finders.get_finders():
                for name, storage in finder.list([]):
                    url = f"{self.static_prefix}{hashed_name(name)}"
                    if url not in self.files:
                        self.add_file_to_dictionary(url, _served_path(name, storage.path(name)))
            self._known[self.static_prefix] = dict(self.files)
        self.files.update(self._known[self.static_prefix])

    def immutable_file_test(self, path: str, url: str) -> bool:
        """Return that a file may be kept for ever: its address changes when it does."""
        return bool(path and url)
