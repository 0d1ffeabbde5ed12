"""What a step may call that no replay would do again: talk, files, clocks, other random numbers."""

from __future__ import annotations

import datetime
import io
import pickle
import random
import time
from types import BuiltinFunctionType
from typing import Any

_CLOCKS = {time.time, time.perf_counter, time.monotonic, time.process_time, time.thread_time, time.sleep}
_CLOCKS |= {time.time_ns, time.perf_counter_ns, time.monotonic_ns, time.process_time_ns, time.thread_time_ns}
_CLOCKS |= {time.localtime, time.gmtime, time.ctime, time.asctime, time.strftime}
_TALK = {print, input, open, io.open}
_WRITING = ("write", "read", "readline", "readlines", "writelines", "truncate", "readinto")
_SYSTEM = ("posix", "nt", "_posixsubprocess", "_socket", "_winapi")
_HARMLESS = {"fspath", "stat", "lstat", "getcwd", "getpid", "cpu_count", "sched_getaffinity", "get_terminal_size"}


def stream_state(stream: Any) -> bytes:
    """Where a random stream of NumPy's or Python's is."""
    if hasattr(stream, "getstate"):  # Python's
        return pickle.dumps(stream.getstate())
    return pickle.dumps(stream.get_state() if hasattr(stream, "get_state") else stream.bit_generator.state)


def unrepeatable(function: Any) -> str | None:
    """Why a call of a built-in function cannot be replayed; None where it can be left out."""
    source = getattr(function, "__self__", None)
    name = getattr(function, "__name__", "")
    if isinstance(source, io.IOBase) and name in _WRITING:
        return "it reads or writes a file, which a replay would not do"
    if isinstance(source, random.Random) or type(source).__module__.startswith("numpy.random"):
        return "it draws random numbers that are not minitorch's: use minitorch.rand and its kin"
    if isinstance(source, type) and issubclass(source, datetime.date) and name in ("now", "today", "utcnow"):
        return "it looks at the clock"
    if not isinstance(function, BuiltinFunctionType):
        return None
    module = getattr(function, "__module__", None)
    if function in _CLOCKS:
        return "it looks at the clock"
    if module in _SYSTEM and name == "urandom":
        return "it draws random numbers that are not minitorch's: use minitorch.rand and its kin"
    if function in _TALK:
        return f"it calls {name}(), which a replay would not do: do that outside the step"
    if module in _SYSTEM and name not in _HARMLESS:
        return f"it asks the operating system ({name}), which a replay would not do: do that outside the step"
    return None
