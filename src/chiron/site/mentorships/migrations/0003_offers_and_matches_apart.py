"""Each old match becomes an offer with two members, under the same key; an agreed one stays, as the relationship.

Backwards each offer of a pair becomes an old match again, as far as the old table could say it: a lapsed offer waits
again, and a match that has ended is an agreed one. Offers of larger shapes cannot be said there, and stop the way back.
"""

from collections import Counter
from typing import Any

from django.core.management.color import no_style
from django.db import migrations
from django.db.models import Q
from django.utils.timezone import localdate

from chiron.site.matching.rules import people_key

ROWS_A_QUERY = 500
STANDING = ("offered", "agreed")
OLD_REPLIES = ("mentee", "mentor")


def part(apps: Any, schema_editor: Any) -> None:
    """Write offers, their members, members of matches and how many places are taken."""
    Match = apps.get_model("mentorships", "Match")
    Offer, OfferMember, Publication = (
        apps.get_model("matching", name) for name in ("Offer", "OfferMember", "Publication")
    )
    rows = apps.get_model("mentorships", "Publication").objects.order_by("pk")
    Publication.objects.bulk_create([Publication(**row) for row in rows.values()], batch_size=ROWS_A_QUERY)
    matches = list(Match.objects.select_related("publication").order_by("pk"))
    Offer.objects.bulk_create([_offer(Offer, match) for match in matches], batch_size=ROWS_A_QUERY)
    held: dict[int, int] = {}
    members: list[Any] = []
    for match in matches:
        members += [_member(OfferMember, match, side, held) for side in OLD_REPLIES]
    OfferMember.objects.bulk_create(members, batch_size=ROWS_A_QUERY)
    _begin(apps, matches, members)
    taken = Counter(member.application_id for member in members if member.holds_place)
    Application = apps.get_model("applications", "Application")
    for application in Application.objects.filter(pk__in=list(taken)):
        application.taken = taken[application.pk]
        places = application.capacity if application.role == "mentor" else application.wanted
        if places is not None and application.taken > places:
            application.over_because = "More were taken than there were before places were counted."
        application.save(update_fields=["taken", "over_because"])
    _count_on(schema_editor, Offer, Publication)


def join(apps: Any, schema_editor: Any) -> None:
    """Write old matches from the offers of pairs."""
    Match = apps.get_model("mentorships", "Match")
    Offer = apps.get_model("matching", "Offer")
    OldPublication = apps.get_model("mentorships", "Publication")
    if Offer.objects.exclude(shape="pair").exists() or Offer.objects.filter(publication=None).exists():
        raise RuntimeError("Groups and matches without a publication cannot be said in the old tables.")
    fields = ("id", "plan_id", "published_by_id", "published_at", "send_after", "withdrawn_at")
    rows = apps.get_model("matching", "Publication").objects.order_by("pk").values(*fields)
    OldPublication.objects.bulk_create([OldPublication(**row) for row in rows], batch_size=ROWS_A_QUERY)
    apps.get_model("mentorships", "Member").objects.all().delete()
    Match.objects.all().delete()
    old_states = {"taken_back": "withdrawn", "lapsed": "withdrawn", "over": "agreed"}
    matches = []
    for offer in Offer.objects.order_by("pk"):
        match = Match(
            pk=offer.pk,
            cohort_id=offer.cohort_id,
            publication_id=offer.publication_id,
            state=old_states.get(offer.state, offer.state),
            reasons=offer.reasons,
            offered_at=offer.offered_at,
        )
        for member in offer.members.all():
            asked = member.reply != "assigned"
            setattr(match, f"{member.part}_id", member.application_id)
            setattr(match, f"{member.part}_reply", member.reply if asked else "yes")
            setattr(match, f"{member.part}_replied_at", member.replied_at if asked else offer.offered_at)
            setattr(match, f"{member.part}_reason", member.reason)
        matches.append(match)
    Match.objects.bulk_create(matches, batch_size=ROWS_A_QUERY)
    Offer.objects.all().delete()
    apps.get_model("matching", "Publication").objects.all().delete()
    apps.get_model("applications", "Application").objects.exclude(taken=0).update(taken=0, over_because="")
    _count_on(schema_editor, Match, OldPublication)


def _offer(Offer: Any, match: Any) -> Any:
    taken_back = match.state == "withdrawn"
    return Offer(
        pk=match.pk,
        cohort_id=match.cohort_id,
        publication_id=match.publication_id,
        people=people_key([match.mentee_id, match.mentor_id]),
        state="taken_back" if taken_back else match.state,
        reasons=match.reasons,
        offered_at=match.offered_at,
        ended_at=(match.publication.withdrawn_at or match.offered_at) if taken_back else None,
        ended_because="unpublished" if taken_back else "",
    )


def _member(OfferMember: Any, match: Any, side: str, held: dict[int, int]) -> Any:
    """Return the row of one side; a mentee's standing matches are in places 1, 2 and so on."""
    key = getattr(match, f"{side}_id")
    holds, place = match.state in STANDING, ""
    if side == "mentee":
        held[key] = held.get(key, 0) + holds
        place = str(max(held[key], 1))
    return OfferMember(
        offer_id=match.pk,
        application_id=key,
        part=side,
        place=place,
        holds_place=holds,
        reply=getattr(match, f"{side}_reply"),
        replied_at=getattr(match, f"{side}_replied_at"),
        reason=getattr(match, f"{side}_reason"),
    )


def _begin(apps: Any, matches: list[Any], members: list[Any]) -> None:
    """Turn agreed matches into running ones with their members; the others are offers only."""
    Match, Member = apps.get_model("mentorships", "Match"), apps.get_model("mentorships", "Member")
    days = {}
    for match in matches:
        if match.state == "agreed":
            days[match.pk] = localdate(max(match.mentee_replied_at, match.mentor_replied_at))
    Match.objects.filter(~Q(pk__in=list(days))).delete()
    kept = [match for match in matches if match.pk in days]
    for match in kept:
        match.state, match.starts_on, match.offer_id = "active", days[match.pk], match.pk
    Match.objects.bulk_update(kept, ["state", "starts_on", "offer"], batch_size=ROWS_A_QUERY)
    rows = [
        Member(
            match_id=member.offer_id,
            application_id=member.application_id,
            part=member.part,
            place=member.place,
            joined_on=days[member.offer_id],
        )
        for member in members
        if member.offer_id in days
    ]
    Member.objects.bulk_create(rows, batch_size=ROWS_A_QUERY)


def _count_on(schema_editor: Any, *tables: Any) -> None:
    """Let new keys follow those that were written here."""
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(tables)):
            cursor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("mentorships", "0002_room_for_relationships")]

    operations = [migrations.RunPython(part, join)]
