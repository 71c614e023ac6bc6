"""The follower against a model: whatever is done to the files, each line comes once; only truncation may lose one."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from eventmon.connectors.pipe_follow import QUIET_SECONDS, FileFollower, Step
from eventmon.connectors.pipe_position import Position, position_from


class FollowedFile(RuleBasedStateMachine):
    """``must`` are the lines that have to come, ``may`` those that a truncation or a deletion may have taken."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="eventmon-follow-"))
        self.path = self.folder / "shop.log"
        self.clock = 0.0
        self.generation = 0
        self.number = 0
        self.unended = b""
        self.unread: list[bytes] = []
        self.must: list[bytes] = []
        self.may: set[bytes] = set()
        self.delivered: list[bytes] = []
        self.committed: Position | None = None
        self.chunk_bytes = 64

    @initialize(chunk_bytes=st.sampled_from([1, 7, 64, 4096]))
    def begin(self, chunk_bytes: int) -> None:
        self.chunk_bytes = chunk_bytes
        self.follower = self.started()
        self.path.touch()
        self.look()

    def teardown(self) -> None:
        try:
            if hasattr(self, "follower"):
                self.path.touch()  # a rotated file is left when there is a new one
                self.settle()
                self.follower.close()
                self.check()
        finally:
            shutil.rmtree(self.folder)

    def started(self) -> FileFollower:
        stored = None if self.committed is None else position_from(self.committed.text())
        return FileFollower(
            str(self.path), stored=stored, chunk_bytes=self.chunk_bytes, monotonic=lambda: self.clock, now=lambda: 1
        )

    def look(self) -> Step | None:
        """One step, its lines and its position kept together, as a commit keeps them."""
        try:
            step = self.follower.step()
        except FileNotFoundError:
            return None
        self.delivered += step.lines
        self.committed = step.position or self.committed
        return step

    def new_line(self, size: int) -> bytes:
        self.number += 1
        return b"%d:%d:" % (self.generation, self.number) + b"x" * size

    def check(self) -> None:
        counts = Counter(self.delivered)
        for line in set(counts) - set(self.must):
            assert any(lost.startswith(line) for lost in self.may), "half a line may be all that was read of it"
        assert set(self.must) <= set(counts)
        assert all(count == 1 for count in counts.values())
        for generation in range(self.generation + 1):
            mark = b"%d:" % generation
            came = [line for line in self.delivered if line.startswith(mark) and line in self.must]
            assert came == sorted(came, key=lambda line: int(line.split(b":")[1]))

    def make_room_for_number_one(self) -> None:
        numbers = sorted((int(found.suffix[1:]) for found in self.folder.glob("shop.log.*")), reverse=True)
        for number in numbers:
            os.rename(f"{self.path}.{number}", f"{self.path}.{number + 1}")

    def next_file(self) -> None:
        self.generation += 1
        self.unended = b""

    @rule(sizes=st.lists(st.sampled_from([0, 3, 40, 400]), min_size=1, max_size=6), ended=st.booleans())
    def append(self, sizes: list[int], ended: bool) -> None:
        lines = [self.new_line(size) for size in sizes]
        text = b"\n".join(lines) + (b"\n" if ended else b"")
        if self.unended:
            text = b"\n" + text
            self.must.append(self.unended)
        with self.path.open("ab") as file:
            file.write(text)
        self.unended = b"" if ended else lines.pop()
        self.must += lines

    @rule(created=st.booleans())
    @precondition(lambda self: self.path.exists())
    def rotate_by_renaming(self, created: bool) -> None:
        self.make_room_for_number_one()
        os.rename(self.path, f"{self.path}.1")
        if self.unended:
            self.must.append(self.unended)
        if created:
            self.path.touch()
        self.next_file()

    @rule(copied=st.booleans())
    @precondition(lambda self: self.path.exists())
    def truncate_after_all_was_read(self, copied: bool) -> None:
        self.settle()
        if copied:
            self.make_room_for_number_one()
            shutil.copyfile(self.path, f"{self.path}.1")
        if self.unended:
            self.may.add(self.unended)
        os.truncate(self.path, 0)
        self.next_file()

    @rule()
    @precondition(lambda self: self.path.exists())
    def truncate_at_any_time(self) -> None:
        lost = set(self.must) - set(self.delivered)
        self.may |= lost | ({self.unended} - {b""})
        self.must = [line for line in self.must if line not in lost]
        os.truncate(self.path, 0)
        self.next_file()

    @rule()
    @precondition(lambda self: self.path.exists())
    def delete_after_all_was_read(self) -> None:
        self.settle()
        if self.unended:
            self.may.add(self.unended)
        self.path.unlink()
        self.look()
        self.path.touch()
        self.next_file()
        self.settle()

    @rule()
    @precondition(lambda self: not self.unended and self.path.exists() and Path(f"{self.path}.1").exists())
    def write_late_to_a_file_that_was_just_rotated(self) -> None:
        self.settle()
        self.rotate_by_renaming(created=True)
        self.clock += QUIET_SECONDS * 2
        self.look()
        self.look()
        self.generation -= 1
        line = self.new_line(10)
        self.generation += 1
        with Path(f"{self.path}.1").open("ab") as file:
            file.write(line + b"\n")
        self.must.append(line)
        self.settle()

    @rule()
    def restart(self) -> None:
        self.follower.close()
        self.follower = self.started()

    @rule(times=st.integers(1, 5))
    def look_sometimes(self, times: int) -> None:
        for _ in range(times):
            self.look()
            self.clock += 0.1

    @rule()
    def settle(self) -> None:
        idle = 0
        while idle < 5:
            step = self.look()
            idle = 0 if step is not None and (step.lines or step.more) else idle + 1
            self.clock += QUIET_SECONDS / 2 if idle else 0


TestFollowedFile = FollowedFile.TestCase
TestFollowedFile.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
