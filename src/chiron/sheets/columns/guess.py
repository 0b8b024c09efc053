"""Which column of a sheet holds which field: guessed from headings and from what stands below them, and always told."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from chiron.blueprints.schema.fields import FieldSpec
from chiron.blueprints.schema.person import Role
from chiron.sheets.cells.health_terms import ladder_of
from chiron.sheets.cells.lexicon import meanings, words
from chiron.sheets.columns.likeness import (
    LIKELY,
    SURE,
    UNFITTING,
    HeadingEvidence,
    content_likeness,
    evidence_of,
    heading_likeness,
    names_other_matter,
    says_wish,
)
from chiron.sheets.columns.naming import columns_naming
from chiron.sheets.columns.translated_headings import other_half
from chiron.sheets.files.headings import normal
from chiron.sheets.files.table import JoinedColumns, SheetError, Table, letters

NAME_FIELDS = ("name", "first_name", "last_name")
EVERYBODY_HAS = frozenset({*NAME_FIELDS, "email"})
POSITION_FIELDS: Mapping[str, FieldSpec] = {
    "latitude": FieldSpec(type="text", label="Latitude", headings=("Latitude", "Lat")),
    "longitude": FieldSpec(type="text", label="Longitude", headings=("Longitude", "Long", "Lon", "Lng")),
}
TOPIC_FIELDS = ("goals", "expertise")
EXAMPLES, EXAMPLE_LENGTH = 40, 60
LONGEST_TYPED = 40
NAMES_PEOPLE = "names people of the other sheet, and does not say that they are wished for"
SAID_BY_PERSON = "you said so"
NOT_SHOWN = "not shown"  # what stands in a column that says who somebody is
MOST_CHOICES = 30
_ORDINALS: Mapping[str, int] = meanings("ordinals")
_ORDINAL = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\b|\b(" + "|".join(_ORDINALS) + r")\b")
_RANKED_WORDS = words("ranked")

Chosen = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Column:
    """Where a field stands in a sheet.

    Attributes:
        index: position of the column, counted from 0.
        heading: as the spreadsheet shows it.
        how: in words, why this column: "you said so", "heading", "similar heading", "what is in it".
        example: the first answer in it, shortened.
        sure: whether a person need not be asked.
        more: positions of further columns of the same field: second choice, third choice, …
        place: which columns of the sheet were joined to this one, by their letters; empty where it stands in the sheet.
    """

    index: int
    heading: str
    how: str
    example: str
    sure: bool
    more: tuple[int, ...] = ()
    place: str = ""

    @property
    def positions(self) -> tuple[int, ...]:
        """Return the positions of all columns of the field, in order."""
        return (self.index, *self.more)


@dataclass(frozen=True, slots=True)
class Missing:
    """A field that is needed and was not found, with what to say instead."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Guess:
    """Which columns were found for one side.

    Attributes:
        columns: by field, in the order of the sheet's columns.
        unused: headings that mean no field.
        missing: needed fields without a column.
        absent: other fields without a column.
    """

    columns: Mapping[str, Column]
    unused: tuple[str, ...]
    missing: tuple[Missing, ...]
    absent: tuple[str, ...]


def guess_columns(
    table: Table,
    side: Role,
    fields: Mapping[str, FieldSpec],
    *,
    chosen: Chosen | None = None,
    needed: Collection[str] = ("name",),
    others: Collection[str] = (),
) -> Guess:
    """Return which column holds which field.

    Args:
        table: the sheet.
        side: whose sheet it is.
        fields: what is looked for; see `Matching.fields_for`.
        chosen: headings that a person gave for fields, which are never guessed over; "" means: do not import.
        needed: fields without which the sheet cannot be used; a name may come as first and last name.
        others: names, addresses and ids of the people on the other sheet, as `headings.normal` gives them.

    Raises:
        SheetError: a chosen heading or field does not exist.
    """
    wanted = dict(fields)
    if any(spec.type == "place" for spec in fields.values()):
        wanted.update({name: spec for name, spec in POSITION_FIELDS.items() if name not in wanted})
    columns = _chosen_columns(table, side, wanted, chosen or {})
    left_out = {name for name, heading in (chosen or {}).items() if not heading}
    taken = {position for column in columns.values() for position in column.positions}
    parts = {position: group for group in table.joined for position in group.positions}
    taken |= {group.index for group in table.joined if not taken.isdisjoint(group.positions)}
    taken |= {position for position, group in parts.items() if group.index in taken}
    cells = list(zip(*(row.cells for row in table.rows[:EXAMPLES]), strict=True)) or [()] * len(table.headings)
    evidence = [evidence_of(column, others) for column in cells]
    naming = columns_naming(table, evidence, others)
    for name, positions in _choice_groups(table, wanted, side, taken | set(parts), evidence):
        if name not in columns and name not in left_out:
            columns[name] = _column(table, positions[0], "headings in order", sure=True, more=tuple(positions[1:]))
            taken.update(positions)
    open_fields = {name: spec for name, spec in wanted.items() if name not in columns and name not in left_out}
    for worth, name, position, how in _ranked(table, side, open_fields, evidence, naming):
        if name in columns and wanted[name].keeps_apart and worth >= SURE and position not in taken:
            # "Line manager" and "Educational supervisor": nobody named in either is lost.
            columns[name] = replace(columns[name], more=(*columns[name].more, position))
            taken.add(position)
            continue
        if name in columns or position in taken or (name == "name" and _has_parts(columns)):
            continue
        group = next((group for group in table.joined if group.index == position), None)
        if group is not None:
            joined = _column(table, position, f"{group.place} as one answer", sure=False)
            columns[name] = replace(joined, place=group.place)
            taken.update(group.positions)
        else:
            columns[name] = _column(table, position, how, sure=worth >= SURE)
        taken.add(position)
        if position in parts:
            taken.add(parts[position].index)
    _name_by_preferred(columns, left_out)
    _halve_name(table, columns)
    named = _naming_others(table, naming - taken.union(parts))
    if named and "not_with" in wanted and "not_with" not in left_out:
        columns["not_with"] = _with_named(table, columns.get("not_with"), named)
        taken.update(named)
    ordered = {
        name: replace(column, example=NOT_SHOWN) if wanted[name].sensitive else column
        for name, column in sorted(columns.items(), key=lambda item: item[1].index)
    }
    return Guess(
        columns=ordered,
        unused=tuple(
            heading
            for position, heading in enumerate(table.headings)
            if position not in taken and position not in parts
        ),
        missing=tuple(_missing(name, wanted, side) for name in needed if not _is_found(name, ordered)),
        absent=tuple(name for name in fields if name not in ordered and name not in needed and name not in NAME_FIELDS),
    )


def headings_of(guess: Guess, table: Table) -> dict[str, str | list[str]]:
    """Return a guess as what a person would say, to be saved and given back as `chosen`."""
    return {
        name: [table.headings[position] for position in column.positions] if column.more else column.heading
        for name, column in guess.columns.items()
    }


def words_for(column: Column) -> str:
    """Return what to type for a column after FIELD=: its heading in quotes, or its letters where that is long."""
    heading = " ".join(column.heading.split())
    is_plain = len(heading) <= LONGEST_TYPED and '"' not in heading
    return f'"{heading}"' if is_plain else letters(column.index)


def _naming_others(table: Table, naming: Collection[int]) -> list[int]:
    """Return the columns not taken yet in which people of the other sheet are named, and not as a wish."""
    return [position for position in sorted(naming) if not says_wish(table.headings[position])]


def _name_by_preferred(columns: dict[str, Column], left_out: set[str]) -> None:
    """Take the column of preferred names for names, where the sheet has no other."""
    other = "first_name" if "last_name" in columns else "name"
    if "preferred_name" in columns and other not in left_out and not {"name", "first_name"} & columns.keys():
        columns[other] = columns.pop("preferred_name")


def _halve_name(table: Table, columns: dict[str, Column]) -> None:
    """Take a column of names for half of them where another column holds the other half: "Nom" beside "Prénom"."""
    for half, there in (("last_name", "first_name"), ("first_name", "last_name")):
        if "name" not in columns or there not in columns or half in columns or columns["name"].how == SAID_BY_PERSON:
            continue
        name, other = columns["name"], columns[there]
        repeated = sum(normal(row.cells[other.index]) in normal(row.cells[name.index]) for row in table.rows)
        if other_half(name.heading, other.heading, half) and (not table.rows or repeated * 2 < len(table.rows)):
            columns[half] = columns.pop("name")


def _has_parts(columns: Mapping[str, Column]) -> bool:
    return "first_name" in columns and "last_name" in columns


def _is_found(name: str, columns: Mapping[str, Column]) -> bool:
    if name == "place" and "latitude" in columns and "longitude" in columns:
        return True
    return name in columns or (name == "name" and _has_parts(columns))


def _missing(name: str, fields: Mapping[str, FieldSpec], side: Role) -> Missing:
    label = (fields[name].label if name in fields else "") or name.replace("_", " ")
    label = label[:1].lower() + label[1:]
    return Missing(name, f'No column looks like the {side}\'s {label}. Say which: --{side} {name}="Column heading".')


def _column(table: Table, position: int, how: str, *, sure: bool, more: tuple[int, ...] = ()) -> Column:
    example = next((row.cells[position] for row in table.rows if row.cells[position]), "")
    example = " ".join(example.split())
    if len(example) > EXAMPLE_LENGTH:
        example = example[: EXAMPLE_LENGTH - 1] + "…"
    return Column(position, table.headings[position], how, example, sure, more)


def _with_named(table: Table, column: Column | None, named: Sequence[int]) -> Column:
    """Return the column of exclusions with further ones that name people of the other sheet, nobody says what for.

    Somebody who is named and not wished for is kept apart, with a note, rather than paired.
    """
    if column is None:
        return _column(table, named[0], NAMES_PEOPLE, sure=False, more=tuple(named[1:]))
    return replace(column, how=f"{column.how}; {NAMES_PEOPLE}", sure=False, more=(*column.more, *named))


def _chosen_columns(table: Table, side: Role, fields: Mapping[str, FieldSpec], chosen: Chosen) -> dict[str, Column]:
    columns = {}
    for name, given in chosen.items():
        if name not in fields:
            near = get_close_matches(name, fields, n=1)
            meant = f' Did you mean "{near[0]}"?' if near else f" Fields: {', '.join(fields)}."
            raise SheetError(f'There is no field "{name}" for a {side}.{meant}')
        headings = [given] if isinstance(given, str) else list(given)
        if any(headings):
            positions = [position_of(table, heading) for heading in headings]
            columns[name] = _column(table, positions[0], SAID_BY_PERSON, sure=True, more=tuple(positions[1:]))
    return columns


def position_of(table: Table, heading: str) -> int:
    """Return the position of a column, by its heading (case, spaces and punctuation apart) or its letters.

    Raises:
        SheetError: there is no such column, or there are several.
    """
    if heading in table.headings:
        return table.headings.index(heading)
    plain = normal(heading)
    hits = [position for position, each in enumerate(table.headings) if plain and normal(each) == plain]
    if len(hits) == 1:
        return hits[0]
    by_letters = [position for position in range(len(table.headings)) if letters(position) == heading.strip().upper()]
    if by_letters:
        return by_letters[0]
    near = get_close_matches(heading, table.headings, n=1, cutoff=0.5)
    meant = f' Did you mean "{near[0]}"?' if near else f" Its columns: {', '.join(table.headings)}."
    several = f'{table.place} has {len(hits)} columns "{heading}". Give one of them another heading.'
    raise SheetError(several if hits else f'{table.place} has no column "{heading}".{meant}')


def _choice_groups(
    table: Table, fields: Mapping[str, FieldSpec], side: Role, taken: set[int], evidence: Sequence[HeadingEvidence]
) -> list[tuple[str, list[int]]]:
    """Return fields whose answers stand in several columns in order: "1st choice", "2nd choice" and so on."""
    groups: dict[str, dict[int, int]] = {}
    for position, heading in enumerate(table.headings):
        found = _ORDINAL.search(normal(heading)) if position not in taken else None
        if found is None:
            continue
        order = int(found[1]) if found[1] else _ORDINALS[found[2]]
        base = normal(_ORDINAL.sub(" ", normal(heading)))
        if 1 <= order <= MOST_CHOICES and base:
            groups.setdefault(base, {}).setdefault(order, position)
    result = []
    for base, places in groups.items():
        if len(places) < 2 or 1 not in places:  # noqa: PLR2004 -- one column is no order
            continue
        positions = [places[order] for order in sorted(places)]
        name = _in_order(base, fields, side, [evidence[position] for position in positions])
        if name is not None:
            result.append((name, positions))
    return result


def _in_order(
    base: str, fields: Mapping[str, FieldSpec], side: Role, evidence: Sequence[HeadingEvidence]
) -> str | None:
    """Return the field of answers that stand in order: people where they are named below, else a list of topics."""
    named = [one.others for one in evidence if one.others is not None and one.filled]
    are_people = sum(named) * 4 >= len(named) if named else None
    likeness = {
        name: heading_likeness(base, name, spec, side)
        for name, spec in fields.items()
        if not spec.keeps_apart and spec.type == ("list" if are_people is False else "ranking")
    }
    best = max(likeness, key=lambda name: likeness[name], default=None)
    is_called_so = are_people is not False and bool(set(base.split()) & _RANKED_WORDS)
    return best if best is not None and (likeness[best] >= LIKELY or is_called_so) else None


def _ranked(
    table: Table,
    side: Role,
    fields: Mapping[str, FieldSpec],
    evidence: Sequence[HeadingEvidence],
    naming: Collection[int],
) -> list[tuple[float, str, int, str]]:
    """Return every likely (worth, field, position, how), best first; ties go to the earlier field and column.

    Forms write an empty "Name" and "Email" for people who are not signed in, so an empty column of those
    comes last; an empty column whose heading is only similar is no column of a field.
    """
    known = {name: known_values(spec) for name, spec in fields.items()}
    joined = {group.index: group for group in table.joined}
    parts = {position: group for group in table.joined for position in group.positions}
    order = {name: rank for rank, name in enumerate(fields)}
    likely = []
    for name, spec in fields.items():
        for position, heading in enumerate(table.headings):
            if not _may_hold(position, spec, parts=parts, joined=joined):
                continue
            names_others = position in naming and not _may_name_people(name, spec)
            if names_others or (spec.type == "stage" and _are_years(heading, evidence[position])):
                continue
            asked = heading.removesuffix(f" ({joined[position].place})") if position in joined else heading
            spoken = heading_likeness(asked, name, spec, side)
            added, alone = content_likeness(evidence[position], name, spec, known[name])
            if position in joined:
                # Options may be mere codes; and some forms write the codes of all ticks into one more column.
                added = max(added, 0.0) + 1.0 if spec.type == "list" else added
                alone = max(alone, _unasked(joined[position], name, spec))
            elif names_other_matter(heading, spec) or _leaves_open_if_wished(heading, spec):
                alone = 0.0
            worth = spoken + added if spoken else 0.0
            how = "heading" if spoken >= SURE else "similar heading"
            if alone > worth:
                worth, how = alone, "what is in it"
            is_filled = evidence[position].filled or not table.rows
            # "Preferred pronouns" and "Preferred specialty" are no preferred name.
            if worth >= (LIKELY if is_filled and name != "preferred_name" else SURE):
                likely.append((min(worth, 130.0), name, position, how))

    def is_blank(name: str, position: int) -> bool:
        return name in EVERYBODY_HAS and bool(table.rows) and not evidence[position].filled

    return sorted(likely, key=lambda item: (is_blank(item[1], item[2]), -item[0], order[item[1]], item[2]))


def _are_years(heading: str, evidence: HeadingEvidence) -> bool:
    """Return whether numbers count years, "Years since qualification", and are no steps of a ladder."""
    said = set(normal(heading).split())
    return evidence.codes > UNFITTING and bool({"years", "yrs"} & said) and not {"study", "school", "training"} & said


def _may_hold(
    position: int, spec: FieldSpec, *, parts: Mapping[int, JoinedColumns], joined: Mapping[int, JoinedColumns]
) -> bool:
    """Return whether a column may hold a field: one of several that are one answer only a flag, ticks no order."""
    ticks = ("ticks", "marks")
    if position in parts:
        return spec.type == "flag" and parts[position].kind in ticks
    is_order = spec.type == "ranking" and not spec.keeps_apart
    return not (is_order and position in joined and joined[position].kind in ticks)


def _unasked(group: JoinedColumns, name: str, spec: FieldSpec) -> float:
    """Return what options without a question are worth: they are topics that people want or offer, where any are."""
    is_topic = spec.type == "list" and name in TOPIC_FIELDS and not spec.choices
    return LIKELY if group.kind == "marks" and is_topic else 0.0


def _leaves_open_if_wished(heading: str, spec: FieldSpec) -> bool:
    """Return whether cells alone would make a choice of people whom somebody may just as well want to avoid."""
    return spec.type == "ranking" and not spec.keeps_apart and not says_wish(heading)


def _may_name_people(name: str, spec: FieldSpec) -> bool:
    """Return whether people of the other sheet may stand below a field; who is on both sheets has one name there."""
    return name in EVERYBODY_HAS or spec.type == "ranking" or spec.keeps_apart


def known_values(spec: FieldSpec) -> frozenset[str]:
    """Return the answers that a field allows, made comparable; empty where anything goes."""
    own = ladder_of(spec.ladder) if spec.type == "stage" else None
    also = [name for stage in own.stages for name in stage.also] if own is not None else []
    return frozenset(normal(value) for value in (*spec.choices, *spec.ladder, *also))
