"""Writes that obey the declarations: what the daily walk takes, and what erasing a person takes."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Model, QuerySet

from chiron.site.shared.keeping.models import Receipt
from chiron.site.shared.keeping.queries import keys_to_empty, rows_due, tables
from chiron.site.shared.keeping.rules import Erasure, ErasureStep, Whom, kept_of

ROWS_A_BATCH = 500
KEPT_LONG_ENOUGH = "kept long enough"


def walk(*, now: datetime, between: Callable[[], None] = lambda: None) -> Receipt | None:
    """Delete what has been kept for as long as its table says, the latest stage first; None when nothing was due.

    Each batch is a transaction of its own, so that nobody waits for the walk; its count goes into the receipt with it,
    so that the receipt is true wherever the walk is cut off. Whoever walks next goes on with what is left.

    Args:
        now: the moment.
        between: called between two batches; it may raise to end the walk there.
    """
    receipt: Receipt | None = None
    for model in tables():
        for name in keys_to_empty(model):
            while (due := rows_due(model, before=now)) is not None:
                keys = list(due.exclude(**{name: None}).values_list("pk", flat=True)[:ROWS_A_BATCH])
                if not keys:
                    break
                _rows(model, keys).update(**{name: None})
                between()
    for model in tables():
        while (due := rows_due(model, before=now)) is not None:
            keys = list(due.values_list("pk", flat=True)[:ROWS_A_BATCH])
            if not keys:
                break
            receipt = _take(model, keys, receipt, now=now)
            between()
    return receipt


@transaction.atomic
def _take(model: type[Model], keys: Sequence[int], receipt: Receipt | None, *, now: datetime) -> Receipt:
    """Delete a batch of rows, and count them in the receipt of the walk, which begins with the first."""
    receipt = receipt or Receipt(at=now, reason=KEPT_LONG_ENOUGH)
    _rows(model, keys).delete()
    receipt.tables[_label(model)] = receipt.tables.get(_label(model), 0) + len(keys)
    receipt.save()
    return receipt


def _rows(model: type[Model], keys: Sequence[int]) -> QuerySet[Any]:
    return model._default_manager.filter(pk__in=keys)  # noqa: SLF001 -- public in Django


@transaction.atomic
def forget(people: Sequence[int], *, now: datetime) -> Receipt:
    """Do to every row that leads to some people what it declares, without looking for their names in texts of others.

    For those who have taken part in nothing for so long that all which named them has gone before.
    """
    gone: Counter[str] = Counter()
    for model in tables():
        for erasure in kept_of(model).erase:
            if not erasure.who or erasure.step not in {ErasureStep.DELETE, ErasureStep.BLANK, ErasureStep.DETACH}:
                continue
            rows = model._default_manager.filter(**{f"{erasure.who}__in": people})  # noqa: SLF001 -- public in Django
            if erasure.step is ErasureStep.DELETE:
                count = _delete(rows)
            else:
                count = rows.update(**(erasure.values or {erasure.who: None}))
            gone[f"{_label(model)} {erasure.step.value}"] += count
    taken = {label: count for label, count in gone.items() if count}
    return Receipt.objects.create(at=now, reason=KEPT_LONG_ENOUGH, tables=taken)


@transaction.atomic
def erase(whom: Whom, *, now: datetime) -> Receipt:
    """Do to every table what it declares for the erasing of a person, the latest stage first: all of it, or nothing."""
    gone: Counter[str] = Counter()
    for model in tables():
        for erasure in kept_of(model).erase:
            count = _obey(model, erasure, whom)
            if count:
                gone[f"{_label(model)} {erasure.step.value}"] += count
    return Receipt.objects.create(at=now, reason="erased", tables=dict(gone))


def _obey(model: type[Model], erasure: Erasure, whom: Whom) -> int:
    """Do one erasure, and return how many rows it changed or deleted."""
    if erasure.step is ErasureStep.KEEP:
        return 0
    rows = model._default_manager.all()  # noqa: SLF001 -- public in Django
    if erasure.who:
        keys = rows.filter(**{erasure.who: whom.person_id}).values("pk")
        rows = rows.filter(pk__in=list(keys.values_list("pk", flat=True).distinct()))
    if erasure.is_about is not None:
        about = [row.pk for row in rows.iterator(chunk_size=ROWS_A_BATCH) if erasure.is_about(row, whom)]
        rows = rows.filter(pk__in=about)
    if erasure.step is ErasureStep.DELETE:
        return _delete(rows)
    if erasure.step is ErasureStep.BLANK:
        return rows.update(**erasure.values)
    if erasure.step is ErasureStep.DETACH:
        return rows.update(**{erasure.who: None})
    return sum(_rewrite(row, erasure, whom) for row in rows.iterator(chunk_size=ROWS_A_BATCH))


def _rewrite(row: Model, erasure: Erasure, whom: Whom) -> bool:
    """Take the person out of some values of a row; return whether that changed any."""
    changed: dict[str, Any] = {}
    for name, rewriting in erasure.rewritings.items():
        value = getattr(row, name)
        without = rewriting(value, whom)
        if without != value:
            changed[name] = without
    if changed:
        type(row)._default_manager.filter(pk=row.pk).update(**changed)  # noqa: SLF001 -- public in Django
    return bool(changed)


def _delete(rows: QuerySet[Any]) -> int:
    """Delete rows in batches, and return how many of them there were."""
    keys = list(rows.values_list("pk", flat=True))
    for start in range(0, len(keys), ROWS_A_BATCH):
        rows.model._default_manager.filter(pk__in=keys[start : start + ROWS_A_BATCH]).delete()  # noqa: SLF001 -- public in Django
    return len(keys)


def forget_log() -> None:
    """Let the log beside an SQLite file forget what was deleted; in the file itself `secure_delete` overwrites it."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _label(model: type[Model]) -> str:
    return model._meta.label_lower  # noqa: SLF001 -- public in Django
