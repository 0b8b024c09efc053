import json

import pytest

from chiron.sheets.result.record_json import RecordError, from_json, to_json
from sheets.results import RESULT


def test_record_survives_the_way_to_json_and_back():
    assert from_json(to_json(RESULT)) == RESULT


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda _table: "{", r"I cannot read plan\.json: it is not JSON \(line 1\)"),
        (lambda _table: "[]", r"plan\.json is not a result of chiron match"),
        (lambda table: json.dumps({**table, "schema_version": 99}), "written by a newer Chiron"),
        (lambda table: json.dumps({**table, "pairs": [{}]}), "changed by hand"),
    ],
)
def test_what_is_no_result_is_refused_with_the_reason(change, message):
    text = change(json.loads(to_json(RESULT)))

    with pytest.raises(RecordError, match=message):
        from_json(text, file="plan.json")
