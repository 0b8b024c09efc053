"""A full set of pairs as reviewed: the plan, its pairs, who is left out, and each change made by hand."""

from django.db.models import (
    CASCADE,
    PROTECT,
    BinaryField,
    BooleanField,
    CharField,
    CheckConstraint,
    DateTimeField,
    ForeignKey,
    Index,
    IntegerField,
    JSONField,
    Model,
    OneToOneField,
    PositiveIntegerField,
    PositiveSmallIntegerField,
    Q,
    TextField,
    UniqueConstraint,
)

from chiron.site.applications.models import Application
from chiron.site.matching.models.run import MatchRun
from chiron.site.matching.rules import Origin, PlanShape, PlanState
from chiron.site.matching.rules.columns import new_revision
from chiron.site.matching.rules.erasing import change_is_about, rows_without_person
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from chiron.site.programs.rules import until_over
from chiron.site.shared.keeping.rules import Kept, delete, delete_if, gone_if_named, keep, rewrite, without

LABEL_LENGTH = 120


class Plan(Model):
    """One full set of pairs of a cohort, drafted by a run, reviewed, then published or put away.

    `shape` says what its pairs make up: in a panel, a chain or a circle they are the ties between its people.
    `choosers` is how many mentees had ranked choices; where there are any, a pair's `standing` is in their own list.
    `revision` names the state of its pairs and of whom it leaves out, drawn anew whenever one of them is written:
    what was worked out from them is kept by it.
    """

    kept = Kept(
        owner="cohort",
        purpose="to be reviewed, compared and published",
        keep=until_over("cohort"),
        erase=(rewrite(note=gone_if_named), rewrite("cohort__applications__person", revision=new_revision)),
    )

    cohort = ForeignKey(Cohort, on_delete=PROTECT, related_name="plans")
    run = ForeignKey(MatchRun, on_delete=PROTECT, related_name="plans")
    name = CharField(max_length=40)
    shape = CharField(max_length=8, choices=PlanShape, default=PlanShape.PAIRS)
    state = CharField(max_length=12, choices=PlanState, default=PlanState.DRAFT)
    note = TextField(blank=True)
    choosers = PositiveIntegerField(default=0)
    revision = CharField(max_length=64, default=new_revision)
    made_at = DateTimeField()
    published_at = DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["cohort", "name"], name="plan_name_once_in_cohort"),
            CheckConstraint(condition=Q(state__in=PlanState.values), name="plan_state_is_known"),
            CheckConstraint(condition=Q(shape__in=PlanShape.values), name="plan_shape_is_known"),
            CheckConstraint(
                condition=Q(state=PlanState.PUBLISHED, published_at__isnull=False)
                | (~Q(state=PlanState.PUBLISHED) & Q(published_at=None)),
                name="plan_published_when_it_says_so",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PlanPair(Model):
    """One proposed pair of a plan, with the parts whose points add up to its fit.

    Attributes:
        mentee, mentor: who is helped and who helps; where all are peers, any two who are together.
        place: which of the mentee's places this is, from 1; usually there is one.
        label: the typed place, the link of a chain, the circle, the team or the round; empty in pairs and groups.
        takes: how many of the mentor's places it takes.
        parts: one table a rule: rule, kind, points, most, text, positive, private.
        standing: the mentor's place in the mentee's own list, or among the mentee's best fits, from 1; 0: not in it.
        only_option: "mentee" or "mentor": whom this pair is the only one for, or nothing.
        bent: names of must rules that a coordinator bent for this pair.
        reason: why it was changed by hand.
    """

    kept = Kept(
        owner="cohort",
        purpose="to propose two people to each other, and to show why",
        keep=until_over("plan__cohort"),
        erase=(delete("mentee__person"), delete("mentor__person"), rewrite(parts=without, reason=gone_if_named)),
    )

    plan = ForeignKey(Plan, on_delete=CASCADE, related_name="pairs")
    mentee = ForeignKey(Application, on_delete=PROTECT, related_name="proposed_mentors")
    mentor = ForeignKey(Application, on_delete=PROTECT, related_name="proposed_mentees")
    place = PositiveSmallIntegerField(default=1)
    label = CharField(max_length=LABEL_LENGTH, blank=True)
    takes = PositiveSmallIntegerField(default=1)
    fit = IntegerField()
    parts = JSONField(default=list)
    standing = PositiveSmallIntegerField(default=0)
    origin = CharField(max_length=8, choices=Origin, default=Origin.ENGINE)
    only_option = CharField(max_length=8, blank=True)
    bent = JSONField(default=list)
    is_bent = BooleanField(default=False)
    reason = TextField(blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["plan", "mentee", "place"], name="plan_pair_once_for_a_place_of_the_mentee"),
            UniqueConstraint(fields=["plan", "mentee", "mentor"], name="plan_pair_once_for_two_people"),
            CheckConstraint(condition=Q(origin__in=Origin.values), name="plan_pair_origin_is_known"),
            CheckConstraint(
                condition=Q(only_option__in=["", "mentee", "mentor"]), name="plan_pair_only_option_is_known"
            ),
        ]
        # All that the numbers of a plan are made of: the rows, which hold the reasons, need not be read for them.
        indexes = [
            Index(
                fields=["plan", "fit", "id", "mentee", "mentor", "standing", "is_bent", "origin", "only_option"],
                name="plan_pair_numbers",
            )
        ]

    def __str__(self) -> str:
        return f"{self.mentee_id} with {self.mentor_id}"


class PlanUnmatched(Model):
    """One mentee whom a plan leaves out: why, and what would fix it, the cheapest first.

    With a `label` they have somebody, and only the place of that name stays open.
    """

    kept = Kept(
        owner="cohort",
        purpose="to say who is left out, and what would help",
        keep=until_over("plan__cohort"),
        erase=(delete("application__person"), rewrite(why=gone_if_named, fixes=without)),
    )

    plan = ForeignKey(Plan, on_delete=CASCADE, related_name="unmatched")
    application = ForeignKey(Application, on_delete=PROTECT, related_name="left_out_of")
    label = CharField(max_length=LABEL_LENGTH, blank=True)
    code = CharField(max_length=40)
    why = TextField()
    fixes = JSONField(default=list)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["plan", "application", "label"], name="plan_leaves_a_person_out_once"),
        ]

    def __str__(self) -> str:
        return self.why


class PlanChange(Model):
    """One change of a plan by hand: the rows before and after, word for word, so that undo is exact."""

    kept = Kept(
        owner="cohort",
        purpose="to take a change back exactly",
        keep=until_over("plan__cohort"),
        erase=(
            delete_if(change_is_about),
            rewrite(reason=gone_if_named, before=rows_without_person, after=rows_without_person),
        ),
    )

    plan = ForeignKey(Plan, on_delete=CASCADE, related_name="changes")
    words = TextField()
    reason = TextField(blank=True)
    before = JSONField()
    after = JSONField()
    by = ForeignKey(Person, on_delete=PROTECT, related_name="plan_changes")
    at = DateTimeField()
    undone_at = DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.words


class PlanProof(Model):
    """The proof of a plan as it stood at one moment, so that a change of it can be tried at once.

    Attributes:
        digest: of all that the proof is about; see `bridge.effects`.
        content: the proof's steps as a file; the judge recomputes them before they are believed.
    """

    kept = Kept(
        owner="cohort",
        purpose="to show at once what a change of a large plan would do",
        keep=until_over("plan__cohort"),
        erase=(keep("Prices of places in lists, which lead to nobody once the input of the run is blank."),),
    )

    plan = OneToOneField(Plan, on_delete=CASCADE, related_name="proof")
    digest = CharField(max_length=64)
    content = BinaryField()

    def __str__(self) -> str:
        return f"proof of plan {self.plan_id}"
