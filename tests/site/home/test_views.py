"""Each person's first page, the top bar and the demo's switches."""

import pytest
from django.test import Client

from chiron.site.applications.rules import Role
from chiron.site.programs.operations import give_place, move_to_stage
from chiron.site.programs.rules import CohortStage, StaffRole
from cohort_factories import (
    client_of,
    make_applicant,
    make_cohort,
    make_coordinator,
    make_leader,
    make_member,
    signed_in,
)
from factories import NOW, make_person
from plan_factories import make_plan, make_publication, make_scene, member_of, offer_of, say_yes

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("coordinator", "Tasks of this stage: Applying"),
        ("stranger", "Tasks of this stage: Applying"),
        ("leader", "Read the report"),
        ("mentor", "You are in"),
        ("mentee", "You are in"),
        ("nobody", "Find a mentoring programme"),
    ],
)
def test_home_shows_each_role_what_is_theirs(who: str, words: str):
    client = client_of(who, make_cohort())
    make_person()

    answer = client.get("/")

    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_a_coordinator_sees_the_tasks_and_the_five_entries():
    cohort = make_cohort()
    coordinator = make_coordinator(cohort)
    make_member(cohort, Role.MENTOR)
    make_applicant(cohort)

    page = signed_in(Client(), coordinator).get("/")

    assert [item.label for item in page.context["navigation"].items] == [
        "Home",
        "People",
        "Match",
        "Messages",
        "Reports",
    ]
    assert [item.is_current for item in page.context["navigation"].items] == [True, False, False, False, False]
    assert page.context["navigation"].name == cohort.program.name
    assert "1 application waits for your decision" in page.content.decode()


def test_the_bar_marks_the_page_on_screen():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    pages = {"people": "People", "import": "People", "outbox": "Messages", "report": "Reports", "settings": ""}

    for page, label in pages.items():
        items = client.get(f"/c/{cohort.pk}/{page}/").context["navigation"].items
        assert [item.label for item in items if item.is_current] == ([label] if label else [])


def test_another_cohort_can_be_chosen_if_it_is_theirs():
    first, second, other = make_cohort(), make_cohort(), make_cohort()
    coordinator = make_coordinator(first)
    give_place(cohort=second, person=coordinator, role=StaffRole.COORDINATOR, by=None, now=NOW)
    client = signed_in(Client(), coordinator)

    at_first = client.get("/").context["cohort"]
    client.post(f"/c/{first.pk}/")

    assert at_first == second
    assert client.get("/").context["cohort"] == first
    assert client.post(f"/c/{other.pk}/").status_code == 404


def test_a_plan_and_its_publication_change_the_first_page():
    scene = make_scene(places=1)
    client = signed_in(Client(), scene.coordinator)
    plan = make_plan(scene)

    ready = client.get("/").content.decode()
    make_publication(scene, plan)
    published = client.get("/").content.decode()

    assert f"{plan.name} is ready. 1 person has no mentor" in ready
    assert "Review plan" in ready
    assert f"{plan.name} is published: 3 mentees are in it. 3 pairs wait for an answer." in published


def test_a_mentee_goes_from_home_to_the_match_and_never_sees_points():
    scene = make_scene()
    make_publication(scene, make_plan(scene))
    offer = offer_of(scene, "Anna")

    text = signed_in(Client(), scene.people["Anna"].person).get("/").content.decode()

    assert "We suggest a mentor for you" in text
    assert f'href="/offers/{offer.pk}/"' in text
    assert "points" not in text
    assert "fit" not in text.split("<main")[1].split("</main>")[0]


def test_an_empty_site_shows_the_next_step():
    assert "This site is ready, and empty." in Client().get("/").content.decode()


@pytest.mark.parametrize("answered", [0, 1])
def test_what_waits_for_an_answer_comes_before_what_was_answered(answered: int):
    scene = make_scene()
    make_publication(scene, make_plan(scene))
    offers: dict[object, list] = {}
    for name in ("Anna", "Bela", "Carl", "Dora"):
        offers.setdefault(member_of(offer_of(scene, name), "mentor").application.person, []).append(
            offer_of(scene, name)
        )
    mentor, asked = next((mentor, asked) for mentor, asked in offers.items() if len(asked) == 2)
    say_yes(asked[answered], "mentor")

    text = signed_in(Client(), mentor).get("/").content.decode()

    assert text.index("Read and answer") < text.index("See the offer")
    assert text.count("button--quiet") == 1


def test_somebody_without_a_place_is_told_so():
    text = signed_in(Client(), make_person()).get("/").content.decode()

    assert "You have no place in a programme yet" in text


def test_the_first_page_costs_the_same_for_one_person_and_for_three(django_assert_max_num_queries):
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    make_member(cohort)
    client.get("/")
    with django_assert_max_num_queries(100) as one:
        client.get("/")
    make_member(cohort)
    make_member(cohort, Role.MENTOR)
    with django_assert_max_num_queries(100) as three:
        client.get("/")

    assert len(three) == len(one)


@pytest.mark.parametrize("address", ["/demo/look-as/", "/demo/stage/"])
def test_the_switches_exist_in_a_demo_only(address: str):
    data = {"look": "public", "stage": "applying"}

    assert Client().post(address, data).status_code == 404
    assert client_of("coordinator", make_cohort()).post(address, data).status_code == 404


def test_looking_as_somebody_signs_in_as_a_made_up_person_of_that_role(settings):
    settings.CHIRON_DEMO = True
    scene = make_scene()
    make_publication(scene, make_plan(scene))
    leader = make_leader(scene.cohort)
    client = signed_in(Client(), scene.coordinator)

    seen = {}
    for look in ("mentee", "mentor", "leader", "coordinator", "public"):
        client.post("/demo/look-as/", {"look": look})
        seen[look] = client.session.get("_auth_user_id")

    people = {str(one.person_id) for one in scene.people.values()}
    assert seen["mentee"] in people
    assert seen["mentor"] in people - {seen["mentee"]}
    assert (seen["leader"], seen["coordinator"], seen["public"]) == (str(leader.pk), str(scene.coordinator.pk), None)
    assert "Demo. Made-up people." in client.get("/").content.decode()


def test_nobody_but_made_up_people_can_be_looked_at(settings):
    settings.CHIRON_DEMO = True
    cohort = make_cohort()
    real = make_person(email="ama@hospital.test")
    give_place(cohort=cohort, person=real, role=StaffRole.LEADER, by=None, now=NOW)
    client = Client()

    client.post("/demo/look-as/", {"look": "leader"})

    assert "_auth_user_id" not in client.session


def test_the_stage_switch_shows_the_cohort_at_that_stage(settings):
    settings.CHIRON_DEMO = True
    applying, matching = make_cohort(), make_cohort()
    coordinator = make_coordinator(applying)
    give_place(cohort=matching, person=coordinator, role=StaffRole.COORDINATOR, by=None, now=NOW)
    move_to_stage(cohort=matching, stage=CohortStage.MATCHING, by=None, now=NOW)
    client = signed_in(Client(), coordinator)

    client.post("/demo/stage/", {"stage": "applying"})
    page = client.get("/")

    assert page.context["cohort"] == applying
    switches = {switch.label: switch for switch in page.context["navigation"].switches}
    assert [choice.label for choice in switches["Stage"].choices] == ["Applying", "Matching"]
    assert [choice.value for choice in switches["Stage"].choices if choice.is_current] == ["applying"]
    assert client.post("/demo/stage/", {"stage": "dreaming"}).status_code == 404
