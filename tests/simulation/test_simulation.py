"""Seeds of a bad world, as many as fit their time; and hypothesis looking for a short way to break it.

POSDEVKIT_SIMULATION_SECONDS sets the time (4), POSDEVKIT_SIMULATION_SEED plays one seed again.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from .world import World

SECONDS = float(os.environ.get("POSDEVKIT_SIMULATION_SECONDS", "4"))
SEED = os.environ.get("POSDEVKIT_SIMULATION_SEED")
STEPS = 120


def play(folder: Path, seed: int, *, unique: bool = True) -> int:
    """One seed from its first step to judgement; how often a process died."""
    world = World(folder, seed, unique=unique)
    try:
        for _ in range(STEPS):
            world.step()
        world.judge()
        return sum(till.crashes for till in world.tills)
    except AssertionError as wrong:
        raise AssertionError(f"seed {seed}: {wrong}") from wrong
    finally:
        world.close()


def test_every_seed_ends_with_all_sold_and_every_sum_right() -> None:
    seeds = crashes = 0
    end = time.monotonic() + SECONDS
    while seeds == 0 or time.monotonic() < end:
        with tempfile.TemporaryDirectory() as folder:
            crashes += play(Path(folder), int(SEED) if SEED else seeds)
        seeds += 1
        if SEED:
            break
    print(f"{seeds} seeds, {crashes} crashes")
    assert crashes > 0, "nothing went wrong, so nothing was proven"


def test_the_control_without_a_unique_key_fails() -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.raises(AssertionError, match=r"seed 1: \d+ were sold and"):
        play(Path(folder), 1, unique=False)


class Shop(RuleBasedStateMachine):
    """The same world, one act after the other as hypothesis likes."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.world: World | None = None

    @initialize(seed=st.integers(0, 1000))
    def begin(self, seed: int) -> None:
        self.world = World(Path(self.folder.name), seed, tills=2, crash_rate=0.1)

    def at(self, till: int) -> World:
        assert self.world is not None
        self.till = self.world.tills[till]
        return self.world

    @rule(till=st.integers(0, 1), coffees=st.integers(1, 3))
    def sell(self, till: int, coffees: int) -> None:
        world = self.at(till)
        self.till.ring_up(world.goods, coffees=coffees)

    @rule(till=st.integers(0, 1), redeem=st.integers(0, 30))
    def sell_to_a_member(self, till: int, redeem: int) -> None:
        world = self.at(till)
        self.till.ring_up(world.goods, coffees=2, redeem=redeem, member=True)

    @rule(till=st.integers(0, 1))
    def refund(self, till: int) -> None:
        self.at(till)
        self.till.refund()

    @rule(till=st.integers(0, 1))
    def count(self, till: int) -> None:
        self.at(till)
        self.till.deliver()

    @rule(till=st.integers(0, 1))
    def push(self, till: int) -> None:
        self.at(till)
        self.till.push()

    @rule(till=st.integers(0, 1))
    def pull(self, till: int) -> None:
        self.at(till)
        self.till.pull()

    @rule()
    def late_ones_arrive(self) -> None:
        self.at(0).cloud.arrive()

    @rule(till=st.integers(0, 1), hours=st.integers(-48, 48))
    def the_clock_jumps(self, till: int, hours: int) -> None:
        world = self.at(till)
        world._jump(self.till)

    @precondition(lambda self: self.world is not None)
    @rule(till=st.integers(0, 1))
    def a_process_dies(self, till: int) -> None:
        world = self.at(till)
        self.till.doing(world._dies)

    def teardown(self) -> None:
        try:
            if self.world is not None:
                self.world.judge()
        finally:
            if self.world is not None:
                self.world.close()
            self.folder.cleanup()


TestShop = Shop.TestCase
TestShop.settings = settings(
    max_examples=12, stateful_step_count=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
