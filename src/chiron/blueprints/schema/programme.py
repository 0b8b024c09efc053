"""What `[programme]` may say: the facts of a programme, who may take part, and what is done in it."""

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from chiron.blueprints.schema.fields import FieldName, Label, Strict
from chiron.blueprints.vocabulary.world import find_field

BlueprintId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]

Audience = Literal[
    "high_school",
    "pre_health",
    "nursing_student",
    "medical_student",
    "health_student",
    "graduate_student",
    "resident",
    "early_professional",
    "faculty",
    "nurse",
    "professional",
]

Model = Literal[
    "one_to_one",
    "near_peer",
    "peer",
    "group",
    "panel",
    "cascade",
    "levels",
    "request",
    "placement",
    "transition",
    "collaborative",
]

Scope = Literal["site", "institution", "partner_institutions", "campuses", "city", "region", "national", "members"]

Basis = Literal["stated", "default"]

Months = Annotated[int, Field(ge=1, le=120, strict=True)]
Month = Annotated[int, Field(ge=1, le=12, strict=True)]
Count = Annotated[int, Field(ge=1, le=100_000, strict=True)]


class Duration(Strict):
    """How long a match lasts.

    Attributes:
        kind: "fixed" (so many months), "calendar" (from one month of the year to another), "until_event",
            "open_ended", "one_off" or "unstated".
        months: length, for "fixed".
        least_months: a match that ends earlier needs a reason.
        starts_month: first month of the year, for "calendar"; 9 is September.
        ends_month: last month of the year, which may lie in the next one.
        starts_with: the event that begins it, in words.
        ends_with: the event that ends it, in words; needed by "until_event".
        renewal_months: an open-ended match is asked after so many months whether it goes on.
    """

    kind: Literal["fixed", "calendar", "until_event", "open_ended", "one_off", "unstated"]
    months: Months | None = None
    least_months: Months | None = None
    starts_month: Month | None = None
    ends_month: Month | None = None
    starts_with: Label | None = None
    ends_with: Label | None = None
    renewal_months: Months | None = None

    def next_start(self, after: dt.date) -> dt.date | None:
        """Return the first day of the first month that begins on a day or after it; None where no month is given."""
        if self.starts_month is None:
            return None
        year = after.year + ((self.starts_month, 1) < (after.month, after.day))
        return dt.date(year, self.starts_month, 1)

    @model_validator(mode="after")
    def says_how_long(self) -> Self:
        """Refuse a length that lacks its number or its event."""
        if self.kind == "fixed" and self.months is None:
            raise ValueError('kind = "fixed" needs months = 12')
        if self.kind == "calendar" and (self.starts_month is None or self.ends_month is None):
            raise ValueError('kind = "calendar" needs starts_month = 9 and ends_month = 5')
        if self.kind == "until_event" and self.ends_with is None:
            raise ValueError('kind = "until_event" needs ends_with = "graduation"')
        if self.months is not None and self.least_months is not None and self.least_months > self.months:
            raise ValueError("least_months is more than months: type a smaller number")
        return self


class GateSpec(Strict):
    """One condition for taking part; exactly one of `one_of`, `is_true`, `at_least`, `at_most` and `valid` says which.

    Attributes:
        role: whom it is asked.
        field: the answer that is looked at.
        says: the condition in words, as an applicant reads it.
        one_of: the answer, or one of several answers, is one of these.
        is_true: the answer is yes.
        at_least: the number is this or more.
        at_most: the number is this or less.
        valid: the answer is a day (2026-12-31) that has not passed.
        among: only people with these answers are asked; for each field, the answers that count.
        advisory: whoever does not meet it is warned, and may take part.
        source: "stated" by the programme, or our "default".
    """

    role: Literal["mentee", "mentor", "both"]
    field: FieldName
    says: Label
    one_of: tuple[str, ...] = ()
    is_true: Literal[True] | None = None
    at_least: int | None = Field(default=None, strict=True)
    at_most: int | None = Field(default=None, strict=True)
    valid: Literal[True] | None = None
    among: dict[FieldName, tuple[str, ...]] = Field(default_factory=dict)
    advisory: bool = Field(default=False, strict=True)
    source: Basis = "stated"

    @model_validator(mode="after")
    def asks_one_thing(self) -> Self:
        """Refuse a gate that asks nothing, or several things."""
        asked = [self.one_of or None, self.is_true, self.at_least, self.at_most, self.valid]
        if sum(one is not None for one in asked) != 1:
            raise ValueError(
                'say one thing that is asked: one_of = ["…"], is_true = true, at_least = 3, at_most = 3 or valid = true'
            )
        return self


class LevelSpec(Strict):
    """One level of a programme with levels: who belongs there. The first level that fits counts.

    Attributes:
        name: what people call the level.
        when: for each field that is looked at, the answers that fit; all of them must.
    """

    name: Label
    when: dict[FieldName, tuple[str, ...]] = Field(min_length=1)


class Levels(Strict):
    """Levels that a mentee is put on by their answers, and the field that then holds the name of the level.

    Attributes:
        field: the field that is filled in; rules and caps may read it.
        levels: the levels in the order in which they are tried.
    """

    field: FieldName
    levels: tuple[LevelSpec, ...] = Field(min_length=2)


class ActivitySpec(Strict):
    """Something that a mentee does in the programme, for a later part to run.

    Attributes:
        kind: "meeting", "session", "shadowing", "work", "internship", "course", "workshop", "certificate", "event",
            "goals" or "outreach".
        what: in a few words.
        hours: how many hours are asked for.
        count: how many times.
        in_person: it must be in person.
        optional: it may be left out.
    """

    kind: Literal[
        "meeting",
        "session",
        "shadowing",
        "work",
        "internship",
        "course",
        "workshop",
        "certificate",
        "event",
        "goals",
        "outreach",
    ]
    what: Label
    hours: Count | None = None
    count: Count | None = None
    in_person: bool = Field(default=False, strict=True)
    optional: bool = Field(default=False, strict=True)


class ProgramFacts(Strict):
    """The facts of a programme in our words.

    Attributes:
        id: its name in commands and addresses.
        title: what people call it.
        audience: whom it is for, in words.
        stage: the stages at which its mentees stand.
        mentor_stage: the stages at which its mentors stand.
        mentee_role: who is a mentee, in words.
        mentor_role: who is a mentor, in words.
        mentor_kinds: kinds of mentor where there are several.
        scope: how far it reaches.
        places: towns or regions, or empty.
        organizations: who runs it, where that is said.
        specialties: the fields of health it is about; empty where it is about any.
        model: how mentors and mentees belong together.
        model_source: whether the programme states the model, or this is our default.
        rules_source: whether the programme states its matching rule, or the rules are our default.
        enrolment: "application", "automatic" (everybody on a roster takes part) or "request" (a mentee asks a mentor).
        modality: how people meet; empty where the programme does not say.
        duration: how long a match lasts.
        minors: whether mentees may be under 18.
        confidential: that somebody takes part is itself sensitive.
        concurrent_with: blueprints of which a mentee may have a mentor at the same time.
        gates: who may take part.
        levels: levels of mentees, where there are any.
        activities: what is done.
        later: what is not matching and is run by other parts of Chiron, one sentence each.
    """

    id: BlueprintId
    title: Label
    audience: Label
    stage: tuple[Audience, ...] = Field(min_length=1)
    mentor_stage: tuple[Audience, ...] = Field(min_length=1)
    mentee_role: Label
    mentor_role: Label
    mentor_kinds: tuple[str, ...] = ()
    scope: Scope
    places: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    specialties: tuple[str, ...] = ()
    model: Model
    model_source: Basis
    rules_source: Basis
    enrolment: Literal["application", "automatic", "request"] = "application"
    modality: tuple[Literal["in_person", "virtual"], ...] = ()
    duration: Duration
    minors: Literal["no", "yes", "some"] = "no"
    confidential: bool = Field(default=False, strict=True)
    concurrent_with: tuple[BlueprintId, ...] = ()
    gates: tuple[GateSpec, ...] = ()
    levels: Levels | None = None
    activities: tuple[ActivitySpec, ...] = ()
    later: tuple[Label, ...] = ()

    @field_validator("specialties")
    @classmethod
    def specialties_are_known(cls, specialties: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse a field of health that has no place in our list."""
        for one in specialties:
            if find_field(one) is None:
                raise ValueError(f'there is no field of health called "{one}": type its usual name, as "Cardiology"')
        return specialties
