"""What an import would change: rows of a sheet against the applications that are there, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from chiron.blueprints.schema.fields import FieldSpec, settled
from chiron.site.applications.rules.answers import answer_words
from chiron.site.applications.rules.application import Stage
from chiron.site.applications.rules.imports import Duplicates
from chiron.site.applications.rules.naming import MEANS_NOBODY


class ChangeKind(StrEnum):
    """What an import does with one row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One good row of a sheet: who it is about, and what it says about them.

    `site_id` is the key of their site, below 0 where the import adds it by its name. `stage` is where their application
    stood when the sheet was exported; None where it does not say so, as no other sheet does.
    """

    row: int
    email: str
    name: str
    answers: Mapping[str, Any]
    capacity: int | None = None
    wanted: int | None = None
    site_id: int | None = None
    stage: Stage | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """An application that is in the cohort already."""

    application_id: int
    stage: Stage
    answers: Mapping[str, Any]
    capacity: int | None
    wanted: int
    site_id: int | None
    taken: int = 0

    @property
    def content(self) -> dict[str, Any]:
        """What an import may change, in JSON form."""
        return {
            "answers": dict(self.answers),
            "capacity": self.capacity,
            "wanted": self.wanted,
            "site_id": self.site_id,
            "stage": self.stage.value,
        }


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """What an import does with one row.

    `before` and `after` hold answers, capacity, wanted, site_id and stage; `before` is None where the application is
    new. `fields` names the answers that differ, with "places" for the capacity and "wanted" for how many of the other
    side somebody would like.
    """

    kind: ChangeKind
    incoming: Incoming
    after: Mapping[str, Any]
    application_id: int | None = None
    before: Mapping[str, Any] | None = None
    fields: tuple[str, ...] = ()
    taken: int = 0

    @property
    def is_over(self) -> bool:
        """True where more places are taken than this row leaves."""
        places = self.after["capacity"] if "places" in self.fields else self.after["wanted"]
        return bool({"places", "wanted"} & set(self.fields)) and places is not None and self.taken > places


@dataclass(frozen=True, slots=True)
class Changes:
    """What an import does with every good row, in the order of the sheet."""

    rows: tuple[PlannedChange, ...]
    fixing: int = 0
    by_kind: Mapping[ChangeKind, tuple[PlannedChange, ...]] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are of each kind, and how many need fixing."""
        return {**{kind.value: len(self.by_kind.get(kind, ())) for kind in ChangeKind}, "fixing": self.fixing}

    @property
    def new_sites(self) -> Mapping[int, str]:
        """The names of the sites that are to be added, by the number below 0 that stands for each."""
        found: dict[int, str] = {}
        for change in self.writes:
            if change.after["site_id"] is not None and change.after["site_id"] < 0:
                found.setdefault(change.after["site_id"], str(change.incoming.answers["site"]))
        return found

    @property
    def withdrawn(self) -> int:
        """How many rows are of people who were withdrawn, and stay so."""
        left = self.by_kind.get(ChangeKind.LEFT, ())
        return sum(change.before is not None and change.before["stage"] == Stage.WITHDRAWN for change in left)

    @property
    def back(self) -> int:
        """How many rows are of people who were withdrawn, and are taken back in."""
        return sum(change.before is not None and change.before["stage"] == Stage.WITHDRAWN for change in self.writes)

    @property
    def writes(self) -> tuple[PlannedChange, ...]:
        """The rows that change something."""
        return tuple(change for change in self.rows if change.kind in {ChangeKind.NEW, ChangeKind.CHANGED})


def plan_changes(
    incoming: Sequence[Incoming],
    standing: Mapping[str, Standing],
    duplicates: Duplicates,
    fixing: int,
    *,
    takes_back: bool = False,
) -> Changes:
    """Return what an import would do; nothing is written.

    Args:
        incoming: good rows, each e-mail address at most once.
        standing: applications in the cohort in the same role, by e-mail address in lower case.
        duplicates: what to do with people who are there already.
        fixing: how many rows of the sheet need fixing.
        takes_back: accept those again who were withdrawn.
    """
    rows = tuple(_change(one, standing.get(one.email), duplicates, takes_back=takes_back) for one in incoming)
    by_kind = {kind: tuple(change for change in rows if change.kind is kind) for kind in ChangeKind}
    return Changes(rows=rows, fixing=fixing, by_kind=by_kind)


def changed_words(change: PlannedChange, fields: Mapping[str, FieldSpec]) -> list[tuple[str, str, str]]:
    """Return (label, before, after) of each answer that an import changes; what somebody is stays unsaid."""
    if change.before is None:
        return []
    rows = [_changed(name, change.before, change.after, fields) for name in change.fields]
    if change.before["stage"] != change.after["stage"]:
        rows.append((_("Stage"), str(Stage(change.before["stage"]).label), str(Stage(change.after["stage"]).label)))
    return rows


def _changed(
    name: str, before: Mapping[str, Any], after: Mapping[str, Any], fields: Mapping[str, FieldSpec]
) -> tuple[str, str, str]:
    """Return the label of one difference, and what stood and will stand there."""
    if name in {"places", "wanted"}:
        key = "capacity" if name == "places" else "wanted"
        label = fields[name].label if name in fields else name
        return label, _number(before[key]), _number(after[key])
    if name == MEANS_NOBODY:
        old, new = ("; ".join(content["answers"].get(name, {}).values()) for content in (before, after))
        return _("Means nobody of the other side"), old or _("Not said"), new
    spec = fields[name] if name in fields else FieldSpec(type="text", label=name.replace("_", " ").capitalize())
    if settled(name, spec).sensitive:
        return spec.label, _("not shown"), _("not shown")
    old, new = (answer_words(content["answers"].get(name), spec) for content in (before, after))
    if name == "site" and old == new:
        return spec.label, _("Not linked"), new
    return spec.label, old or _("Not provided"), new


def _number(value: int | None) -> str:
    return _("as in the rules") if value is None else str(value)


def _change(one: Incoming, there: Standing | None, duplicates: Duplicates, *, takes_back: bool) -> PlannedChange:
    """Return what happens to one row."""
    if there is None:
        content = {
            "answers": _answered(one.answers),
            "capacity": one.capacity,
            "wanted": one.wanted or 1,
            "site_id": one.site_id,
            "stage": (one.stage or Stage.ACCEPTED).value,
        }
        return PlannedChange(ChangeKind.NEW, one, content)
    before = there.content
    comes_back = takes_back and there.stage is Stage.WITHDRAWN
    is_out = there.stage in {Stage.DECLINED, Stage.WITHDRAWN} and not comes_back
    if is_out or (duplicates is Duplicates.SKIP and not comes_back):
        return PlannedChange(ChangeKind.LEFT, one, before, there.application_id, before)
    said = _answered(one.answers)
    if one.site_id is not None and one.site_id == there.site_id:
        said.pop("site", None)  # the link says it already, however the sheet spells it
    after = {
        "answers": {**there.answers, **said},
        "capacity": there.capacity if one.capacity is None else one.capacity,
        "wanted": there.wanted if one.wanted is None else one.wanted,
        "site_id": there.site_id if one.site_id is None else one.site_id,
        "stage": (there.stage if one.stage is not None and not comes_back else Stage.ACCEPTED).value,
    }
    fields = _differences(before, after)
    kind = ChangeKind.CHANGED if before != after else ChangeKind.SAME
    return PlannedChange(kind, one, after, there.application_id, before, fields, there.taken)


def _answered(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers that say something, in JSON form: a blank never overwrites."""
    return {name: _plain(value) for name, value in answers.items() if value is not None and value not in ("", [], ())}


def _plain(value: Any) -> Any:
    """Return a value as JSON gives it back: tuples become lists."""
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of what differs: answers first, then the two numbers."""
    old, new = before["answers"], after["answers"]
    names = [name for name in new if old.get(name) != new[name]]
    names += ["places"] if before["capacity"] != after["capacity"] else []
    names += ["wanted"] if before["wanted"] != after["wanted"] else []
    names += ["site"] if before["site_id"] != after["site_id"] and "site" not in names else []
    return tuple(names)
