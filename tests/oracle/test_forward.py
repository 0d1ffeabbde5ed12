"""Forward mode: autograd.forward_ad against PyTorch's, and the tangents of every operation against its gradients."""

# ruff: noqa: E501 (the tables are wide)

import warnings

import numpy as np
import pytest

import minitorch
from tests.oracle import test_ops_tier1, test_ops_tier2, test_ops_tier3
from tests.oracle.compare import assert_raises_alike, attempt, is_tensor, leaves, same, tensor, torch, weights_like
from tests.oracle.expressions import lines, parsed

LIBRARIES = [(torch, torch.autograd.forward_ad), (minitorch, minitorch.autograd.forward_ad)]
TABLES = {
    name: table
    for module in (test_ops_tier1, test_ops_tier2, test_ops_tier3)
    for name, table in vars(module).items()
    if isinstance(table, list) and name != "WINDOWS"  # which have no inputs to differentiate
}
TABLES["FUNCTIONAL"] = lines("""
T.nn.functional.conv1d(x3.mT, c3, v[:2]); T.nn.functional.conv_transpose1d(b3, c3, stride=2); T.nn.functional.linear(x, x3[0], s3)
T.nn.functional.max_pool1d(x3, 2); T.nn.functional.avg_pool1d(x3, 2); T.nn.functional.adaptive_avg_pool1d(x3, 3); T.nn.functional.lp_pool1d(x3, 2, 2)
T.nn.functional.layer_norm(x, (4,), v, v); T.nn.functional.batch_norm(x3, None, None, s3, s3, training=True); T.nn.functional.group_norm(x3.mT, 2, v)
T.nn.functional.rms_norm(x, (4,), v); T.nn.functional.instance_norm(x3); T.nn.functional.normalize(x); T.nn.functional.embedding(i0, x3[0])
T.nn.functional.cross_entropy(x, i1[:, 0]); T.nn.functional.nll_loss(x, i1[:, 0]); T.nn.functional.mse_loss(x, y); T.nn.functional.huber_loss(x, y)
T.nn.functional.kl_div(x, unit); T.nn.functional.binary_cross_entropy_with_logits(x, unit); T.nn.functional.cosine_embedding_loss(x, y, j[:, 0])
T.nn.functional.scaled_dot_product_attention(x3, x3, y * x3); T.nn.functional.gelu(x); T.nn.functional.glu(x); T.nn.functional.softmax(x, 1)
T.nn.functional.interpolate(x3, scale_factor=2, mode="linear"); T.nn.functional.pad(x, (1, 2), mode="reflect"); T.nn.functional.bilinear(x, y, T.stack([x.T @ y]))
""")
# A rule that inverts a singular matrix; an in-place write to the input; no numbers to compare.
APART = ("T.linalg.det(A * 0)", "T.linalg.det(T.stack", "x.add_(1)", "e.mean(", "e.var(", "e.std(")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("table", TABLES)
def test_tangents_are_dual_to_gradients(table):
    """<w, J t> is <J' w, t>, with the gradients that other tests hold against PyTorch's."""
    checked = 0
    for line in TABLES[table]:
        if isinstance(line, str) and not line.startswith("^0") and not any(part in line for part in APART):
            checked += dual(line)
    assert checked


def dual(line):
    random = np.random.default_rng(2)
    f, inputs, _ = parsed(line)
    tensors = [tensor(minitorch, x) for x in inputs]
    with np.errstate(all="ignore"), minitorch.autograd.forward_ad.dual_level():
        pairs = []
        for x in tensors:
            if is_tensor(x) and x.requires_grad:
                t = minitorch.from_numpy(weights_like(random, x.detach().array))
                pairs.append((minitorch.autograd.forward_ad.make_dual(x, t), x, t))
        fresh = iter(pairs)
        arguments = [next(fresh)[0] if is_tensor(x) and x.requires_grad else x for x in tensors]
        try:
            outputs = [t for t in leaves(f(minitorch, *arguments)) if is_tensor(t) and t.requires_grad]
        except Exception:
            return False  # test_ops compares the errors
        if not outputs:
            return False
        weights = [weights_like(random, t.detach().array) for t in outputs]
        forward = 0.0
        for out, w in zip(outputs, weights, strict=True):
            tangent = minitorch.autograd.forward_ad.unpack_dual(out).tangent
            if tangent is not None:
                assert (tangent.shape, tangent.dtype) == (out.shape, out.dtype), line
                forward += product(w, tangent)
    found = minitorch.autograd.grad(
        outputs, [d for d, _, _ in pairs], [minitorch.from_numpy(w) for w in weights], allow_unused=True
    )
    backward = sum(product(t.array, g) for (_, _, t), g in zip(pairs, found, strict=True) if g is not None)
    coarse = {np.dtype(np.float16): 0.1, np.dtype(np.float32): 1e-3, np.dtype(np.complex64): 1e-3}
    kinds = [t.array.dtype for t in (*outputs, *[x for _, x, _ in pairs])]
    tolerance = max(coarse.get(kind, 1e-8) for kind in kinds)
    np.testing.assert_allclose(forward, backward, rtol=tolerance, atol=tolerance, equal_nan=True, err_msg=line)
    return True


def product(a, t):
    return np.sum((np.conj(a) * t.detach().array).real)


def both(f, *arrays, grad=False):
    """What ``f(T, fwAD, *tensors)`` gives on both, inside a level; exceptions are compared by type."""
    found = []
    for T, fw in LIBRARIES:
        with warnings.catch_warnings(), fw.dual_level():
            warnings.simplefilter("ignore")
            found.append(attempt(f, T, fw, *[tensor(T, x, grad) for x in arrays]))
    if any(isinstance(r, Exception) for r in found):
        assert_raises_alike(*found)
    return found


X, T_, Z = np.array([0.3, -1.2, 2.0]), np.array([1.0, 10.0, 100.0]), np.array([1 + 2j, -0.5j, 0.3])


@pytest.mark.parametrize(
    "f",
    [
        lambda T, fw, x, t: fw.unpack_dual(fw.make_dual(x, t).exp().cumsum(0)),
        lambda T, fw, x, t: fw.unpack_dual(x * 2),
        lambda T, fw, x, t: fw.unpack_dual(fw.make_dual(x, t).detach()),
        lambda T, fw, x, t: fw.unpack_dual(fw.unpack_dual(fw.make_dual(x, t) ** 2).tangent),
        lambda T, fw, x, t: fw.unpack_dual(fw.unpack_dual(fw.make_dual(x, t) ** 3).primal),
        lambda T, fw, x, t: fw.unpack_dual(fw.make_dual(fw.unpack_dual(fw.make_dual(x, t) ** 2).tangent, x) ** 2),
        lambda T, fw, x, t: fw.unpack_dual(fw.make_dual(x, t).clone().mul_(3).sin_()),
        lambda T, fw, x, t: [fw.unpack_dual(fw.make_dual(x, t).mul_(3)), x],
        lambda T, fw, x, t: fw.unpack_dual(T.cat([fw.make_dual(x, t), fw.make_dual(t, x) * x]).view(2, 3).T),
        lambda T, fw, x, t: fw.unpack_dual(T.autograd.grad((d := fw.make_dual(x.requires_grad_(), t)).pow(3).sum(), d)[0]),
        lambda T, fw, x, t: [tuple(fw.unpack_dual(r)) for r in fw.make_dual(x, t).sort()][:1],
    ],
)  # fmt: skip
def test_dual_tensors(f):
    theirs, ours = both(f, X, T_)
    same([r for r in leaves(theirs) if r is not None], [r for r in leaves(ours) if r is not None])
    assert [r is None for r in leaves(theirs)] == [r is None for r in leaves(ours)]


def test_complex_tangents():
    same(
        *both(
            lambda T, fw, z, t: fw.unpack_dual((d := fw.make_dual(z, z * 2j)) * d.abs() + (d.conj() @ t) * d.real),
            Z,
            Z * 3,
        )
    )


def test_tangents_can_be_differentiated_backwards():
    def f(T, fw, x, t):
        primal, tangent = fw.unpack_dual((fw.make_dual(x, t) ** 2).exp())
        return [primal, tangent, *T.autograd.grad((primal * tangent).sum(), [x, t])]

    same(*both(f, X, T_, grad=True))


@pytest.mark.parametrize(
    ("f", "match"),
    [
        (lambda T, fw, x, t: fw.make_dual(T.tensor([1, 2]), t), "Expected primal to be floating point"),
        (lambda T, fw, x, t: fw.make_dual(x, T.tensor([1, 2, 3])), "Expected tangent to be floating point"),
        (lambda T, fw, x, t: fw.make_dual(x, t[:2]), "Trying to set a forward gradient that has a different size"),
        (lambda T, fw, x, t: fw.make_dual(fw.make_dual(x, t), t), "already has a forward gradient at the same level"),
        (
            lambda T, fw, x, t: fw.exit_dual_level(level=7),
            "Trying to exit a forward AD level that was not the last one",
        ),
        (lambda T, fw, x, t: fw.make_dual(x, t, level=5), "Invalid level given"),
    ],
)
def test_errors(f, match):
    for told in both(f, X, T_):
        assert match in str(told)


def test_outside_of_a_level():
    for T, fw in LIBRARIES:
        with pytest.raises(RuntimeError, match="no level exists"):
            fw.make_dual(tensor(T, X, False), tensor(T, T_, False))
        with pytest.raises(RuntimeError, match="Dual level must be a positive number"):
            fw.exit_dual_level()
        with fw.dual_level():
            y = fw.make_dual(tensor(T, X, False), tensor(T, T_, False)) * 2
        assert fw.unpack_dual(y).tangent is None


# --- Functions of the user's ------------------------------------------------------------------------------------------


def scaled(T, kind):
    """A Function of two tensors and a number, with one thing wrong in its jvp or none."""

    class Scaled(T.autograd.Function):
        @staticmethod
        def forward(ctx, x, y, k):
            ctx.save_for_forward(x, y)
            ctx.set_materialize_grads(kind != "raw")
            ctx.k = k
            return x * y * k, x + y

        @staticmethod
        def jvp(ctx, x_t, y_t, k_t):
            x, y = ctx.saved_tensors
            assert k_t is None
            if kind == "raw":
                assert y_t is None
                return x_t * y * ctx.k, x_t
            product = (x_t * y + x * y_t) * ctx.k
            return {"few": product, "shape": (product[:2], x_t)}.get(kind, (product, x_t + y_t))

    if kind == "none":
        del Scaled.jvp
    return Scaled.apply


@pytest.mark.parametrize("kind", ["right", "raw", "few", "shape", "none"])
def test_functions_with_a_jvp(kind):
    def f(T, fw, x, t):
        return [tuple(fw.unpack_dual(r)) for r in scaled(T, kind)(fw.make_dual(x, t), t, 3.0)]

    theirs, ours = both(f, X, T_)
    if not isinstance(theirs, Exception):
        same(theirs, ours)
