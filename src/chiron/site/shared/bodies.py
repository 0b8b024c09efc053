"""How much a request may send: little, unless its page takes files; and files only while the disk has room."""

import shutil
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar

from django.conf import settings
from django.urls import Resolver404, resolve

View = TypeVar("View", bound=Callable[..., Any])

MEBIBYTE: Final = 1024 * 1024
PAGE_BYTES: Final = MEBIBYTE
"""What a page without files takes: twenty thousand ticked boxes are a third of it."""
HEARD_OUT: Final = 64 * MEBIBYTE
"""A body up to this size is read to its end and thrown away, because a browser that still sends shows no answer."""
LITTLE_ROOM: Final = 0.15
NO_ROOM: Final = 0.05


class Room(StrEnum):
    """How much of the disk that holds the site is free."""

    ENOUGH = "ok"
    LITTLE = "little"
    NONE = "none"


def takes_files(most: int) -> Callable[[View], View]:
    """Mark a view as one that takes files.

    Args:
        most: the bytes of its largest body, form fields included.
    """

    def mark(view: View) -> View:
        view.most_bytes = most  # type: ignore[attr-defined]  # a fact about the view, like those that Django adds
        return view

    return mark


def most_bytes(path: str) -> int:
    """Return how many bytes the body of a request to a path may have."""
    try:
        view = resolve(path).func
    except (Resolver404, UnicodeError):
        return PAGE_BYTES
    return int(getattr(view, "most_bytes", PAGE_BYTES))


def room_on_disk() -> tuple[Room, float]:
    """Return how much room the disk of the site's folder has, in words and as GiB."""
    return room_in(settings.CHIRON_DIR)


def room_in(folder: Path) -> tuple[Room, float]:
    """Return how much room the disk has that holds a folder, or will hold it: in words and as GiB."""
    there = next(one for one in (folder, *folder.resolve().parents) if one.exists())
    usage = shutil.disk_usage(there)
    share = usage.free / usage.total
    room = Room.NONE if share < NO_ROOM else Room.LITTLE if share < LITTLE_ROOM else Room.ENOUGH
    return room, usage.free / 2**30
