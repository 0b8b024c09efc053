"""Every address of the site by name, and how a test asks it as somebody."""

from collections.abc import Iterator

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

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
