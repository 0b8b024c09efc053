"""Every address of the site by name, who may open it, and how a test asks it as somebody."""

import hashlib
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.apps import apps
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

import chiron.site
from world_factories import World

KINDS = ("visitor", "person", "mentee", "mentor", "leader", "coordinator", "stranger")


def patterns(
    resolver: URLResolver, space: str = "", above: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the name of every address of the site, with the names of its parts."""
    for one in resolver.url_patterns:
        parts = (*above, *one.pattern.regex.groupindex)
        if isinstance(one, URLResolver):
            yield from patterns(one, f"{space}{one.namespace}:" if one.namespace else space, parts)
        else:
            yield f"{space}{one.name}", parts


PARTS = dict(patterns(get_resolver()))
OURS = sorted(name for name in PARTS if ":" in name)


def ask(client: Client, method: str, address: str, data: dict[str, object] | None = None, **options) -> HttpResponse:
    """Ask an address as somebody, and take back whatever that changed."""
    asking = Client(raise_request_exception=False, **options)
    asking.cookies = client.cookies.copy()
    with transaction.atomic():
        answer = asking.get(address, data) if method == "get" else asking.post(address, data or {})
        transaction.set_rollback(True)
    return answer


def address_of(name: str, world: World, **other: object) -> str:
    """Return an address about the things of a world."""
    keys = {"pk": 1, "key": "abc", "uidb36": "1", **world.keys, **world.special.get(name, {}), **other}
    return reverse(name, kwargs={part: keys[part] for part in PARTS[name]})


def query_of(name: str) -> str:
    """Return what an address needs behind it to be about something."""
    return "?rule=Same+site" if name == "matching:edit_rule" else ""


TABLE = tomllib.loads((Path(chiron.site.__file__).parent / "permissions.toml").read_text())
IS_ALSO = {
    "visitor": {"everyone"},
    "stranger": {"everyone", "person"},
    **{kind: {"everyone", "person", kind} for kind in KINDS if kind not in {"visitor", "stranger"}},
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NEVER_HASHED = {"sessions.Session"}
WITH_KEYS = sorted(name for name in OURS if any(part.endswith("_id") for part in PARTS[name]))


def missing_headers(answer: HttpResponse) -> list[str]:
    """Return the headers that an answer should have and has not."""
    wrong = [name for name, value in HEADERS.items() if answer.headers.get(name) != value]
    policy = answer.headers.get("Content-Security-Policy", "")
    wrong += [
        part for part in ("default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'") if part not in policy
    ]
    wrong += ["unsafe-inline"] if "unsafe" in policy else []
    wrong += [] if answer.headers.get("Permissions-Policy") else ["Permissions-Policy"]
    wrong += [] if "no-store" in answer.headers.get("Cache-Control", "") else ["Cache-Control"]
    return wrong


def everything() -> dict[str, str]:
    """Return a digest of every row of every table, by model; sign-ins aside."""
    digests = {}
    for model in apps.get_models():
        if model._meta.label in NEVER_HASHED:
            continue
        columns = ", ".join(connection.ops.quote_name(field.column) for field in model._meta.concrete_fields)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {columns} FROM {connection.ops.quote_name(model._meta.db_table)}")
            rows = sorted(repr(row) for row in cursor.fetchall())
        digests[model._meta.label] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return digests


class Fields(HTMLParser):
    """Reads what the forms of a page would send as they stand, by the address that each is sent to."""

    def __init__(self) -> None:
        super().__init__()
        self.data: dict[str, list[str]] = {}
        self._select = self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an input, a text or a choice."""
        said = {name: value or "" for name, value in attrs}
        name = said.get("name", "")
        if tag == "input" and name and said.get("type") != "file":
            self.data.setdefault(name, []).append(said.get("value", ""))
        elif tag == "select":
            self._select = name
        elif tag == "textarea":
            self._text = name
        elif tag == "option" and self._select:
            self.data.setdefault(self._select, []).append(said.get("value", ""))

    def handle_data(self, data: str) -> None:
        """Take the text of a text field."""
        if self._text:
            self.data[self._text] = [data]

    def handle_endtag(self, tag: str) -> None:
        """Close a choice or a text."""
        if tag == "select":
            self._select = ""
        if tag == "textarea":
            self._text = ""


def fields_at(client: Client, address: str) -> dict[str, list[str]]:
    """Return what the forms of a page would send."""
    reader = Fields()
    reader.feed(ask(client, "get", address).content.decode(errors="replace"))
    reader.data.pop("csrfmiddlewaretoken", None)
    return reader.data
