"""Passwords are hashed a few at a time; who would wait too long is told to come back."""

import threading

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, check_password, make_password
from django.test import Client

from chiron.site.shared.process.hashing import AT_ONCE, MOST_WAITING, TURNS, BusyError, PatientHasher, Turns
from factories import make_person
from race.racing import faults, race

pytestmark = pytest.mark.django_db(transaction=True)


def test_hash_is_the_one_that_django_makes(monkeypatch):
    monkeypatch.delattr(PatientHasher, "iterations")  # fewer in other tests

    assert make_password("correct horse").startswith(f"pbkdf2_sha256${PBKDF2PasswordHasher.iterations}$")
    assert check_password("correct horse", make_password("correct horse"))
    assert not check_password("wrong horse", make_password("correct horse"))


def test_no_more_work_at_once_than_allowed_and_whoever_is_too_many_is_turned_away():
    turns, lock, release = Turns(2, 3, longest_wait=30), threading.Lock(), threading.Event()
    working, most = 0, 0

    def work() -> None:
        nonlocal working, most
        with turns.turn():
            with lock:
                working += 1
                most = max(most, working)
            release.wait(10)
            with lock:
                working -= 1

    threading.Timer(1.0, release.set).start()
    outcomes = race(*[work] * 12)

    assert most == 2
    assert [type(fault) for fault in faults(outcomes)] == [BusyError] * 7


def test_whoever_waits_too_long_is_turned_away_and_leaves_room():
    turns = Turns(1, 1, longest_wait=0.05)
    with turns.turn():
        assert [type(fault) for fault in faults(race(lambda: turns.turn().__enter__()))] == [BusyError]
    with turns.turn():
        pass


def test_rush_of_sign_ins_is_told_to_come_back():
    email = make_person().email
    with TURNS.turn():
        answers = race(
            *(
                lambda place=place: Client(REMOTE_ADDR=f"192.0.2.{place}").post(
                    "/account/login/", {"login": email, "password": "guess"}
                )
                for place in range(AT_ONCE + MOST_WAITING + 2)
            )
        )

    busy = [answer for answer in answers if answer.status_code == 503]
    assert len(busy) >= 2
    assert {int(answer.headers["Retry-After"]) for answer in busy} == {5}
    assert "Many people are signing in" in busy[0].content.decode()


def test_rush_is_turned_away_without_asking_the_database(django_assert_num_queries):
    entered = [TURNS.turn() for _ in range(AT_ONCE)]
    waiting = threading.Event()

    def wait_for_a_turn() -> None:
        waiting.set()
        with TURNS.turn():
            pass

    for turn in entered:
        turn.__enter__()
    threads = [threading.Thread(target=wait_for_a_turn) for _ in range(MOST_WAITING)]
    for thread in threads:
        thread.start()
    try:
        while not TURNS.is_full():
            waiting.wait(0.01)
        with django_assert_num_queries(0):
            answer = Client().post("/account/login/", {"login": "ama@example.org", "password": "guess"})
    finally:
        for turn in entered:
            turn.__exit__(None, None, None)
        for thread in threads:
            thread.join()

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Many people are signing in" in answer.content.decode()
    assert not TURNS.is_full()
