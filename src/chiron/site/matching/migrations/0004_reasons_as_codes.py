"""Reasons of offers that were kept as English sentences become codes with values, from the pairs they came of."""

from typing import Any

from django.db import migrations

KEPT = 4
PRIVATE = frozenset({"asked", "apart", "ranked", "score"})


def words_to_codes(apps: Any, schema_editor: Any) -> None:
    """Read the reasons of each offer again from its pair; where the pair has no codes, none are left."""
    del schema_editor
    for offer in apps.get_model("matching", "Offer").objects.select_related("cohort").iterator(chunk_size=500):
        if not any(isinstance(reason, str) for reason in offer.reasons):
            continue
        people = list(offer.members.values_list("application", flat=True))
        pair = (
            apps.get_model("matching", "PlanPair")
            .objects.filter(plan__publications=offer.publication_id, mentee__in=people, mentor__in=people)
            .first()
        )
        fields = {
            rule["name"]: rule.get("mentee") or rule.get("field") or "" for rule in offer.cohort.matching.get("rules", ())
        }
        offer.reasons = [
            {
                "code": part["code"],
                "values": part["values"],
                "field": fields.get(part["rule"], ""),
                "label": part["rule"],
            }
            for part in (pair.parts if pair is not None else ())
            if "code" in part and part["positive"] and not part["private"] and part["kind"] not in PRIVATE
        ][:KEPT]
        offer.save(update_fields=["reasons"])


class Migration(migrations.Migration):
    """Only rows change; the sentences of before cannot be had back, so going back leaves none."""

    dependencies = [("matching", "0003_offers"), ("programs", "0001_initial")]

    operations = [migrations.RunPython(words_to_codes, migrations.RunPython.noop)]
