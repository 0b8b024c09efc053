"""What opening a spreadsheet may cost the site (T24, S15)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from chiron.sheets.files.apart import Budget
from chiron.site.applications.models import Import
from chiron.site.applications.operations.imports import undo_import
from chiron.site.applications.queries import imports as imports_queries
from chiron.site.applications.rules.imports import SECONDS_KEPT, SHEET_BUDGET
from cohort_factories import client_of, make_cohort, make_coordinator
from factories import NOW
from site_import_pages import upload

pytestmark = [pytest.mark.hostile, pytest.mark.django_db]


def test_spreadsheet_is_opened_within_limits_of_memory_and_time_whenever_it_is_opened(monkeypatch):
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    content = "Name,Email\n" + "".join(f"Person {at},{'x' * 300}{at}\n" for at in range(5_000))
    kept = upload(client, cohort, content)
    monkeypatch.setattr(imports_queries, "SHEET_BUDGET", Budget(seconds=10, mebibytes=10))  # less than any takes
    imports_queries.forget_tables()  # as a process that did not open the file before

    sent = {"role": "mentee", "file": SimpleUploadedFile("people.csv", content.encode())}
    refused = client.post(f"/c/{cohort.pk}/import/", sent)
    opened = client.get(f"/c/{cohort.pk}/import/{kept.pk}/columns/")

    assert SHEET_BUDGET.mebibytes <= 512
    assert SHEET_BUDGET.seconds <= 60
    assert "takes more than 10 s or 10 MiB" in refused.content.decode()
    assert opened.status_code == 409
    assert "takes more than 10 s or 10 MiB" in opened.content.decode()


def test_file_of_an_import_that_is_taken_back_is_kept_in_memory_no_longer(
    monkeypatch, django_capture_on_commit_callbacks
):
    cohort, opened = make_cohort(), []
    client = client_of("coordinator", cohort)
    read = imports_queries.read_apart
    kept = upload(client, cohort, "Name,Email\nAnna Lee,anna@clinic.test\n")
    here = f"/c/{cohort.pk}/import/{kept.pk}"
    client.get(f"{here}/columns/")
    Import.objects.filter(pk=kept.pk).update(state="done", done_at=NOW)
    kept.refresh_from_db()
    monkeypatch.setattr(imports_queries, "read_apart", lambda *args, **words: opened.append(1) or read(*args, **words))

    with django_capture_on_commit_callbacks(execute=True):
        undo_import(imported=kept, by=make_coordinator(cohort), now=NOW)
    imports_queries.sheet_in(kept)

    assert opened == [1]
    assert SECONDS_KEPT <= 600


def test_file_is_opened_once_however_many_pages_of_its_import_are_read(monkeypatch):
    cohort, opened = make_cohort(), []
    client = client_of("coordinator", cohort)
    read = imports_queries.read_apart
    monkeypatch.setattr(imports_queries, "read_apart", lambda *args, **words: opened.append(1) or read(*args, **words))

    kept = upload(client, cohort, "Name,Email\nAnna Lee,anna@clinic.test\n")
    for page in ("columns", "check"):
        client.get(f"/c/{cohort.pk}/import/{kept.pk}/{page}/")

    assert len(opened) == 1
