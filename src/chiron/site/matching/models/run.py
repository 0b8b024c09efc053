"""One call of the engine with its frozen input and its answer."""

from django.db.models import (
    CASCADE,
    PROTECT,
    BigIntegerField,
    BinaryField,
    CharField,
    CheckConstraint,
    DateTimeField,
    ForeignKey,
    JSONField,
    Model,
    OneToOneField,
    PositiveIntegerField,
    Q,
    UniqueConstraint,
)

from chiron.site.matching.rules import OPEN_RUN_STATES, RunState
from chiron.site.matching.rules.columns import new_revision, packed_without_person
from chiron.site.people.models import Person
from chiron.site.programs.models import Cohort
from chiron.site.programs.rules import until_over
from chiron.site.shared.keeping.rules import Kept, keep, rewrite, without


class MatchRun(Model):
    """One call of the engine: what it was given, where it stands, what it answered.

    Attributes:
        mentees, mentors: how many people of each side the input holds.
        input_revision: names the present state of what the run is given, see `RunInput`; empty until that is frozen.
        phase: a key of `rules.phase_words`.
        progress: the best plan so far: matched, lowest and total; empty until there is one.
        answer: the steps with their bounds, whether the plan is proved best, or the rules in conflict.
        based_on: the plan that was worked out again.
    """

    kept = Kept(
        owner="cohort",
        purpose="to show what a plan was worked out from, and to do it again",
        keep=until_over("cohort"),
        erase=(rewrite("cohort__applications__person", answer=without, input_revision=new_revision),),
    )

    cohort = ForeignKey(Cohort, on_delete=PROTECT, related_name="runs")
    based_on = ForeignKey("matching.Plan", on_delete=PROTECT, null=True, blank=True, related_name="later_runs")
    input_revision = CharField(max_length=64, blank=True)
    mentees = PositiveIntegerField(default=0)
    mentors = PositiveIntegerField(default=0)
    aim = CharField(max_length=20)
    seed = BigIntegerField(default=0)
    state = CharField(max_length=12, choices=RunState, default=RunState.QUEUED)
    phase = CharField(max_length=12, blank=True)
    progress = JSONField(default=dict)
    answer = JSONField(default=dict)
    matching_version = PositiveIntegerField()
    asked_by = ForeignKey(Person, on_delete=PROTECT, related_name="runs_asked")
    asked_at = DateTimeField()
    started_at = DateTimeField(null=True, blank=True)
    finished_at = DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(state__in=RunState.values), name="run_state_is_known"),
            CheckConstraint(
                condition=Q(state__in=sorted(OPEN_RUN_STATES), finished_at=None)
                | (~Q(state__in=sorted(OPEN_RUN_STATES)) & Q(finished_at__isnull=False)),
                name="run_finished_when_it_is_not_open",
            ),
            UniqueConstraint(
                fields=["cohort"], condition=Q(state__in=sorted(OPEN_RUN_STATES)), name="run_open_once_in_cohort"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cohort_id} {self.aim} {self.state}"

    @property
    def is_open(self) -> bool:
        """True while the engine may still answer."""
        return RunState(self.state) in OPEN_RUN_STATES


class RunInput(Model):
    """What a run is given: people, rules and holds as they stood when it began; nothing that happens later changes it.

    Attributes:
        content: a file of columns, see `rules.columns`.
    """

    kept = Kept(
        owner="cohort",
        purpose="to show what a plan was worked out from, and to do it again",
        keep=until_over("run__cohort"),
        erase=(rewrite("run__cohort__applications__person", content=packed_without_person),),
    )

    run = OneToOneField(MatchRun, on_delete=CASCADE, related_name="frozen")
    content = BinaryField()

    def __str__(self) -> str:
        return f"input of run {self.run_id}"


class RunPairs(Model):
    """The pairs that a run over all pairs looked at, with their fits: what changes of its plans are tried on.

    Attributes:
        content: a file of arrays, see `bridge.large`.
        digest: of the input that they were scored from; to another input they mean nothing.
    """

    kept = Kept(
        owner="cohort",
        purpose="to show at once what a change of a large plan would do",
        keep=until_over("run__cohort"),
        erase=(keep("Places in lists and points, which lead to nobody once the input of the run is blank."),),
    )

    run = OneToOneField(MatchRun, on_delete=CASCADE, related_name="known_pairs")
    content = BinaryField()
    digest = CharField(max_length=64)

    def __str__(self) -> str:
        return f"pairs of run {self.run_id}"
