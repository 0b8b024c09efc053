"""The pages of publishing and of a match: who may, what they do, and that nobody but a coordinator meets a score."""

import re
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from chiron.site.matching.models import Offer, Plan
from chiron.site.notices.models import Notice
from cohort_factories import client_of
from plan_factories import add_mentee, make_plan, make_publication, make_scene, member_of, offer_of, say_yes

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def client_for(person):
    """Return a client signed in as a person."""
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def person_of(offer, part):
    """Return the mentee or the mentor of an offer."""
    return member_of(offer, part).application.person


@pytest.mark.parametrize(
    ("who", "status"), [("coordinator", 200), ("stranger", 404), ("leader", 404), ("mentor", 404), ("mentee", 404)]
)
@pytest.mark.parametrize("page", ["publish", "check"])
def test_publishing_is_for_coordinators_only(who, status, page):
    scene = make_scene()
    plan = make_plan(scene)
    address = reverse(f"mentorships:{page}", args=[scene.cohort.pk, plan.pk])

    answer = client_of(who, scene.cohort).get(address, {"when": "now"} if page == "check" else {})

    assert answer.status_code == status


def test_number_on_the_button_is_the_number_of_messages():
    scene = make_scene()
    plan = make_plan(scene)
    client = client_for(scene.coordinator)
    prepare = reverse("mentorships:publish", args=[scene.cohort.pk, plan.pk])
    check = reverse("mentorships:check", args=[scene.cohort.pk, plan.pk])

    client.post(prepare, {"when": "now", "hold": scene.people["Anna"].pk})
    page = client.get(check)
    count = int(re.search(r"Send (\d+) messages", page.content.decode()).group(1))
    client.post(check, {"seen": page.context["seen"]})

    assert Notice.objects.count() == count
    assert Plan.objects.get().state == "published"
    assert not Offer.objects.filter(members__application=scene.people["Anna"]).exists()


def test_nothing_is_sent_by_looking():
    scene = make_scene()
    plan = make_plan(scene)
    client = client_for(scene.coordinator)

    client.get(reverse("mentorships:publish", args=[scene.cohort.pk, plan.pk]))
    client.get(reverse("mentorships:check", args=[scene.cohort.pk, plan.pk]), {"when": "now"})

    assert not Notice.objects.exists()
    assert not Offer.objects.exists()


def test_time_that_has_passed_is_refused():
    scene = make_scene()
    plan = make_plan(scene)
    wrong = {"when": "later", "send_after": "2001-01-01 09:00"}

    page = client_for(scene.coordinator).post(reverse("mentorships:publish", args=[scene.cohort.pk, plan.pk]), wrong)

    assert "This time has passed" in page.content.decode()


def test_coordinator_reads_why_somebody_said_no_and_the_other_side_does_not():
    scene = make_scene()
    plan = make_plan(scene)
    make_publication(scene, plan)
    offer = offer_of(scene, "Anna")
    client_for(person_of(offer, "mentor")).post(reverse("mentorships:decline", args=[offer.pk]), {"reason": "time"})

    published = client_for(scene.coordinator).get(reverse("mentorships:publish", args=[scene.cohort.pk, plan.pk]))
    theirs = client_for(person_of(offer, "mentee")).get(reverse("mentorships:offer", args=[offer.pk]))

    assert "I do not have the time now" in published.content.decode()
    assert "time now" not in theirs.content.decode()


def test_decline_needs_a_reason():
    scene = make_scene()
    make_publication(scene, make_plan(scene))
    offer = offer_of(scene, "Anna")

    page = client_for(person_of(offer, "mentor")).post(reverse("mentorships:decline", args=[offer.pk]))

    assert "Choose one reason." in page.content.decode()
    assert member_of(offer, "mentor").reply == "waiting"


def test_accepting_opens_contact_only_after_both():
    scene = make_scene()
    make_publication(scene, make_plan(scene))
    offer = offer_of(scene, "Anna")
    mentee, mentor = person_of(offer, "mentee"), person_of(offer, "mentor")
    address = reverse("mentorships:offer", args=[offer.pk])

    client_for(mentee).post(reverse("mentorships:accept", args=[offer.pk]))
    assert mentor.email not in client_for(mentee).get(address).content.decode()
    client_for(mentor).post(reverse("mentorships:accept", args=[offer.pk]))

    assert mentor.email in client_for(mentee).get(address, follow=True).content.decode()
    assert mentee.email in client_for(mentor).get(address, follow=True).content.decode()


def test_match_of_others_is_not_found():
    scene = make_scene()
    make_publication(scene, make_plan(scene))
    offer = offer_of(scene, "Anna")

    for person in (scene.people["Dora"].person, scene.coordinator):
        answer = client_for(person).get(reverse("mentorships:offer", args=[offer.pk]))

        assert answer.status_code == 404


def test_match_is_not_there_before_it_is_published():
    scene = make_scene()
    make_plan(scene)

    page = client_for(scene.people["Anna"].person).get(reverse("mentorships:matches"))

    assert "No match yet" in page.content.decode()


def test_scheduled_match_is_not_there_before_its_time(settings):
    scene = make_scene()
    plan = make_plan(scene)
    form = {"when": "later", "send_after": "2099-01-01 09:00"}
    client_for(scene.coordinator).post(reverse("mentorships:publish", args=[scene.cohort.pk, plan.pk]), form)
    check = reverse("mentorships:check", args=[scene.cohort.pk, plan.pk])
    client = client_for(scene.coordinator)
    client.post(check, {"seen": client.get(check).context["seen"]})
    offer = offer_of(scene, "Anna")

    page = client_for(person_of(offer, "mentee")).get(reverse("mentorships:offer", args=[offer.pk]))

    assert page.status_code == 404


def test_participants_never_meet_a_score():
    scene = make_scene()
    plan = make_plan(scene)
    make_publication(scene, plan)
    say_yes(offer_of(scene, "Carl"), "mentee", "mentor")
    forbidden = re.compile(
        r"\b(score|points?|fit \d+|fit:|whole plan|ranked|percent)\b|[+\N{MINUS SIGN}]\d", re.IGNORECASE
    )
    fits = {str(pair.fit) for pair in plan.pairs.all()}

    for offer in Offer.objects.order_by("pk"):
        for person in (person_of(offer, "mentee"), person_of(offer, "mentor")):
            client = client_for(person)
            pages = [reverse("mentorships:matches"), reverse("mentorships:offer", args=[offer.pk]), "/", "/me/"]
            pages.append(reverse("mentorships:decline", args=[offer.pk]))
            for page in pages:
                text = seen_text(client.get(page, follow=True).content.decode())
                assert not forbidden.search(text), (page, forbidden.search(text))
                assert not fits & set(re.findall(r"\b\d+\b", text)), page
            for notice in Notice.objects.filter(to=person):
                assert not forbidden.search(notice.subject + notice.body)
                assert not fits & set(re.findall(r"\b\d+\b", without_links(notice.body)))


def test_participants_read_positive_reasons_only():
    scene = make_scene()
    make_publication(scene, make_plan(scene))
    offer = offer_of(scene, "Carl")

    page = client_for(person_of(offer, "mentee")).get(reverse("mentorships:offer", args=[offer.pk])).content.decode()

    assert "Asked for" not in page
    assert len(told_parts(offer)) == len(offer.reasons) > 0
    assert all(part["positive"] and not part["private"] for part in told_parts(offer))


def test_participants_cannot_open_the_plan():
    scene = make_scene()
    plan = make_plan(scene)
    make_publication(scene, plan)
    offer = offer_of(scene, "Anna")
    addresses = [
        reverse("matching:review", args=[scene.cohort.pk, plan.pk]),
        reverse("matching:compare", args=[scene.cohort.pk]) + "?" + urlencode({"plan": plan.pk}),
        reverse("matching:mentors", args=[scene.cohort.pk, plan.pk, scene.people["Anna"].pk]),
        reverse("matching:run", args=[scene.cohort.pk, plan.run_id]),
        reverse("matching:rules", args=[scene.cohort.pk]),
    ]

    for person in (person_of(offer, "mentee"), person_of(offer, "mentor")):
        for address in addresses:
            assert client_for(person).get(address).status_code == 404


@pytest.mark.parametrize("more", [1, 3])
def test_list_of_matches_costs_the_same_for_more_rows(more, django_assert_max_num_queries):
    scene = make_scene(places=8)
    for number in range(more):
        add_mentee(scene, f"Extra {number}", ["Leadership"], "North")
    plan = make_plan(scene)
    make_publication(scene, plan)
    client = client_for(scene.coordinator)

    with django_assert_max_num_queries(15):
        client.get(reverse("mentorships:publish", args=[scene.cohort.pk, plan.pk]))


def seen_text(page):
    """Return the words of a page that people read."""
    main = page[page.index("<main") : page.index("</main>")]
    return re.sub(r"<[^>]*>", " ", main)


def without_links(text):
    """Return a message without its addresses."""
    return re.sub(r"http\S+", "", text)


def told_parts(offer):
    """Return the parts of an offer's pair whose sentences its two people read."""
    mentee, mentor = member_of(offer, "mentee"), member_of(offer, "mentor")
    pair = offer.publication.plan.pairs.get(mentee=mentee.application, mentor=mentor.application)
    kept = [(reason["code"], reason["values"]) for reason in offer.reasons]
    return [part for part in pair.parts if (part["code"], part["values"]) in kept]


def test_plan_that_changed_since_the_messages_were_read_is_not_published():
    scene = make_scene()
    plan = make_plan(scene)
    client = client_for(scene.coordinator)
    address = reverse("mentorships:check", args=[scene.cohort.pk, plan.pk])
    seen = client.get(address, {"when": "now"}).context["seen"]
    plan.pairs.get(mentee=scene.people["Anna"]).delete()

    client.post(address, {"when": "now", "seen": seen})

    assert not Offer.objects.exists()


def test_pressing_twice_is_the_same_as_once():
    scene = make_scene()
    plan = make_plan(scene)
    coordinator = client_for(scene.coordinator)
    check = reverse("mentorships:check", args=[scene.cohort.pk, plan.pk])

    seen = coordinator.get(check).context["seen"]

    published = [coordinator.post(check, {"seen": seen}) for _ in range(2)]
    offer = offer_of(scene, "Anna")
    mentee = client_for(person_of(offer, "mentee"))
    accepted = [mentee.post(reverse("mentorships:accept", args=[offer.pk])) for _ in range(2)]

    assert [answer.status_code for answer in (*published, *accepted)] == [302] * 4
    assert Offer.objects.count() == 4
    assert member_of(offer, "mentee").reply == "yes"
