"""Reasons that were kept as English sentences become codes with values, from the pairs that the offers came of."""

from importlib import import_module

import pytest
from django.apps import apps

from chiron.site.matching.models import Offer, PlanPair
from plan_factories import make_plan, make_publication, make_scene, offer_of

pytestmark = pytest.mark.django_db
words_to_codes = import_module("chiron.site.matching.migrations.0004_reasons_as_codes").words_to_codes


@pytest.fixture
def scene():
    """Return a cohort whose offers keep sentences, as they did before."""
    scene = make_scene()
    make_publication(scene, make_plan(scene))
    Offer.objects.update(reasons=["They both work at North.", "They share goals."])
    return scene


def pair_of(offer: Offer) -> PlanPair:
    people = offer.members.values("application")
    return PlanPair.objects.get(plan=offer.publication.plan, mentee__in=people, mentor__in=people)


def test_sentences_become_the_codes_of_the_pair_without_what_is_private_or_against_it(scene):
    offer = offer_of(scene, "Anna")
    told = [
        part for part in pair_of(offer).parts if part["positive"] and not part["private"] and part["kind"] != "asked"
    ]

    words_to_codes(apps, None)

    offer.refresh_from_db()
    assert told
    assert [(one["code"], one["values"], one["label"]) for one in offer.reasons] == [
        (part["code"], part["values"], part["rule"]) for part in told
    ]
    assert {one["label"]: one["field"] for one in offer.reasons}.items() <= {
        "Goals covered": "goals", "Same site": "site",
    }.items()  # fmt: skip


def test_a_wish_is_never_told(scene):
    offer = offer_of(scene, "Carl")
    pair = pair_of(offer)
    pair.parts = [{**part, "private": False, "positive": True} for part in pair.parts]
    pair.save()

    words_to_codes(apps, None)

    offer.refresh_from_db()
    assert "asked" in {part["kind"] for part in pair.parts}
    assert "Asked for" not in {one["label"] for one in offer.reasons}


def test_where_the_pair_is_gone_no_sentence_is_left_and_codes_stay_as_they_are(scene):
    codes = [{"code": "same.both", "values": {"answer": "North"}, "field": "site", "label": "Same site"}]
    kept, gone = offer_of(scene, "Bela"), offer_of(scene, "Anna")
    Offer.objects.filter(pk=kept.pk).update(reasons=codes)
    pair_of(gone).delete()

    words_to_codes(apps, None)

    assert Offer.objects.get(pk=gone.pk).reasons == []
    assert Offer.objects.get(pk=kept.pk).reasons == codes
