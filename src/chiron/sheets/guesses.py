"""Which columns of two sheets hold what the rules read, and the exclusions that the rules forgot."""

from collections.abc import Iterator, Mapping, Sequence

from chiron.blueprints.schema.defaults import ALWAYS
from chiron.blueprints.schema.fields import standard_fields
from chiron.blueprints.schema.matching import Matching, RuleSpec
from chiron.blueprints.schema.person import ROLES, Role
from chiron.pairing.rules.vocabulary import KINDS
from chiron.sheets.columns.guess import Column, Guess, guess_columns
from chiron.sheets.files.table import Table
from chiron.sheets.names.index import called_so
from chiron.sheets.opened import Opened

Chosen = Mapping[str, str | Sequence[str]]
MOST_CALLED = 20_000


def guesses_of(
    opened: Mapping[Role, Opened], matching: Matching, chosen: Mapping[Role, Chosen], *, is_built_in: bool
) -> dict[Role, Guess]:
    """Return the columns of both sheets; each is judged by the people of the other one, too."""
    known = {**standard_fields(), **matching.fields}
    people: dict[Role, frozenset[str]] = {"mentor": frozenset(), "mentee": frozenset()}
    guesses: dict[Role, Guess] = {}
    for side in ("mentee", "mentor", "mentee"):  # whom mentees name is only known once the mentors' columns are
        role: Role = "mentor" if side == "mentor" else "mentee"
        fields = matching.fields_for(role)
        given = chosen.get(role, {})
        extra = {name: known[name] for name in given if name in known and known[name].asked_of(role)}
        guesses[role] = guess_columns(
            opened[role].table,
            role,
            {**extra, **fields},
            chosen=given,
            needed=("name",) if is_built_in else ("name", *_needed(matching, role)),
            others=people["mentee" if role == "mentor" else "mentor"],
        )
        people[role] = _called(opened[role].table, guesses[role])
    return {role: guesses[role] for role in ROLES}


def _called(table: Table, guess: Guess) -> frozenset[str]:
    """Return what the people of a sheet are called: names, addresses and ids; nothing of very many."""
    if len(table.rows) > MOST_CALLED:
        return frozenset()
    columns = [guess.columns[name].index for name in ("name", "email", "id") if name in guess.columns]
    called = [row.cells[position] for row in table.rows for position in columns]
    if "first_name" in guess.columns and "last_name" in guess.columns:
        first, last = guess.columns["first_name"].index, guess.columns["last_name"].index
        called += [f"{row.cells[first]} {row.cells[last]}" for row in table.rows]
    return called_so(called)


def with_exclusions(
    matching: Matching, opened: Mapping[Role, Opened], chosen: Mapping[Role, Chosen]
) -> tuple[Matching, tuple[str, ...]]:
    """Return rules that keep to every exclusion of the sheets, also where a rules file forgot one, and what to say.

    Whom somebody must not be paired with is no matter of taste: only the coordinator's own word takes it away.
    """
    whole, notes = matching, []
    for side, name, column in _exclusions_unread(opened, matching):
        if name in chosen.get(side, {}):
            continue
        mentee, mentor = (name, "id") if side == "mentee" else ("id", name)
        title = f"{column.heading} ({side}s)"[:200]
        rule = RuleSpec(name=title, kind="apart", mentee=mentee, mentor=mentor, must=True)
        wider = whole.model_copy(update={"rules": (*whole.rules, rule)})
        # A column that means another field of these rules is none of exclusions.
        if name in guesses_of(opened, wider, chosen, is_built_in=True)[side].columns:
            whole = wider
            notes.append(
                f'{opened[side].table.file}: your rules do not mention "{" ".join(column.heading.split())}". I keep to '
                f"it all the same: nobody is paired with whom it names. To leave it out: --{side} {name}="
            )
    return whole, tuple(notes)


def unread_exclusions(opened: Mapping[Role, Opened], matching: Matching) -> Iterator[str]:
    """Yield a note for each column that may say who is to be kept apart, and that no rule of a rules file reads.

    A guess is told, too: nobody is to find out from the plan that an exclusion counted for nothing.
    """
    for side, name, column in _exclusions_unread(opened, matching):
        yield (
            f'{opened[side].table.file}: no rule reads "{" ".join(column.heading.split())}", so it keeps nobody apart. '
            f'To keep them apart, add a rule of the kind "apart" with {side} = "{name}".'
        )


def _exclusions_unread(opened: Mapping[Role, Opened], matching: Matching) -> Iterator[tuple[Role, str, Column]]:
    """Yield each column that may say who is to be kept apart, and that no rule reads, with its side and field."""
    is_one_sheet = opened["mentor"].table is opened["mentee"].table
    for side in ROLES:
        fields = {
            name: spec
            for name, spec in standard_fields().items()
            if spec.keeps_apart
            and not any(name in matching.fields_for(one) for one in (ROLES if is_one_sheet else (side,)))
        }
        found = guess_columns(opened[side].table, side, fields, needed=()).columns if fields else {}
        yield from ((side, name, column) for name, column in found.items() if column.example)


def _needed(matching: Matching, side: Role) -> tuple[str, ...]:
    """Return the fields of one side without which the written rules cannot be used.

    A rule that gives points may drop out, and a rule whose column may stand on one side only needs it on some sheet;
    see `taken_in.TakenIn.missing`.
    """
    musts = tuple(rule for rule in matching.rules if rule.must and not KINDS[rule.kind].one_sided)
    return compared_fields(matching.model_copy(update={"rules": musts}), side)


def compared_fields(matching: Matching, side: Role) -> tuple[str, ...]:
    """Return the fields that the written rules read of one side."""
    names = [rule.mentee_field if side == "mentee" else rule.mentor_field for rule in matching.rules]
    if matching.shape.by is not None and (side == "mentor" or matching.shape.kind == "chain"):
        names.append(matching.shape.by)
    if side == "mentor":
        names += [name for cap in matching.caps for name in (cap.by, cap.limit_from) if name is not None]
    elif matching.priority is not None:
        names.append(matching.priority.by)
    if matching.groups is not None and matching.groups.part_field is not None:
        names.append(matching.groups.part_field)
    return tuple(dict.fromkeys(name for name in names if name not in ALWAYS))
