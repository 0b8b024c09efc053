"""The same sheets and rules give the same fit for each pair through the library, the command and the site."""

import json
from itertools import product

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from chiron import match
from chiron.blueprints.pose.pairs import scoring_of
from chiron.blueprints.schema.defaults import default_matching
from chiron.blueprints.schema.rules_file import dump_rules, read_rules
from chiron.cli.main import main
from chiron.sheets.example import write_example
from chiron.site.applications.models import Import
from chiron.site.matching.bridge.frozen import freeze, matching_in, mentees_in, mentors_in
from chiron.site.matching.queries.pools import pools_of
from cohort_factories import client_of, make_cohort

pytestmark = pytest.mark.django_db

MENTORS = (
    "Name,Email,Places,What can you help with?,Specialty,Grade,Languages,Availability,Site,Years\n"
    "Mo One,mo@h.test,2,Exams; Research,Cardiology,Consultant,English,Mon 18:00-20:00,North,12\n"
    "Mo Two,two@h.test,1,Quality Improvement; Exams,Surgery,Registrar,Welsh,Tue 18:00-19:00,South,3\n"
    "Mo Three,three@h.test,1,Reserch; Leadership,Cardiology,,English; Welsh,,North,\n"
)
MENTEES = (
    "Name,Email,What would you like help with?,Specialty,Grade,Languages,Goals importance,Site,Years\n"
    "Ann Lee,ann@h.test,Research; quality-improvement,Cardiology,Foundation doctor,English,5,north,1\n"
    "Bob Roe,bob@h.test,Research,Paediatrics,Registrar,Welsh,,South,2\n"
    "Cy Moss,cy@h.test,exams,,Foundation doctor,,0,North,\n"
    "Di Nash,di@h.test,Research,Cardiology,,English,2,,4\n"
)
WRITTEN = """
[[matching.rules]]
name = "Same site"
kind = "same"
field = "site"
points = 11
missed = -3

[[matching.rules]]
name = "Goals covered"
kind = "coverage"
mentee = "goals"
mentor = "expertise"
points = 30
importance = "goals_importance"

[[matching.rules]]
name = "Same department"
kind = "same"
field = "department"
points = 17

[[matching.rules]]
name = "Similar time"
kind = "near"
field = "years"
points = 9

[[matching.rules]]
name = "Common hours"
kind = "hours"
field = "hours"
points = 8
"""


def fits_in_site(mentors, mentees, rules, *, ending=".csv"):
    """Import both sheets through the pages, freeze a run, and return each pair's fit, and what the run says."""
    cohort = make_cohort(matching=rules.model_dump(mode="json", exclude_defaults=True))
    client = client_of("coordinator", cohort)
    for role, content in (("mentor", mentors), ("mentee", mentees)):
        import_sheet(client, cohort, role, content, ending)
    frozen = json.loads(json.dumps(freeze(cohort, pools_of(cohort), aim="everyone")))
    left, right = mentees_in(frozen), mentors_in(frozen)
    fits = scoring_of(left, right, matching_in(frozen)).fit_block(0, len(left))
    return by_pair(left, right, fits), frozen["not_used"]


def import_sheet(client, cohort, role, content, ending):
    client.post(f"/c/{cohort.pk}/import/", {"role": role, "file": SimpleUploadedFile(f"{role}s{ending}", content)})
    address = f"/c/{cohort.pk}/import/{Import.objects.latest('pk').pk}"
    form = client.get(f"{address}/columns/").context["form"]
    client.post(f"{address}/columns/", {field.html_name: field.value() or "" for field in form})
    client.post(f"{address}/check/", client.get(f"{address}/check/").context["counts"])


def by_pair(mentees, mentors, fits):
    return {
        (mentees[i].answers["email"], mentors[j].answers["email"]): int(fits[i, j])
        for i, j in product(range(len(mentees)), range(len(mentors)))
    }


def fits_in_library(result):
    plan = result.plan
    fits = scoring_of(plan.mentees, plan.mentors, plan.matching).fit_block(0, len(plan.mentees))
    return by_pair(plan.mentees, plan.mentors, fits)


def fits_of_command(folder, capsys, *flags):
    main(["match", f"{folder}/mentors.csv", f"{folder}/mentees.csv", "--no-input", "-n", "--json", *flags])
    result = json.loads(capsys.readouterr().out)
    return {(pair["mentee"], pair["mentor"]): pair["score"] for pair in result["pairs"]}, result["notes"]


@pytest.mark.parametrize("is_written", [False, True])
def test_sheets_with_missing_columns_and_slips_give_the_same_fits_through_every_door(tmp_path, capsys, is_written):
    (tmp_path / "mentors.csv").write_text(MENTORS)
    (tmp_path / "mentees.csv").write_text(MENTEES)
    rules = read_rules(WRITTEN, file="rules.toml") if is_written else default_matching()
    (tmp_path / "rules.toml").write_text(dump_rules(rules))

    library = match(tmp_path / "mentors.csv", tmp_path / "mentees.csv", rules=rules if is_written else None)
    flags = ("--rules", str(tmp_path / "rules.toml")) if is_written else ()
    command, notes = fits_of_command(tmp_path, capsys, *flags)
    site, not_used = fits_in_site(MENTORS.encode(), MENTEES.encode(), rules)

    assert fits_in_library(library) == site
    assert len(set(site.values())) > 2
    assert command == {(pair.mentee, pair.mentor): pair.fit for pair in library.pairs}
    assert not_used
    assert set(not_used) <= set(library.record.notes)
    assert set(not_used) <= set(notes)
    assert '"Common hours" is not used: no mentee says "Hours".' in not_used


def test_the_example_sheets_give_the_same_fits_through_every_door(tmp_path):
    write_example(tmp_path)
    mentors, mentees = sorted(tmp_path.glob("*mentors*")), sorted(tmp_path.glob("*mentees*"))

    library = match(mentors[0], mentees[0])
    site, _ = fits_in_site(
        mentors[0].read_bytes(), mentees[0].read_bytes(), default_matching(), ending=mentors[0].suffix
    )

    assert fits_in_library(library) == site


COMMAS = {
    "mentors": """Timestamp,Name,Email,Places,What can you help with?,Career stage
2026-01-01,Mo One,mo@h.test,1,"Research, audit and quality, Exams",Attending
2026-01-02,Mo Two,two@h.test,1,Exams,Resident
2026-01-03,Mo Three,three@h.test,1,"Research, audit and quality",Attending
""",
    "mentees": """Timestamp,Name,Email,What would you like help with?,Career stage
2026-01-01,Ann Lee,ann@h.test,"Research, audit and quality",Medical student
2026-01-02,Bob Roe,bob@h.test,"Exams, Research, audit and quality",Resident
2026-01-03,Cy Moss,cy@h.test,Exams,Fellow
""",
}
HOURS = {
    "mentors": """Name,Email,Places,When are you free?,Time zone
Mo One,mo@h.test,1,any day but Monday 18-20,(UTC+05:30) Chennai
Mo Two,two@h.test,1,weekends,GMT Standard Time
""",
    "mentees": """Name,Email,When are you free?,Time zone
Ann Lee,ann@h.test,Tue 12:30-14:30,UTC
Bob Roe,bob@h.test,Sat 9-12,UTC-3:30
""",
}
NURSES = {
    "mentors": """Name,Email,Places,What can you help with?,Career stage
Mo One,mo@h.test,1,Exams,Ward manager
Mo Two,two@h.test,1,Exams,Registered nurse
""",
    "mentees": """Name,Email,What would you like help with?,Career stage
Ann Lee,ann@h.test,Exams,Student nurse
Bob Roe,bob@h.test,Exams,Registered nurse
""",
}


@pytest.mark.parametrize("sheets", [COMMAS, HOURS, NURSES], ids=["commas", "hours", "ladder"])
def test_options_with_commas_stages_and_times_give_the_same_fits_through_every_door(tmp_path, sheets):
    for side, text in sheets.items():
        (tmp_path / f"{side}.csv").write_text(text)

    library = match(tmp_path / "mentors.csv", tmp_path / "mentees.csv")
    site, _ = fits_in_site(sheets["mentors"].encode(), sheets["mentees"].encode(), default_matching())

    assert fits_in_library(library) == site
