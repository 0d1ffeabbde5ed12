"""Where an epoch begins, in a loop without a DataLoader: the loop's index starts anew."""

from __future__ import annotations

import sys
from types import CodeType, FrameType

from minitorch.doctor.site import inside

FRAMES = 3  # how far out the loop may be
_OPTIMIZED = 1  # a function's flag: its locals are given as a copy, up to Python 3.12


class Loops:
    """The whole numbers among the variables of the functions around a backward pass, from one step to the next."""

    def __init__(self) -> None:
        self.values: dict[tuple[CodeType, str], int] = {}
        self.rising: set[tuple[CodeType, str]] = set()  # those that rose from the last step but one to the last

    def forget(self) -> None:
        self.values, self.rising = {}, set()

    def restarted(self, frame: FrameType | None) -> bool:
        """Whether an index that rose with every step has fallen: the loop that it counts has begun again."""
        values: dict[tuple[CodeType, str], int] = {}
        for _ in range(FRAMES):
            while frame is not None and inside(frame.f_code):
                frame = frame.f_back
            if frame is None:
                break
            values.update(_numbers(frame))
            frame = frame.f_back
        fallen = any(key in self.rising and values[key] < self.values[key] for key in values)
        self.rising = {key for key in values if key in self.values and values[key] > self.values[key]}
        self.values = values
        return fallen


def _numbers(frame: FrameType) -> dict[tuple[CodeType, str], int]:
    code, seen = frame.f_code, frame.f_locals
    numbers = {(code, name): value for name, value in list(seen.items()) if type(value) is int}
    if sys.version_info < (3, 13) and code.co_flags & _OPTIMIZED:
        seen.clear()  # a copy that the frame would keep, and with it everything that the variables held
    return numbers
