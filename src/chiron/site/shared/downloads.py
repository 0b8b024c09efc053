"""Files that a page gives away."""

from typing import Final

from django.http import Http404, HttpResponse

from chiron.sheets.files.book_writer import workbook_bytes
from chiron.sheets.files.page import Page, text_of

KINDS: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def download_page(page: Page, *, name: str, ending: str) -> HttpResponse:
    """Return a sheet as a workbook ("xlsx") or a text file ("csv").

    Args:
        page: the sheet.
        name: of the file, without its ending.
        ending: "xlsx" or "csv".

    Raises:
        Http404: it is no such ending.
    """
    if ending not in KINDS:
        raise Http404
    content = workbook_bytes([page]) if ending == "xlsx" else text_of(page).encode()
    return download(content, name=f"{name}.{ending}")


def download(content: bytes, *, name: str) -> HttpResponse:
    """Return a file that the browser keeps rather than shows; its kind is what its name ends with.

    Args:
        content: the bytes of the file.
        name: of the file, in plain letters.
    """
    answer = HttpResponse(content, content_type=KINDS[name.rpartition(".")[2]])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
