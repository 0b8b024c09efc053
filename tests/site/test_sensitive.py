"""A canary in every sensitive answer: nobody reads it on any page, in any file or message, but its owner."""

import io
import zipfile

import pytest
from django.test import Client

from chiron.blueprints.schema.fields import standard_fields
from chiron.blueprints.schema.matching import Matching
from chiron.site.audit.models import Event
from chiron.site.matching.models import Offer
from chiron.site.notices.models import Notice
from plan_factories import make_scene
from site_addresses import KINDS, OURS, address_of, ask, query_of
from world_factories import World, fill_world

pytestmark = pytest.mark.django_db
CANARY = "Zyzzyva"
WISHED = ("gender_wanted", "faith_wanted", "wishes", "nation_wanted")
SELF = ("gender", "background", "religion", "nationality", "ethnic_group", "disability")
RULES = [
    {"name": "Gender", "kind": "asked", "mentee": "gender_wanted", "mentor": "gender", "points": 5},
    {"name": "Faith", "kind": "asked", "mentee": "faith_wanted", "mentor": "religion", "points": 5, "missed": -5},
    {
        "name": "Alike",
        "kind": "asked",
        "mentee": "wishes",
        "mentor": "background",
        "points": 5,
        "options": {"own_column": "background", "experience_column": "disability"},
    },
    {
        "name": "Nation",
        "kind": "asked",
        "mentee": "nation_wanted",
        "mentor": "nationality",
        "points": 5,
        "options": {"own_column": "nationality", "values_column": "ethnic_group"},
    },
]
ANSWERS = {
    "gender_wanted": [f"{CANARY} gender"],
    "gender": f"{CANARY} gender",
    "faith_wanted": [f"{CANARY} faith wanted"],
    "religion": f"{CANARY} religion",
    "wishes": ["same as me"],
    "background": [f"{CANARY} background"],
    "disability": [f"{CANARY} disability"],
    "nation_wanted": [f"{CANARY} nation wanted"],
    "nationality": f"{CANARY} nationality",
    "ethnic_group": [f"{CANARY} ethnic group"],
}
SHEET = (
    "Full name,E-mail,Gender,Shared background,Preferred gender of mentor,Ethnicity,Religion\n"
    f"Ella Holm,ella@example.org,{CANARY} a,{CANARY} b,{CANARY} c,{CANARY} d,{CANARY} e\n"
    f"Finn Ek,not an address,{CANARY} a,{CANARY} b,{CANARY} c,{CANARY} d,{CANARY} e\n"
).encode()


@pytest.fixture
def world() -> World:
    return fill_world(make_scene(rules=RULES, answers=ANSWERS), sheet=SHEET)


def text_of(content: bytes) -> str:
    """Return what a page or a file says, a workbook with all its parts, in small letters."""
    if not content.startswith(b"PK"):
        return content.decode().casefold()
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return " ".join(book.read(part).decode() for part in book.namelist()).casefold()


def test_every_field_of_the_canary_is_sensitive():
    matching = Matching.model_validate({"rules": RULES})

    assert [name for name in (*WISHED, *SELF) if not matching.spec(name).sensitive] == []
    assert {name for name, spec in standard_fields().items() if spec.sensitive} <= {*WISHED, *SELF}


def test_nobody_but_the_owner_reads_a_sensitive_answer(world):
    found, read = [], 0
    for kind in KINDS:
        client = Client()
        if kind in world.people:
            client.force_login(world.people[kind], backend="allauth.account.auth_backends.AuthenticationBackend")
        for name in OURS:
            if name == "people:my_data_file":
                continue  # one's own data
            answer = ask(client, "get", address_of(name, world) + query_of(name))
            read += answer.status_code == 200
            if CANARY.casefold() in text_of(answer.content):
                found.append(f"{name} as {kind}")

    assert found == []
    assert read > 60


def test_no_message_and_no_kept_reason_holds_a_sensitive_answer(world):
    texts = [f"{notice.subject} {notice.body}" for notice in Notice.objects.all()]
    texts += [str(offer.reasons) for offer in Offer.objects.all()]
    texts += [str(event.__dict__) for event in Event.objects.all()]

    assert len(texts) > 10
    assert [text for text in texts if CANARY in text] == []
