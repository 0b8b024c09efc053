"""Reads of what is kept: every table in the order in which its rows may go, and the rows about one person."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet

from chiron.site.shared.keeping.models import Receipt
from chiron.site.shared.keeping.rules import ENDS, Until, UntilPlaceEnds, kept_of


def tables() -> list[type[Model]]:
    """Return every table, each before those that its foreign keys lead to: the latest stage first."""
    models = list(apps.get_models(include_auto_created=True))
    order: list[type[Model]] = []

    def visit(model: type[Model], above: frozenset[type[Model]]) -> None:
        if model in order or model in above:
            return
        leading = [(other, key) for other in models if other is not model for key in _keys_to(model, other)]
        # Two tables may lead to each other: the one whose key may be empty goes last, once that is emptied.
        if any(not key.null and other in above for other, key in leading):
            return
        for other, _key in leading:
            visit(other, above | {model})
        order.append(model)

    for model in reversed(models):
        visit(model, frozenset())
    return order


def _keys_to(model: type[Model], other: type[Model]) -> list[Any]:
    """Return the foreign keys of another table that lead to one."""
    fields = other._meta.concrete_fields  # noqa: SLF001 -- public in Django
    return [field for field in fields if field.is_relation and field.related_model is model]


def keys_to_empty(model: type[Model]) -> list[str]:
    """Return the foreign keys of a table that lead to itself or to a table that goes before it: they may be empty."""
    order = tables()
    gone = order[: order.index(model) + 1]
    fields = model._meta.concrete_fields  # noqa: SLF001 -- public in Django
    return [field.name for field in fields if field.is_relation and field.null and field.related_model in gone]


def rows_due(model: type[Model], *, before: datetime) -> QuerySet[Any] | None:
    """Return the rows of a table that have been kept for as long as it says; None where no moment ends it.

    Args:
        model: the table.
        before: the moment at which they must be over.
    """
    until, rows = kept_of(model).keep, model._default_manager.order_by("pk")  # noqa: SLF001 -- public in Django
    if isinstance(until, Until):
        return rows.filter(**{f"{until.after}__lt": before - until.span}, **until.only)
    if isinstance(until, UntilPlaceEnds):
        over = {f"{until.scope}__in": list(_scopes_over(before - until.span))}
        return rows.filter(**over)
    return None


def _scopes_over(before: datetime) -> Iterator[str]:
    """Yield the scopes of places that have ended before a moment."""
    for kind, (label, moment) in ENDS.items():
        places = apps.get_model(label)._default_manager.filter(**{f"{moment}__lt": before})  # noqa: SLF001 -- public in Django
        yield from (f"{kind}:{key}" for key in places.values_list("pk", flat=True))


def rows_overdue(*, before: datetime) -> dict[str, int]:
    """Return how many rows of which table should have gone before a moment and are still there."""
    due = {model: rows_due(model, before=before) for model in tables()}
    counts = {model._meta.label_lower: rows.count() for model, rows in due.items() if rows is not None}  # noqa: SLF001 -- public in Django
    return {label: count for label, count in counts.items() if count}


def last_receipt() -> Receipt | None:
    """Return the newest receipt of what went; None before the first."""
    return Receipt.objects.order_by("-pk").first()


def rows_about(person_id: int) -> dict[str, list[dict[str, Any]]]:
    """Return what a person may have of every row that leads to them, by table, ready for JSON."""
    found: dict[str, list[dict[str, Any]]] = {}
    for model in reversed(tables()):
        for who, fields in kept_of(model).shows.items():
            rows = model._default_manager.filter(**{who: person_id}).order_by("pk").values(*fields)  # noqa: SLF001 -- public in Django
            found.setdefault(model._meta.label_lower, []).extend(_plain(row) for row in rows)  # noqa: SLF001 -- public in Django
    return {label: rows for label, rows in found.items() if rows}


def keys_about(person_id: int) -> dict[str, set[int]]:
    """Return the keys of the rows that a person may have something of, by table."""
    return {
        model._meta.label_lower: set(  # noqa: SLF001 -- public in Django
            model._default_manager.filter(**{who: person_id}).values_list("pk", flat=True)  # noqa: SLF001 -- public in Django
        )
        for model in tables()
        for who in kept_of(model).shows
    }


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    encoder = DjangoJSONEncoder()
    return {
        name: value if isinstance(value, str | int | float | bool | list | dict | None) else encoder.default(value)
        for name, value in row.items()
    }
