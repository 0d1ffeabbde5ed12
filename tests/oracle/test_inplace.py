"""In-place writes, views and version checks: what PyTorch accepts gives its numbers, what it refuses is refused."""

# ruff: noqa: E501 (the tables are wide)

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle.compare import agree, agree_on_error

X = np.array([[1.5, -2.0, 0.5, 4.0], [0.25, 3.0, -1.0, 2.5], [1.0, 0.75, -0.5, -3.0]])
V = np.array([0.5, -1.0, 2.0, 1.25])

UNRECORDED = {
    "zero_": lambda T, x: x.zero_(),
    "fill_": lambda T, x: x.fill_(3),
    "fill_ tensor": lambda T, x: x.fill_(T.tensor(2.5)),
    "copy_": lambda T, x: x.copy_(T.arange(4)),
    "add_": lambda T, x: x.add_(T.ones(4), alpha=2),
    "iadd broadcast": lambda T, x: x.__iadd__(T.ones(3, 1)),
    "mul_": lambda T, x: x.mul_(0.5),
    "clamp_": lambda T, x: x.clamp_(-1, 1),
    "setitem": lambda T, x: x.__setitem__((slice(None), 1), 7.0),
    "setitem mask": lambda T, x: x.__setitem__(x > 1, 0),
    "setitem tensor": lambda T, x: x.__setitem__(0, T.arange(4.0)),
    "setitem index": lambda T, x: x.__setitem__(T.tensor([0, 2]), T.ones(2, 4, dtype=x.dtype)),
    "t view": lambda T, x: x.t().mul_(2),
    "chain of views": lambda T, x: x[1:].t()[0].reshape(2, 1).add_(1),
}


@pytest.mark.parametrize("name", UNRECORDED)
def test_on_a_plain_tensor(name):
    def program(T, x):
        base = x.clone()
        view = base[1]
        result = UNRECORDED[name](T, base)
        return base, view, result is None or result.shape, base._version, view._version

    agree(program, X, grad=False)


@pytest.mark.parametrize("name", UNRECORDED)
def test_recorded(name):
    def program(T, x):
        base = x * 2
        view = base[1]
        UNRECORDED[name](T, base)
        return base * base, view * view, base._version, view._version, base.is_leaf

    agree(program, X)


VIEWS = {
    "slice": lambda x: x[1:],
    "int": lambda x: x[1],
    "step": lambda x: x[:, ::2],
    "transpose": lambda x: x.t(),
    "permute": lambda x: x.permute(1, 0),
    "view": lambda x: x.view(2, 6),
    "reshape": lambda x: x.reshape(12),
    "unsqueeze": lambda x: x.unsqueeze(1),
    "squeeze": lambda x: x[:1].squeeze(0),
    "diagonal": lambda x: x.diagonal(),
    "select": lambda x: x.select(1, 2),
    "narrow": lambda x: x.narrow(1, 1, 2),
    "flatten": lambda x: x.flatten(),
    "unflatten": lambda x: x.unflatten(1, (2, 2)),
    "view_as": lambda x: x.view_as(x),
    "expand to its own shape": lambda x: x.expand(-1, 4),
    "unsqueezed by expand": lambda x: x.expand(1, 3, 4),
    "detached twice": lambda x: x[1:][:, 1:],
    "three deep": lambda x: x[1:].t()[1:3].reshape(-1)[1:],
}


def node_name(t):
    return t.grad_fn.name().rpartition(":")[2]  # PyTorch's has its C++ namespace


@pytest.mark.parametrize("name", VIEWS)
def test_write_to_a_view_is_seen_by_its_base(name):
    def program(T, x):
        base = x * 2
        view = VIEWS[name](base)
        other = base[0]
        view.mul_(3)
        return base * base, view * view, other * other, view._base is base, node_name(base)

    agree(program, X)


@pytest.mark.parametrize("name", VIEWS)
def test_write_to_a_base_is_seen_by_its_view(name):
    def program(T, x):
        base = x * 2
        view = VIEWS[name](base)
        base.add_(base.detach())
        base.mul_(V_like(T, x))
        return base.exp(), view * view, view.requires_grad, view.is_leaf

    agree(program, X)


def V_like(T, x):
    return T.tensor(V.tolist(), dtype=x.dtype)


@pytest.mark.parametrize("name", VIEWS)
def test_a_tracked_value_written_into_an_untracked_base(name):
    def program(T, x):
        base = T.zeros(3, 4, dtype=x.dtype)
        view = VIEWS[name](base)
        before = view.requires_grad, base.requires_grad
        view += (x.sum() * T.ones_like(view)).detach() * x[0, 0]
        return base * base, view.exp(), before, base.requires_grad, view.requires_grad

    agree(program, X)


ITEMS = {
    "int": lambda T, x, y: y.__setitem__(1, x[0]),
    "element": lambda T, x, y: y.__setitem__((1, 2), x[0, 0]),
    "number": lambda T, x, y: y.__setitem__((slice(None), slice(1, 3)), 5.0),
    "broadcast": lambda T, x, y: y.__setitem__(slice(1, None), x[0]),
    "column": lambda T, x, y: y.__setitem__((Ellipsis, 0), x[:, 1]),
    "mask": lambda T, x, y: y.__setitem__(y > 1, x.sum()),
    "mask with values": lambda T, x, y: y.__setitem__(T.tensor([True, False, True]), x[:2]),
    "index tensor": lambda T, x, y: y.__setitem__(T.tensor([2, 0]), x[:2]),
    "index and slice": lambda T, x, y: y.__setitem__((slice(None), T.tensor([3, 1])), x[:, :2]),
    "index list": lambda T, x, y: y.__setitem__([0, 2], x[1:]),
    "none": lambda T, x, y: y.__setitem__((None, 1), x[0]),
    "itself": lambda T, x, y: y.__setitem__(0, y[1]),
    "another dtype": lambda T, x, y: y.__setitem__(0, x[0].float()),
    "iadd of a mask": lambda T, x, y: y.__setitem__(y > 1, y[y > 1] + x[y.detach() > 1]),
    "iadd of a slice": lambda T, x, y: y[1:].add_(x[1:]),
    "leading ones": lambda T, x, y: y.__setitem__(0, x[:1]),
}


@pytest.mark.parametrize("start", ["tracked", "untracked"])
@pytest.mark.parametrize("name", ITEMS)
def test_setitem(name, start):
    def program(T, x):
        y = x * 2 if start == "tracked" else T.arange(12, dtype=x.dtype).reshape(3, 4)
        ITEMS[name](T, x * x, y)
        return y * y

    agree(program, X)


CHAINS = {
    "two writes": lambda T, x: (lambda y: y.mul_(2).add_(x))(x * 1),
    "write of a function of itself": lambda T, x: (lambda y: y.add_(y.detach()).mul_(x.sum()))(x * 1),
    "saved result, then unsaved write": lambda T, x: (lambda y: (y, y.add_(1))[1])(x * 2),
    "relu_": lambda T, x: (x * 1).relu_(),
    "sigmoid_": lambda T, x: (x * 1).sigmoid_() * 2,
    "div_": lambda T, x: (x * 1).div_(x + 5),
    "pow_": lambda T, x: (x * 1).pow_(3),
    "addcmul_": lambda T, x: (x * 1).addcmul_(x, x, value=0.5),
    "clamp_": lambda T, x: (x * 1).clamp_(-1, 1),
    "masked_fill_": lambda T, x: (x * 1).masked_fill_(x > 1, 3.0),
    "copy_ from a float32": lambda T, x: T.zeros(3, 4, dtype=x.dtype).copy_(x.float()),
    "zero_ of a result": lambda T, x: (lambda y: (y.zero_() + x))(x * 2),
    "leaf of no gradient becomes tracked": lambda T, x: (lambda y: (y.add_(x), y.requires_grad, y.is_leaf))(x.detach().clone()),
    "in place on a detached copy": lambda T, x: x * x.detach().clone().add_(1),
    "iadd through a name": lambda T, x: iadd(x * 2, x),
    "view made before, after and between": lambda T, x: between(T, x),
    "writes to two views": lambda T, x: two_views(T, x),
    "write through a view of a view, read the first": lambda T, x: (lambda a: (lambda b: (b[0].mul_(x[0]), b * 2, a)[1:])(a[1:]))(x * 1),
    "grad_fn of a written view": lambda T, x: (lambda y: (y[0].mul_(2), node_name(y), y)[1:])(x * 1),
    "requires_grad_ after writes": lambda T, x: (x.detach().clone().mul_(2).requires_grad_() * 2).detach(),
    "view of expanded, read": lambda T, x: x[0].expand(3, 4)[1:] * x[1:],
    "contiguous copy is no view": lambda T, x: (lambda y: (y.t().contiguous().mul_(2), y)[1])(x * 1),
    "reshape that copies is no view": lambda T, x: (lambda y: (y.t().reshape(12).mul_(2), y)[1])(x * 1),
    "fancy index is no view": lambda T, x: (lambda y: (y[[0, 1]].mul_(2), y)[1])(x * 1),
}  # fmt: skip


def iadd(y, x):
    y += x
    y *= 2
    y -= 1
    y /= 3
    return y


def between(T, x):
    base = x * 1
    first = base[0]
    base.mul_(2)
    second = base[0]
    base.add_(x)
    third = base[0]
    third.mul_(x[1])
    return first, second, third, base


def two_views(T, x):
    base = x * 1
    a, b = base[:2], base.t()
    a.mul_(x[:2])
    b.add_(x.t())
    a.mul_(2)
    return a, b, base


@pytest.mark.parametrize("name", CHAINS)
def test_chains(name):
    agree(lambda T, x: CHAINS[name](T, x), X)


STALE = {
    "input of mul": lambda T, x: (lambda a: (a * x, a.mul_(2))[0])(x * x),
    "result of exp": lambda T, x: (lambda a: (a * 1, a.add_(1))[0])(x.exp()),
    "result of exp written": lambda T, x: x.exp().add_(1),
    "through a view": lambda T, x: (lambda a: (a * x, a[0].zero_())[0])(x * x),
    "base of a saved view": lambda T, x: (lambda a: (a[1] * x, a.zero_())[0])(x * x),
    "through detach": lambda T, x: (lambda a: (a * x, a.detach().zero_())[0])(x * x),
    "matmul": lambda T, x: (lambda a: (a @ x.t(), a.add_(1))[0])(x * 1),
    "leaf under no_grad": lambda T, x: (x * x, under_no_grad(T, lambda: x.add_(1)))[0],
    "index": lambda T, x: (lambda a: (a.sin(), a.__setitem__(0, 1.0))[0])(x * 1),
    "saved by prod": lambda T, x: (lambda a: (a.prod(1), a.add_(1))[0])(x * 1),
    "exp_ then mul_": lambda T, x: (x * 1).exp_().mul_(2.0),
    "softmax's result": lambda T, x: T.softmax(x, 1).mul_(2),
}


def under_no_grad(T, f):
    with T.no_grad():
        return f()


@pytest.mark.parametrize("name", STALE)
def test_modified_saved_value(name):
    def program(T, x):
        STALE[name](T, x).sum().backward()

    agree_on_error(program, X, match="has been modified by an inplace operation")


def test_version_error_names_the_node_and_the_versions():
    def program(T, x):
        a = x * x
        y = a.sin()
        a.mul_(2)
        a.mul_(2)
        y.sum().backward()

    agree_on_error(program, X, match="is at version 2; expected version 0 instead")


def test_modified_between_first_and_second_order():
    """The gradient recorded under create_graph needs the same saved values as the pass that made it."""

    def program(T, x):
        y = x**3
        (g,) = T.autograd.grad(y.sum(), x, create_graph=True)
        with T.no_grad():
            x.mul_(2)
        g.sum().backward()

    agree_on_error(program, X, match="has been modified by an inplace operation")


NOT_STALE = {
    "data": lambda T, x: (lambda a: (a * x, a.data.mul_(2))[0])(x * x),
    "not saved": lambda T, x: (lambda a: (a + x, a.mul_(2))[0])(x * x),
    "shape only": lambda T, x: (lambda a: (a.sum(1), a.mul_(2))[0])(x * x),
    "of an operand that needs none": lambda T, x: (lambda a: (a * T.ones(4), a.mul_(2))[0])(x * x),
    "written before": lambda T, x: (lambda a: a.mul_(2) * x)(x * x),
}


@pytest.mark.parametrize("name", NOT_STALE)
def test_modified_value_that_is_not_needed(name):
    agree(lambda T, x: NOT_STALE[name](T, x), X, second=False)


REFUSED = {
    "leaf": (lambda T, x: x.add_(1), "a leaf Variable that requires grad"),
    "leaf by setitem": (lambda T, x: x.__setitem__(0, 1.0), "leaf Variable that requires grad"),
    "leaf by mask": (lambda T, x: x.__setitem__(x > 0, 1.0), "a leaf Variable that requires grad"),
    "view of a leaf": (lambda T, x: x[0].add_(1), "a view of a leaf Variable that requires grad"),
    "zero_ of a leaf": (lambda T, x: x.zero_(), "a leaf Variable that requires grad"),
    "fill_ of a leaf": (lambda T, x: x.fill_(1), "a leaf Variable that requires grad"),
    "copy_ into a leaf": (lambda T, x: x.copy_(x.detach()), "a leaf Variable that requires grad"),
    "relu_ of a leaf": (lambda T, x: x.relu_(), "a leaf Variable that requires grad"),
    "expanded": (lambda T, x: (x * 1)[0].expand(3, 4).add_(1), "more than one element of the written-to tensor refers to"),
    "dtype of an indexed write": (
        lambda T, x: (x * 1).__setitem__([0, 1], T.ones(4)), "Index put requires the source and destination dtypes match"),
    "one of several views": (lambda T, x: (x * 1).split(1)[0].add_(1), "is a view and is being modified inplace"),
    "one of unbind": (lambda T, x: (x * 1).unbind()[0].add_(1), "is a view and is being modified inplace"),
    "one of chunk": (lambda T, x: (x * 1).chunk(2)[0].add_(1), "is a view and is being modified inplace"),
    "view made under no_grad": (
        lambda T, x: under_no_grad(T, lambda: x[0]).add_(1), "A view was created in no_grad mode and is being modified"),
    "shape that grows": (lambda T, x: (x * 1)[0].add_(x), "doesn't match the broadcast shape"),
    "float into int": (lambda T, x: T.arange(4).add_(1.5), "can't be cast to the desired output type"),
    "float tensor into int": (lambda T, x: T.arange(4).mul_(T.ones(4)), "can't be cast to the desired output type"),
    "detach_ of a view": (lambda T, x: (x * 1)[0].detach_(), "Can't detach views in-place. Use detach() instead"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    program, phrase = REFUSED[name]
    agree_on_error(program, X, match=phrase)


ALLOWED_UNDER_NO_GRAD = {
    "leaf": lambda T, x: x.add_(1),
    "leaf by setitem": lambda T, x: x.__setitem__(0, 1.0),
    "view of a leaf": lambda T, x: x[0].mul_(3),
    "iadd": lambda T, x: x.__isub__(x * 0.5),
    "split": lambda T, x: x.split(1)[0].add_(1),
    "diagonal": lambda T, x: x.diagonal().zero_(),
}


@pytest.mark.parametrize("name", ALLOWED_UNDER_NO_GRAD)
def test_parameter_update(name):
    def program(T, x):
        with T.no_grad():
            ALLOWED_UNDER_NO_GRAD[name](T, x)
        (x * x).sum().backward()
        return x, x.grad, x.requires_grad, x.is_leaf, x._version

    agree(program, X, grad=True, second=False)


def test_gradient_zeroed_in_place_is_reused():
    def program(T, x):
        (x * x).sum().backward()
        held = x.grad
        x.grad.zero_()
        (x * 3).sum().backward()
        return held is x.grad, held

    agree(program, X)


RESHAPED = {
    "t_": lambda T, b: b.t_(),
    "transpose_": lambda T, b: b.transpose_(0, 1),
    "unsqueeze_": lambda T, b: b.unsqueeze_(0),
    "t_ and a write": lambda T, b: b.t_().mul_(2),
    "t_ and a write to a view": lambda T, b: b.t_()[0].mul_(3),
    "t_ twice": lambda T, b: b.t_().t_(),
}
VIEWS = {
    "row": lambda b: b[1],
    "column": lambda b: b[:, 1],
    "flat": lambda b: b.view(-1),
    "transposed": lambda b: b.t(),
    "view of a view": lambda b: b.t()[1:].unsqueeze(0),
}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", RESHAPED)
def test_a_view_whose_base_is_reshaped_in_place(name, view):
    def program(T, x):
        base = x * 2
        v = VIEWS[view](base)
        RESHAPED[name](T, base)
        first = v * v
        v.mul_(x[0, 0])
        return first, v.sin(), base * base

    agree(program, X)


# --- Programs drawn at random ---------------------------------------------------------------------------------------

STEPS = {
    "base_mul": lambda T, x, b, v: b.mul_(x),
    "base_add": lambda T, x, b, v: b.add_(1.5),
    "view_mul": lambda T, x, b, v: v[-1].mul_(2),
    "view_add_x": lambda T, x, b, v: v[-1].add_(x.sum()),
    "view_write": lambda T, x, b, v: v[-1].__setitem__(0, 2.0),
    "view_fill": lambda T, x, b, v: v[-1].copy_(v[-1].detach() * x[0, 0]),
    "first_view": lambda T, x, b, v: v[0].mul_(x[0, 1]),
    "mask": lambda T, x, b, v: b.__setitem__(b > 1, x[1, 1]),
    "new_row": lambda T, x, b, v: v.append(b[1:]),
    "new_t": lambda T, x, b, v: v.append(v[-1].transpose(0, -1)),
    "new_narrow": lambda T, x, b, v: v.append(v[-1].narrow(0, 0, 1)),
    "new_flat": lambda T, x, b, v: v.append(b.view(-1)),
}  # fmt: skip


@settings(derandomize=True, max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(sorted(STEPS)), min_size=2, max_size=6))
def test_random_programs_of_views_and_writes(steps):
    def program(T, x):
        base = x * 1
        views = [base[:2]]
        for step in steps:
            STEPS[step](T, x, base, views)
        return [base.sin(), *(v * 2 for v in views)]

    agree(program, X, second=False)
