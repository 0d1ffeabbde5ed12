"""Nodes are called as in PyTorch, overloads told apart, where one row stands for one of PyTorch's operations.

DIFFERENT says what is called otherwise, and why: for the most part what PyTorch has a node of its own for and is
composed of other rows here, so that its derivative is theirs.
"""

# ruff: noqa: E501 (the table is wide)

import pytest

import minitorch

pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")
from tests.oracle.compare import leaves, outcome, torch
from tests.oracle.expressions import lines, parsed

ALIKE = lines("""
x + y; x - y; x * y; x / y; -x; x + 1; x * 2; x / 2; x ** 2; p ** y; 2 ** p; abs(x); x % 2; T.fmod(x, 2); T.maximum(x, y); T.minimum(x, y)
T.exp(x); T.log(p); T.sqrt(p); T.sin(x); T.tanh(x); T.sigmoid(x); T.relu(x); T.clamp(x, 0, 1); T.clamp(x, min=0); T.clamp(x, max=y); x.clamp_min(0); x.clamp_max(0)
x.sum(); x.sum(0); x.sum((0, 1)); x.sum(1, True); x.mean(); x.mean(0); x.prod(); x.prod(0); x.prod(1, True); x.amax(0); x.amin(0); x.max(); x.min(); x.max(0); x.min(0)
x.max(1, True); x.min(1, keepdim=True); x.var(); x.var(0); x.std(0); x.logsumexp(0); x.norm(); x.cumsum(0); x.cumprod(0); x.cummax(0); x.cummin(0)
x.softmax(0); x.log_softmax(0); x.sort(); x.sort(0, True); x.topk(2); x.median(); x.nanmedian(); T.where(m, x, y); T.lerp(x, y, 0.3); T.atan2(x, y)
x[0]; x[-1]; x[1:]; x[:, 0]; x[0, 1:]; x[..., 0]; x[None]; x[:, None]; x[k]; x[m]; x.select(1, 0); x.narrow(0, 0, 2); x.index_select(0, k); x.take(k); x.masked_select(m)
x.gather(0, i0); x.scatter(0, i0, y); x.scatter_add(0, i0, y); x.scatter_reduce(0, i0, y, "sum"); x.scatter_reduce(0, i0, y, "amax"); x.index_add(0, k, y[:2])
x.index_copy(0, k, y[:2]); x.index_fill(0, k, 2.0); x.index_put((k,), y[:2]); x.index_put((k,), y[:2], True); x.masked_fill(m, 2.0); x.masked_scatter(m, y)
x.t(); x.mT; x.transpose(0, 1); x.permute(1, 0); x.view(-1); x.reshape(-1); x.unsqueeze(0); c.squeeze(); c.squeeze(1); c.squeeze((0, 1)); c.expand(3, 4); x.flip(0); x.roll(1, 0)
x.chunk(2); x.split(1); x.unbind(); x.diagonal(); T.diag_embed(x); x.triu(); x.tril(); x.clone(); T.cat([x, y]); T.stack([x, y]); x.as_strided((2,), (1,)); x.float()
x @ y.t(); v @ v; x @ v; T.bmm(b3, c3); T.linalg.det(A); T.linalg.inv(A); T.linalg.cholesky(P); T.linalg.eigh(P); T.linalg.svd(A); T.linalg.qr(A); T.linalg.slogdet(A)
T.nn.functional.gelu(x); T.nn.functional.silu(x); T.nn.functional.leaky_relu(x); T.nn.functional.softplus(x); T.nn.functional.mse_loss(x, y); T.nn.functional.layer_norm(x, (4,))
""")  # fmt: skip

COMPOSED = "composed of other rows, whose derivatives are its own"
FAST = "one row serves numbers and tensors alike: telling them apart would cost every call"
DIFFERENT = {  # by expression: our name, and why
    "T.addmm(x[:, :3], x, y.t())": ("AddBackward0", COMPOSED),
    "T.addcmul(x, y, v)": ("AddBackward0", COMPOSED),
    "T.std_mean(x)": ("StdBackward0", COMPOSED),
    "T.cross(A, A + 1)": ("SubBackward0", COMPOSED),
    "T.renorm(x, 2, 0, 1.0)": ("MulBackward0", COMPOSED),
    "T.block_diag(x, v)": ("CatBackward0", COMPOSED),
    "x.norm(3)": ("PowBackward0", COMPOSED),
    "x.frac()": ("SubBackward0", COMPOSED),
    'T.einsum("ij,kj->ik", x, y)': ("EinsumBackward0", "one row, which PyTorch composes"),
    "x % y": ("RemainderBackward0", FAST),
    "T.fmod(x, y)": ("FmodBackward0", FAST),
    "2 - x": ("SubBackward0", FAST),
    "x.median(0)": ("SqueezeBackward1", COMPOSED),
}


def names(line):
    """The node of the first result that has one, in both libraries."""
    f, inputs, _ = parsed(line)
    for T in (torch, minitorch):
        result, _ = outcome(T, f, inputs, True)
        yield next(t.grad_fn.name() for t in leaves(result) if t.requires_grad)


@pytest.mark.parametrize("line", ALIKE)
def test_nodes_are_called_alike(line):
    theirs, ours = names(line)
    assert ours == theirs


@pytest.mark.parametrize("line", DIFFERENT)
def test_what_is_called_otherwise(line):
    theirs, ours = names(line)
    assert ours == DIFFERENT[line][0] != theirs
