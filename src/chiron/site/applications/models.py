"""Tables of applications, of imports and of what each import changed."""

from django.db.models import (
    CASCADE,
    PROTECT,
    SET_NULL,
    BinaryField,
    BooleanField,
    CharField,
    CheckConstraint,
    DateTimeField,
    F,
    ForeignKey,
    Index,
    JSONField,
    Model,
    PositiveIntegerField,
    PositiveSmallIntegerField,
    Q,
    UniqueConstraint,
)

from chiron.site.applications.rules import DECIDED, MOST_PLACES, Duplicates, ImportState, Role, Stage
from chiron.site.applications.rules.application import free_places_of, places_of
from chiron.site.organizations.models import Site
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from chiron.site.programs.rules import until_over
from chiron.site.shared.keeping.rules import Kept, blank, delete, gone_if_named, rewrite, without


class Application(Model):
    """One person's request to join a cohort in a role, with the answers by field.

    `answers` holds the typed values of the cohort's matching fields in JSON form (a tuple is a list);
    `capacity` is how many people of the other side they can take (unknown until they are accepted: then as the rules
    say), `wanted` how many of the other side they would like. `taken` is how many of these places are taken by offers
    and matches that stand; `over_because` says why a coordinator let more be taken than there are.
    """

    kept = Kept(
        owner="person",
        purpose="to be matched by one's answers",
        keep=until_over("cohort"),
        # The row stays: matches and plans of others count it. Who it was is nowhere any more.
        erase=(
            blank("person", answers={}, capacity=None, wanted=1, site=None),
            rewrite("cohort__applications__person", answers=without),
        ),
        shows={
            "person": ("cohort__name", "role", "stage", "answers", "capacity", "wanted", "submitted_at", "decided_at")
        },
    )

    cohort = ForeignKey(Cohort, on_delete=PROTECT, related_name="applications")
    person = ForeignKey(Person, on_delete=PROTECT, related_name="applications")
    role = CharField(max_length=8, choices=Role)
    stage = CharField(max_length=12, choices=Stage, default=Stage.DRAFT)
    answers = JSONField(default=dict)
    capacity = PositiveSmallIntegerField(null=True, blank=True)
    wanted = PositiveSmallIntegerField(default=1)
    taken = PositiveSmallIntegerField(default=0)
    over_because = CharField(max_length=200, blank=True)
    site = ForeignKey(Site, on_delete=SET_NULL, null=True, blank=True, related_name="applications")
    created_at = DateTimeField()
    submitted_at = DateTimeField(null=True, blank=True)
    decided_at = DateTimeField(null=True, blank=True)
    decided_by = ForeignKey(Person, on_delete=PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["cohort", "person", "role"], name="application_once_per_role"),
            CheckConstraint(
                condition=Q(decided_at=None, decided_by=None) | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="application_decided_when_and_by_whom",
            ),
            CheckConstraint(
                condition=~Q(stage__in=[stage.value for stage in DECIDED]) | Q(decided_at__isnull=False),
                name="application_decision_has_a_date",
            ),
            CheckConstraint(condition=Q(role__in=Role.values), name="application_role_is_known"),
            CheckConstraint(condition=Q(stage__in=Stage.values), name="application_stage_is_known"),
            CheckConstraint(
                condition=Q(capacity=None) | Q(capacity__range=(0, MOST_PLACES)), name="application_capacity_in_limits"
            ),
            CheckConstraint(condition=Q(wanted__gte=1), name="application_wants_at_least_one"),
            CheckConstraint(
                condition=Q(role=Role.MENTOR, capacity=None)
                | Q(role=Role.MENTOR, taken__lte=F("capacity"))
                | Q(role=Role.MENTEE, taken__lte=F("wanted"))
                | ~Q(over_because=""),
                name="application_takes_no_more_than_it_has",
            ),
        ]
        # All that is counted on first pages: the rows, which hold the answers, need not be read for it.
        indexes = [
            Index(fields=["cohort", "role", "stage", "taken", "wanted", "over_because"], name="application_pool")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role} {self.cohort_id}"

    @property
    def places(self) -> int | None:
        """How many people of the other side this one can have; None: as many as a plan of the cohort says."""
        return places_of(Role(self.role), self.capacity, self.wanted)

    @property
    def free_places(self) -> int | None:
        """How many places are free; None: as many as a plan of the cohort says."""
        return free_places_of(self.places, self.taken)

    @property
    def has_free_place(self) -> bool:
        """True unless every place is taken, or a mentor who has none said so."""
        return self.free_places != 0 or self.taken == 0

    @property
    def is_over(self) -> bool:
        """True while more places are taken than there are, by a coordinator's word."""
        return self.places is not None and self.taken > self.places


class Import(Model):
    """One uploaded spreadsheet, how its columns are read, and what became of it.

    `mapping` has, by name of field, `{"heading": text}` or `{"fixed": text}`; a field that is not there is not
    imported. Headings rather than positions, so that the next import can use the mapping again. `nobody` lists the
    cells of which the coordinator said that they mean nobody of the other side: `row`, `column` and `cell`, its text.
    `sheet` is the sheet of a workbook that is read; empty: the one most like people of the role. `corrections` has, by
    heading and by what stands in a cell, what is read there instead. `made_sites` are the keys of the sites that the
    import added.
    """

    kept = Kept(
        owner="cohort",
        purpose="to bring people in from a spreadsheet, and to take that back",
        keep=until_over("cohort"),
        # One row cannot be taken out of a file as it was sent; what it brought in is in the applications.
        erase=(
            blank("changes__application__person", content=b"", nobody=[]),
            blank("cohort__applications__person", content=b"", nobody=[]),
            rewrite(nobody=without, file_name=gone_if_named),
        ),
        shows={"changes__application__person": ("file_name", "role", "uploaded_at", "undone_at")},
    )

    cohort = ForeignKey(Cohort, on_delete=PROTECT, related_name="imports")
    role = CharField(max_length=8, choices=Role)
    file_name = CharField(max_length=255)
    content = BinaryField()
    state = CharField(max_length=10, choices=ImportState, default=ImportState.UPLOADED)
    mapping = JSONField(default=dict)
    duplicates = CharField(max_length=8, choices=Duplicates, default=Duplicates.UPDATE)
    counts = JSONField(default=dict)
    nobody = JSONField(default=list)
    sheet = CharField(max_length=255, blank=True)
    corrections = JSONField(default=dict)
    made_sites = JSONField(default=list)
    uploaded_by = ForeignKey(Person, on_delete=PROTECT, related_name="+")
    uploaded_at = DateTimeField()
    done_at = DateTimeField(null=True, blank=True)
    undone_at = DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(role__in=Role.values), name="import_role_is_known"),
            CheckConstraint(condition=Q(state__in=ImportState.values), name="import_state_is_known"),
            CheckConstraint(
                condition=Q(state__in=[ImportState.DONE.value, ImportState.UNDONE.value], done_at__isnull=False)
                | Q(state__in=[ImportState.UPLOADED.value, ImportState.MAPPED.value], done_at=None),
                name="import_done_has_a_date",
            ),
            CheckConstraint(
                condition=Q(state=ImportState.UNDONE.value, undone_at__isnull=False)
                | (~Q(state=ImportState.UNDONE.value) & Q(undone_at=None)),
                name="import_undone_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportedChange(Model):
    """What one import did to one application; `before` is null where the import made it.

    `before` and `after` hold answers, capacity, wanted, site_id and stage. `made_person` is true where the import
    also made the person.
    """

    kept = Kept(
        owner="cohort",
        purpose="to take an import back exactly",
        keep=until_over("imported__cohort"),
        erase=(delete("application__person"), rewrite(before=without, after=without)),
        shows={"application__person": ("row", "before", "after")},
    )

    imported = ForeignKey(Import, on_delete=CASCADE, related_name="changes")
    application = ForeignKey(Application, on_delete=SET_NULL, null=True, related_name="imported_changes")
    row = PositiveIntegerField()
    before = JSONField(null=True)
    after = JSONField()
    made_person = BooleanField(default=False)
    is_undone = BooleanField(default=False)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["imported", "application"], name="imported_change_once_per_application"),
        ]

    def __str__(self) -> str:
        return f"{self.imported_id} row {self.row}"
