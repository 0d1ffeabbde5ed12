"""Nodes and edges as users look at them, and the two checks that look at derivatives: anomaly mode and gradcheck."""

# ruff: noqa: E501 (the tables are wide)

import numpy as np
import pytest

import minitorch
from tests.oracle.compare import agree, agree_on_error

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")

X = np.array([[1.5, 2.0], [0.5, 4.0]])
Y = np.array([[3.0, -1.0], [2.0, 0.25]])

# --- Nodes ------------------------------------------------------------------------------------------------------------

F = lambda T: T.nn.functional
SAVING = {  # an operation, and what it saves by PyTorch's names
    "mul": (lambda T, x, y: x * y, "self other"),
    "div": (lambda T, x, y: x / y, "self other"),
    "exp": (lambda T, x, y: x.exp(), "result"),
    "log": (lambda T, x, y: x.log(), "self"),
    "pow": (lambda T, x, y: x**3, "self exponent"),
    "pow of tensors": (lambda T, x, y: x**y, "self exponent result"),
    "expm1": (lambda T, x, y: x.expm1(), "result"),
    "atan2": (lambda T, x, y: T.atan2(x, y), "self other"),
    "mm": (lambda T, x, y: x @ y, "self mat2"),
    "mv": (lambda T, x, y: x @ y[0], "self vec"),
    "dot": (lambda T, x, y: x[0] @ y[0], "self tensor"),
    "mean": (lambda T, x, y: x.mean(), "self_sym_sizes"),
    "sum": (lambda T, x, y: x.sum(1), "self_sym_sizes keepdim"),
    "amax": (lambda T, x, y: x.amax(1), "self result keepdim"),
    "max": (lambda T, x, y: x.max(1)[0], "indices dim self_sym_sizes"),
    "cumsum": (lambda T, x, y: x.cumsum(1), "dim"),
    "softmax": (lambda T, x, y: x.softmax(1), "result dim"),
    "where": (lambda T, x, y: T.where(x > 1, x, y), "condition"),
    "maximum": (lambda T, x, y: T.maximum(x, y), "self other"),
    "view": (lambda T, x, y: x.view(-1), "self_sym_sizes"),
    "expand": (lambda T, x, y: x.expand(3, 2, 2), "self_sym_sizes"),
    "transpose": (lambda T, x, y: x.transpose(0, 1), "dim0 dim1"),
    "permute": (lambda T, x, y: x.permute(1, 0), "dims"),
    "unsqueeze": (lambda T, x, y: x.unsqueeze(0), "dim"),
    "diagonal": (lambda T, x, y: x.diagonal(), "offset dim1 dim2 self_sym_sizes"),
    "tril": (lambda T, x, y: x.tril(), "diagonal"),
    "gather": (lambda T, x, y: x.gather(1, T.tensor([[0], [1]])), "index dim"),
    "clamp": (lambda T, x, y: x.clamp(0.75, 1.75), "self min max"),
    "leaky_relu": (lambda T, x, y: F(T).leaky_relu(x, 0.1), "self negative_slope"),
    "elu": (lambda T, x, y: F(T).elu(x), "self alpha scale input_scale"),
    "mse_loss": (lambda T, x, y: F(T).mse_loss(x, y), "self target"),
    "cross_entropy": (lambda T, x, y: F(T).cross_entropy(x, T.tensor([0, 1])), "target"),
    "conv2d": (lambda T, x, y: F(T).conv2d(x[None, None], y[None, None]), "input weight"),
    "layer_norm": (lambda T, x, y: F(T).layer_norm(x, (2,), y[0], y[1]), "input weight bias"),
    "cholesky": (lambda T, x, y: T.linalg.cholesky(x @ x.mT + T.eye(2)), "L"),
    "inv": (lambda T, x, y: T.linalg.inv(x), "inverse"),
}


@pytest.mark.parametrize("name", SAVING)
def test_saved_values_by_name(name):
    op, names = SAVING[name]

    def program(T, x, y):
        node = op(T, x, y).grad_fn
        return [getattr(node, f"_saved_{each}") for each in names.split()]

    agree(program, X, Y, grad=False)


def test_a_row_never_shows_a_name_that_means_something_else():
    for op, _ in SAVING.values():
        nodes = []
        for T in (torch, minitorch):
            x, y = (T.tensor(a, requires_grad=True) for a in (X, Y))
            nodes.append(op(T, x, y).grad_fn)
        for name in ("self", "other", "result", "input", "weight", "target", "index", "mat2"):
            if hasattr(nodes[0], f"_saved_{name}") and hasattr(nodes[1], f"_saved_{name}"):
                theirs, ours = (getattr(node, f"_saved_{name}") for node in nodes)
                if isinstance(ours, minitorch.Tensor):
                    assert isinstance(theirs, torch.Tensor), (nodes[1].name(), name)
                    assert np.allclose(theirs.tolist(), ours.tolist()), (nodes[1].name(), name)


def test_what_a_node_says_of_itself():
    def program(T, x, y):
        z = (x * y).sum()
        node, edge = z.grad_fn, T.autograd.graph.get_gradient_edge(x)
        product = node.next_functions[0][0]
        node.metadata["note"] = 1
        return (
            isinstance(node, T.autograd.graph.Node),
            isinstance(edge.node, T.autograd.graph.Node),
            (node.name(), product.name(), edge.node.name(), edge.output_nr, edge[1]),
            [(n.name(), k) for n, k in product.next_functions],
            product.next_functions[0][0] is edge.node,
            node._sequence_nr() - product._sequence_nr(),
            edge.node._sequence_nr(),
            node.metadata,
            [tuple(m.shape) for m in product._input_metadata],
            [m.dtype for m in product._input_metadata],
            node.requires_grad,
            edge.node.requires_grad,
            (x * 2).grad_fn.next_functions,
        )[:-1]

    agree(program, X, Y, grad=False)


# --- Edges ------------------------------------------------------------------------------------------------------------


def edges(T, x, y):
    edge = T.autograd.graph.get_gradient_edge
    z = x * y
    out = (z * z).sum()
    at_x, at_z, at_out = edge(x), edge(z), edge(out)
    weights = T.ones_like(x.detach())
    found = [
        T.autograd.grad(out, (at_z, x), retain_graph=True),
        T.autograd.grad(at_out, at_x, retain_graph=True),
        T.autograd.grad(at_z, [at_x], grad_outputs=weights, retain_graph=True),
        T.autograd.grad((at_z, at_out), (at_x, y), grad_outputs=(weights, None), retain_graph=True),
        T.autograd.grad(at_out, (at_x, edge(y * 2)), allow_unused=True, retain_graph=True),
        T.autograd.grad(at_out, (at_x, edge(y * 2)), materialize_grads=True, retain_graph=True),
    ]
    T.autograd.backward(at_out, retain_graph=True)
    T.autograd.backward(at_z, weights, inputs=[at_x], retain_graph=True)
    T.autograd.backward(out, inputs=at_z, retain_graph=True)
    out.backward(inputs=at_x, retain_graph=True)
    return found, x.grad, y.grad


def edges_of_several_results(T, x, y):
    values, _ = x.max(1)
    first, second = x.unbind(0)
    at = [T.autograd.graph.get_gradient_edge(t) for t in (values, first, second)]
    out = (values * first.exp() * second).sum()
    return (
        [edge.output_nr for edge in at],
        T.autograd.grad(out, at, create_graph=True),
        T.autograd.grad(at[2], x, T.ones(2, dtype=T.float64), retain_graph=True),
    )


def versions(T, x, y):
    z = x.detach()
    before = z._version
    T.autograd.graph.increment_version(z)
    T.autograd.graph.increment_version([z, x])
    with T.inference_mode():
        T.autograd.graph.increment_version(T.ones(2))
    return z._version - before


@pytest.mark.parametrize("program", [edges, edges_of_several_results, versions], ids=lambda f: f.__name__)
def test_edges(program):
    agree(program, X, Y, grad=program is edges_of_several_results)


def stale_by_increment(T, x):
    y = x * 1
    z = y * y
    T.autograd.graph.increment_version(y)
    z.sum().backward()


REFUSED = {
    "an edge of no gradient": (lambda T, x: T.autograd.graph.get_gradient_edge(x.detach()), "It is not possible to get the gradient edge for a Tensor that does not require gradients"),
    "an edge of several numbers": (lambda T, x: T.autograd.grad(T.autograd.graph.get_gradient_edge(x * 2), x), "grad can be implicitly created only for scalar outputs"),
    "a seed of another shape": (lambda T, x: T.autograd.grad(T.autograd.graph.get_gradient_edge(x * 2), x, T.ones(3, dtype=T.float64)), "Mismatch in shape: grad_output[0] has a shape of torch.Size([3]) and output[0] has a shape of torch.Size([2, 2])."),
    "an unused edge": (lambda T, x: T.autograd.grad(x.sum(), T.autograd.graph.get_gradient_edge(x * 2)), "appears to not have been used in the graph"),
    "increment_version of a number": (lambda T, x: T.autograd.graph.increment_version(3), "increment_version expect"),
    "increment_version of numbers": (lambda T, x: T.autograd.graph.increment_version([3]), "increment_version expects each element of the iterable to be a tensor"),
    "a value written by hand": (stale_by_increment, "has been modified by an inplace operation"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    agree_on_error(REFUSED[name][0], X, match=REFUSED[name][1])


# --- gradcheck --------------------------------------------------------------------------------------------------------


def with_backward(backward, materialize=True):
    def make(T):
        class Square(T.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(x)
                ctx.set_materialize_grads(materialize)
                return x * x

        Square.backward = staticmethod(lambda ctx, g: backward(T, g, *ctx.saved_tensors))
        return Square.apply

    return make


def forward_wrong(T):
    class Square(T.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            ctx.save_for_forward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            return 2 * g * ctx.saved_tensors[0]

        @staticmethod
        def jvp(ctx, t):
            return 3 * ctx.saved_tensors[0] * t

    return Square.apply


RIGHT = with_backward(lambda T, g, x: 2 * g * x)
WRONG = with_backward(lambda T, g, x: 3 * g * x)
NOISY = with_backward(lambda T, g, x: 2 * g * x * (1 + 1e-7 * T.rand(1, dtype=T.float64)))
NOT_REENTRANT = "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives different values"
CHECKS = {  # the function, the options, and what the message says if it fails
    "right": (RIGHT, {}, ""),
    "right, every check": (lambda T: lambda x: x * x.exp(), {"check_forward_ad": True, "check_batched_grad": True, "check_batched_forward_grad": True, "check_grad_dtypes": True}, ""),
    "right, fast": (lambda T: lambda x: x * x.exp(), {"check_forward_ad": True, "check_batched_grad": True, "fast_mode": True, "masked": True}, ""),
    "complex": (lambda T: lambda x: T.complex(x, x * x).exp(), {"check_forward_ad": True}, ""),
    "wrong": (WRONG, {}, "Jacobian mismatch for output 0 with respect to input 0,\nnumerical:"),
    "wrong, fast": (WRONG, {"fast_mode": True}, "Jacobian mismatch for output 0 with respect to input 0,\nnumerical:"),
    "wrong, not raised": (WRONG, {"raise_exception": False}, ""),
    "wrong, not looked at": (WRONG, {"check_backward_ad": False, "check_forward_ad": False}, "Expected at least one of check_forward_ad or check_backward_ad to be True"),
    "wrong within the tolerance": (WRONG, {"rtol": 10.0, "atol": 10.0}, ""),
    "wrong in forward mode": (forward_wrong, {"check_forward_ad": True}, "Jacobian computed with forward mode mismatch for output 0 with respect to input 0,\nnumerical:"),
    "wrong in forward mode, fast": (forward_wrong, {"check_forward_ad": True, "fast_mode": True}, "Jacobian computed with forward mode mismatch"),
    "wrong in forward mode, not looked at": (forward_wrong, {}, ""),
    "no forward mode": (RIGHT, {"check_forward_ad": True}, "You must implement the jvp function"),
    "noisy": (NOISY, {}, NOT_REENTRANT),
    "noisy within the tolerance": (NOISY, {"nondet_tol": 1e-4}, ""),
    "without the incoming gradient": (with_backward(lambda T, g, x: 2 * x), {}, "Jacobian mismatch for output 0"),
    "None unforeseen": (with_backward(lambda T, g, x: 2 * g * x, materialize=False), {}, "unsupported operand type(s) for *"),
    "None unforeseen, not looked at": (with_backward(lambda T, g, x: 2 * g * x, materialize=False), {"check_undefined_grad": False}, ""),
    "None foreseen": (with_backward(lambda T, g, x: None if g is None else 2 * g * x, materialize=False), {}, ""),
    "detached": (lambda T: lambda x: x.detach() * 2, {}, "Numerical gradient for function expected to be zero"),
    "constant": (lambda T: lambda x: T.ones(2, dtype=T.float64), {}, ""),
    "whole numbers": (lambda T: lambda x: x.long(), {}, ""),
    "batched without backward": (RIGHT, {"check_batched_grad": True, "check_backward_ad": False, "check_forward_ad": True}, "Setting check_batched_grad=True requires check_backward_ad to be True"),
    "batched forward alone": (RIGHT, {"check_batched_forward_grad": True}, "Setting check_batched_forward_grad=True requires check_forward_ad to be True"),
}  # fmt: skip


def attempt(f, *args, **options):
    try:
        return f(*args, **options)
    except Exception as error:
        return error


def assert_same_verdict(check, func, options, match):
    """Both say the same, or raise an exception of the same name (GradcheckError is each library's own)."""
    verdicts = [
        attempt(getattr(T.autograd, check), func(T), T.tensor(X[0], requires_grad=True), **options)
        for T in (torch, minitorch)
    ]
    if match:
        assert all(isinstance(verdict, Exception) and match in str(verdict) for verdict in verdicts), verdicts
        verdicts = [type(verdict).__name__ for verdict in verdicts]
    else:
        assert all(isinstance(verdict, bool) for verdict in verdicts), verdicts
    assert verdicts[0] == verdicts[1]


@pytest.mark.parametrize("name", CHECKS)
def test_gradcheck(name):
    assert_same_verdict("gradcheck", *CHECKS[name])


def second_wrong(T):
    class Outer(T.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, g):
            return 3 * g * ctx.saved_tensors[0] * ctx.saved_tensors[0].detach()

    return Outer.apply


SECOND = {
    "right": (lambda T: lambda x: x**3, {}, ""),
    "right, every check": (lambda T: lambda x: x**3, {"check_fwd_over_rev": True, "check_batched_grad": True, "gen_non_contig_grad_outputs": True, "check_grad_dtypes": True}, ""),
    "right, forward alone": (lambda T: lambda x: x**3, {"check_fwd_over_rev": True, "check_rev_over_rev": False, "check_undefined_grad": False, "fast_mode": True}, ""),
    "wrong": (second_wrong, {}, "Jacobian mismatch for output 0 with respect to input 0"),
    "neither": (lambda T: lambda x: x, {"check_rev_over_rev": False}, "Expected at least one of check_fwd_over_rev or check_rev_over_rev to be True"),
    "undefined without reverse": (lambda T: lambda x: x**3, {"check_rev_over_rev": False, "check_fwd_over_rev": True}, "Setting check_undefined_grad=True requires check_rev_over_rev to be True"),
}  # fmt: skip


@pytest.mark.parametrize("name", SECOND)
def test_gradgradcheck(name):
    assert_same_verdict("gradgradcheck", *SECOND[name])


def test_the_message_of_a_fast_check_shows_both_jacobians():
    x = minitorch.tensor([1.0, 2.0], dtype=minitorch.float64, requires_grad=True)
    with pytest.raises(minitorch.autograd.GradcheckError) as caught:
        minitorch.autograd.gradcheck(WRONG(minitorch), x, fast_mode=True)
    assert "numerical:[[2. 0.]\n [0. 4.]]\nanalytical:[[3. 0.]\n [0. 6.]]" in str(caught.value)
