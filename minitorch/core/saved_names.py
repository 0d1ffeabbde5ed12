"""PyTorch's names for what nodes save, ``grad_fn._saved_self`` for one, where our tables use other ones."""

from __future__ import annotations

from collections.abc import Sequence

PARAMETERS = {"axis": "dim", "axes": "dims", "keepdims": "keepdim"}

_LAYER = {"input": "x", "weight": "w", "bias": "b"}
_LOSS = {"self": "x", "target": "t"}
SPECIAL: dict[str, dict[str, str]] = {
    "BinaryCrossEntropyWithLogitsBackward0": _LOSS,
    "BmmBackward0": {"self": "a", "mat2": "b"},
    "ClampBackward1": {"self": "x", "min": "low", "max": "high"},
    "ConvolutionBackward0": _LAYER,
    "DiagonalBackward0": {"dim1": "a", "dim2": "b"},
    "DotBackward0": {"self": "a", "tensor": "b"},
    "GatherBackward0": {"self": "x", "index": "i"},
    "IndexBackward0": {"self": "x", "indices": "index"},
    "LeakyReluBackward0": {"self": "x", "negative_slope": "slope"},
    "LinalgCholeskyExBackward0": {"L": "out"},
    "LinalgDetBackward0": {"A": "x", "result": "out"},
    "LinalgInvExBackward0": {"inverse": "out"},
    "LinalgSolveExBackward0": {"A": "a", "result": "out"},
    "MmBackward0": {"self": "a", "mat2": "b"},
    "MseLossBackward0": _LOSS,
    "MvBackward0": {"self": "a", "vec": "v"},
    "NativeBatchNormBackward0": _LAYER,
    "NativeGroupNormBackward0": {**_LAYER, "result1": "mean"},
    "NativeLayerNormBackward0": {**_LAYER, "result1": "mean"},
    "NllLossBackward0": {"target": "target"},  # it saves what log_softmax is taken of
    "PowBackward1": {"self": "a", "exponent": "b", "result": "out"},
    "ScatterBackward0": {"index": "i"},
    "TransposeBackward0": {"dim0": "a", "dim1": "b"},
    "TrilBackward0": {"diagonal": "k"},
    "TriuBackward0": {"diagonal": "k"},
}


def saved_names(node: str, inputs: Sequence[str], outputs: Sequence[str], params: Sequence[str]) -> dict[str, str]:
    """For a row's node: each name that a saved value has, PyTorch's and ours, with ours."""
    names = {name: name for name in (*inputs, *outputs, *params) if name.isidentifier()}
    names |= {PARAMETERS[name]: name for name in params if name in PARAMETERS}
    if inputs:
        names["self_sym_sizes"] = f"{inputs[0]}_shape"
    if node in SPECIAL:
        return names | SPECIAL[node]
    return names | {"result": outputs[0], **dict(zip(("self", "other"), inputs))}
