"""Names with a beginning of their own, however the beginning is parted from the rest: "S O Neill", "Al Sayed"."""

import itertools

import pytest

from chiron.sheets.names.names import Names

BYSTANDERS = ("Kofi Mensah", "Tom Brown", "Helen Ward", "Dana Fox", "Petra Novak", "Adam Hughes", "Clare Small")
WRITTEN = {
    "Dr Seán O'Neill": ("O'Neill", "O Neill", "ONeill", "O\N{RIGHT SINGLE QUOTATION MARK}Neill", "O' Neill", "O-Neill"),
    "Fiona MacDonald": ("MacDonald", "Mac Donald", "Macdonald", "Mac-Donald", "McDonald", "Mc Donald"),
    "Rory McBride": ("McBride", "Mc Bride", "Mcbride", "MacBride", "Mac Bride"),
    "Ana DeSouza": ("DeSouza", "De Souza", "de Souza", "Desouza"),
    "Ana De Souza": ("DeSouza", "De Souza", "de Souza", "Desouza"),
    "Layla Al-Sayed": ("Al-Sayed", "Al Sayed", "AlSayed", "El Sayed", "Al - Sayed"),
    "Layla Alsayed": ("Al-Sayed", "Al Sayed", "AlSayed"),
    "Jan van der Berg": ("van der Berg", "Vanderberg", "van den Berg", "VanderBerg"),
    "Marie St. Clair": ("St Clair", "St. Clair", "StClair"),
    "Nora LeBlanc": ("LeBlanc", "Le Blanc", "Leblanc"),
    "Ines D'Angelo": ("D'Angelo", "D Angelo", "DAngelo", "Di Angelo"),
    "Mary-Jane Smith-Jones": ("Smith-Jones", "Smith Jones", "SmithJones"),
    "Li Xiaoming": ("Xiaoming", "Xiao Ming", "Xiao-Ming"),
}
SAID = (
    "{letter} {family}", "{letter}. {family}", "{given} {family}", "{family}, {given}", "{family} {letter}",
    "{family}, {letter}.", "Dr {family}", "Dr. {letter} {family}", "{family}", "not {family} please",
    "My manager is {letter} {family}.", "{letter} {family} (ward 7)", "Kofi Mensah and {letter} {family}",
    "Prof {letter}. {family} / Dana Fox",
)  # fmt: skip
CASES = [(name, family) for name, families in WRITTEN.items() for family in families]


@pytest.mark.parametrize(("name", "family"), CASES)
def test_meant_finds_a_family_name_however_its_beginning_is_parted(name: str, family: str) -> None:
    people = names_of(name)
    given = name.removeprefix("Dr ").split()[0]
    texts = [
        spelled(said.format(letter=given[0], given=given, family=family))
        for said, spelled in itertools.product(SAID, (str, str.upper))
        if spelled is str or "please" not in said
    ]

    meant = {text: people.meant(text) for text in texts}

    assert [text for text, meaning in meant.items() if 0 not in meaning.people and not meaning.unclear] == []
    assert sum(0 in meaning.people for meaning in meant.values()) >= 0.7 * len(texts)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Dr Seán O'Neill", "S O Brien"),
        ("Fiona MacDonald", "Tom Mac Donald"),
        ("Ana DeSouza", "De Santis"),
        ("Marie Allgood", "all good"),
    ],
)
def test_meant_finds_nobody_in_another_name_with_the_same_beginning(name: str, text: str) -> None:
    meaning = names_of(name).meant(text)

    assert meaning.people == ()
    assert meaning.unclear == ()


def names_of(name: str) -> Names:
    """Return a sheet of one person and bystanders."""
    people = (name, *BYSTANDERS)
    return Names(people, people, [f"p{at}@example.org" for at in range(len(people))], others=["Jo Park", "Lee Ng"])
