"""Where a cohort says so, one coordinator asks and another one publishes; the setting is off by default."""

from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from chiron.site.applications.models import Application
from chiron.site.audit.models import Event
from chiron.site.matching.models import Offer, OfferMember, Plan, PlanPair, PlanUnmatched, Publication
from chiron.site.matching.rules import DeclineReason
from chiron.site.mentorships.models import Match, Publishing
from chiron.site.mentorships.operations import (
    bring_matches_in,
    decline_offer,
    offer_rest,
    offer_to_next,
    publish_plan,
    take_participant_back,
    unpublish_plan,
    withdraw_participant,
)
from chiron.site.mentorships.operations.offers import take_offer_back
from chiron.site.mentorships.queries.approved import digest_of, digest_of_pairs
from chiron.site.mentorships.queries.next_offer import next_of
from chiron.site.mentorships.queries.proposals import proposals_of
from chiron.site.mentorships.rules import PublishNotAllowedError
from chiron.site.mentorships.rules.running import RunningPair
from chiron.site.notices.models import Notice
from chiron.site.notices.operations import edit_notice, hold_notice
from chiron.site.programs.models import Approval, Cohort, Program
from chiron.site.programs.operations import ask_for_approval, change_matching, change_settings
from chiron.site.programs.queries import notices_coordinated_by
from chiron.site.programs.rules import ApprovalNeededError, ApprovedAct, CohortStage
from cohort_factories import make_coordinator, make_member
from factories import NOW
from group_factories import make_group, yes
from plan_factories import add_mentee, link_to, make_plan, make_publication, make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    scene = make_scene()
    Cohort.objects.update(publish_needs_second=True)
    scene.cohort.refresh_from_db()
    return scene


def client_for(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def press(person, plan: Plan, page: str = "check") -> None:
    """Press the button on the page with the messages."""
    address = reverse(f"mentorships:{page}", args=[plan.cohort_id, plan.pk])
    client = client_for(person)
    client.post(address, {"seen": client.get(address).context["seen"]})


def sent_late(person, address: str, sent: dict[str, str]) -> str:
    """Press a button that asks another coordinator, on a page that was opened before somebody else asked."""
    return client_for(person).post(address, {**sent, "asks": "1"}, follow=True).content.decode()


def test_a_new_cohort_needs_one_person():
    assert not make_scene().cohort.publish_needs_second


def test_one_asks_and_another_publishes(scene):
    plan = make_plan(scene)
    press(scene.coordinator, plan)
    press(scene.coordinator, plan)  # asking twice is not a second person
    assert Plan.objects.get().state == "draft"
    assert (
        "asked on"
        in client_for(scene.coordinator)
        .get(reverse("mentorships:publish", args=[plan.cohort_id, plan.pk]))
        .content.decode()
    )

    press(make_coordinator(scene.cohort), plan)

    assert Plan.objects.get().state == "published"
    assert Offer.objects.count() == plan.pairs.count()


def test_the_operation_refuses_without_a_second_person(scene):
    with pytest.raises(PublishNotAllowedError):
        make_publication(scene, make_plan(scene))


def test_what_was_held_back_needs_a_second_person_too(scene):
    plan, anna, second = make_plan(scene), scene.people["Anna"], make_coordinator(scene.cohort)
    prepare = reverse("mentorships:publish", args=[plan.cohort_id, plan.pk])
    client_for(scene.coordinator).post(prepare, {"when": "now", "hold": anna.pk})
    press(scene.coordinator, plan)
    press(second, plan)
    offers = Offer.objects.filter(members__application=anna)
    assert (Offer.objects.count(), offers.count()) == (plan.pairs.count() - 1, 0)

    press(scene.coordinator, plan, "rest")
    with pytest.raises(PublishNotAllowedError):
        offer_rest(publication=Publication.objects.get(), link_to=link_to, by=scene.coordinator, now=NOW)
    with pytest.raises(PublishNotAllowedError, match="Read them again"):
        offer_rest(publication=Publication.objects.get(), link_to=link_to, by=second, now=NOW)
    assert not offers.exists()

    press(second, plan, "rest")
    assert offers.count() == 1


def test_the_messages_to_those_who_were_held_back_are_read_before_they_leave(scene):
    Cohort.objects.update(publish_needs_second=False)
    plan, anna = make_plan(scene), scene.people["Anna"]
    publish_plan(plan=plan, held_back=[anna.pk], send_after=None, link_to=link_to, by=scene.coordinator, now=NOW)
    client = client_for(scene.coordinator)
    address = reverse("mentorships:rest", args=[plan.cohort_id, plan.pk])
    assert address in client.get(reverse("mentorships:publish", args=[plan.cohort_id, plan.pk])).content.decode()

    page = client.get(address)
    client.post(address)

    assert "Anna" in [letter.to.name for letter in page.context["examples"]]
    assert not Offer.objects.filter(members__application=anna).exists()
    client.post(address, {"seen": page.context["seen"]})
    assert Offer.objects.filter(members__application=anna).count() == 1
    assert client.get(address).status_code == 302


@pytest.mark.parametrize(
    "changed",
    [
        {"mentee_opening": "Other words"},
        {"contact": "Somebody else"},
        {"when": "later", "send_after": "2099-01-01 09:00"},
        {"answer_days": "3"},
        {"hold": ""},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_messages_that_changed_after_they_were_read_do_not_leave(scene, changed):
    plan, second = make_plan(scene), make_coordinator(scene.cohort)
    prepare, check = (reverse(f"mentorships:{page}", args=[plan.cohort_id, plan.pk]) for page in ("publish", "check"))
    kept = {"when": "now", "answer_days": "7", "contact": "Robin", "hold": str(scene.people["Anna"].pk)}
    client_for(scene.coordinator).post(prepare, kept)
    press(scene.coordinator, plan)
    seen = client_for(second).get(check).context["seen"]

    client_for(scene.coordinator).post(prepare, {name: one for name, one in (kept | changed).items() if one})
    assert not Approval.objects.exists()
    client_for(second).post(check, {"seen": seen})
    assert not Offer.objects.exists()

    press(second, plan)  # who reads them now asks; it takes another one to publish them
    assert Approval.objects.get().asked_by == second
    press(second, plan)
    assert not Offer.objects.exists()
    press(scene.coordinator, plan)
    assert Plan.objects.get().state == "published"


def test_preparing_the_same_again_leaves_the_request_as_it_is(scene):
    plan, kept = make_plan(scene), {"when": "now", "answer_days": "7", "contact": "Robin"}
    prepare = reverse("mentorships:publish", args=[plan.cohort_id, plan.pk])
    client_for(scene.coordinator).post(prepare, kept)
    press(scene.coordinator, plan)

    client_for(scene.coordinator).post(prepare, kept)

    assert Approval.objects.get().asked_by == scene.coordinator


def test_another_plan_than_the_one_that_was_asked_for_needs_asking_anew(scene):
    plan = make_plan(scene)
    seen, second = digest_of(proposals_of(plan), Publishing(plan=plan)), make_coordinator(scene.cohort)
    asked = {"cohort": scene.cohort, "act": ApprovedAct.PUBLISH, "subject": plan}
    ask_for_approval(**asked, seen=seen, by=second, now=NOW)
    plan.pairs.first().delete()

    with pytest.raises(PublishNotAllowedError):
        make_publication(scene, plan)


def test_the_setting_is_on_the_page(scene):
    Cohort.objects.update(publish_needs_second=False)
    make_coordinator(scene.cohort)
    client = client_for(scene.coordinator)
    address = reverse("programs:settings", args=[scene.cohort.pk])
    form = client.get(address).context["form"]
    sent = {field.html_name: field.value() for field in form if field.html_name != "may_have_minors"}

    client.post(address, {**sent, "publish_needs_second": "on"})

    assert Cohort.objects.get().publish_needs_second


def settings_of(person, cohort: Cohort, **changed: str):
    """Save the settings of a cohort as they stand, but for what is changed; an empty text takes a tick out."""
    client, address = client_for(person), reverse("programs:settings", args=[cohort.pk])
    form = client.get(address).context["form"]
    sent = {field.html_name: field.value() for field in form if field.value()} | changed
    return client.post(address, {name: one for name, one in sent.items() if one}, follow=True)


def needs_second() -> bool:
    return Cohort.objects.get().publish_needs_second


def test_two_switch_it_off_and_one_switches_it_on_again(scene):
    second = make_coordinator(scene.cohort)
    off = {"cohort": scene.cohort, "stage": CohortStage.MATCHING, "small_group": 10, "look_line": 55}
    with pytest.raises(ApprovalNeededError):
        change_settings(**off, publish_needs_second=False, by=scene.coordinator, now=NOW)

    page = settings_of(scene.coordinator, scene.cohort, publish_needs_second="", small_group="12")
    assert "once another coordinator has confirmed" in page.content.decode()
    settings_of(scene.coordinator, scene.cohort, publish_needs_second="")  # twice is not a second person
    assert needs_second()
    assert Cohort.objects.get().small_group == 12

    assert "asked on" in client_for(second).get(reverse("programs:settings", args=[scene.cohort.pk])).content.decode()
    settings_of(second, scene.cohort, publish_needs_second="")
    assert not needs_second()
    kinds = list(Event.objects.filter(kind__in=["cohort.one_person_asked", "approval.used"]).order_by("pk"))
    assert [(one.kind, one.by_id) for one in kinds][-2:] == [
        ("cohort.one_person_asked", scene.coordinator.pk),
        ("approval.used", second.pk),
    ]

    settings_of(second, scene.cohort, publish_needs_second="on")
    assert needs_second()
    settings_of(second, scene.cohort, publish_needs_second="")
    assert needs_second()  # what was asked for once is used up


def test_another_coordinator_drops_the_request_by_saving_with_the_tick_in(scene):
    second = make_coordinator(scene.cohort)
    settings_of(scene.coordinator, scene.cohort, publish_needs_second="")

    settings_of(second, scene.cohort)

    assert not Approval.objects.exists()
    settings_of(second, scene.cohort, publish_needs_second="")
    assert needs_second()


def test_it_is_not_switched_on_where_there_is_nobody_else():
    scene = make_scene()

    page = settings_of(scene.coordinator, scene.cohort, publish_needs_second="on")

    assert page.status_code == 409
    assert not needs_second()


def changed_usual_days(cohort: Cohort) -> None:
    change_offers(cohort, answer_days=3)


def changed_who_is_asked(cohort: Cohort) -> None:
    change_offers(cohort, agree="nobody")


def left_somebody_out(cohort: Cohort) -> None:
    PlanUnmatched.objects.create(plan=Plan.objects.get(), application=make_member(cohort), code="none", why="-")


def let_minors_in(cohort: Cohort) -> None:
    Cohort.objects.filter(pk=cohort.pk).update(may_have_minors=True)


def renamed_the_programme(cohort: Cohort) -> None:
    Program.objects.update(name="Another")


def change_offers(cohort: Cohort, **changed: object) -> None:
    matching = {**Cohort.objects.get(pk=cohort.pk).matching, "offers": changed}
    change_matching(cohort=cohort, matching=matching, by=make_coordinator(cohort), now=NOW)


@pytest.mark.parametrize(
    "change",
    [changed_usual_days, changed_who_is_asked, left_somebody_out, let_minors_in, renamed_the_programme],
    ids=lambda change: change.__name__,
)
def test_what_is_sent_cannot_change_between_asking_and_publishing(scene, change):
    plan, second = make_plan(scene), make_coordinator(scene.cohort)
    press(scene.coordinator, plan)

    change(scene.cohort)

    with pytest.raises(PublishNotAllowedError):
        make_publication(replace(scene, coordinator=second), plan)
    press(second, plan)  # reads what there is now, so asks anew
    assert (Offer.objects.count(), Approval.objects.get().asked_by) == (0, second)


def running_sheet(scene) -> dict[str, object]:
    pair = ("Anna", "Mira")
    emails = ",".join(scene.people[name].person.email for name in pair)
    sheet = f"Mentee e-mail,Mentor e-mail,Since\n{emails},2026-09-01\n"
    return {"file": SimpleUploadedFile("pairs.csv", sheet.encode())}


def test_a_sheet_of_running_pairs_needs_a_second_person(scene):
    second, address = make_coordinator(scene.cohort), f"/c/{scene.cohort.pk}/running/"
    first = client_for(scene.coordinator)
    page = first.post(address, running_sheet(scene))
    asked = {"rows": page.context["rows"], "expected": 1}
    assert "Ask another coordinator" in page.content.decode()

    first.post(address, asked)
    first.post(address, asked)
    assert not Match.objects.exists()
    assert "asked on" in first.get(address).content.decode()

    assert "nothing was asked" in sent_late(second, address, asked)
    page = client_for(second).get(address)
    assert "Bring in 1 match" in page.content.decode()
    assert [names for names, _pair in page.context["pairs"]] == [("Anna", "Mira")]
    client_for(second).post(address, {"rows": page.context["rows"], "expected": 1})
    assert Match.objects.count() == 1
    assert not Approval.objects.exists()


def test_other_running_pairs_than_those_that_were_asked_for_need_asking_anew(scene):
    second = make_coordinator(scene.cohort)
    today = NOW.date()
    asked = [RunningPair(scene.people["Anna"].pk, scene.people["Mira"].pk, today, "1")]
    kept = {"cohort": scene.cohort, "act": ApprovedAct.RUNNING, "subject": scene.cohort}
    ask_for_approval(**kept, seen=digest_of_pairs(asked), by=scene.coordinator, now=NOW)

    others = [replace(asked[0], mentor=scene.people["Noor"].pk)]
    for by, pairs in ((second, others), (scene.coordinator, asked)):
        with pytest.raises(ApprovalNeededError):
            bring_matches_in(cohort=scene.cohort, pairs=pairs, by=by, now=NOW)
    assert not Offer.objects.exists()
    bring_matches_in(cohort=scene.cohort, pairs=asked, by=second, now=NOW)


def test_an_offer_to_the_next_needs_a_second_person():
    scene = make_scene(places=1)
    add_mentee(scene, "Else", ["Research"], "South")
    make_publication(scene, make_plan(scene))
    mentee = Offer.objects.filter(members__application=scene.people["Mira"]).get().members.get(part="mentee")
    decline_offer(member=mentee, reason=DeclineReason.TIME, by=mentee.application.person, now=NOW)
    Cohort.objects.update(publish_needs_second=True)
    second, before = make_coordinator(scene.cohort), Offer.objects.count()
    address = reverse("mentorships:offer_next", args=[scene.cohort.pk, mentee.offer_id])

    def send(person) -> None:
        client = client_for(person)
        client.post(address, {"seen": client.get(address).context["seen"]})

    early = client_for(second).get(address).context["seen"]
    send(scene.coordinator)
    assert "nothing was asked" in sent_late(second, address, {"seen": early})
    send(scene.coordinator)
    offer = Offer.objects.select_related("cohort__program", "publication").get(pk=mentee.offer_id)
    with pytest.raises(ApprovalNeededError):
        offer_to_next(offer=offer, following=next_of(offer), link_to=link_to, by=scene.coordinator, now=NOW)
    assert Offer.objects.count() == before

    Publication.objects.update(wording={"contact": "Somebody else"})  # what they would read
    assert "Read the messages again" in sent_late(second, address, {"seen": early})
    assert Approval.objects.get().asked_by == scene.coordinator
    assert "By now it is not possible" in client_for(second).get(address).content.decode()
    send(second)
    assert Offer.objects.count() == before
    send(scene.coordinator)
    assert Offer.objects.count() == before + 1


def test_joining_a_group_needs_a_second_person():
    scene = make_scene(places=3)
    yes(make_group(scene, "Anna", "Bela", least=None), "mentor", "Anna", "Bela")
    plan = make_plan(scene)
    plan.pairs.all().delete()
    PlanPair.objects.create(plan=plan, mentee=scene.people["Carl"], mentor=scene.people["Mira"], fit=1)
    Plan.objects.update(shape="groups")
    Cohort.objects.update(publish_needs_second=True)
    before, second = OfferMember.objects.count(), make_coordinator(scene.cohort)

    press(scene.coordinator, plan)
    with pytest.raises(PublishNotAllowedError):
        make_publication(scene, Plan.objects.select_related("cohort__program").get(pk=plan.pk))
    assert OfferMember.objects.count() == before

    press(second, plan)
    assert OfferMember.objects.count() == before + 1


def letter_changed_by_hand(scene, person) -> Notice:
    """Publish with two people, then hold one of the letters back and change it."""
    plan = make_plan(scene)
    press(scene.coordinator, plan)
    press(make_coordinator(scene.cohort), plan)
    letter = Notice.objects.filter(kind="match.offered_to_mentee").first()
    hold_notice(notice=letter, because="", by=person, now=NOW)
    edit_notice(notice=letter, subject="Your mentor", body="Other words", by=person, now=NOW)
    letter.refresh_from_db()
    return letter


def test_a_message_that_was_changed_after_it_was_approved_is_released_by_another(scene):
    letter = letter_changed_by_hand(scene, scene.coordinator)
    one = reverse("programs:release", args=[scene.cohort.pk, letter.pk])
    many = reverse("programs:act_on_messages", args=[scene.cohort.pk])
    client = client_for(scene.coordinator)

    assert client.post(one, {"seen": letter.as_shown}).status_code == 409
    ticked = {"act": "release", "which": "ticked", "notice": letter.as_shown}
    assert client.post(many, ticked).status_code == 409
    letter.refresh_from_db()
    assert letter.state == "held"

    assert client_for(make_coordinator(scene.cohort)).post(one, {"seen": letter.as_shown}).status_code == 302
    letter.refresh_from_db()
    assert letter.state == "ready"


def test_changed_messages_do_not_leave_with_all_that_are_shown(scene):
    letter = letter_changed_by_hand(scene, scene.coordinator)
    Notice.objects.filter(pk=letter.pk).update(state="draft")
    client = client_for(make_coordinator(scene.cohort))
    page = client.get(reverse("programs:outbox", args=[scene.cohort.pk]))

    assert page.context["acts"]["release"].number == 0
    assert page.context["acts"]["hold"].number == Notice.objects.filter(state__in=["draft", "ready"]).count()
    assert "Changed by hand" in page.content.decode()


def test_words_changed_by_hand_wait_for_another_also_once_their_reader_is_back(scene):
    letter = letter_changed_by_hand(scene, scene.coordinator)
    one = Application.objects.get(cohort=scene.cohort, person=letter.to)
    one = withdraw_participant(application=one, link_to=link_to, by=scene.coordinator, now=NOW)

    take_participant_back(application=one, by=scene.coordinator, now=NOW)

    again = Notice.objects.exclude(state="withdrawn").get(to=letter.to, kind=letter.kind)
    assert (again.state, again.body, again.edited_by) == ("held", "Other words", scene.coordinator)
    assert "Read the words once more" in again.held_because


def test_the_outbox_names_who_changed_words_without_asking_for_each(scene, django_assert_num_queries):
    letter_changed_by_hand(scene, scene.coordinator)
    with django_assert_num_queries(2):  # her cohorts, then the messages
        assert [one.edited_by.name for one in notices_coordinated_by(scene.coordinator) if one.edited_at]


def test_what_was_asked_for_and_is_not_possible_any_more_is_said_and_not_taken_over(scene):
    second, address = make_coordinator(scene.cohort), f"/c/{scene.cohort.pk}/running/"
    first = client_for(scene.coordinator)
    first.post(address, {"rows": first.post(address, running_sheet(scene)).context["rows"], "expected": 1})
    withdraw_participant(application=scene.people["Anna"], link_to=link_to, by=second, now=NOW)

    page = client_for(second).get(address)

    assert "By now it is not possible" in page.content.decode()
    assert "Bring in" not in page.content.decode()
    assert Approval.objects.get().asked_by == scene.coordinator


def test_un_publishing_needs_a_second_person_and_one_match_does_not(scene):
    plan, second = make_plan(scene), make_coordinator(scene.cohort)
    press(scene.coordinator, plan)
    press(second, plan)
    page, address = (reverse(f"mentorships:{one}", args=[plan.cohort_id, plan.pk]) for one in ("publish", "unpublish"))
    publication = Publication.objects.get()
    with pytest.raises(ApprovalNeededError):
        unpublish_plan(publication=publication, by=scene.coordinator, now=NOW)

    assert "Ask another coordinator to take back" in client_for(scene.coordinator).get(page).content.decode()
    for _twice in range(2):
        client_for(scene.coordinator).post(address, {"asks": "1"})
    assert "nothing was asked" in sent_late(second, address, {})
    take_offer_back(offer=Offer.objects.first(), by=scene.coordinator, now=NOW)  # safety must not wait
    assert Offer.objects.filter(state="offered").count() == plan.pairs.count() - 1

    assert "asked on" in client_for(second).get(page).content.decode()
    client_for(second).post(address)
    assert not Offer.objects.filter(state="offered").exists()
    assert not Approval.objects.exists()
