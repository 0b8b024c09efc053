"""Reads for the picture of a plan: who mentors whom between groups, and supply and demand by group."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from chiron.blueprints.schema.fields import standard_fields
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.vocabulary.world import health_fields
from chiron.site.applications.models import Application
from chiron.site.applications.rules.application import Role, Stage
from chiron.site.matching.models import Plan, PlanPair
from chiron.site.matching.rules.picture import Picture, drawn

GROUPING_TYPES = frozenset({"choice", "field", "stage"})
PREFERRED = ("site", "organization", "region", "field", "department", "profession", "stage")


@dataclass(frozen=True, slots=True)
class Supply:
    """One group: its mentees, how many of them have a mentor, its mentors' places, and how many of those are used.

    The two shares are those of a bar 100 wide that is full for the largest number of all groups.
    """

    group: str
    mentees: int
    matched: int
    places: int
    used: int
    demand_share: float
    supply_share: float

    @property
    def short(self) -> int:
        """How many places the group lacks, if each of its mentees should have one within it."""
        return max(0, self.mentees - self.places)


@dataclass(frozen=True, slots=True)
class PlanPicture:
    """What the page draws: by which field, the ribbons, and the groups in their order."""

    by: str
    label: str
    choices: Sequence[tuple[str, str]]
    picture: Picture
    supply: Sequence[Supply]


def picture_of(plan: Plan, matching: Matching, by: str) -> PlanPicture | None:
    """Return the picture of a plan by one field of the cohort; None where no field can group both sides.

    Args:
        plan: the plan.
        matching: the cohort's rules and fields.
        by: the name of a field; where it cannot group people, the first that can is taken.
    """
    rows = Application.objects.filter(cohort=plan.cohort_id, stage=Stage.ACCEPTED)
    choices = groupings(matching)
    if "site" not in dict(choices) and rows.exclude(site=None).exists():
        choices.insert(0, ("site", standard_fields()["site"].label))
    if not choices:
        return None
    by = by if by in dict(choices) else choices[0][0]
    unknown = _("Not said")
    groups: dict[int, str] = {}
    mentees, places = Counter[str](), Counter[str]()
    names = health_fields()
    for key, role, capacity, site, answer in rows.values_list("pk", "role", "capacity", "site__name", f"answers__{by}"):
        said = site if by == "site" and site else answer
        code = names.get(said) if isinstance(said, str) else None
        group = code.name if code else str(said) if isinstance(said, str) and said else unknown
        groups[key] = group
        if role == Role.MENTEE:
            mentees[group] += 1
        else:
            places[group] += capacity or 0
    pairs, matched, used = Counter[tuple[str, str]](), dict[int, str](), Counter[str]()
    for mentee, mentor in PlanPair.objects.filter(plan=plan).values_list("mentee", "mentor"):
        one, other = groups.get(mentee, unknown), groups.get(mentor, unknown)
        pairs[one, other] += 1
        used[other] += 1
        matched[mentee] = one
    return PlanPicture(
        by=by,
        label=dict(choices)[by],
        choices=choices,
        picture=drawn(pairs, others=_("All others")),
        supply=_supply(mentees, Counter(matched.values()), places, used),
    )


def groupings(matching: Matching) -> list[tuple[str, str]]:
    """Return (name, label) of the fields that group both sides, places first; nothing that says who somebody is."""
    both = [name for name in matching.fields_for("mentee") if name in matching.fields_for("mentor")]
    specs = {name: matching.spec(name) for name in both}
    fit = [
        name
        for name, spec in specs.items()
        if spec.type in GROUPING_TYPES and not spec.sensitive and not spec.confidential
    ]
    order = sorted(fit, key=lambda name: (PREFERRED.index(name) if name in PREFERRED else len(PREFERRED), name))
    return [(name, specs[name].label or name) for name in order]


def _supply(
    mentees: Mapping[str, int], matched: Mapping[str, int], places: Mapping[str, int], used: Mapping[str, int]
) -> list[Supply]:
    most = max([1, *mentees.values(), *places.values()])
    found = [
        Supply(
            group=group,
            mentees=mentees.get(group, 0),
            matched=matched.get(group, 0),
            places=places.get(group, 0),
            used=used.get(group, 0),
            demand_share=round(100 * mentees.get(group, 0) / most, 1),
            supply_share=round(100 * places.get(group, 0) / most, 1),
        )
        for group in {**mentees, **places, **used}
    ]
    return sorted(found, key=lambda one: (-one.short, -one.mentees, one.group))
