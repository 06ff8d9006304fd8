"""Passwords are hashed by threads that leave the processors to everybody else."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.accounts.hashing_threads import NICE, THREADS, hashed


def niceness() -> int:
    """Of this thread."""
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_a_hash_yields_to_others_and_whoever_waits_for_it_does_not() -> None:
    before = niceness()
    assert hashed(niceness) == before + NICE
    assert niceness() == before


def test_threads_that_a_hash_starts_yield_too() -> None:
    def started() -> int:
        with ThreadPoolExecutor(1) as own:  # as argon2 does for its lanes
            return own.submit(niceness).result()

    assert hashed(started) == niceness() + NICE


def test_of_many_at_once_only_a_few_are_hashed_and_all_in_the_end() -> None:
    turn, at_once, most = threading.Lock(), 0, 0

    def work() -> int:
        nonlocal at_once, most
        with turn:
            at_once += 1
            most = max(most, at_once)
        threading.Event().wait(0.01)
        with turn:
            at_once -= 1
        return 1

    with ThreadPoolExecutor(8) as crowd:
        assert sum(crowd.map(lambda _n: hashed(work), range(16))) == 16
    assert most <= THREADS


def test_what_a_hash_raises_is_raised_where_it_was_asked_for() -> None:
    with pytest.raises(ZeroDivisionError):
        hashed(lambda: 1 // 0)
