"""Attributes of a person that the law protects: no plan is evened out by them unless somebody signed that off."""

import re

PROTECTED = frozenset(
    """
    age ages birthday birthdate birthyear disability disabilities disabled impairment gender genders sex sexes
    pronoun pronouns race races racial ethnicity ethnicities ethnic background backgrounds ancestry heritage
    caste tribe indigenous religion religions religious faith belief beliefs orientation sexuality lgbt lgbtq
    transgender pregnancy pregnant maternity paternity marital marriage nationality nationalities citizenship
    birthplace immigration veteran genetic identity minority minoritised minoritized urm urim bame bipoc
    identities demographic demographics
    """.split()  # noqa: SIM905 -- a list of words is read and changed more easily as text
)
"""Words of field names that speak of a protected attribute."""

LEGITIMATE = "site, stage or rurality"
"""What may well be evened out, in words."""


def protected_word(*names: str) -> str | None:
    """Return the first word in these field names that speaks of a protected attribute, or None."""
    words = (word for name in names for word in re.findall(r"[a-z]+", name.casefold()))
    return next((word for word in words if word in PROTECTED), None)
