"""``torch.compiler``: what a function may ask about its compilation."""

from __future__ import annotations

from minitorch.core.recording import recording

__all__ = ["is_compiling"]


def is_compiling() -> bool:
    """Whether the function that asks is being recorded for ``compile`` (``torch.compiler.is_compiling``).

    >>> import minitorch as torch
    >>> torch.compiler.is_compiling(), torch.compile(torch.compiler.is_compiling)()
    (False, True)
    """
    return recording.recorder is not None
