"""How many threads matrix products use: those of the BLAS that NumPy calls, through threadpoolctl."""

from __future__ import annotations

from typing import Any

__all__ = ["get_num_interop_threads", "get_num_threads", "set_num_interop_threads", "set_num_threads"]


def set_num_threads(num: int) -> None:
    """Have matrix products use ``num`` threads from now on, in the whole process (``torch.set_num_threads``).

    All else in NumPy runs in one thread. Toy models are often fastest with one.

    Raises:
        TypeError, RuntimeError: ``num`` is not a whole number, or not positive.

    >>> import minitorch
    >>> before = minitorch.get_num_threads()
    >>> minitorch.set_num_threads(1)
    >>> minitorch.get_num_threads()
    1
    >>> minitorch.set_num_threads(before)
    """
    from threadpoolctl import threadpool_limits

    threadpool_limits(limits=_positive("set_num_threads", num), user_api="blas")


def get_num_threads() -> int:
    """The number of threads that matrix products use; 1 where the BLAS does not tell (``torch.get_num_threads``)."""
    from threadpoolctl import threadpool_info

    return max((pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"), default=1)


def set_num_interop_threads(num: int) -> None:
    """Accepted for PyTorch's scripts, and without effect: operations run one after the other, on any number."""
    _positive("set_num_interop_threads", num)


def get_num_interop_threads() -> int:
    """1: operations run one after the other (``torch.get_num_interop_threads``)."""
    return 1


def _positive(who: str, num: Any) -> int:
    if isinstance(num, bool) or not isinstance(num, int):
        raise TypeError(f"{who} expects an int, but got {type(num).__name__}")
    if num < 1:
        raise RuntimeError(f"{who} expects a positive integer, but got {num}")
    return num
