"""The import wizard as a coordinator walks through it, one function a page."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from chiron.site.applications.models import Import
from chiron.site.programs.models import Cohort


def upload(
    client: Client, cohort: Cohort, text: str | bytes, *, role: str = "mentee", name: str = "people.csv"
) -> Import:
    """Send a spreadsheet."""
    content = text if isinstance(text, bytes) else text.encode()
    answer = client.post(f"/c/{cohort.pk}/import/", {"role": role, "file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content.decode()
    return Import.objects.latest("pk")


def address_of(imported: Import, page: str) -> str:
    """Return the address of a page of an import."""
    return f"/c/{imported.cohort_id}/import/{imported.pk}/{page}"


def columns_of(client: Client, imported: Import) -> dict[str, str]:
    """Return what the page of columns proposes."""
    form = client.get(address_of(imported, "columns/")).context["form"]
    return {field.html_name: field.value() or "" for field in form}


def map_columns(client: Client, imported: Import, **changes: str) -> HttpResponse:
    """Choose the columns as proposed, but for some changes."""
    return client.post(address_of(imported, "columns/"), columns_of(client, imported) | changes)


def do_it(client: Client, imported: Import) -> HttpResponse:
    """Press the button of the last page."""
    address = address_of(imported, "check/")
    return client.post(address, client.get(address).context["counts"])


def bring_in(
    client: Client,
    cohort: Cohort,
    text: str | bytes,
    *,
    role: str = "mentee",
    name: str = "people.csv",
    **changes: str,
) -> Import:
    """Walk through all pages."""
    imported = upload(client, cohort, text, role=role, name=name)
    assert map_columns(client, imported, **changes).status_code == 302
    assert do_it(client, imported).status_code == 302
    imported.refresh_from_db()
    return imported
