"""Tables of programmes, of their cohorts and of the staff of a cohort."""

from django.db.models import (
    PROTECT,
    BooleanField,
    CharField,
    CheckConstraint,
    DateField,
    DateTimeField,
    F,
    ForeignKey,
    JSONField,
    Model,
    PositiveBigIntegerField,
    PositiveIntegerField,
    PositiveSmallIntegerField,
    Q,
    SlugField,
    TextField,
    UniqueConstraint,
)

from chiron.site.organizations.models import Organization
from chiron.site.people.models import Person
from chiron.site.programs.rules import (
    HIGHEST_LINE,
    LARGEST_GROUP,
    SMALLEST_GROUP,
    ApprovedAct,
    CohortStage,
    StaffRole,
    until_over,
)
from chiron.site.shared.forms import DIGEST_LENGTH
from chiron.site.shared.keeping.rules import Kept, declare_end, delete, keep, rewrite, without


class Program(Model):
    """A programme that is run again and again."""

    kept = Kept(
        owner="organization",
        purpose="to be run again and again",
        keep="as long as the site",
        erase=(keep("it holds nothing about people"),),
    )

    organization = ForeignKey(Organization, on_delete=PROTECT, related_name="programs")
    name = CharField(max_length=200)
    slug = SlugField(max_length=80, unique=True)
    summary = TextField(blank=True)
    audience = CharField(max_length=200, blank=True)
    is_listed = BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class Cohort(Model):
    """One run of a programme, with its dates and its own copy of the rules (a dumped `Matching`).

    What belongs to it goes some time after `finished_at`, the moment at which it was finished.
    Where `may_have_minors`, people under 18 may join, and nobody reads another one's contact details or place. Where
    `publish_needs_second`, people are asked or matched by another coordinator than the one who asked for it: see
    `Approval`.
    """

    kept = Kept(
        owner="organization",
        purpose="to run a programme once, by its own rules",
        keep="as long as the site",
        erase=(rewrite(matching=without),),
    )

    program = ForeignKey(Program, on_delete=PROTECT, related_name="cohorts")
    name = CharField(max_length=200)
    stage = CharField(max_length=12, choices=CohortStage, default=CohortStage.APPLYING)
    matching = JSONField(default=dict)
    matching_version = PositiveIntegerField(default=1)
    finished_at = DateTimeField(null=True, blank=True)
    starts_on = DateField(null=True, blank=True)
    ends_on = DateField(null=True, blank=True)
    small_group = PositiveSmallIntegerField(default=10)
    look_line = PositiveSmallIntegerField(default=55)
    may_have_minors = BooleanField(default=False)
    publish_needs_second = BooleanField(default=False)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["program", "name"], name="cohort_name_once_in_program"),
            CheckConstraint(condition=Q(stage__in=CohortStage.values), name="cohort_stage_is_known"),
            CheckConstraint(
                condition=Q(finished_at=None) | Q(stage=CohortStage.FINISHED), name="cohort_finished_says_when"
            ),
            CheckConstraint(
                condition=Q(small_group__range=(SMALLEST_GROUP, LARGEST_GROUP)),
                name="cohort_hides_groups_under_five_at_least",
            ),
            CheckConstraint(condition=Q(look_line__range=(0, HIGHEST_LINE)), name="cohort_look_line_within_points"),
            CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="cohort_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> str:
        """The name under which audit events and notices of this cohort are kept."""
        return f"cohort:{self.pk}"


declare_end("cohort", "programs.cohort", "finished_at")


class Staff(Model):
    """The place of a coordinator or leader in a cohort."""

    kept = Kept(
        owner="cohort",
        purpose="to say who runs a cohort, and who sees its figures",
        keep="while they run it",
        erase=(delete("person"),),
        shows={"person": ("cohort__name", "role")},
    )

    cohort = ForeignKey(Cohort, on_delete=PROTECT, related_name="staff")
    person = ForeignKey(Person, on_delete=PROTECT, related_name="staff_places")
    role = CharField(max_length=12, choices=StaffRole)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["cohort", "person", "role"], name="staff_once_in_a_role"),
            CheckConstraint(condition=Q(role__in=StaffRole.values), name="staff_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role} {self.cohort_id}"


class Approval(Model):
    """What one coordinator has asked for and another one has to do, where a cohort needs a second person.

    It is gone once that was done, or something else was asked for in its place, and with its cohort.

    Attributes:
        act: what is asked for.
        subject: the key of what it is about: a plan, an offer or the cohort.
        seen: a digest of what the one who asks has read; only that may be done.
        what: keys and days from which the page of the other one is made; no names.
    """

    kept = Kept(
        owner="cohort",
        purpose="to let a second person look before anybody is asked or matched",
        keep=until_over("cohort"),
        erase=(delete("asked_by"),),
    )

    cohort = ForeignKey(Cohort, on_delete=PROTECT, related_name="approvals")
    act = CharField(max_length=12, choices=ApprovedAct)
    subject = PositiveBigIntegerField()
    seen = CharField(max_length=DIGEST_LENGTH)
    what = JSONField(default=list)
    asked_by = ForeignKey(Person, on_delete=PROTECT, related_name="+")
    asked_at = DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["cohort", "act", "subject"], name="approval_asked_once_about_a_subject"),
            CheckConstraint(condition=Q(act__in=ApprovedAct.values), name="approval_act_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.act} of {self.subject}"
