"""Whose sheet is whose: one sheet for both sides, two the wrong way round, and the column that says who is who."""

from collections import Counter
from dataclasses import dataclass, replace

from chiron.blueprints.schema.person import Role
from chiron.sheets.cells.lexicon import words
from chiron.sheets.columns.guess import position_of
from chiron.sheets.files.headings import normal
from chiron.sheets.files.table import SheetError, Table

NO_COLUMN = "-"
"""What is given for the column where none says who is who."""
MOST_NAMED = 3
_HEADINGS = words("role_headings")
_SAYS: dict[str, frozenset[Role]] = {
    **dict.fromkeys(words("says_mentor"), frozenset[Role]({"mentor"})),
    **dict.fromkeys(words("says_mentee"), frozenset[Role]({"mentee"})),
    **dict.fromkeys(words("says_both"), frozenset[Role]({"mentor", "mentee"})),
}
_OTHER: dict[Role, Role] = {"mentor": "mentee", "mentee": "mentor"}


@dataclass(frozen=True, slots=True)
class RoleColumn:
    """A column that says who is a mentor and who a mentee.

    Attributes:
        heading: as the spreadsheet shows it.
        index: its position.
        roles: what each row says, in order; empty where a cell says nothing that is understood.
    """

    heading: str
    index: int
    roles: tuple[frozenset[Role], ...]

    def count(self, role: Role) -> int:
        """Return how many rows say this role."""
        return sum(role in one for one in self.roles)

    def others(self, role: Role) -> int:
        """Return how many rows say only the other role."""
        return sum(bool(one) and role not in one for one in self.roles)


def parted_by_role(mentors: Table, mentees: Table, *, by: str | None = None) -> tuple[Table, Table]:
    """Return the sheets of both sides with the rows of that side only.

    Args:
        mentors: the mentors' sheet.
        mentees: the mentees' sheet; may be the same.
        by: the heading of the column that says who is who; "-": no column says it; None: nobody was asked.

    Raises:
        SheetError: nothing was given, and the sheets are one, the wrong way round, or hold people of the other side; or
            the column is not there, or has a cell that is not understood.
    """
    if by == NO_COLUMN:
        return mentors, mentees
    if by is not None:
        return _only(mentors, mentees, by)
    columns = role_column(mentors), role_column(mentees)
    if _is_same(mentors, mentees):
        raise SheetError(_one_sheet(mentors, columns[0]))
    _refuse_others(mentors, columns[0], "mentor")
    _refuse_others(mentees, columns[1], "mentee")
    return mentors, mentees


def role_column(table: Table) -> RoleColumn | None:
    """Return the column of a sheet that says who is a mentor and who a mentee, if there is one."""
    for index, heading in enumerate(table.headings):
        if normal(heading) not in _HEADINGS:
            continue
        cells = [row.cells[index] for row in table.rows]
        roles = tuple(_SAYS.get(normal(cell), frozenset[Role]()) for cell in cells)
        filled = sum(bool(normal(cell)) for cell in cells)
        if filled and sum(map(bool, roles)) == filled:
            return RoleColumn(heading, index, roles)
    return None


def _is_same(mentors: Table, mentees: Table) -> bool:
    """Return whether two sheets hold the same rows, in whatever order."""
    if mentors.headings != mentees.headings or len(mentors.rows) != len(mentees.rows) or not mentors.rows:
        return False
    return Counter(tuple(row.cells) for row in mentors.rows) == Counter(tuple(row.cells) for row in mentees.rows)


def _one_sheet(table: Table, column: RoleColumn | None) -> str:
    """Return what is said where one sheet stands for both sides."""
    if column is None:
        return (
            f"{table.place} stands for both sides, and no column says who is a mentor and who a mentee. Give each side "
            'a sheet of its own, or add a column "Role" with Mentor, Mentee or Both, and type: --role-column Role'
        )
    counts = " and ".join(_counted(column.count(role), role) for role in ("mentor", "mentee"))
    return (
        f'{table.place} stands for both sides, and its column "{_shown(column)}" says who is who: {counts}. '
        f'To take each side from there: --role-column "{_shown(column)}"'
    )


def _refuse_others(table: Table, column: RoleColumn | None, role: Role) -> None:
    """Refuse a sheet in which a column says that people are of the other side.

    Raises:
        SheetError: it does.
    """
    others = column.others(role) if column is not None else 0
    if column is None or not others:
        return
    heading, other = _shown(column), _OTHER[role]
    if others == sum(map(bool, column.roles)):
        raise SheetError(
            f'{table.place} is given as the {role}s\' sheet, but its column "{heading}" says {other} in every row. '
            f"Name the mentors' sheet first. If the column means something else: --role-column {NO_COLUMN}"
        )
    rows = [row.number for row, one in zip(table.rows, column.roles, strict=True) if one and role not in one]
    listed = ", ".join(map(str, rows[:MOST_NAMED])) + (" …" if len(rows) > MOST_NAMED else "")
    raise SheetError(
        f'{table.place} is given as the {role}s\' sheet, but its column "{heading}" says {other} in {others} of '
        f"{len(table.rows)} rows (row {listed}). To take only the people of each side: "
        f'--role-column "{heading}". If the column means something else: --role-column {NO_COLUMN}'
    )


def _only(mentors: Table, mentees: Table, by: str) -> tuple[Table, Table]:
    """Return each sheet with the rows that say its side; one of two sheets may do without the column.

    Raises:
        SheetError: neither has the column, or a cell is not understood.
    """
    positions = [_position(table, by) for table in (mentors, mentees)]
    if positions == [None, None]:
        position_of(mentors, by)  # says which columns there are
    return _rows_of(mentors, "mentor", positions[0]), _rows_of(mentees, "mentee", positions[1])


def _position(table: Table, heading: str) -> int | None:
    """Return the position of a column, or None where the sheet has none of this heading."""
    plain = normal(heading)
    return next((at for at, each in enumerate(table.headings) if each == heading or normal(each) == plain), None)


def _rows_of(table: Table, role: Role, position: int | None) -> Table:
    """Return a sheet with the rows that say a role; all of them where it has no column for it.

    Raises:
        SheetError: a cell is not understood.
    """
    if position is None:
        return table
    kept = []
    for row in table.rows:
        said = _SAYS.get(normal(row.cells[position]))
        if said is None:
            heading = " ".join(table.headings[position].split())
            what = f'"{row.cells[position]}"' if row.cells[position].strip() else "empty"
            raise SheetError(f'{table.file} row {row.number}  "{heading}" is {what}. Type Mentor, Mentee or Both.')
        if role in said:
            kept.append(row)
    return replace(table, rows=tuple(kept))


def _shown(column: RoleColumn) -> str:
    return " ".join(column.heading.split())


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
