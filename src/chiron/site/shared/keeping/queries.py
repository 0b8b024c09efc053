"""Reads of what is kept: every table in the order in which its rows may go, and the rows about one person."""

from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model

from chiron.site.shared.keeping.rules import kept_of


def tables() -> list[type[Model]]:
    """Return every table, each before those that its foreign keys lead to: the latest stage first."""
    models = list(apps.get_models(include_auto_created=True))
    order: list[type[Model]] = []

    def visit(model: type[Model], above: frozenset[type[Model]]) -> None:
        if model in order or model in above:
            return
        for other in models:
            keys = (field for field in other._meta.concrete_fields if field.is_relation)  # noqa: SLF001 -- public in Django
            if other is not model and any(key.related_model is model for key in keys):
                visit(other, above | {model})
        order.append(model)

    for model in reversed(models):
        visit(model, frozenset())
    return order


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
