"""Long lists, a page at a time."""

from collections.abc import Sequence
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

ROWS: Final = 50


def page_of(
    request: HttpRequest,
    rows: "QuerySet[Any] | Sequence[Any]",
    *,
    size: int = ROWS,
    number: int | None = None,
    by_key: bool = False,
) -> "Page[Any]":
    """Return the page of a list that the address asks for (`?page=2`); the nearest one for nonsense.

    Templates show it with `{% include "shared/pages.html" with rows=rows %}`.

    Args:
        request: what was asked.
        rows: the list.
        size: how many rows a page has.
        number: how many rows there are, where they were counted already.
        by_key: only the keys are put in order, and the rows of the page are read then; for long lists of wide rows.
    """
    pages = Paginator(rows.values_list("pk", flat=True) if by_key and isinstance(rows, QuerySet) else rows, size)
    if number is not None:
        pages.count = number
    page = pages.get_page(request.GET.get("page"))
    if by_key and isinstance(rows, QuerySet):
        keys = list(page.object_list)
        found = rows.order_by().in_bulk(keys)
        page.object_list = [found[key] for key in keys if key in found]
    return page
