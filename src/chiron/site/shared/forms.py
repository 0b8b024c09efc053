"""How forms are drawn, and how the keys in them are read and compared."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from django.forms.renderers import TemplatesSetting

MOST_DIGITS: Final = 18
"""What every database takes as a key, and nobody's table reaches."""
DIGEST_LENGTH: Final = 24


class PlainFormRenderer(TemplatesSetting):
    """Draws `{{ form }}` with the templates of `shared`, so that no page can leave a label or an error out."""

    form_template_name = "shared/form.html"
    field_template_name = "shared/field.html"
    formset_template_name = "shared/formset.html"


def key_in(text: str) -> int:
    """Return the key that a text is, and 0, which no row has, for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else 0


def keys_in(texts: list[str]) -> list[int]:
    """Return the keys among texts, in their order; what is none is left out."""
    return [key for key in map(key_in, texts) if key]


def digest_of_keys(keys: Iterable[int] | Iterable[str]) -> str:
    """Return a short text that differs where the keys do, whatever their order: what was read is what is acted on."""
    return sha256(repr(sorted(keys)).encode()).hexdigest()[:DIGEST_LENGTH]
