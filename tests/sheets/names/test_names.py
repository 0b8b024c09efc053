"""Whom of one sheet a text means."""

import pytest

from chiron.sheets.names.names import Names
from chiron.sheets.names.words import name_on_paper

PEOPLE = {
    "ana@nhs.example": "Ana Brook",
    "M-017": "Dr Cy Dale",
    "sean": "Seán O’Neill",
    "le@x.test": "Lena van der Berg",
    "lu": "Lucía Fernández-Salgado",
    "li": "Elizabeth (Liz) Müller",
    "wm": "Will May",
    "wf": "王芳",
}
ADDRESSES = ["ana@nhs.example", "cy.dale@nhs.example", None, "le@x.test", None, None, None, None]


def names() -> Names:
    return Names(list(PEOPLE), list(PEOPLE.values()), ADDRESSES, others=["Xan Reed", "Tom Price"])


def people(text: str) -> list[str]:
    return [list(PEOPLE.values())[at] for at in names().meant(text).people]


WAYS = {
    "Ana Brook": [
        "ana brook", "ANA BROOK", "Brook, Ana", "Brook Ana", "Dr. Ana Brook (line manager)", "Ana Brook, Cardiology",
        "my supervisor Ana Brook", "My supervisor is Ana Brook from ward 7", "Anna Brook", "Ana Brok", "Ana Brooks",
        "A. Brook", "Brook A.", "Ana B.", "AB", "Brook", "Dr Brook", "Prof Brook, Cardiology", "Consultant: Brook",
        "Brook (ICU)", "Brook cardio", "Ana", "Ana Brook's team", "Ana Brook <ana@nhs.example>", "ana@nhs.example",
        "mailto:ANA@nhs.example", "ana.brook@other.example", "abrook@other.example", "anna@nhs.example",
        "Ana Brook MD PhD FRCS", "Ana Maria Brook", "AnaBrook", "Ana\u00a0Brook", "Ána Bröok", "Ana Brook - Leeds General",
        "Please do not match me with Ana Brook or her husband", "Not Ana Brook please, we had a conflict",
        "no, but not Ana Brook", "ana brook?", "N/A - Ana Brook", "A. Brooks",
        "E-mail: ana@nhs.example", "Ana Smith (née Brook)", "Ana Brook-Smith", "MANAGER: BROOK ANA (CARDIO)",
    ],
    "Dr Cy Dale": ["M-017", "M017", "m 017", "Mentor M-017", "cy dale md", "Dale", "Prof. C. Dale", "cy.dale@nhs.example"],
    "Seán O’Neill": [
        "Sean O'Neill", "Sean ONeill", "Sean O Neill", "Sean O' Neill", "O\u0060Neill", "S. O\u00b4Neill", "Seán O\u02bcNeill",
        "Sea\u0301n O\u2032Neill",
    ],
    "Lena van der Berg": ["Lena Vanderberg", "Dr van der Berg", "v.d. Berg", "Berg", "Berg, Lena van der", "Lena Berg"],
    "Lucía Fernández-Salgado": [
        "Fernandez Salgado", "Lucia Fernandez", "Lucia Salgado", "L. Fernandez-Salgado", "Lucia Fernandezsalgado",
        "Lucia Fernández\u2010Salgado",
    ],
    "Elizabeth (Liz) Müller": ["Liz Muller", "Beth Mueller", "Elizabeth Müller", "E. Mueller", "Lizzie Müller"],
    "Will May": ["will may", "Dr May", "May, Will", "William May"],
    "王芳": ["王芳", "我的主管王芳"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in WAYS.items() for text in texts])
def test_a_text_means_whoever_it_names(name: str, text: str):
    assert people(text) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "Ana Brook and Cy Dale", "Ana Brook & Cy Dale", "Ana Brook; Cy Dale", "Ana Brook/Cy Dale", "Ana Brook, Cy Dale",
        "Ana Brook\nCy Dale", "1. Ana Brook\n2. Cy Dale", "• Ana Brook\n• Cy Dale", "Brook, Ana; Dale, Cy",
        "Ana Brook or Dr. Dale", "Dr Brook, M-017", "Ana Brook Cy Dale", "ana@nhs.example cy.dale@nhs.example",
        "neither Ana Brook nor Cy Dale", "Ana Brook | Cy Dale", "Ana Brook + Cy Dale",
    ],
)  # fmt: skip
def test_a_text_means_everybody_whom_it_names(text: str):
    assert people(text) == ["Ana Brook", "Dr Cy Dale"]


def test_a_family_name_means_everybody_who_has_it():
    found = Names(["1", "2", "3"], ["Ana Brook", "Tom Brook", "Cy Dale"])

    assert found.meant("Dr Brook").people == (0, 1)
    assert found.meant("A. Brook").people == (0,)
    assert found.meant("Tom Brook").people == (1,)


def test_a_name_that_fits_too_many_people_is_unclear():
    found = Names([str(at) for at in range(30)], [f"Ana{chr(97 + at)} Brook" for at in range(30)])

    meaning = found.meant("Dr Brook")

    assert (meaning.people, meaning.unclear, meaning.too_many) == ((), ("Brook",), 30)


@pytest.mark.parametrize(
    "text",
    [
        "no", "None", "none", "N/A", "-", "nobody", "no one", "None that I know of", "not applicable", "No, happy with anyone",
        "anyone from my own ward? no", "other interests not mentioned", "I have no conflicts of interest to declare",
        "No line manager", "I don't have a line manager yet", "Not that I'm aware of", "none, thanks", "nil", "Anyone is fine",
        "I may not be able to work on this", "I enjoy hiking and chess", "n.a.", "Nothing to declare", "NONE",
        "none at the moment", "No-one", "No preference", "open to all", "none whatsoever",
        "I have not met any of the mentors", "nobody comes to mind right now",
    ],
)  # fmt: skip
def test_a_text_that_names_nobody_means_nobody(text: str):
    meaning = names().meant(text)

    assert (meaning.is_nobody, meaning.people, meaning.unclear) == (True, (), ())


@pytest.mark.parametrize(
    "text", ["Tom Price", "Dr Smith", "Tom Brook", "Price, Tom", "Ana Smith", "Jo Hill (HR)", "Ed Coe"]
)
def test_a_whole_name_like_nobodys_is_somebody_who_is_not_there(text: str):
    meaning = names().meant(text)

    assert (meaning.people, meaning.unclear, bool(meaning.absent)) == ((), (), True)


@pytest.mark.parametrize(
    "text",
    [
        "Anna Brooks", "Ana Broke", "Cy Doole", "Ana Brook and Cy Doole", "my boss", "head of cardiology", "Ward 7", "yes",
        "Anyone from my own ward", "M-099", "xk12@nhs.example", "Smith", "Bob", "Ana Brook and Bob", "no managers please",
        "No, except my supervisor", "the man who was here last year", "same as above", "4711",
    ],
)  # fmt: skip
def test_a_text_that_may_mean_somebody_is_unclear(text: str):
    meaning = names().meant(text)

    assert meaning.unclear
    assert not meaning.is_nobody


def test_a_misspelt_name_reminds_of_somebody():
    assert names().meant("Anna Brooks").near == (0,)
    assert names().meant("Ana Brook and Cy Doole").near == (1,)


def test_a_name_that_others_have_is_no_slip():
    without = Names(["1"], ["Ana Brook"])
    with_browns = Names(["1"], ["Ana Brook"], others=["Xan Brown"])

    assert without.meant("Ana Brown").unclear == ("Ana Brown",)
    assert with_browns.meant("Ana Brown").absent == ("Ana Brown",)


def test_an_unknown_address_is_somebody_else_where_everybody_has_one():
    everybody = Names(["1"], ["Ana Brook"], ["ana@nhs.example"])
    nobody = Names(["1"], ["Ana Brook"])

    assert everybody.meant("xk12@nhs.example").absent == ("xk12@nhs.example",)
    assert nobody.meant("xk12@nhs.example").unclear == ("xk12@nhs.example",)


def test_other_names_of_a_person_are_theirs():
    found = Names(["1"], ["Annie Brook"], also=[("Anastasia", "Anastasia Dale")])

    assert [found.meant(text).people for text in ("Anastasia Brook", "Annie Brook", "Anastasia Dale")] == [(0,)] * 3
    assert found.called("Anastasia Dale") == (0,)


def test_a_choice_is_a_whole_name():
    found = names()

    assert [found.called(text) for text in ("brook, ana", "PROF. ANA BROOK", "m-017", "Brook", "Anna Brook")] == [
        (0,), (0,), (1,), (), (),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("full", "preferred", "family", "paper"),
    [
        ("Elizabeth Müller", "Liz", "", "Liz Müller"),
        ("Dr Elizabeth Anne Müller MD", "Liz", "", "Dr Liz Anne Müller MD"),
        ("Lena van der Berg", "Leni", "", "Leni van der Berg"),
        ("van der Berg, Lena", "Leni", "", "Leni van der Berg"),
        ("Lena van der Berg", "Leni", "van der Berg", "Leni van der Berg"),
        ("Elizabeth Müller", "Liz Müller", "", "Liz Müller"),
        ("Elizabeth Müller", "Elizabeth", "", "Elizabeth Müller"),
        ("Elizabeth Müller", "elizabeth müller", "", "Elizabeth Müller"),
        ("Elizabeth Müller", "same", "", "Elizabeth Müller"),
        ("Elizabeth Müller", "n/a", "", "Elizabeth Müller"),
        ("Elizabeth Müller", "-", "", "Elizabeth Müller"),
        ("Elizabeth Müller", "07700 900123", "", "Elizabeth Müller"),
        ("Elizabeth", "Liz", "", "Liz"),
        ("", "Liz", "", ""),
    ],
)
def test_a_preferred_name_is_used_on_paper(full: str, preferred: str, family: str, paper: str):
    assert name_on_paper(full, preferred, family) == paper
