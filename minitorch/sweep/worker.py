"""What runs in a worker process: lines of arguments in, lines of results out, until there is nobody to work for."""

from __future__ import annotations

import importlib
import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Iterable
from typing import Any


def main() -> None:
    """Call the function named on the command line (``module:function``) for every line that comes in."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that leads this one is told, and stops it
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what is printed here is no answer
    sys.stdout = sys.stderr
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin, lines), daemon=True).start()
    module, _, name = sys.argv[1].partition(":")
    function = getattr(importlib.import_module(module), name)
    while True:
        arguments = json.loads(lines.get())
        answer: dict[str, Any]
        try:
            answer = {"value": function(*arguments)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _listen(source: Iterable[str], lines: queue.SimpleQueue[str]) -> None:
    """Pass lines on. When they end, who led this process is gone, and so is the need for what it is doing."""
    for line in source:
        lines.put(line)
    os._exit(1)
