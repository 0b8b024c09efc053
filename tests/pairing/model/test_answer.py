"""An answer is proved where every step is."""

import numpy as np

from chiron.pairing.model.answer import Answer, Certificate, Step

NOTHING = Certificate(prices=np.zeros(0, dtype=np.int64), cap_prices=np.zeros(0, dtype=np.int64))


def test_answer_is_proved_best_only_if_every_step_is():
    proved, open_step = Step("matched", 3, 3, NOTHING, 0), Step("total", 7, 8, NOTHING)
    pairs = np.empty((0, 2), dtype=np.int32)

    assert Answer(pairs, (proved,), "total", "flow", 0).proved_best
    assert not Answer(pairs, (proved, open_step), "total", "flow", 0).proved_best
