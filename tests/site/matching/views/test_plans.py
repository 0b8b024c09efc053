"""The pages of plans: who may, what they show, how much they ask of the database."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chiron.blueprints.schema.matching import Matching
from chiron.site.applications.models import Application
from chiron.site.matching.models import MatchRun, Plan, PlanChange, PlanPair
from chiron.site.matching.rules import RunState
from chiron.site.shared.jobs.operations import run_waiting_jobs
from cohort_factories import client_of
from plan_factories import add_mentee, make_plan, make_scene, write_pairs

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
MINUS = "\N{MINUS SIGN}"


def client_for(person):
    """Return a client signed in as a person."""
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def text_of(answer):
    """Return the words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


def addresses(scene, plan):
    """Return every address of a plan that is read."""
    cohort, pair = scene.cohort.pk, plan.pairs.first()
    return [
        reverse("matching:plans", args=[cohort]),
        reverse("matching:rules", args=[cohort]),
        reverse("matching:rules_history", args=[cohort]),
        reverse("matching:new_rule", args=[cohort]),
        reverse("matching:run", args=[cohort, plan.run_id]),
        reverse("matching:run_status", args=[cohort, plan.run_id]),
        reverse("matching:review", args=[cohort, plan.pk]),
        reverse("matching:history", args=[cohort, plan.pk]),
        reverse("matching:compare", args=[cohort]),
        reverse("matching:mentors", args=[cohort, plan.pk, pair.mentee_id]),
        reverse("matching:choose", args=[cohort, plan.pk, pair.mentee_id, scene.people["Noor"].pk]),
        reverse("matching:swap", args=[cohort, plan.pk, pair.pk, plan.pairs.last().pk]),
        reverse("matching:hold", args=[cohort, plan.pk, pair.pk, "lock"]),
    ]


@pytest.mark.parametrize(
    ("who", "status"), [("coordinator", 200), ("stranger", 404), ("leader", 404), ("mentor", 404), ("mentee", 404)]
)
def test_plans_are_for_coordinators_only(who, status):
    scene = make_scene()
    plan = make_plan(scene)
    client = client_of(who, scene.cohort)

    answers = {address: client.get(address).status_code for address in addresses(scene, plan)}

    assert answers == dict.fromkeys(answers, status)


def test_plan_of_another_cohort_is_not_found_under_this_one():
    scene, other = make_scene(), make_scene()
    plan = make_plan(other)

    answer = client_for(scene.coordinator).get(reverse("matching:review", args=[scene.cohort.pk, plan.pk]))

    assert answer.status_code == 404


def test_review_says_the_sentence_first_and_the_numbers():
    scene = make_scene()
    plan = make_plan(scene)

    text = text_of(client_for(scene.coordinator).get(reverse("matching:review", args=[scene.cohort.pk, plan.pk])))

    assert "4 of 4 mentees have a mentor. Nothing has been sent yet." in text
    assert "Mentees matched 4 / 4" in text
    assert "Too few people to tell" in text


def test_shown_parts_of_every_card_add_up_to_its_total():
    scene = make_scene()
    plan = make_plan(scene)
    page = client_for(scene.coordinator).get(
        reverse("matching:review", args=[scene.cohort.pk, plan.pk]), {"show": "all"}
    )

    cards = re.findall(r'<article class="card pair".*?</article>', page.content.decode(), re.DOTALL)

    assert len(cards) == 4
    for card in cards:
        points = [
            int(text.replace(MINUS, "-")) for text in re.findall(r'<span class="number">([^<]+)</span>\s*</li>', card)
        ]
        total = int(re.search(r"<strong>(-?\d+)</strong>", card).group(1))
        assert sum(points) == total
        assert card.rindex("</li>") < card.rindex('class="total"')


def test_every_person_left_out_has_a_reason_and_a_fix():
    scene = make_scene(places=1)
    plan = make_plan(scene)

    page = client_for(scene.coordinator).get(
        reverse("matching:review", args=[scene.cohort.pk, plan.pk]), {"show": "left-out"}
    )

    left_out = plan.unmatched.get()
    assert left_out.why in text_of(page)
    assert all(fix["text"] in page.content.decode().replace("&#x27;", "'") for fix in left_out.fixes)


def test_pair_below_the_line_needs_a_look():
    scene = make_scene()
    plan = make_plan(scene)
    lowest = plan.pairs.order_by("fit").first()
    highest = Matching.model_validate(scene.cohort.matching).highest_fit
    scene.cohort.look_line = lowest.fit * 100 // highest + 1
    scene.cohort.save()

    page = client_for(scene.coordinator).get(reverse("matching:review", args=[scene.cohort.pk, plan.pk]))

    assert f'id="pair-{lowest.pk}"' in page.content.decode()
    assert f"Fit under {-(-highest * scene.cohort.look_line // 100)}" in text_of(page)


def test_run_is_started_watched_and_leads_to_its_plan():
    scene = make_scene()
    client = client_for(scene.coordinator)

    answer = client.post(reverse("matching:start", args=[scene.cohort.pk]), {"aim": "total"})
    run = MatchRun.objects.get()
    waiting = client.get(answer.url)
    run_waiting_jobs(now=timezone.now())
    done = client.get(reverse("matching:run_status", args=[scene.cohort.pk, run.pk]))

    assert run.aim == "total"
    assert "Stop and keep this plan" in text_of(waiting)
    assert 'http-equiv="refresh"' in waiting.content.decode()
    assert done.headers["HX-Refresh"] == "true"
    assert "Review Plan A" in text_of(client.get(answer.url))


def test_run_without_an_aim_says_so():
    scene = make_scene()

    page = client_for(scene.coordinator).post(reverse("matching:start", args=[scene.cohort.pk]), {"aim": "nonsense"})

    assert page.status_code == 200
    assert "There is a problem" in text_of(page)
    assert not MatchRun.objects.exists()


def test_failed_run_says_which_rules_are_in_conflict():
    scene = make_scene()
    plan = make_plan(scene)
    client = client_for(scene.coordinator)
    MatchRun.objects.filter(pk=plan.run_id).update(
        state=RunState.FAILED, answer={"code": "conflict", "lines": ["A and B are locked.", "A and B are kept apart."]}
    )
    Plan.objects.all().delete()

    text = text_of(client.get(reverse("matching:run", args=[scene.cohort.pk, plan.run_id])))

    assert "cannot all hold together" in text
    assert "A and B are kept apart." in text


def test_mentor_is_changed_by_list_with_the_effect_shown_first():
    scene = make_scene()
    plan = make_plan(scene)
    client = client_for(scene.coordinator)
    carl, olga = scene.people["Carl"], scene.people["Olga"]
    address = reverse("matching:choose", args=[scene.cohort.pk, plan.pk, carl.pk, olga.pk])

    listed = text_of(client.get(reverse("matching:mentors", args=[scene.cohort.pk, plan.pk, carl.pk])))
    page = client.get(address)
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', page.content.decode()).group(1)
    answer = client.post(address, {"seen": seen, "reason": "Asked for a nurse"})
    review = text_of(client.get(answer.url))

    assert "Olga: fit" in listed
    assert "Whole plan" in listed
    assert "same number matched" in text_of(page)
    assert "Last change: Carl now has Olga. Undo" in review
    assert "Changed by hand" in review
    assert PlanPair.objects.get(plan=plan, mentee=carl).mentor == olga


def test_change_without_a_reason_is_not_saved():
    scene = make_scene()
    plan = make_plan(scene)
    carl, olga = scene.people["Carl"], scene.people["Olga"]
    client = client_for(scene.coordinator)

    page = client.post(
        reverse("matching:choose", args=[scene.cohort.pk, plan.pk, carl.pk, olga.pk]), {"seen": "x", "reason": ""}
    )

    assert page.content.decode().count("Say why you change this pair.") == 2
    assert not PlanChange.objects.exists()


def test_lock_is_shown_freed_and_undone():
    scene = make_scene()
    plan = make_plan(scene)
    client = client_for(scene.coordinator)
    pair = plan.pairs.first()
    review = reverse("matching:review", args=[scene.cohort.pk, plan.pk])

    client.post(reverse("matching:hold", args=[scene.cohort.pk, plan.pk, pair.pk, "lock"]), {"reason": "They know why"})
    locked = text_of(client.get(review, {"show": "locked"}))
    client.post(reverse("matching:free", args=[scene.cohort.pk, plan.pk, pair.mentee_id, pair.mentor_id]))
    freed = text_of(client.get(review, {"show": "locked"}))
    client.post(
        reverse("matching:undo", args=[scene.cohort.pk, plan.pk]),
        {"change": PlanChange.objects.order_by("-pk").first().pk},
    )
    again = text_of(client.get(review, {"show": "locked"}))

    assert "Locked (1)" in locked
    assert "1 lock or kept-apart pair waits." in locked
    assert "Locked (0)" in freed
    assert "Locked (1)" in again


def test_working_out_again_says_what_moved():
    scene = make_scene()
    plan = make_plan(scene)
    client = client_for(scene.coordinator)
    pair = plan.pairs.get(mentee=scene.people["Anna"])
    client.post(reverse("matching:hold", args=[scene.cohort.pk, plan.pk, pair.pk, "apart"]), {"reason": "A test"})

    client.post(reverse("matching:again", args=[scene.cohort.pk, plan.pk]))
    run_waiting_jobs(now=timezone.now())
    newest = Plan.objects.order_by("-pk").first()
    text = text_of(client.get(reverse("matching:review", args=[scene.cohort.pk, newest.pk])))

    assert "moved because of 1 pair kept apart." in text
    assert "Plan A: 4 / 4" in text


def test_plans_are_compared_in_words():
    scene = make_scene(places=1)
    first = make_plan(scene)
    second = make_plan(scene, aim="total")

    text = text_of(
        client_for(scene.coordinator).get(
            reverse("matching:compare", args=[scene.cohort.pk]), {"plan": [first.pk, second.pk]}
        )
    )

    assert "Nobody left out" in text
    assert "Highest total fit" in text
    assert re.search(r"\d of 4 people change mentor", text) or "1 of 4 people changes mentor" in text


def test_plan_is_put_away_and_taken_out_again():
    scene = make_scene()
    plan = make_plan(scene)
    client = client_for(scene.coordinator)

    client.post(reverse("matching:put_away", args=[scene.cohort.pk, plan.pk]))
    assert Plan.objects.get().state == "retired"
    client.post(reverse("matching:take_out", args=[scene.cohort.pk, plan.pk]))

    assert Plan.objects.get().state == "draft"


def test_fetching_a_page_writes_nothing():
    scene = make_scene()
    plan = make_plan(scene)
    before = list(PlanPair.objects.order_by("pk").values())
    client = client_for(scene.coordinator)

    for address in addresses(scene, plan):
        client.get(address)

    assert list(PlanPair.objects.order_by("pk").values()) == before
    assert not PlanChange.objects.exists()


@pytest.mark.parametrize("more", [1, 3])
@pytest.mark.parametrize("show", ["look", "all", "left-out", "locked", "apart"])
def test_review_asks_little_of_the_database(more, show, django_assert_max_num_queries):
    scene = make_scene(places=8)
    for number in range(more):
        add_mentee(scene, f"Extra {number}", ["Leadership"], "North")
    first = make_plan(scene)
    plan = make_plan(scene, based_on=first)
    client = client_for(scene.coordinator)
    address = reverse("matching:review", args=[scene.cohort.pk, plan.pk])
    client.get(address)

    with django_assert_max_num_queries(15):
        client.get(address, {"show": show})


def test_starting_twice_shows_the_run_that_is_open():
    scene = make_scene()
    client = client_for(scene.coordinator)
    address = reverse("matching:start", args=[scene.cohort.pk])

    first, second = (client.post(address, {"aim": "total"}) for _ in range(2))

    assert first.url == second.url


def test_a_person_is_found_on_the_review_page_whatever_the_accent_or_apostrophe():
    scene = make_scene()
    add_mentee(
        scene, "Zo\N{LATIN SMALL LETTER E WITH DIAERESIS} O\N{RIGHT SINGLE QUOTATION MARK}Hara", ["Research"], "North"
    )
    plan = make_plan(scene)
    client = client_for(scene.coordinator)
    review = reverse("matching:review", args=[scene.cohort.pk, plan.pk])

    found = client.get(review, {"q": "zoe o'hara"})
    mentor = client.get(review, {"q": "noor"})
    nobody = client.get(review, {"q": "quentin"})
    everybody = client.get(review, {"q": "\x00"})

    assert [str(card.pair.mentee.person) for card in found.context["cards"]] == [
        "Zo\N{LATIN SMALL LETTER E WITH DIAERESIS} O\N{RIGHT SINGLE QUOTATION MARK}Hara"
    ]
    assert {str(card.pair.mentor.person) for card in mentor.context["cards"]} == {"Noor"}
    assert "Nobody called “quentin” is in a pair shown here." in text_of(nobody)
    assert everybody.status_code == 200


def test_whoever_is_found_without_a_mentor_is_named():
    scene = make_scene(places=1)
    plan = make_plan(scene)
    left = plan.unmatched.get().application

    page = client_for(scene.coordinator).get(
        reverse("matching:review", args=[scene.cohort.pk, plan.pk]), {"q": left.person.name}
    )

    assert f"{left.person.name} has no mentor in this plan." in text_of(page)


def test_names_on_cards_and_lists_lead_to_the_person():
    scene = make_scene(places=1)
    plan = make_plan(scene)
    client = client_for(scene.coordinator)
    review = reverse("matching:review", args=[scene.cohort.pk, plan.pk])
    pair, left = plan.pairs.first(), plan.unmatched.get()

    cards = client.get(review, {"show": "all"}).content.decode()
    list_ = client.get(review, {"show": "left-out"}).content.decode()

    for key in (pair.mentee_id, pair.mentor_id):
        assert reverse("applications:person", args=[scene.cohort.pk, key]) in cards
    assert reverse("applications:person", args=[scene.cohort.pk, left.application_id]) in list_


def test_one_more_place_is_a_button_that_does_it_and_shows_the_effect():
    scene = make_scene(places=1)
    plan = make_plan(scene)
    client = client_for(scene.coordinator)
    page = client.get(reverse("matching:review", args=[scene.cohort.pk, plan.pk]), {"show": "left-out"})
    action = re.findall(r'action="([^"]+/places/)"', page.content.decode())[0]
    mentor = Application.objects.get(pk=int(action.split("/")[-3]))

    answer = client.post(action, {"number": "1"})
    run_waiting_jobs(now=timezone.now())
    after = client.get(answer.url)

    newest = Plan.objects.latest("pk")
    assert newest.run.based_on == plan
    assert Application.objects.get(pk=mentor.pk).capacity == mentor.capacity + 1
    assert not newest.unmatched.exists()
    assert f"{mentor.person.name} has 1 more place." in text_of(after)
    assert client.get(reverse("matching:review", args=[scene.cohort.pk, newest.pk])).status_code == 200


def test_places_of_somebody_who_is_no_mentor_are_not_found():
    scene = make_scene(places=1)
    plan = make_plan(scene)
    address = reverse("matching:places", args=[scene.cohort.pk, plan.pk, scene.people["Anna"].pk])

    assert client_for(scene.coordinator).post(address, {"number": "1"}).status_code == 404


def test_publish_is_not_the_loudest_button_while_pairs_need_a_look():
    scene = make_scene()
    plan = make_plan(scene)
    client = client_for(scene.coordinator)
    review = reverse("matching:review", args=[scene.cohort.pk, plan.pk])
    publish = reverse("mentorships:publish", args=[scene.cohort.pk, plan.pk])

    write_pairs(plan, fit=0)
    to_look_at = client.get(review)
    write_pairs(plan, fit=999, only_option="")
    looked = client.get(review)

    assert f'<a class="button button--quiet" href="{publish}"' in joined(to_look_at)
    assert re.search(r"Look at \d+ pair", text_of(to_look_at))
    assert f'<a class="button" href="{publish}"' in joined(looked)


def test_work_out_stands_before_the_plans_and_the_aims_are_folded():
    scene = make_scene()
    make_plan(scene)

    page = joined(client_for(scene.coordinator).get(reverse("matching:plans", args=[scene.cohort.pk])))

    assert page.index(">Work out a plan</button>") < page.index("<details") < page.index('type="radio"')
    assert page.index('type="radio"') < page.index('class="table-cards"')


def test_effect_begins_with_the_whole_plan_and_how_many_move():
    scene = make_scene(places=1)
    plan = make_plan(scene)
    pair = plan.pairs.order_by("pk").first()

    page = client_for(scene.coordinator).get(
        reverse("matching:mentors", args=[scene.cohort.pk, plan.pk, pair.mentee_id])
    )

    words = [choice.words for choice in page.context["choices"] if choice.preview.is_possible]
    assert words
    assert all(
        re.match(r"Whole plan [^.]+\. (Nobody else moves|\d+ other (person moves|people move):)", one) for one in words
    )


def joined(answer):
    """Return the text of a page with single spaces."""
    return re.sub(r"\s+", " ", answer.content.decode())


def test_list_of_mentors_offers_a_swap_with_its_effect_and_its_page_saves_it():
    scene = make_scene(places=1)
    plan = make_plan(scene)
    client = client_for(scene.coordinator)
    pairs = {str(pair.mentee.person): pair for pair in plan.pairs.select_related("mentee__person")}
    (one, pair), (other, theirs) = list(pairs.items())[:2]
    listed = text_of(client.get(reverse("matching:mentors", args=[scene.cohort.pk, plan.pk, pair.mentee_id])))
    address = reverse("matching:swap", args=[scene.cohort.pk, plan.pk, pair.pk, theirs.pk])
    page = client.get(address)

    gone = client.post(address, {"seen": page.context["form"].initial["seen"], "reason": "They asked for it"})

    assert re.search(rf"Swap with {other}.{{0,4}} ?(whole plan [{MINUS}+0]|not possible)", listed)
    assert "Whole plan" in text_of(page)
    assert "1 other person moves" in text_of(page)
    assert gone.status_code == 302
    assert plan.pairs.get(mentee=pair.mentee_id).mentor_id == theirs.mentor_id
    assert plan.pairs.get(mentee=theirs.mentee_id).mentor_id == pair.mentor_id
    assert f"{one} and {other} have swapped mentors" in text_of(client.get(gone.url))


def test_page_of_a_swap_that_a_rule_forbids_says_which_and_offers_no_button():
    scene = make_scene(places=2)
    plan = make_plan(scene)
    pair = plan.pairs.get(mentee=scene.people["Dora"])
    theirs = plan.pairs.filter(mentor=scene.people["Mira"]).first()

    page = client_for(scene.coordinator).get(
        reverse("matching:swap", args=[scene.cohort.pk, plan.pk, pair.pk, theirs.pk])
    )

    assert "They cannot swap. Dora and Mira may not be paired: Not the line manager." in text_of(page)
    assert '<button class="button">' not in page.content.decode()
