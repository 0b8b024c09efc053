"""The frozen input of a run as a file of columns gives back what was put in."""

import json
import random

from chiron.site.matching.rules.columns import packed_input, unpacked_input

VALUES = ("North", "", None, 3, 2.5, True, ["a", "b"], [], "ü", {"from": 1}, [[1, 2]])


def frozen(generator: random.Random) -> dict[str, object]:
    """Return people of whom each says something else, and some nothing."""

    def person(key: int) -> dict[str, object]:
        said = {field: generator.choice(VALUES) for field in "abcd" if generator.random() < 0.6}
        held = {"held": ["7"]} if generator.random() < 0.3 else {}
        return {
            "id": str(key),
            "name": f"Person {key}",
            "answers": said,
            "capacity": generator.choice([None, 2]),
            **held,
        }

    sides = {side: [person(key) for key in range(generator.randrange(4))] for side in ("mentees", "mentors")}
    return {**sides, "matching": {"aim": "total"}, "locks": [["1", "2"]], "unknown": []}


def test_any_input_comes_back_as_it_was():
    generator = random.Random(4)

    for _ in range(300):
        given = frozen(generator)
        before = json.dumps(given)
        assert unpacked_input(packed_input(given)) == given
        assert json.dumps(given) == before


def test_same_input_is_the_same_file():
    one, two = frozen(random.Random(1)), frozen(random.Random(1))

    assert packed_input(one) == packed_input(two)
