"""Headings in other languages, as offices and forms write them."""

import random
import tomllib
import unicodedata
from importlib.resources import files

import pytest

from chiron.blueprints.schema.defaults import default_matching
from chiron.blueprints.schema.fields import standard_fields
from chiron.sheets.columns.guess import guess_columns
from chiron.sheets.columns.translated_headings import NOT_FIELDS
from chiron.sheets.files.read import table_of

HEADINGS = {
    "German": {
        "Name": "name",
        "Vor- und Nachname": "name",
        "Vorname": "first_name",
        "Nachname": "last_name",
        "Familienname": "last_name",
        "E-Mail-Adresse": "email",
        "Ihre E-Mail": "email",
        "Beruf": "profession",
        "Funktion": "profession",
        "Anzahl Plätze": "places",
        "Wie viele Mentees können Sie betreuen?": "places",
        "Fachgebiet": "field",
        "Fachrichtung": "field",
        "Sprachen": "languages",
        "Welche Sprachen sprechen Sie?": "languages",
        "Krankenhaus": "organization",
        "Klinik": "organization",
        "Standort": "site",
        "Abteilung": "department",
        "Verfügbarkeit": "hours",
        "Wann haben Sie Zeit?": "hours",
        "Nicht mit": "not_with",
        "Mit wem möchten Sie nicht zusammenarbeiten?": "not_with",
        "Vorgesetzte(r)": "manager",
    },
    "French": {
        "Nom et prénom": "name",
        "Nom complet": "name",
        "Prénom": "first_name",
        "Nom de famille": "last_name",
        "Adresse e-mail": "email",
        "Courriel": "email",
        "Adresse électronique": "email",
        "Profession": "profession",
        "Fonction": "profession",
        "Nombre de places": "places",
        "Combien de mentorés ?": "places",
        "Spécialité": "field",
        "Votre spécialité": "field",
        "Langues parlées": "languages",
        "Hôpital": "organization",
        "Établissement": "organization",
        "Site": "site",
        "Service": "department",
        "Disponibilités": "hours",
        "Vos disponibilités": "hours",
        "Pas avec": "not_with",
        "Avec qui ne souhaitez-vous pas être jumelé(e) ?": "not_with",
        "Responsable hiérarchique": "manager",
    },
    "Spanish": {
        "Nombre completo": "name",
        "Nombre y apellidos": "name",
        "Nombre": "name",
        "Apellidos": "last_name",
        "Correo electrónico": "email",
        "Correo": "email",
        "Profesión": "profession",
        "Cargo": "profession",
        "Número de plazas": "places",
        "Especialidad": "field",
        "¿Cuál es su especialidad?": "field",
        "Idiomas": "languages",
        "Hospital": "organization",
        "Centro de trabajo": "organization",
        "Departamento": "department",
        "Disponibilidad": "hours",
        "No emparejar con": "not_with",
        "¿Con quién no desea ser emparejado?": "not_with",
        "Supervisor/a": "manager",
    },
    "Italian": {
        "Nome e cognome": "name",
        "Cognome": "last_name",
        "Indirizzo e-mail": "email",
        "Posta elettronica": "email",
        "Professione": "profession",
        "Ruolo": "profession",
        "Numero di posti": "places",
        "Specialità": "field",
        "Specializzazione": "field",
        "Lingue": "languages",
        "Lingue parlate": "languages",
        "Ospedale": "organization",
        "Sede": "site",
        "Reparto": "department",
        "Disponibilità": "hours",
        "Non abbinare con": "not_with",
        "Con chi non vuole essere abbinato?": "not_with",
        "Responsabile": "manager",
    },
    "Portuguese": {
        "Nome completo": "name",
        "Sobrenome": "last_name",
        "Endereço de e-mail": "email",
        "Correio eletrónico": "email",
        "Profissão": "profession",
        "Função": "profession",
        "Número de vagas": "places",
        "Especialidade": "field",
        "Línguas": "languages",
        "Quais idiomas você fala?": "languages",
        "Hospital": "organization",
        "Instituição": "organization",
        "Serviço": "department",
        "Disponibilidade": "hours",
        "Não emparelhar com": "not_with",
        "Com quem não quer ser emparelhado?": "not_with",
        "Chefia": "manager",
    },
    "Dutch": {
        "Volledige naam": "name",
        "Voornaam": "first_name",
        "Achternaam": "last_name",
        "E-mailadres": "email",
        "Beroep": "profession",
        "Functie": "profession",
        "Aantal plaatsen": "places",
        "Specialisme": "field",
        "Vakgebied": "field",
        "Talen": "languages",
        "Welke talen spreekt u?": "languages",
        "Ziekenhuis": "organization",
        "Locatie": "site",
        "Afdeling": "department",
        "Beschikbaarheid": "hours",
        "Niet met": "not_with",
        "Met wie wilt u niet gekoppeld worden?": "not_with",
        "Leidinggevende": "manager",
    },
}  # fmt: skip
MANY = [(language, heading, field) for language, some in HEADINGS.items() for heading, field in some.items()]


def guessed(headings, rows=(), side="mentor"):
    """Return the field of each heading of a sheet."""
    fields = {**standard_fields(), **default_matching().fields_for(side)}
    fields = {name: spec for name, spec in fields.items() if spec.asked_of(side)}
    records = [dict(zip(headings, row, strict=True)) for row in rows or [[""] * len(headings)]]
    columns = guess_columns(table_of(records, file="sheet.csv"), side, fields).columns
    return {column.heading: name for name, column in columns.items()}


@pytest.mark.parametrize(("language", "heading", "field"), MANY)
def test_a_heading_is_understood(language, heading, field):
    cell = "Dr Lind" if field == "not_with" else ""

    assert guessed([heading, "x"], [[cell, "x"]]).get(heading) == field


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        (["Name", "Vorname", "E-Mail"], ["last_name", "first_name", "email"]),
        (["Nom", "Prénom", "Courriel"], ["last_name", "first_name", "email"]),
        (["Nombre", "Apellidos", "Correo"], ["first_name", "last_name", "email"]),
        (["Nome", "Cognome", "E-mail"], ["first_name", "last_name", "email"]),
        (["Nome", "Sobrenome", "E-mail"], ["first_name", "last_name", "email"]),
        (["Naam", "Voornaam", "E-mail"], ["last_name", "first_name", "email"]),
    ],
)
def test_one_word_is_half_a_name_beside_the_other_half(headings, fields):
    rows = [["Brook", "Ana", "ana@x.test"], ["Lind", "Bo", "bo@x.test"]]

    assert guessed(headings, rows) == dict(zip(headings, fields, strict=True))


def test_a_whole_name_beside_a_first_name_stays_whole():
    rows = [["Ana Brook", "Ana", "ana@x.test"], ["Bo Lind", "Bo", "bo@x.test"]]

    assert guessed(["Name", "Vorname", "E-Mail"], rows)["Name"] == "name"


@pytest.mark.parametrize(
    ("heading", "never"),
    [
        ("Nom de l'hôpital", "name"),
        ("Name des Krankenhauses", "name"),
        ("Nombre del hospital", "name"),
        ("Nome do hospital", "name"),
        ("Naam van het ziekenhuis", "name"),
        ("E-Mail der Vorgesetzten", "email"),
        ("Correo del supervisor", "email"),
        ("Servicio militar", "department"),
        ("Non disponibile", "not_with"),
        ("Nicht verfügbar", "not_with"),
    ],
)
def test_a_heading_about_something_else_is_not_taken(heading, never):
    rows = [["St Anna", "Ana Lind", "ana@x.test"], ["St Ida", "Bo Brook", "bo@x.test"]]

    found = guessed([heading, "Name", "Mail"], rows)

    assert found.get(heading) != never
    assert found["Name"] == "name"
    assert found["Mail"] == "email"


TABLES = tomllib.loads(files("chiron.sheets.columns").joinpath("translated_headings.toml").read_text(encoding="utf-8"))
OTHERS = frozenset({"Swedish", "Danish", "Norwegian", "Polish"})
FORMS = ("{}", "{}:", "{} *", "{}_", "{}?")


def written(heading, rng):
    """Return a heading as somebody might type it: capitals, a mark behind it, accents apart from their letters."""
    heading = rng.choice([heading, heading.upper(), heading.capitalize(), unicodedata.normalize("NFD", heading)])
    return rng.choice(FORMS).format(heading)


@pytest.mark.parametrize("field", [name for name in TABLES if name not in NOT_FIELDS])
def test_every_heading_of_the_table_is_understood_however_it_is_typed(field):
    rng = random.Random(field)
    every = [(language, one) for language, some in TABLES[field].items() for one in some]
    chosen = [one for one in every if one[0] in OTHERS] + rng.sample(every, 6)
    side = "mentee" if field == "goals" else "mentor"
    # A heading of two fields means whichever is asked for; the cells of exclusions name people.
    shared = {
        one
        for name in TABLES
        if name not in NOT_FIELDS and name != field
        for some in TABLES[name].values()
        for one in some
    }
    cell = "Dr Lind" if field in {"not_with", "manager", "evaluator"} else ""

    wrong = []
    for language, heading in chosen:
        typed = written(heading, rng)
        headings = ["Ref", typed]
        if heading not in shared and guessed(headings, [["x", cell]], side=side).get(typed) != field:
            wrong.append((language, typed))

    assert wrong == []
