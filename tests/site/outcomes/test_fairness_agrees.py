"""The page of a plan, the leader's page, its file and `chiron fairness` say the same of every group."""

import csv
import html
import io
import random
import re

import pytest
from django.test import Client

from chiron.pairing.measures.fairness import HIGHER, LOWER, TOO_FEW, UNCLEAR
from chiron.sheets.result.fairness import figures_by, sentence_of
from chiron.sheets.result.record import PairMade
from chiron.site.applications.models import Application
from chiron.site.applications.rules import Role, Stage
from chiron.site.matching.bridge.answering import Draft, DraftLeftOut, DraftPair
from chiron.site.matching.operations.runs import ask_for_run, begin_run, freeze_run, keep_answer
from chiron.site.matching.queries.inputs import facts_of
from chiron.site.mentorships.operations import publish_plan
from chiron.site.people.models import Person
from cohort_factories import make_cohort, make_coordinator, make_leader, signed_in
from factories import NOW
from plan_factories import link_to
from repeats import first_of

pytestmark = pytest.mark.django_db

Row = tuple[str, ...]
ANSWER = {
    "method": "assignment",
    "stopped": None,
    "proved_best": True,
    "steps": [],
    "open_fixes": [],
}


def make_pool(cohort, role: Role, answers: list[dict], *, places: int) -> list[Application]:
    """Make accepted people in bulk."""
    people = Person.objects.bulk_create(
        Person(email=f"{role}{at}@example.org", name=f"Person {role}{at} (made up)", joined_at=NOW)
        for at in range(len(answers))
    )
    return Application.objects.bulk_create(
        Application(
            cohort=cohort,
            person=person,
            role=role,
            stage=Stage.ACCEPTED,
            answers=own,
            capacity=places if role is Role.MENTOR else None,
            created_at=NOW,
            submitted_at=NOW,
            decided_at=NOW,
            decided_by=people[0],
        )
        for person, own in zip(people, answers, strict=True)
    )


def make_plan_of(dice: random.Random):
    """Make a cohort in which groups are of all sizes and differ or do not, and its published plan."""
    cohort = make_cohort()
    sites = [f"Site {letter}" for letter in "ABCDE"[: dice.randint(2, 5)]]
    towns = {site: dice.choice(["East", "West"]) for site in sites}
    stages = [f"Stage {number}" for number in range(1, dice.randint(2, 5))]
    weights = [dice.choice([1, 4, 9]) for _ in sites]
    said = [
        {"site": site, "region": towns[site], **({"stage": dice.choice(stages)} if dice.random() < 0.9 else {})}
        for site in dice.choices(sites, weights, k=dice.randint(25, 110))
    ]
    mentees = make_pool(cohort, Role.MENTEE, said, places=1)
    mentors = make_pool(cohort, Role.MENTOR, [{} for _ in range(3)], places=200)
    run = ask_for_run(cohort=cohort, aim="everyone", by=make_coordinator(cohort), now=NOW)
    begin_run(run=run, now=NOW)
    share = {site: dice.choice([0.4, 0.8, 1.0]) for site in sites}
    middle = {site: dice.choice([55, 60, 75]) for site in sites}
    has = [dice.random() < share[own["site"]] for own in said]
    pairs = [
        DraftPair(one.pk, dice.choice(mentors).pk, 1, round(dice.gauss(middle[own["site"]], 6)), (), 1, "")
        for one, own, is_matched in zip(mentees, said, has, strict=True)
        if is_matched
    ]
    left = [DraftLeftOut(one.pk, "full", "Full.", ()) for one, is_in in zip(mentees, has, strict=True) if not is_in]
    freeze_run(run=run)
    plan = keep_answer(run=run, draft=Draft(tuple(pairs), tuple(left), 0, ANSWER), now=NOW)
    publish_plan(plan=plan, held_back=(), send_after=None, link_to=link_to, by=make_coordinator(cohort), now=NOW)
    return plan


def rows_in(text: str) -> list[Row]:
    """Return the cells of the rows of the first table in a page."""
    body = re.search(r"<tbody>(.*?)</tbody>", text, re.DOTALL)[1]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    cells = (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows)
    return [tuple(html.unescape(re.sub(r"\s+", " ", cell)).strip() for cell in row) for row in cells]


def said_on_the_plan(plan) -> dict[str, tuple[str, list[Row]]]:
    """Return, by question, the sentence and the rows that the page of a plan shows."""
    client, found = signed_in(Client(), make_coordinator(plan.cohort)), {}
    for field, label in facts_of(plan).groupings:
        page = client.get(f"/c/{plan.cohort_id}/plans/{plan.pk}/?by={field}").content.decode()
        panel = page[page.index('id="fairness-heading"') :]
        found[label] = (re.search(r"<p><strong>(.*?)</strong></p>", panel)[1], rows_in(panel))
    return found


def said_to_leaders(plan) -> dict[str, tuple[str, list[Row]]]:
    """Return, by question, the sentence and the rows of the leader's page."""
    page = signed_in(Client(), make_leader(plan.cohort)).get(f"/c/{plan.cohort_id}/report/").content.decode()
    found = {}
    for section in page.split('<h2 id="group-')[1:]:
        heading = re.sub(r"\s+", " ", re.search(r">(.*?)</h2>", section, re.DOTALL)[1]).strip()
        label, sentence = heading.split(": ", 1)
        found[label] = (sentence, rows_in(section))
    return found


def said_in_the_file(plan) -> dict[str, list[Row]]:
    """Return, by question, the rows of the file of the leader's page."""
    answer = signed_in(Client(), make_leader(plan.cohort)).get(f"/c/{plan.cohort_id}/report.csv")
    found, title = {}, ""
    for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))):
        if len(row) == 6 and row[1] == "Mentees":
            title = row[0]
        elif title and len(row) == 6:
            found.setdefault(title, []).append(tuple(row))
        else:
            title = ""
    return found


def said_at_the_terminal(plan) -> dict[str, tuple[str, list[Row]]]:
    """Return what `chiron fairness` says of the same people and pairs."""
    facts = facts_of(plan)
    groups = {
        key: {label: facts.answers[field][at] for field, label in facts.groupings}
        for at, key in enumerate(facts.mentees)
    }
    ties = plan.pairs.values_list("mentee_id", "mentor_id", "fit")
    pairs = [PairMade(str(mentee), str(mentor), "", "", fit) for mentee, mentor, fit in ties]
    return {
        label: (
            sentence_of(figures),
            [
                (one.group, "[c]" if one.n is None else str(one.n), one.share, one.share_verdict, one.text, one.verdict)
                for one in figures
            ],
        )
        for label, figures in figures_by(pairs, groups).items()
    }


@first_of("seed", range(200), daily=12)
def test_every_place_says_the_same_of_every_group(seed: int):
    plan = make_plan_of(random.Random(seed))

    on_the_plan = said_on_the_plan(plan)

    assert on_the_plan
    assert said_to_leaders(plan) == on_the_plan
    assert said_in_the_file(plan) == {label: rows for label, (_sentence, rows) in on_the_plan.items()}
    said = said_at_the_terminal(plan)
    assert {label: rows for label, (_sentence, rows) in said.items()} == said_in_the_file(plan)
    for label, (sentence, rows) in on_the_plan.items():
        assert said[label][0] in sentence
        verdicts = [(n, verdict) for _group, n, *figures in rows for verdict in figures[1::2]]
        too_few = {n for n, verdict in verdicts if verdict == str(TOO_FEW)}
        compared = {n for n, verdict in verdicts if verdict in map(str, (HIGHER, LOWER, UNCLEAR))}
        assert not too_few & compared, rows
