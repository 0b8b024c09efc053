"""What the top bar and the demo bar show, as plain values.

The latest stage of the site fills them in for a person (`NAVIGATION_SOURCE` in the settings), so that the templates
of `shared` can draw the bars without knowing anything about mentoring.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class NavItem:
    """One entry of the top bar.

    Attributes:
        label: the words of the link.
        url: where it leads.
        is_current: whether the page on screen belongs to it.
    """

    label: str
    url: str
    is_current: bool = False


@dataclass(frozen=True)
class Choice:
    """One choice of a switch: the value it sends, its words, and whether it is the present one."""

    value: str
    label: str
    is_current: bool = False


@dataclass(frozen=True)
class Switch:
    """A row of choices, each a button that posts its value.

    Attributes:
        label: the words before the choices, such as "Look as".
        url: the address the choices are posted to.
        name: the name of the posted field.
        choices: the choices in order.
    """

    label: str
    url: str
    name: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Navigation:
    """What surrounds a page for one person.

    Attributes:
        name: the name of the organisation or programme, shown first in the top bar; empty for the site's own name.
        items: the entries of the top bar.
        switches: the switches of the demo bar; empty outside a demo.
    """

    name: str = ""
    items: tuple[NavItem, ...] = ()
    switches: tuple[Switch, ...] = ()


def navigation_of(request: HttpRequest) -> Navigation:
    """Return what surrounds this page for the person who asked.

    Nothing where no source is named, or where the request failed before it was known who asked.
    """
    if not settings.NAVIGATION_SOURCE or not hasattr(request, "user"):
        return Navigation()
    source: Callable[[HttpRequest], Navigation] = import_string(settings.NAVIGATION_SOURCE)
    return source(request)
