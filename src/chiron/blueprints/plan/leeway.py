"""What the rules and the sheets let a coordinator change in a plan, so that each fix can be made as it is worded."""

from collections.abc import Sequence

import numpy as np

from chiron.blueprints.pose.pairs import caps_of_line
from chiron.blueprints.schema.matching import Matching
from chiron.blueprints.schema.person import Participant
from chiron.pairing.explain.trials import Leeway
from chiron.pairing.model.problem import Problem


def leeway_of(
    matching: Matching, mentors: Sequence[Participant], problem: Problem, opens: Sequence[int] = ()
) -> Leeway:
    """Return what can be changed.

    Args:
        matching: the rules.
        mentors: who has places.
        problem: what the engine was asked, without places where a group is closed.
        opens: fewest members of each mentor's group that may stay closed; empty where every group is open.
    """
    kin = tuple(at for at, spec in enumerate(matching.caps) for _ in caps_of_line(spec, mentors))
    groups = matching.groups
    if groups is None:
        return Leeway(kin=kin)
    full = np.zeros(len(mentors), dtype=np.bool_)
    if groups.balanced_by is not None:
        full[:] = True
    elif groups.most is not None:
        full = problem.capacity >= groups.most
    # A mentor who takes nobody has no group; with a first place the group would have to reach the least size.
    none = (problem.capacity < 1) & (groups.least > 0)
    closed = none & (np.asarray(opens, dtype=np.int64) > 0) if len(opens) else np.zeros_like(none)
    return Leeway(
        fixed=frozenset(np.flatnonzero(full | none).tolist()),
        closed=frozenset(np.flatnonzero(closed).tolist()),
        most=groups.most,
        kin=kin,
        may_recruit=groups.least <= 1 and groups.balanced_by is None,
        resizes=bool(len(opens)) or groups.balanced_by is not None,
        may_have_fewer=groups.balanced_by is None,
    )
