"""Files that a page gives away."""

from typing import Final

from django.http import HttpResponse

KINDS: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def download(content: bytes, *, name: str) -> HttpResponse:
    """Return a file that the browser keeps rather than shows; its kind is what its name ends with.

    Args:
        content: the bytes of the file.
        name: of the file, in plain letters.
    """
    answer = HttpResponse(content, content_type=KINDS[name.rpartition(".")[2]])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
