"""Sensitive fields: who somebody is, as the law protects it. Told by the field itself, else by the words of its name.

Every question about it (may a page, a file or a reason show the answer, may a rule count it, may a plan be evened out
by it) is asked of `FieldSpec.sensitive`, and the words that decide where no field says it stand here alone.
"""

import re
from functools import lru_cache

SENSITIVE_WORDS = frozenset(
    """
    age ages birthday birthdate birthyear disability disabilities disabled impairment gender genders sex sexes
    pronoun pronouns race races racial ethnicity ethnicities ethnic background backgrounds ancestry heritage
    caste tribe indigenous religion religions religious faith belief beliefs orientation sexuality lgbt lgbtq
    transgender pregnancy pregnant maternity paternity marital marriage nationality nationalities citizenship
    birthplace immigration veteran genetic identity minority minoritised minoritized urm urim bame bipoc
    identities demographic demographics
    """.split()  # noqa: SIM905 -- a list of words is read and changed more easily as text
)
"""Words of names, labels and headings of fields that speak of a protected attribute."""

LEGITIMATE = "site, stage or rurality"
"""What may well be evened out, in words."""


@lru_cache(maxsize=4096)
def sensitive_word(*names: str) -> str | None:
    """Return the first word in these names, labels or headings that speaks of a protected attribute, or None."""
    words = (word for name in names for word in re.findall(r"[a-z]+", name.casefold()))
    return next((word for word in words if word in SENSITIVE_WORDS), None)
