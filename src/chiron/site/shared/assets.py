"""Static files straight from the installed package, each under a name that holds a hash of its content.

Nothing is collected or copied: the hash is worked out when the process starts, so a new version of a file has a new
address and may be kept by browsers for ever.
"""

import hashlib
from functools import cache
from pathlib import Path, PurePosixPath

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.middleware import WhiteNoiseMiddleware


@cache
def hashed_name(name: str) -> str:
    """Return the name of a static file with a hash of its content before its ending.

    Raises:
        ValueError: no installed app holds the file.
    """
    found = finders.find(name)
    if not isinstance(found, str):
        raise ValueError(f"No static file is called {name}.")  # noqa: TRY004 -- the value is wrong, not its type
    digest = hashlib.sha256(Path(found).read_bytes()).hexdigest()[:12]
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.stem}.{digest}{path.suffix}"))


class HashedPackageStorage(StaticFilesStorage):
    """Gives templates the hashed addresses of static files."""

    def url(self, name: str | None) -> str:
        """Return the address of a static file, with its hash."""
        return super().url(hashed_name(name) if name else name)


class PackageAssets(WhiteNoiseMiddleware):  # type: ignore[misc]  # whitenoise has no types
    """Serves the static files of installed apps under their hashed names, and under nothing else."""

    def add_files_from_finders(self) -> None:
        """Learn every file that an installed app holds."""
        for finder in finders.get_finders():
            for name, storage in finder.list([]):
                url = f"{self.static_prefix}{hashed_name(name)}"
                if url not in self.files:
                    self.add_file_to_dictionary(url, storage.path(name))

    def immutable_file_test(self, path: str, url: str) -> bool:
        """Return that a file may be kept for ever: its address changes when it does."""
        return bool(path and url)
