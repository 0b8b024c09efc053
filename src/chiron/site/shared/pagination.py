"""Long lists, a page at a time."""

from collections.abc import Sequence
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

ROWS: Final = 50


def page_of(request: HttpRequest, rows: "QuerySet[Any] | Sequence[Any]", *, size: int = ROWS) -> "Page[Any]":
    """Return the page of a list that the address asks for (`?page=2`); the nearest one for nonsense.

    Templates show it with `{% include "shared/pages.html" with rows=rows %}`.
    """
    return Paginator(rows, size).get_page(request.GET.get("page"))
