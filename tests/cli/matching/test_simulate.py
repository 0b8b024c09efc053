"""Tests of `chiron simulate`."""

import json

from chiron.cli.exits import DONE, NO_PLAN, USAGE

TRACK = "nurs-pennstate-alumni"


def test_simulate_says_who_waits_and_whom_to_recruit(run):
    code, out, _ = run("simulate", TRACK, "--mentors", "30", "--seed", "2")

    assert code == DONE
    assert "made-up mentees may take part" in out
    assert "matched · proved best · pairs" in out
    assert "Where mentors are short:" in out
    assert "1 more matched" in out


def test_simulate_gives_the_same_json_for_the_same_seed(run):
    words = ("simulate", TRACK, "--mentees", "30", "--mentors", "12", "--json", "--seed")
    code, out, _ = run(*words, "5")
    found = json.loads(out)

    assert code == DONE
    assert run(*words, "5")[1] == out != run(*words, "6")[1]
    assert found["proved_best"]
    assert found["matched"] == len({tie["mentee"] for tie in found["ties"]})
    assert (
        found["matched"] + found["outlook"]["wanted"] - found["outlook"]["matched"] == found["mentees"]["may take part"]
    )
    recruits = found["outlook"]["recruits"]
    assert [one["matched"] for one in recruits] == [
        found["matched"] + sum(each["gain"] for each in recruits[: at + 1]) for at in range(len(recruits))
    ]


def test_simulate_without_shortage_says_that_nobody_waits(run):
    code, out, _ = run("simulate", TRACK, "--mentees", "20", "--mentors", "60")

    assert code == DONE
    assert "Nobody waits." in out


def test_simulate_names_what_is_wrong(run):
    code, _, err = run("simulate", "no-such-track")
    assert code == USAGE
    assert "chiron blueprints list" in err

    code, _, err = run("simulate", TRACK, "--mentees", "0")
    assert code == USAGE
    assert "--mentees needs at least 1" in err


def test_simulate_says_in_words_what_few_mentors_make_impossible(run):
    code, _, err = run("simulate", "nurs-rutgers-groups", "--mentors", "3")

    assert code == NO_PLAN
    assert "There is 1 mentor in campus" in err
    assert "try other numbers with --mentees and --mentors" in err
    assert "PoseError" not in err


def test_simulate_counts_one_place_as_one(run):
    _, out, _ = run("simulate", "black-bmwc", "--mentors", "3")

    assert "(1 place):" in out
    assert "lowest fit of a pair" in out
