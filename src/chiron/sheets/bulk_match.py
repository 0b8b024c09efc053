"""Pools too large to list every pair: the checked people posed for the exact scan, and its plan (extra `scale`).

Sheets of every size are read, judged and compared in the same way (`intake`, `pools`); only the engine differs.
"""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from chiron.blueprints.plan.pairs import RefereeError
from chiron.blueprints.pose.pairs import pool_of
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import Participant, Role
from chiron.pairing.model.answer import Aim
from chiron.pairing.model.lottery import lottery
from chiron.pairing.model.problem import Ints, Longs
from chiron.pairing.rules.scoring import Pool, Scoring
from chiron.sheets.files.page import literal
from chiron.sheets.files.table import SheetError
from chiron.sheets.people.column_answers import columns_of
from chiron.sheets.pools import Pools
from chiron.sheets.result.record_pages import NOT_MATCHED
from chiron.sheets.result.write import write_whole

if TYPE_CHECKING:
    from chiron.pairing.proof.referee import Verdict
    from chiron.pairing.scale.national.answer import NationalAnswer
    from chiron.pairing.scale.national.scan import Scan

Told = Callable[[str], None]
ENDINGS = (".csv", ".tsv")
MOST_REASONS, MOST_LOOKED_AT = 200, 4_000_000
"""Of so many people without a mentor, and among so many pairs of theirs, it is worked out why; of the others it is said
how many mentors could be theirs. No clock bounds it, so that the same sheets give the same bytes."""
WHY = "Why not, and what would change it"


class BulkError(ValueError):
    """A large pool cannot be matched like this; the message names what stands in the way, and what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class BulkQuestion:
    """Two large pools as the scan takes them, both in the order of the lottery: whoever stands first wins a tie.

    Attributes:
        mentees: names of the mentees; their ids are those of the scoring.
        mentors: names of the mentors.
        rows: int64 (n,), where each mentee stands among those of the sheet.
        matching: the rules.
        scoring: the rules over the columns.
        capacity: int32 (m,), how many mentees each mentor takes.
        apart: positions (mentee, mentor) of the pairs that no plan may hold.
    """

    mentees: tuple[str, ...]
    mentors: tuple[str, ...]
    rows: Longs
    matching: Matching
    scoring: Scoring
    capacity: Ints
    apart: tuple[tuple[int, int], ...]


def pose_bulk(
    pools: Pools,
    *,
    forbids: Sequence[tuple[str, str]] = (),
    allows: Sequence[tuple[str, str]] = (),
    seed: int = 0,
) -> BulkQuestion:
    """Return checked pools as the scan takes them; people on both sheets are never paired with themselves.

    Args:
        pools: the people of both sheets.
        forbids: (mentee id, mentor id) pairs that no plan may hold.
        allows: pairs that a plan may hold although a must rule forbids them.
        seed: of the lottery that decides ties; the order of the rows decides nothing.

    Raises:
        BulkError: the rules or the people ask for caps, groups, priorities or several mentors for one mentee.
        RuleError: a rule cannot be used on these columns.
    """
    matching = pools.matching
    _refuse(matching, pools.mentees)
    rows = _drawn(pools.mentees, seed, "mentee")
    mentees = [pools.mentees[row] for row in rows.tolist()]
    mentors = [pools.mentors[row] for row in _drawn(pools.mentors, seed, "mentor").tolist()]
    mentee_at, mentor_at = ({person.id: place for place, person in enumerate(people)} for people in (mentees, mentors))
    selves = ((one.mentee, one.mentor) for one in pools.dual_roles())
    apart = {(mentee_at[mentee], mentor_at[mentor]) for mentee, mentor in chain(forbids, selves)}
    places = [matching.capacity if mentor.capacity is None else mentor.capacity for mentor in mentors]
    return BulkQuestion(
        mentees=tuple(person.name for person in mentees),
        mentors=tuple(person.name for person in mentors),
        rows=rows,
        matching=matching,
        scoring=Scoring(
            matching.engine_rules(),
            _pool(mentees, "mentee", matching),
            _pool(mentors, "mentor", matching),
            [(mentee_at[mentee], mentor_at[mentor]) for mentee, mentor in allows],
        ),
        capacity=np.array(places, dtype=np.int32),
        apart=tuple(sorted(apart)),
    )


def _drawn(people: Sequence[Participant], seed: int, side: Role) -> Longs:
    """Return the positions of people in the order of the lottery, int64 (n,), as the plans of smaller pools draw it."""
    return np.argsort(lottery([person.id for person in people], seed, side))


def _refuse(matching: Matching, mentees: Sequence[Participant]) -> None:
    """Refuse what the scan does not know.

    Raises:
        BulkError: the rules or the people ask for it.
    """
    asked = {
        "caps": matching.caps,
        "a priority": matching.priority,
        "a shape other than pairs": matching.shape.kind != "pairs",
        "everyone = true": matching.everyone,
        "sizes of groups": matching.groups is not None,
    }
    for what, is_there in asked.items():
        if is_there:
            raise BulkError(
                f"A pool of this size is matched without {what}. Take that out of the rules, or match fewer people."
            )
    if any(person.wanted != 1 for person in mentees):
        raise BulkError(
            "A pool of this size is matched with one mentor for each mentee, and some ask for another number. "
            "Take that column out, or match fewer people."
        )


def _pool(people: Sequence[Participant], side: Role, matching: Matching) -> Pool:
    """Return one side with the columns that the rules read."""
    names = dict.fromkeys(name for rule in matching.rules for name in rule.fields_of(side))
    columns: dict[str, Sequence[Any]] = dict(columns_of(people, [name for name in names if name not in ("id", "name")]))
    ids = tuple(person.id for person in people)
    for name, own in (("id", ids), ("name", tuple(person.name for person in people))):
        if name in names:
            columns[name] = [person.answers.get(name, known) for person, known in zip(people, own, strict=True)]
    return pool_of(ids, columns, side, matching)


def plan_bulk(question: BulkQuestion, *, aim: Aim | None = None, tell: Told | None = None) -> "BulkPlan":
    """Return the best plan over all pairs, judged over all pairs.

    Args:
        question: the people and the rules.
        aim: another aim than that of the rules.
        tell: told each phase, in words.

    Raises:
        BulkError: the extra `scale` is not installed, or the aim or a rule is beyond the scan.
        RefereeError: the judge found a fault in the plan: a fault of ours.
    """
    try:
        # Compiled kernels take a second to load, and are not installed everywhere.
        from chiron.pairing.scale import ScaleError  # noqa: PLC0415
        from chiron.pairing.scale.national.referee_all import referee_all  # noqa: PLC0415
        from chiron.pairing.scale.national.scan import compile_scan  # noqa: PLC0415
        from chiron.pairing.scale.national.solve import national_plan  # noqa: PLC0415
    except ModuleNotFoundError as fault:
        raise BulkError(
            "A pool of this size needs one more part of Chiron. Install it, in Chiron's folder: pip install '.[scale]'"
        ) from fault
    aim = aim or question.matching.aim
    if aim == "stable" and any(rule.voice != "both" for rule in question.matching.rules):
        raise BulkError(
            'A pool of this size has stable plans only where both sides wish the same. Delete voice, or choose "total".'
        )
    tell = tell or _nobody
    try:
        scan = compile_scan(question.scoring, apart=question.apart)
        watch = partial(_told, tell)
        answer = national_plan(scan, capacity=question.capacity, aim=aim, watch=watch)
    except ScaleError as fault:
        raise BulkError(str(fault)) from fault
    tell("judging the plan over every pair")
    verdict = referee_all(
        question.scoring, answer, capacity=question.capacity, forbidden=question.apart, program=scan.program
    )
    if verdict.violations:
        raise RefereeError("\n".join(map(str, verdict.violations)))
    return BulkPlan(question, answer, verdict, scan)


def _nobody(phase: str) -> None:
    """Tell nobody."""


def _told(tell: Told, phase: str, _reached: object) -> bool:
    """Tell a phase, and go on: whoever wants to end the search raises."""
    tell(phase)
    return True


@dataclass(frozen=True, slots=True, eq=False)
class BulkPlan:
    """A plan for large pools in which the judge found no fault: pairs (int32 (k, 2)), the proof, and the verdict."""

    question: BulkQuestion
    answer: "NationalAnswer"
    verdict: "Verdict"
    scan: "Scan"

    def write(self, path: Path, *, force: bool = False) -> None:
        """Write the pairs with the points of each rule, then everybody who is not matched and why, as .csv or .tsv.

        Raises:
            SheetError: the ending is another, the file exists and `force` is off, or the folder cannot be written to.
        """
        ending = path.suffix.lower()
        if ending not in ENDINGS:
            raise SheetError(f"A plan of this size is written as .csv or .tsv, not as {path.name}.")
        text = self._text("\t" if ending == ".tsv" else ",")
        write_whole(path, text.encode("utf-8"), force=force)

    def unmatched(self) -> Ints:
        """Return the positions of the mentees without a mentor, in the order of the sheet."""
        left = np.setdiff1d(np.arange(len(self.question.mentees), dtype=np.int32), self.answer.pairs[:, 0])
        return left[np.argsort(self.question.rows[left])]

    def reasons(self) -> dict[int, str]:
        """Return for each mentee without a mentor why, and what would change it; for those beyond the bounds, less.

        Each is one line, so that a file of tens of thousands has a line a row.
        """
        from chiron.pairing.scale.national.left_out import national_reasons  # noqa: PLC0415 -- with the kernels

        question, left = self.question, self.unmatched()
        allowed = dict(zip(left.tolist(), self.scan.count_allowed(left).tolist(), strict=True))
        found = {mentee: _shortly(question.mentees[mentee], allowed[mentee]) for mentee in left.tolist()}
        if not len(left):
            return found
        asked = left[: min(MOST_REASONS, max(1, MOST_LOOKED_AT // max(1, len(question.mentors))))]
        explained = national_reasons(
            self.scan,
            question.scoring,
            self.answer,
            capacity=question.capacity,
            mentees=asked,
            is_best=self.verdict.proved_best,
        )
        reasons = explained.unmatched(
            asked.tolist(),
            mentee_names=question.mentees,
            mentor_names=question.mentors,
            apart=frozenset(question.apart),
        )
        return found | {
            mentee: " ".join((str(why.reason), *(fix.text for fix in why.fixes)))
            for mentee, why in zip(asked.tolist(), reasons, strict=True)
        }

    def _text(self, separator: str) -> str:
        """Return the rows as text with a byte-order mark."""
        question = self.question
        pairs = self.answer.pairs[np.argsort(question.rows[self.answer.pairs[:, 0]])]
        rules = question.scoring.soft_rules
        ids = question.scoring.mentees.ids, question.scoring.mentors.ids
        parts = question.scoring.parts(pairs)
        reasons = self.reasons()
        stream = io.StringIO(newline="")
        writer = csv.writer(stream, delimiter=separator, lineterminator="\r\n")
        writer.writerow(
            ("Mentee", "Mentor", "Fit", *(literal(rule.name) for rule in rules), "Mentee id", "Mentor id", WHY)
        )
        made = zip(
            _cells(question.mentees, pairs[:, 0]),
            _cells(question.mentors, pairs[:, 1]),
            parts.sum(axis=1).tolist(),
            *(parts[:, at].tolist() for at in range(len(rules))),
            _cells(ids[0], pairs[:, 0]),
            _cells(ids[1], pairs[:, 1]),
            ("",) * len(pairs),
            strict=True,
        )
        nothing = ("",) * (len(rules) + 1)
        alone = (
            (str(literal(question.mentees[at])), NOT_MATCHED, *nothing, str(literal(ids[0][at])), "", str(literal(why)))
            for at, why in reasons.items()
        )
        writer.writerows(chain(made, alone))
        return "\ufeff" + stream.getvalue()


def _shortly(name: str, allowed: int) -> str:
    """Return what can be said of a mentee at once."""
    if not allowed:
        return f"No mentor may be paired with {name}: each breaks a rule that must hold."
    who = "1 mentor" if allowed == 1 else f"{allowed:,} mentors"
    return f"{who} could be paired with {name}. Why none is was not worked out: too many people are not matched."


def _cells(texts: Sequence[str], places: Ints) -> list[str]:
    """Return the texts at these places, none of them a formula."""
    return [str(literal(texts[place])) for place in places.tolist()]
