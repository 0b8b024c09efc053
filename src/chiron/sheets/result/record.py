"""What a written result holds, as plain records: the one shape behind .xlsx, .csv and .json."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chiron.sheets.people.diagnostics import Diagnostic

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class Input:
    """A sheet that was read: its file, its sheet, the checksum of its bytes, its rows, and how many were used."""

    file: str
    sheet: str
    sha256: str
    rows: int
    used: int | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What was asked. `rules` is the rules file in use, as TOML; `week` the Monday whose week's clocks count, or ""."""

    aim: str = "everyone"
    seed: int = 0
    time_limit_s: int | None = 60
    capacity: int = 1
    rules: str = ""
    version: str = ""
    week: str = ""


@dataclass(frozen=True, slots=True)
class StepDone:
    """One step of the aim: what was reached, what no plan can exceed, and whether both are equal."""

    aim: str
    value: int
    bound: int
    proved_best: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """The plan in a few numbers. Lowest and mean fit are None where nobody is matched.

    Attributes:
        matched: mentees with a mentor.
        unmatched: mentees without one.
        lowest_fit: fit of the worst-off pair.
        mean_fit: mean fit of the pairs, rounded.
        proved_best: every step is proved.
        mentors_with_room: mentors who could take one more.
        needs_look: pairs to look at: a fit under the line, or a wish that was missed.
        stopped: why the search ended early, or None.
        steps: one for each step of the aim, in order.
    """

    matched: int
    unmatched: int
    lowest_fit: int | None
    mean_fit: int | None
    proved_best: bool
    mentors_with_room: int = 0
    needs_look: int = 0
    stopped: str | None = None
    steps: tuple[StepDone, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One reason of a pair: the rule, its points, and a plain sentence."""

    rule: str
    points: int
    text: str


@dataclass(frozen=True, slots=True)
class OtherChoice:
    """Another mentor that a mentee could have, its fit, and in words what that would cost everybody else."""

    mentor_id: str
    mentor: str
    fit: int
    text: str


@dataclass(frozen=True, slots=True)
class PairMade:
    """A mentee and a mentor of the plan, or two peers. The points of the parts add up to the fit, exactly.

    `label` is the slot, the link of a chain, the round, the circle, the team or the programme; empty where there is
    nothing to tell apart.
    """

    mentee_id: str
    mentor_id: str
    mentee: str
    mentor: str
    fit: int
    parts: tuple[Part, ...] = ()
    others: tuple[OtherChoice, ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class LeftOver:
    """Somebody without a partner: `side` is mentee or mentor; why; and what would change it, cheapest first.

    `changes` says for each fix the same as values (not in .xlsx): whom it helps, and its steps, each with a code; see
    `chiron.pairing.explain.fixes`.
    """

    id: str
    name: str
    side: str
    reasons: tuple[str, ...]
    fixes: tuple[str, ...] = ()
    changes: tuple[dict[str, Any], ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class PlaceOpen:
    """A place that nobody fills: whose it is, which slot or programme, and why."""

    id: str
    name: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class GroupMember:
    """Somebody in a group, a circle or a team: what it is called, who, and on which side."""

    group: str
    id: str
    name: str
    side: str


@dataclass(frozen=True, slots=True)
class InLine:
    """A mentee who waits: the place in line, and the mentor who would be offered if a place became free."""

    rank: int
    id: str
    name: str
    mentor_id: str
    mentor: str
    fit: int
    reason: str


@dataclass(frozen=True, slots=True)
class ColumnFound:
    """Which heading was taken for which field, an example from it, and how it was known."""

    side: str
    field: str
    heading: str
    example: str
    how: str


@dataclass(frozen=True, slots=True)
class GroupFigure:
    """The people of one group, their mean fit with its interval, and the share of them who have a partner.

    `text` is the mean fit as it is shown, `share` the share; the verdicts say whether the group differs from everyone
    together. `hidden` is true where the mean fit is.
    """

    by: str
    group: str
    n: int | None
    mean: int | None
    low: int | None
    high: int | None
    hidden: bool
    text: str = ""
    verdict: str = ""
    share: str = ""
    share_verdict: str = ""


@dataclass(frozen=True, slots=True)
class Forgone:
    """What a plan gave up; a number is None where it was not counted. See `pairing.given_up`.

    Attributes:
        text: all of it in plain sentences.
        first_percentile: the fit that 1 in 100 pairs are at or below.
        fifth_percentile: the fit that 5 in 100 pairs are at or below.
        total: the sum of the fits.
        best_total: the highest total that any plan reaches.
        price: the total given up, in thousandths of the highest.
        blocking_pairs: pairs who would both rather have each other.
        envious: mentees who would rather have a mentor who took somebody of a later priority.
        choices: how many pairs are a first choice, a second one, …, with commas between.
        gini: how unevenly mentors are used, in thousandths; 0 where all have the same.
        jain: how evenly mentors are used, in thousandths; 1000 where all have the same.
    """

    text: str
    first_percentile: int | None
    fifth_percentile: int | None
    total: int
    best_total: int | None
    price: int | None
    blocking_pairs: int | None
    envious: int | None
    choices: str
    gini: int | None
    jain: int | None


@dataclass(frozen=True, slots=True)
class Record:
    """A whole result, as it is written and read back.

    Attributes:
        inputs: the two sheets, mentors first.
        settings: what was asked.
        summary: the plan in numbers.
        shape: "pairs", "groups", "panel", "chain", "peers", "circles", "teams", "rounds" or "shared".
        pairs: everybody who belongs together, two by two, in the order of the mentees' sheet.
        unmatched: mentees first, then mentors with nobody.
        problems: rows and cells that need fixing; such rows are left out.
        notes: guesses and defaults that were used, in words.
        columns: which heading was taken for which field.
        fairness: figures by group.
        given_up: what the plan gave up, None where the file does not say.
        open_places: places of a panel or of programmes that nobody fills.
        open_fixes: what would fill more of them, the cheapest first; each was tried.
        members: who is in which group, circle or team.
        waitlist: mentees without a mentor in the order in which they would come in.
        groups: for each mentee's id, the answers by heading that people can be grouped by.
    """

    inputs: tuple[Input, ...]
    settings: Settings
    summary: Summary
    pairs: tuple[PairMade, ...]
    unmatched: tuple[LeftOver, ...] = ()
    problems: tuple[Diagnostic, ...] = ()
    notes: tuple[str, ...] = ()
    columns: tuple[ColumnFound, ...] = ()
    fairness: tuple[GroupFigure, ...] = ()
    groups: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    given_up: Forgone | None = None
    shape: str = "pairs"
    open_places: tuple[PlaceOpen, ...] = ()
    open_fixes: tuple[str, ...] = ()
    members: tuple[GroupMember, ...] = ()
    waitlist: tuple[InLine, ...] = ()

    def matched(self) -> set[str]:
        """Return the ids of people who asked and are in a pair."""
        found = {pair.mentee_id for pair in self.pairs}
        return found | {pair.mentor_id for pair in self.pairs} if self.words.is_one_population else found

    @property
    def words(self) -> "ShapeWords":
        """What the two ends of a pair are called in this shape."""
        return SHAPES.get(self.shape, SHAPES["pairs"])


@dataclass(frozen=True, slots=True)
class ShapeWords:
    """What a result of a shape calls things.

    Attributes:
        first: who stands first in a pair.
        second: who stands second.
        label: what `PairMade.label` is; empty where there is nothing to tell apart.
        partner: what somebody without anybody lacks.
        is_role: the label is part of what somebody has: another slot is another mentor.
        is_one_population: both ends of a pair are people who asked.
        is_one_id: an id means one person, at whichever end.
    """

    first: str = "Mentee"
    second: str = "Mentor"
    label: str = ""
    partner: str = "mentor"
    is_role: bool = False
    is_one_population: bool = False
    is_one_id: bool = False


SHAPES: Mapping[str, ShapeWords] = {
    "pairs": ShapeWords(),
    "groups": ShapeWords(),
    "panel": ShapeWords(label="Slot", is_role=True),
    "chain": ShapeWords(label="Link", is_one_id=True),
    "teams": ShapeWords(label="Team", partner="team"),
    "rounds": ShapeWords(label="Round"),
    "shared": ShapeWords(label="Programme", is_role=True),
    "peers": ShapeWords("Person", "Partner", partner="partner", is_one_population=True, is_one_id=True),
    "circles": ShapeWords("Person", "Peer", label="Circle", partner="circle", is_one_population=True, is_one_id=True),
}
