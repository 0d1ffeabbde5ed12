"""Files: ``save`` and ``load`` in PyTorch's .pt format, and safetensors, without ever running what a file says.

Writing: ``layout`` says which tensors share memory, ``pickler`` writes the tree, ``archive`` the container. Reading:
``archive`` and ``legacy`` open the two containers, ``unpickler`` reads the tree, ``admitted`` lists what may be in it.
"""

from minitorch.serialization import safetensors
from minitorch.serialization.files import load, save

__all__ = ["load", "safetensors", "save"]
