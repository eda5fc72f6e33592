"""A lock between processes; that a dead holder loses it is shown by the kill tests of those who hold one."""

from __future__ import annotations

from pathlib import Path

import pytest

from posdevkit.errors import Claimed
from posdevkit.runtime.process_lock import ProcessLock


def test_it_has_one_holder_and_the_other_is_told_what_to_do(tmp_path: Path) -> None:
    lock = ProcessLock(tmp_path / "l", remedy="Wait.")
    with pytest.raises(Claimed) as caught:
        ProcessLock(tmp_path / "l", remedy="Stop the other till.")
    assert caught.value.remedy("en") == "Stop the other till."
    lock.release()
    lock.release()
    ProcessLock(tmp_path / "l", remedy="Wait.").release()
