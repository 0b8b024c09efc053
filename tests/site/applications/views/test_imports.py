"""The import wizard, from upload to undo, through its pages."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from openpyxl.worksheet.worksheet import Worksheet

from chiron.site.applications.models import Application, Import, ImportedChange
from chiron.site.applications.operations import change_capacity
from chiron.site.applications.operations.imports import do_import
from chiron.site.applications.queries.checking import checking_of
from chiron.site.applications.queries.imports import imports_coordinated_by
from chiron.site.applications.rules import Role
from chiron.site.audit.models import Event
from chiron.site.matching.models import PlanConstraint
from chiron.site.people.models import Person
from chiron.site.programs.operations import give_place
from chiron.site.programs.rules import StaffRole
from cohort_factories import client_of, make_cohort, make_member
from factories import NOW
from sheets import awkward
from site_import_pages import bring_in, columns_of, do_it, map_columns, upload

pytestmark = pytest.mark.django_db

MENTEES = (
    "Full name,Email,What would you like help with?,Specialty,T-shirt\n"
    "Ama Boateng,ama@hospital.test,Research; Exams,Cardiology,M\n"
    "Jo Park,JO@hospital.test,Leadership,,L\n"
)


def test_import_brings_people_in_only_at_the_last_step():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)

    imported = upload(client, cohort, MENTEES)
    map_columns(client, imported)
    before = Application.objects.count()
    do_it(client, imported)

    assert before == 0
    found = {one.person.email: one for one in Application.objects.select_related("person")}
    assert sorted(found) == ["ama@hospital.test", "jo@hospital.test"]
    assert found["ama@hospital.test"].answers["goals"] == ["Research", "Exams"]
    assert found["ama@hospital.test"].stage == "accepted"
    assert found["ama@hospital.test"].decided_by_id == int(client.session["_auth_user_id"])
    assert found["jo@hospital.test"].person.name == "Jo Park"


def content() -> dict[str, list]:
    """Return everything that an import may write."""
    return {
        "people": list(Person.objects.order_by("pk").values("pk", "email", "name")),
        "applications": list(Application.objects.order_by("pk").values()),
    }


@pytest.mark.parametrize("sheet", awkward.plain_sheets(), ids=lambda sheet: sheet.name)
def test_awkward_sheets_come_in_change_nothing_the_second_time_and_go_out_again(sheet: awkward.Awkward):
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    before = content()

    imported = upload(client, cohort, sheet.content, role=sheet.side, name=sheet.file)
    map_columns(client, imported)
    untouched = content()
    counts = client.get(f"/c/{cohort.pk}/import/{imported.pk}/check/").context["counts"]
    do_it(client, imported)
    people = content()["applications"]
    again = upload(client, cohort, sheet.content, role=sheet.side, name=sheet.file)
    map_columns(client, again)
    page = client.get(f"/c/{cohort.pk}/import/{again.pk}/check/")
    client.post(f"/c/{cohort.pk}/import/{imported.pk}/undo/")

    assert untouched == before
    assert counts["new"] == len(people) > 0
    second = page.context["counts"]
    assert (second["new"], second["changed"], second["same"]) == (0, 0, counts["new"])
    assert "Nothing would change." in page.content.decode()
    assert content() == before


def test_a_leading_zero_survives():
    cohort = make_cohort()
    sheet = awkward.leading_zeros()

    bring_in(client_of("coordinator", cohort), cohort, sheet.content, role="mentor", name=sheet.file)

    assert sorted(one.answers["id"] for one in Application.objects.filter(role="mentor")) == ["00417", "00912"]


def test_every_problem_is_named_by_row_and_can_be_downloaded():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    imported = upload(client, cohort, awkward.every_problem(), name="problems.csv")
    map_columns(client, imported)

    page = client.get(f"/c/{cohort.pk}/import/{imported.pk}/check/")
    file = client.get(f"/c/{cohort.pk}/import/{imported.pk}/errors.csv").content.decode("utf-8-sig")

    rows = sorted({problem.row for problem in page.context["problems"] if problem.left_out})
    lines = file.splitlines()
    assert page.context["counts"]["fixing"] == len(rows) > 5
    assert all(f"Row {row}" in page.content.decode() for row in rows)
    assert lines[0].startswith("Row,What needs fixing,Full name,Email")
    assert sorted(int(line.split(",")[0]) for line in lines[1:] if line.split(",")[0].isdecimal()) == rows


def test_a_row_without_address_needs_fixing():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    imported = upload(client, cohort, "Name,Email\nAma Boateng,\nJo Park,jo@hospital.test\n")
    map_columns(client, imported)

    page = client.get(f"/c/{cohort.pk}/import/{imported.pk}/check/")

    assert page.context["counts"] == {"new": 1, "changed": 0, "same": 0, "left": 0, "fixing": 1}
    assert "Type an address, for example ama@example.org." in page.content.decode()


def test_changes_are_shown_in_words_and_undo_restores_them():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    bring_in(client, cohort, MENTEES)
    before = content()

    text = (
        "Full name,Email,What would you like help with?\nAma B,ama@hospital.test,Teaching\nJo Park,jo@hospital.test,\n"
    )
    imported = upload(client, cohort, text)
    map_columns(client, imported)
    page = client.get(f"/c/{cohort.pk}/import/{imported.pk}/check/")
    do_it(client, imported)
    changed = Application.objects.get(person__email="ama@hospital.test")
    client.post(f"/c/{cohort.pk}/import/{imported.pk}/undo/")

    assert [words for _who, words in page.context["changed"]] == [[("Goals", "Research, Exams", "Teaching")]]
    assert changed.answers["goals"] == ["Teaching"]
    assert changed.answers["field"]
    assert page.context["counts"]["same"] == 1
    assert content() == before


def test_skipping_leaves_people_who_are_there():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    bring_in(client, cohort, MENTEES)

    again = upload(client, cohort, MENTEES.replace("Exams", "Teaching"))
    map_columns(client, again, duplicates="skip")

    counts = client.get(f"/c/{cohort.pk}/import/{again.pk}/check/").context["counts"]
    assert counts == {"new": 0, "changed": 0, "same": 0, "left": 2, "fixing": 0}


def test_undo_keeps_and_names_who_was_changed_since():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    imported = bring_in(client, cohort, MENTEES)
    ama = Application.objects.get(person__email="ama@hospital.test")
    change_capacity(application=ama, capacity=2, by=Person.objects.order_by("pk").last(), now=NOW)

    page = client.get(f"/c/{cohort.pk}/import/{imported.pk}/")
    client.post(f"/c/{cohort.pk}/import/{imported.pk}/undo/")

    assert page.context["kept"] == [ama]
    assert "These people were used or changed since then, and stay:" in page.content.decode()
    assert list(Application.objects.values_list("person__email", flat=True)) == ["ama@hospital.test"]
    assert not Person.objects.filter(email="jo@hospital.test").exists()


def test_undo_keeps_people_in_a_plan():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    imported = bring_in(client, cohort, MENTEES)
    ama = Application.objects.get(person__email="ama@hospital.test")
    mentor = make_member(cohort, Role.MENTOR)
    PlanConstraint.objects.create(cohort=cohort, mentee=ama, mentor=mentor, kind="lock", by=mentor.person, at=NOW)

    client.post(f"/c/{cohort.pk}/import/{imported.pk}/undo/")

    assert Application.objects.filter(pk=ama.pk).exists()


def test_undo_keeps_a_person_who_has_another_place():
    cohort, other = make_cohort(), make_cohort()
    client = client_of("coordinator", cohort)
    imported = bring_in(client, cohort, MENTEES)
    ama = Person.objects.get(email="ama@hospital.test")
    give_place(cohort=other, person=ama, role=StaffRole.LEADER, by=None, now=NOW)

    client.post(f"/c/{cohort.pk}/import/{imported.pk}/undo/")

    assert Person.objects.filter(pk=ama.pk).exists()
    assert Application.objects.count() == 0


def test_undo_ends_after_30_days():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    imported = bring_in(client, cohort, MENTEES)
    Import.objects.filter(pk=imported.pk).update(done_at=timezone.now() - timedelta(days=31))

    page = client.get(f"/c/{cohort.pk}/import/{imported.pk}/").content.decode()
    answer = client.post(f"/c/{cohort.pk}/import/{imported.pk}/undo/")

    assert "Undo this import" not in page
    assert answer.status_code == 409
    assert Application.objects.count() == 2


def test_an_import_happens_once():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    imported = upload(client, cohort, MENTEES)
    map_columns(client, imported)
    counts = client.get(f"/c/{cohort.pk}/import/{imported.pk}/check/").context["counts"]

    answers = [client.post(f"/c/{cohort.pk}/import/{imported.pk}/check/", counts) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Application.objects.count() == 2
    assert client.post(f"/c/{cohort.pk}/import/{imported.pk}/undo/").status_code == 302
    assert client.post(f"/c/{cohort.pk}/import/{imported.pk}/undo/").status_code == 409


def test_an_import_is_refused_when_the_cohort_changed_since_the_check():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    imported = upload(client, cohort, MENTEES)
    map_columns(client, imported)
    counts = client.get(f"/c/{cohort.pk}/import/{imported.pk}/check/").context["counts"]
    other = upload(client, cohort, MENTEES)
    map_columns(client, other)
    do_it(client, other)

    answer = client.post(f"/c/{cohort.pk}/import/{imported.pk}/check/", counts)

    assert answer.status_code == 409
    assert "Nothing was imported. Check again." in answer.content.decode()


def test_the_last_mapping_is_used_again_and_can_be_reset():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    text = "Full name,Email,What would you like help with?,Colour\nAma,ama@hospital.test,Exams,Red\n"
    bring_in(client, cohort, text, column_about="3")

    again = upload(client, cohort, text)
    remembered = columns_of(client, again)["column_about"]
    fresh = client.get(f"/c/{cohort.pk}/import/{again.pk}/columns/?fresh=1").context["form"]["column_about"].value()

    assert remembered == "3"
    assert fresh == ""


def test_a_fill_holds_where_a_cell_is_empty_or_for_everybody():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)

    bring_in(client, cohort, MENTEES, fill_field="Cardiology", fill_profession="Nurse", fill_remote="yes")

    answers = dict(Application.objects.values_list("person__email", "answers"))
    assert answers["jo@hospital.test"]["field"] == answers["ama@hospital.test"]["field"]
    assert {one["profession"] for one in answers.values()} == {"Nurse"}
    assert {one["remote"] for one in answers.values()} == {True}


def test_the_columns_page_asks_for_what_is_needed():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    imported = upload(client, cohort, MENTEES)

    text = map_columns(client, imported, column_email="", column_name="", fill_remote="perhaps").content.decode()

    assert text.count("Choose the column with the e-mail address.") == 2
    assert text.count("Choose the column with the name,") == 2
    assert "Can meet online: " in text
    assert "There is a problem" in text
    assert "<details open>" in text
    assert Import.objects.get(pk=imported.pk).state == "uploaded"


def test_samples_stand_beside_each_field():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    imported = upload(client, cohort, MENTEES)

    page = client.get(f"/c/{cohort.pk}/import/{imported.pk}/columns/")

    rows = {row.label: row.samples for row in page.context["form"].main_rows}
    assert rows["Name"] == ("Ama Boateng", "Jo Park")
    assert rows["Goals"] == ("Research; Exams", "Leadership")
    assert "T-shirt" in page.context["unused"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "the workbook is damaged"),
        ("empty.csv", b" \n", "is empty"),
        ("page.pdf", b"%PDF-1.7", "it is a PDF"),
        ("many.csv", b"Name,Email\n" + b"Ama,ama@hospital.test\n" * 5_100, "Split it"),
    ],
)
def test_a_file_that_cannot_be_read_is_explained(name: str, content: bytes, words: str):
    cohort = make_cohort()
    client = client_of("coordinator", cohort)

    answer = client.post(f"/c/{cohort.pk}/import/", {"role": "mentee", "file": SimpleUploadedFile(name, content)})

    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert Import.objects.count() == 0


def test_the_columns_page_names_the_sheet_that_was_read_and_its_hidden_rows():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)

    def fill(sheet: Worksheet) -> None:
        for line in (["Name", "Email"], ["Ama", "ama@hospital.test"], ["Jo", "jo@hospital.test"]):
            sheet.append(line)
        sheet.row_dimensions[3].hidden = True

    imported = upload(client, cohort, awkward.workbook(("Form responses 1", fill)), name="people.xlsx")
    page = client.get(f"/c/{cohort.pk}/import/{imported.pk}/columns/").content.decode()

    assert "Read from the sheet “Form responses 1”." in page
    assert "people.xlsx: 1 hidden row was read: row 3." in page


def test_an_upload_without_file_or_role_is_explained():
    cohort = make_cohort()

    text = client_of("coordinator", cohort).post(f"/c/{cohort.pk}/import/", {}).content.decode()

    assert text.count("Choose a spreadsheet file.") == 2
    assert text.count("Say whether the spreadsheet holds mentors or mentees.") == 2


def test_a_failing_row_leaves_nothing():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    imported = upload(client, cohort, MENTEES)
    map_columns(client, imported)
    before = content()
    checking = checking_of(imports_coordinated_by(Person.objects.get(pk=client.session["_auth_user_id"])).get())
    broken = [*checking.incoming[:-1], replace(checking.incoming[-1], capacity=5_000)]

    with pytest.raises(IntegrityError):
        do_import(
            imported=imported,
            incoming=broken,
            fixing=0,
            expected={"new": 2, "changed": 0, "same": 0, "left": 0, "fixing": 0},
            by=imported.uploaded_by,
            now=NOW,
        )

    imported.refresh_from_db()
    assert content() == before
    assert imported.state == "mapped"
    assert ImportedChange.objects.count() == 0


NOT_THEIRS = [("stranger", 404), ("leader", 404), ("mentor", 404), ("mentee", 404), ("nobody", 302)]


@pytest.mark.parametrize(("who", "status"), NOT_THEIRS)
def test_imports_are_for_coordinators_only(who: str, status: int):
    cohort = make_cohort()
    owner = client_of("coordinator", cohort)
    mapped = upload(owner, cohort, MENTEES)
    map_columns(owner, mapped)
    done = bring_in(owner, cohort, MENTEES)
    client = client_of(who, cohort)
    pages = ["", f"{mapped.pk}/columns/", f"{mapped.pk}/check/", f"{mapped.pk}/errors.csv", f"{done.pk}/"]
    before = content()

    read = {client.get(f"/c/{cohort.pk}/import/{page}").status_code for page in pages}
    sent = {client.post(f"/c/{cohort.pk}/import/{page}").status_code for page in [*pages[:3], f"{done.pk}/undo/"]}

    assert read == sent == {status}
    assert content() == before


def test_an_import_of_another_cohort_is_not_found():
    cohort, other = make_cohort(), make_cohort()
    imported = bring_in(client_of("coordinator", other), other, MENTEES)
    client = client_of("coordinator", cohort)

    assert client.get(f"/c/{cohort.pk}/import/{imported.pk}/").status_code == 404
    assert client.post(f"/c/{cohort.pk}/import/{imported.pk}/undo/").status_code == 404


def test_the_list_of_imports_costs_the_same_for_one_and_for_three(django_assert_max_num_queries):
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    upload(client, cohort, MENTEES)
    client.get(f"/c/{cohort.pk}/import/")
    with django_assert_max_num_queries(100) as one:
        client.get(f"/c/{cohort.pk}/import/")
    upload(client, cohort, MENTEES)
    upload(client, cohort, MENTEES)
    with django_assert_max_num_queries(100) as three:
        client.get(f"/c/{cohort.pk}/import/")

    assert len(three) == len(one)


def test_import_of_many_people_takes_no_more_queries_than_of_a_few(django_assert_max_num_queries):
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    rows = "".join(
        f"Person {number} (made up),p{number}@hospital.test,Research,Cardiology,M\n" for number in range(150)
    )
    imported = upload(client, cohort, MENTEES.partition("\n")[0] + "\n" + rows)
    map_columns(client, imported)
    counts = client.get(f"/c/{cohort.pk}/import/{imported.pk}/check/").context["counts"]

    with django_assert_max_num_queries(40):
        client.post(f"/c/{cohort.pk}/import/{imported.pk}/check/", counts)

    assert Application.objects.filter(cohort=cohort, stage="accepted").count() == 150


def test_check_page_says_which_names_are_nobodys():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    make_member(cohort, Role.MENTOR, name="Dr Zoé Quist")
    sheet = "Full name,Email,Choices\nAma Boateng,ama@hospital.test,Quist\nJo Park,jo@hospital.test,Zoe Quist\n"
    imported = upload(client, cohort, sheet)
    map_columns(client, imported)

    unknown = client.get(f"/c/{cohort.pk}/import/{imported.pk}/check/").context["unknown"]

    assert [one.row for one in unknown] == [2]
    assert "“Quist” is not among the mentors of this cohort." in unknown[0].words


EXCLUSIONS = (
    "Full name,Email,Not with\n"
    "Ama Boateng,ama@hospital.test,my boss\n"
    "Jo Park,jo@hospital.test,Dr Quist (Cardiology)\n"
    "Eli Roy,eli@hospital.test,none\n"
)


def checked_exclusions(text: str = EXCLUSIONS) -> tuple[Client, Import, str]:
    """Return a coordinator, an import of mentees with exclusions into a cohort with one mentor, and its Check page."""
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    make_member(cohort, Role.MENTOR, name="Dr Zoé Quist")
    imported = upload(client, cohort, text)
    map_columns(client, imported)
    return client, imported, f"/c/{cohort.pk}/import/{imported.pk}/check/"


def say_nobody(client: Client, imported: Import, **data: object) -> HttpResponse:
    return client.post(f"/c/{imported.cohort_id}/import/{imported.pk}/nobody/", {"column": "Not with", **data})


def test_check_leaves_out_an_unclear_exclusion_and_says_what_it_understood():
    client, _, page = checked_exclusions()

    context = client.get(page).context

    assert [(one.row, one.code, one.cell) for one in context["problems"]] == [(2, "unclear_name", "my boss")]
    assert (context["counts"]["new"], context["counts"]["fixing"]) == (2, 1)
    assert [one.text for one in context["notes"] if one.code == "read_as_people"] == [
        '"Not with" is "Dr Quist (Cardiology)". I read this as Dr Zoé Quist; they are kept apart.'
    ]


def test_coordinator_says_that_a_cell_means_nobody_and_the_import_keeps_it():
    client, imported, page = checked_exclusions()

    answer = say_nobody(client, imported, row=2, is_said="on")
    shown = client.get(page)
    do_it(client, imported)

    assert (answer.status_code, answer.headers["Location"]) == (302, page)
    assert shown.context["problems"] == ()
    assert "You said that these cells mean nobody of the other sheet" in shown.content.decode()
    assert Application.objects.get(person__email="ama@hospital.test").answers["means_nobody"] == {"not_with": "my boss"}
    assert list(Event.objects.filter(kind="import.nobody_meant").values_list("details", flat=True)) == [{"row": 2}]


def test_coordinator_takes_it_back():
    client, imported, page = checked_exclusions()
    say_nobody(client, imported, row=2, is_said="on")

    say_nobody(client, imported, row=2)

    assert [one.row for one in client.get(page).context["problems"]] == [2]
    assert Event.objects.filter(kind="import.nobody_taken_back").count() == 1


@pytest.mark.parametrize("data", [{}, {"row": 3, "is_said": "on"}, {"row": 2, "column": "Name", "is_said": "on"}])
def test_a_cell_that_is_clear_cannot_be_said_to_mean_nobody(data):
    client, imported, _ = checked_exclusions()

    answer = say_nobody(client, imported, **data)

    imported.refresh_from_db()
    assert (answer.status_code, imported.nobody) == (302, [])


def test_after_an_import_nothing_more_is_said_about_its_cells():
    client, imported, _ = checked_exclusions()
    do_it(client, imported)

    answer = say_nobody(client, imported, row=2, is_said="on")

    imported.refresh_from_db()
    assert (answer.status_code, imported.nobody) == (409, [])


def test_the_next_import_remembers_that_a_cell_means_nobody():
    client, imported, _ = checked_exclusions()
    say_nobody(client, imported, row=2, is_said="on")
    do_it(client, imported)

    again = upload(client, imported.cohort, EXCLUSIONS)
    map_columns(client, again)
    context = client.get(f"/c/{imported.cohort_id}/import/{again.pk}/check/").context

    assert context["problems"] == ()
    assert (context["counts"]["same"], context["counts"]["changed"]) == (3, 0)


def test_exclusions_wait_until_somebody_of_the_other_side_is_there():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    imported = upload(client, cohort, EXCLUSIONS)
    map_columns(client, imported)

    context = client.get(f"/c/{cohort.pk}/import/{imported.pk}/check/").context

    assert (context["problems"], context["counts"]["new"]) == ((), 3)


def test_several_columns_that_are_one_answer_are_offered_as_one_and_read_as_one():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    topics = [f"What would you like help with? [{topic}]" for topic in ("Exams", "Research", "Leadership")]
    rows = [["Full name", "Email", *topics], ["Ama Boateng", "ama@hospital.test", "Yes", "No", "Yes"],
            ["Jo Park", "jo@hospital.test", "No", "Yes", "No"]]  # fmt: skip

    imported = upload(client, cohort, awkward.csv_bytes(rows))
    page = client.get(f"/c/{cohort.pk}/import/{imported.pk}/columns/")

    assert "What would you like help with? (columns C-E)" in page.content.decode()
    assert page.context["unused"] == ""
    bring_in(client, cohort, awkward.csv_bytes(rows))
    assert {one.person.email: one.answers["goals"] for one in Application.objects.select_related("person")} == {
        "ama@hospital.test": ["Exams", "Leadership"],
        "jo@hospital.test": ["Research"],
    }


def test_a_guess_that_would_leave_out_a_fifth_of_the_rows_is_not_proposed_and_told():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    heading = "How many mentors this year?"
    people = (("Ama", "1"), ("Bo", "2"), ("Cai", "as many as there are"), ("Dee", "a few"))
    rows = [["Full name", "Email", heading], *([f"{name} Roe", f"{name}@hospital.test", cell] for name, cell in people)]

    imported = upload(client, cohort, awkward.csv_bytes(rows))
    page = client.get(f"/c/{cohort.pk}/import/{imported.pk}/columns/")

    assert columns_of(client, imported)["column_wanted"] == ""
    assert "so that column is not used" in page.content.decode()


def test_options_with_commas_are_learnt_from_the_other_sheet_before_it_comes_in():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    mentors = (
        "Timestamp,Name,Email,Places,What can you help with?\n"
        '2026-01-01,Mo One,mo@h.test,1,"Research, audit and quality, Exams"\n'
        "2026-01-02,Mo Two,two@h.test,1,Exams\n"
        '2026-01-03,Mo Three,three@h.test,1,"Research, audit and quality"\n'
    )
    mentees = (
        "Timestamp,Name,Email,What would you like help with?\n"
        '2026-01-01,Ann Lee,ann@h.test,"Research, audit and quality"\n'
    )
    alone = upload(client, cohort, mentees)
    map_columns(client, alone)

    def goals():
        return checking_of(Import.objects.get(pk=alone.pk)).incoming[0].answers["goals"]

    before = goals()
    map_columns(client, upload(client, cohort, mentors, role="mentor"))

    assert tuple(before) == ("Research", "audit and quality")
    assert tuple(goals()) == ("Research, audit and quality",)


def test_ladders_are_learnt_from_the_other_sheet_before_it_comes_in():
    cohort = make_cohort()
    client = client_of("coordinator", cohort)
    one = upload(client, cohort, "Name,Email,Career stage\nAnn Lee,ann@h.test,Medical student\n")
    map_columns(client, one)
    mentors = "Name,Email,Places,Career stage\n" + "".join(
        f"Mo {at},mo{at}@h.test,1,{said}\n" for at, said in enumerate(["Ward manager", "Registered nurse", "Matron"])
    )

    before = [note.text for note in checking_of(Import.objects.get(pk=one.pk)).notes]
    map_columns(client, upload(client, cohort, mentors, role="mentor"))
    after = [note.text for note in checking_of(Import.objects.get(pk=one.pk)).notes]

    assert not any("ladder" in text for text in before)
    assert any("ladder" in text for text in after)
