"""Hundreds of ways in which people write a name into a cell, made from a few made-up people."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Named:
    """A made-up mentor: as the sheet has the name, its two parts as somebody else types them, address and id."""

    name: str
    given: str
    family: str
    email: str
    id: str


MENTORS = (
    Named("Ana Brook", "Ana", "Brook", "ana.brook@clinic.test", "M-101"),
    Named("Dr Cy Dalewood", "Cy", "Dalewood", "cy@clinic.test", "M-102"),
    Named("Seán O’Neill", "Sean", "O'Neill", "soneill@clinic.test", "M-103"),
    Named("van der Berg, Lena", "Lena", "van der Berg", "lena@clinic.test", "M-104"),
    Named("Lucía Fernández-Salgado", "Lucia", "Fernandez-Salgado", "lucia@clinic.test", "M-105"),
    Named("Elizabeth (Liz) Müller", "Liz", "Mueller", "liz@clinic.test", "M-106"),
    Named("Prof. Zoë Thistlewood, PhD", "Zoe", "Thistlewood", "zoe@clinic.test", "M-107"),
    Named("Kwame Nkrumah-Owusu", "Kwame", "Nkrumah-Owusu", "kwame@clinic.test", "M-108"),
    Named("Ngozi Adaeze Okafor", "Ngozi", "Okafor", "ngozi@clinic.test", "M-109"),
    Named("Will May", "Will", "May", "will@clinic.test", "M-110"),
)

Way = Callable[[Named], str]


def _slip(word: str) -> str:
    """Return a word with its second and third letters changed round."""
    return word[0] + word[2] + word[1] + word[3:] if word[1] != word[2] else word[:2] + word[3:]


WAYS: dict[str, Way] = {
    "plain": lambda one: f"{one.given} {one.family}",
    "small": lambda one: f"{one.given} {one.family}".lower(),
    "capitals": lambda one: f"{one.given} {one.family}".upper(),
    "turned": lambda one: f"{one.family}, {one.given}",
    "turned without a comma": lambda one: f"{one.family} {one.given}",
    "title": lambda one: f"Dr. {one.given} {one.family}",
    "title and family name": lambda one: f"Professor {one.family}",
    "family name": lambda one: one.family,
    "initial": lambda one: f"{one.given[0]}. {one.family}",
    "initial after": lambda one: f"{one.family} {one.given[0]}.",
    "letters after": lambda one: f"{one.given} {one.family}, MD, FRCS",
    "department": lambda one: f"{one.given} {one.family}, Cardiology",
    "department in brackets": lambda one: f"{one.given} {one.family} (Ward 7)",
    "department after a dash": lambda one: f"{one.given} {one.family} - Leeds General Infirmary",
    "title, name, department": lambda one: f"Dr {one.given} {one.family} / Renal Medicine",
    "relation": lambda one: f"my supervisor {one.given} {one.family}",
    "relation after": lambda one: f"{one.given} {one.family} (my ex-husband)",
    "sentence": lambda one: f"Please do not match me with {one.given} {one.family}, we had a conflict.",
    "sentence with a family name": lambda one: f"I used to report to Dr {one.family} and would rather not",
    "refusal": lambda one: f"no, but not {one.given} {one.family}",
    "label": lambda one: f"Line manager: {one.given} {one.family}",
    "address": lambda one: one.email,
    "name and address": lambda one: f"{one.given} {one.family} <{one.email}>",
    "mailto": lambda one: f"mailto:{one.email.upper()}",
    "id": lambda one: one.id,
    "id without a dash": lambda one: one.id.replace("-", ""),
    "id in a sentence": lambda one: f"mentor {one.id} please",
    "with another and": lambda one: f"{one.given} {one.family} and Tom Price",
    "with another or": lambda one: f"Tom Price or {one.given} {one.family}",
    "with another semicolon": lambda one: f"Tom Price; {one.given} {one.family}",
    "with another slash": lambda one: f"{one.given} {one.family}/Tom Price",
    "with another comma": lambda one: f"Tom Price, {one.given} {one.family}",
    "with another ampersand": lambda one: f"Tom Price & {one.given} {one.family}",
    "with another line": lambda one: f"Tom Price\n{one.given} {one.family}",
    "bullets": lambda one: f"• Tom Price\n• {one.given} {one.family}",
    "numbers": lambda one: f"1. Tom Price\n2. {one.given} {one.family}",
    "slip": lambda one: f"{one.given} {_slip(one.family)}" if len(one.family) > 4 else f"{one.given} {one.family}s",
    "letter too many": lambda one: f"{one.given} {one.family}{one.family[-1]}",
    "letter missing": lambda one: (
        f"{one.given} {one.family[:-1]}" if len(one.family) > 4 else f"{one.given} {one.family}"
    ),
    "given name with a slip": lambda one: f"{one.given}{one.given[-1]} {one.family}",
    "possessive": lambda one: f"{one.given} {one.family}'s team",
    "curly apostrophe": lambda one: f"{one.given} {one.family}".replace("'", "\u2019"),
    "no apostrophe, no dash": lambda one: f"{one.given} {one.family}".replace("'", "").replace("-", " "),
    "double space": lambda one: f"  {one.given}   {one.family} ",
    "space that does not break": lambda one: f"{one.given}\u00a0{one.family}",
    "question mark": lambda one: f"{one.given} {one.family}?",
    "middle name": lambda one: f"{one.given} Jo {one.family}",
    "full stop": lambda one: f"{one.given} {one.family}.",
    "quotes": lambda one: f'"{one.given} {one.family}"',
    "plus": lambda one: f"Tom Price + {one.given} {one.family}",
    "several titles": lambda one: f"Assoc. Prof. Dr. {one.given} {one.family}",
    "nobody but": lambda one: f"Nobody except {one.given} {one.family}",
}

INNOCENT = (
    "other interests not mentioned", "no", "No", "none", "None that I know of", "N/A", "n/a", "-", "nobody", "No one",
    "anyone from my own ward? no", "not applicable", "No conflicts of interest", "I have no conflicts of interest to declare",
    "No, happy with anyone", "none at the moment", "Not that I'm aware of", "Nothing to declare", "no preference",
    "Tom Price", "Dr Tom Price", "Tom Price (HR)", "Price, Tom", "Tom Price and Jo Hill", "tom.price@elsewhere.test",
    "I don't have a line manager yet", "nil", "Anyone is fine", "none, thanks",
)  # fmt: skip
"""Cells that name nobody of the sheet above, and leave no row out."""

UNCLEAR = (
    "my boss", "the head of cardiology", "yes", "anyone on ward 7", "Anna Brooks", "Bob", "M-999", "my ex-husband",
    "same as above", "someone from my team", "No, except my supervisor",
)  # fmt: skip
"""Cells that may name somebody, and nobody can tell whom."""


def ways() -> Iterator[tuple[str, Named, str]]:
    """Yield (how, whom, the text) for every way to write every mentor."""
    for how, way in WAYS.items():
        for one in MENTORS:
            yield how, one, way(one)
