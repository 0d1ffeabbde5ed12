"""Where in the user's code something happened: the call stack, read outwards until it leaves the framework."""

from __future__ import annotations

import linecache
import os
import sys
from dataclasses import dataclass
from types import CodeType, FrameType, TracebackType

# The trainer's loop is a loop like any user's, and is shown as one.
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_LOOPS = os.path.join(_PACKAGE, "train") + os.sep
_MACHINERY = ("<frozen", "<string>", os.path.dirname(os.__file__) + os.sep)

_sites: dict[tuple[CodeType, int], Site] = {}
_inside: dict[CodeType, bool] = {}  # whether a function is the framework's or Python's own, by its code


@dataclass(frozen=True, slots=True)
class Site:
    """A line of the user's code, and the function it stands in."""

    file: str
    line: int
    function: str

    def __str__(self) -> str:
        return f"{os.path.basename(self.file)}:{self.line}"

    @property
    def text(self) -> str:
        """The line itself, without its indentation."""
        return linecache.getline(self.file, self.line).strip()


NOWHERE = Site("<unknown>", 0, "")


def inside(code: CodeType) -> bool:
    """Whether this function is part of the framework (or of Python), so not where a user would look."""
    known = _inside.get(code)
    if known is None:
        file = os.path.abspath(code.co_filename) if not code.co_filename.startswith("<") else code.co_filename
        ours = file.startswith(_PACKAGE) and not file.startswith(_LOOPS)
        python = file.startswith(_MACHINERY) and "site-packages" not in file
        known = _inside[code] = ours or python
    return known


def user_frame(frame: FrameType | None) -> FrameType | None:
    """The innermost frame of the user's own code."""
    while frame is not None and inside(frame.f_code):
        frame = frame.f_back
    return frame


def site_of(frame: FrameType | None) -> Site:
    """A frame's line now; the same object each time."""
    if frame is None:
        return NOWHERE
    key = frame.f_code, frame.f_lineno
    site = _sites.get(key)
    if site is None:
        site = _sites[key] = Site(key[0].co_filename, key[1], key[0].co_name)
    return site


def site_of_error(traceback: TracebackType | None) -> Site:
    """The innermost line of the user's own code that an exception went through."""
    site = NOWHERE
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if not inside(code):
            site = Site(code.co_filename, traceback.tb_lineno, code.co_name)
        traceback = traceback.tb_next
    return site


def here() -> Site:
    """The line of the user's code that is running."""
    return site_of(user_frame(sys._getframe(1)))
