"""ONNX: ``export`` writes a model as a graph that other runtimes execute.

A forward pass is watched (``trace``) and each operation becomes nodes of a ``graph`` by a table: of functions in
``functions``, ``windows``, and of rows of the derivative tables in ``elementwise``, ``rows``, ``recurrent``. A second
pass on other values and sizes tells what depends on them (``merge``).
"""

from minitorch.onnx.export import export
from minitorch.onnx.trace import UnsupportedOperatorError

__all__ = ["UnsupportedOperatorError", "export"]
