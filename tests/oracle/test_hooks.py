"""Hooks on saved tensors, on nodes, on gradients and on several of them, as PyTorch runs them."""

# ruff: noqa: E501 (the tables are wide)

import warnings

import numpy as np
import pytest

from tests.oracle.compare import agree, agree_on_error

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")

X = np.array([1.5, 2.0, 0.5])
Y = np.array([3.0, -1.0, 2.0])


# --- Saved tensors ----------------------------------------------------------------------------------------------------


def seen_by(T, log, value=lambda t: t):
    """Hooks that note what they see: is it a leaf, does it require grad, the node it is a result of."""

    def pack(t):
        name = None if t.grad_fn is None else t.grad_fn.name()
        log.append(("pack", t.detach().clone(), t.is_leaf, t.requires_grad, name, T.is_grad_enabled()))
        return value(t)

    def unpack(t):
        log.append(("unpack", T.is_grad_enabled()))
        return t

    return T.autograd.graph.saved_tensors_hooks(pack, unpack)


def function(T):
    class Power(T.autograd.Function):
        @staticmethod
        def forward(ctx, x, n):
            out = x**n
            ctx.save_for_backward(x, None, out)
            ctx.n = n
            return out

        @staticmethod
        def backward(ctx, g):
            x, none, out = ctx.saved_tensors
            assert none is None
            return g * ctx.n * out / x, None

    return Power.apply


SAVING = {
    "an input": lambda T, x, y: x.log(),
    "a result": lambda T, x, y: x.exp(),
    "an intermediate": lambda T, x, y: (x * 2).sin(),
    "both factors": lambda T, x, y: (x * 1) * (x * x.detach()),
    "one factor": lambda T, x, y: x * y.detach(),
    "a number is not": lambda T, x, y: x * 2.5,
    "a scalar": lambda T, x, y: x.sum().exp() * x,
    "an index": lambda T, x, y: x[T.tensor([2, 0])] ** 2,
    "a condition": lambda T, x, y: T.where(x > 1, x * 2, y),
    "matrices": lambda T, x, y: T.outer(x, y) @ y,
    "in place": lambda T, x, y: (x * y).exp_(),
    "a Function": lambda T, x, y: function(T)(x, 3),
    "a Function of an intermediate": lambda T, x, y: function(T)(x * y * y, 2),
    "nothing under no_grad": lambda T, x, y: T.no_grad()(lambda: x.exp())() * x.detach(),
}


@pytest.mark.parametrize("name", SAVING)
def test_what_hooks_see(name):
    def program(T, x, y):
        log = []
        with seen_by(T, log):
            out = SAVING[name](T, x, y)
        saved, outside = len(log), x.exp().sum()
        if out.requires_grad:
            (out.sum() + outside).backward()
        packs = sorted((entry for entry in log if entry[0] == "pack"), key=lambda e: (str(e[1].tolist()), str(e[2:])))
        return saved, len(log), packs, x.grad, y.grad

    agree(program, X, Y)


@pytest.mark.parametrize("name", SAVING)
def test_derivatives_are_of_what_hooks_give_back(name):
    def program(T, x, y):
        with T.autograd.graph.saved_tensors_hooks(lambda t: t.detach().clone().numpy(), T.from_numpy):
            return SAVING[name](T, x, y)

    agree(program, X, Y)


def nested(T, x, y):
    log = []
    with seen_by(T, log):
        with seen_by(T, []):
            a = x.exp()
        b = a * y
    with T.autograd.graph.disable_saved_tensors_hooks("off"), T.autograd.graph.disable_saved_tensors_hooks("off too"):
        c = b.sin()
    return c, len(log)


def raw(T, x, y):
    out = x.exp()
    node = out.grad_fn
    seen = []
    node._raw_saved_result.register_hooks(lambda t: seen.append((t.requires_grad, t.is_leaf)), lambda t: y.detach())
    out.sum().backward()
    return x.grad, seen


def raw_of_a_function(T, x, y):
    out = function(T)(x, 2)
    saved = out.grad_fn._raw_saved_tensors
    saved[0].register_hooks(lambda t: t.clone(), lambda t: t * 2)
    out.sum().backward()
    return len(saved), x.grad


def on_cpu(T, x, y):
    with T.autograd.graph.save_on_cpu(pin_memory=True):
        z = x * 1
        return z * z


def mutable(T, x, y):
    with T.autograd.graph.allow_mutation_on_saved_tensors() as context:
        z = x * 1
        out = (z**2 + z.exp()).sum()
        z.mul_(100)
        z[0] = 3.0
        with T.no_grad():
            y.zero_()
        out.backward()
        context.clear()
    return x.grad


def unpacked(T, x, y):
    with T.autograd.graph.saved_tensors_hooks(lambda t: t.clone(), lambda t: t):
        out = x.log()
    again = out.grad_fn._saved_self
    return again, again is x, again.is_leaf, again.requires_grad


def seen_without_hooks(T, x, y):
    out = x.log() * y.exp()
    left, right = (node for node, _ in out.grad_fn.next_functions)
    return (
        left._saved_self is x,
        right._saved_result,
        out.grad_fn._saved_self,
        (x * 2).grad_fn._saved_self,
        (y * x.detach()).grad_fn._saved_other,
    )


def in_another_thread(T, x, y):
    import threading

    log, found = [], []
    with seen_by(T, log):
        thread = threading.Thread(target=lambda: found.append(x.exp()))
        thread.start()
        thread.join()
    return len(log), found[0]


HOOKED = {f.__name__: f for f in (nested, raw, raw_of_a_function, on_cpu, mutable, unpacked, seen_without_hooks, in_another_thread)}  # fmt: skip


@pytest.mark.parametrize("name", HOOKED)
def test_saved_tensors(name):
    agree(HOOKED[name], X, Y, grad=name in ("nested", "on_cpu"))


def hooks(T, pack=lambda t: t, unpack=lambda t: t):
    return T.autograd.graph.saved_tensors_hooks(pack, unpack)


def used_within(block, f=lambda T, x: (x * 1).exp().sum()):
    def program(T, x):
        with block(T):
            out = f(T, x)
        out.backward()

    return program


def twice_mutable(T, x):
    with T.autograd.graph.allow_mutation_on_saved_tensors(), T.autograd.graph.allow_mutation_on_saved_tensors():
        pass


def disabled(T, x):
    with T.autograd.graph.disable_saved_tensors_hooks("not in here"), hooks(T):
        pass


def disabled_inside(T, x):
    with hooks(T), T.autograd.graph.disable_saved_tensors_hooks("not in here"):
        pass


def raw_freed(T, x):
    out = x.exp()
    saved = out.grad_fn._raw_saved_result
    out.sum().backward()
    saved.register_hooks(lambda t: t, lambda t: t)


def saved_freed(T, x):
    out = x.exp()
    out.sum().backward()
    return out.grad_fn._saved_result


REFUSED = {
    "a pack hook that writes": (used_within(lambda T: hooks(T, pack=lambda t: t.mul_(2))), "A saved tensor pack hook is modifying its input in place."),
    "a pack hook that raises": (used_within(lambda T: hooks(T, pack=lambda t: 1 / 0)), "division by zero"),
    "an unpack hook that gives a number": (used_within(lambda T: hooks(T, unpack=lambda t: 5)), "Output of saved tensor unpack_hook expected to be a Tensor but got result of type int"),
    "an unpack hook that gives None": (used_within(lambda T: hooks(T, unpack=lambda t: None)), "but got result of type NoneType"),
    "hooks that cannot be called": (used_within(lambda T: hooks(T, 1, 2)), "incompatible function arguments"),
    "hooks where they are disabled": (disabled, "not in here"),
    "disabled where hooks are set": (disabled_inside, "not in here"),
    "hooks on a freed value": (raw_freed, "Calling register_hooks on a saved tensor after it has been freed."),
    "hooks on no value": (lambda T, x: (x * 2).grad_fn._raw_saved_self.register_hooks(lambda t: t, lambda t: t), "Calling register_hooks on a saved tensor with value None is forbidden"),
    "a freed value": (saved_freed, "directly access saved tensors after they have already been freed"),
    "mutable in mutable": (twice_mutable, "allow_mutation_on_saved_tensors contexts cannot be nested"),
    "mutable, and backward outside": (used_within(lambda T: T.autograd.graph.allow_mutation_on_saved_tensors()), "outside of the 'allow_mutation_on_saved_tensors' context"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    agree_on_error(REFUSED[name][0], X, match=REFUSED[name][1])


# --- Gradients and nodes ----------------------------------------------------------------------------------------------


def test_the_order_of_all_kinds_of_hooks():
    def program(T, x):
        log = []

        def note(name, result=None):
            return lambda *args: (
                log.append((name, [a.clone() if hasattr(a, "clone") else len(a) for a in args])) or result
            )

        y = x * 2
        y.grad_fn.register_hook(note("after"))
        y.grad_fn.register_prehook(note("before"))
        y.register_hook(note("tensor"))
        y.retain_grad()
        y.register_hook(lambda g: g * 10)
        sink = T.autograd.graph.get_gradient_edge(x).node
        sink.register_prehook(note("sink before"))
        sink.register_hook(note("sink after"))
        x.register_post_accumulate_grad_hook(lambda t: log.append(("accumulated", t.grad.clone())))
        x.register_hook(note("leaf"))
        handle = x.register_hook(note("leaf too"))
        for run in (lambda: y.sum().backward(retain_graph=True), lambda: y.sum().backward(inputs=[x], retain_graph=True), lambda: T.autograd.grad(y.sum(), x)):  # fmt: skip
            log.append(run())
            handle.remove()
        return log, x.grad, y.grad

    agree(program, X)


def test_hooks_follow_a_tensor_through_writes_in_place():
    def program(T, x):
        z = x * 1
        z.retain_grad()
        z.register_hook(lambda g: g * 2)
        z.add_(1)
        z.register_hook(lambda g: g * 10)
        z.sum().backward()
        return x.grad, z.grad

    agree(program, X)


@pytest.mark.parametrize("mode", ["all", "any"])
def test_several_gradients_at_once(mode):
    def program(T, x, y):
        calls = []
        a, b = x * 2, y * 3
        c = a + b
        copied = lambda g: [None if one is None else one.clone() for one in g] if mode == "all" else g.clone()
        handle = T.autograd.graph.register_multi_grad_hook((a, b, x), lambda g: calls.append(copied(g)), mode=mode)
        c.sum().backward(retain_graph=True)
        (b * b).sum().backward(retain_graph=True)
        T.autograd.grad(c.sum(), a, retain_graph=True)
        c.sum().backward(inputs=[y], retain_graph=True)
        handle.remove()
        c.sum().backward()
        return calls if mode == "all" else len(calls)

    agree(program, X, Y)


MULTI_REFUSED = {
    "a mode": lambda T, x: T.autograd.graph.register_multi_grad_hook((x,), print, mode="some"),
    "one without gradient": lambda T, x: T.autograd.graph.register_multi_grad_hook((x, x.detach()), print),
}


@pytest.mark.parametrize("name", MULTI_REFUSED)
def test_several_gradients_refused(name):
    agree_on_error(MULTI_REFUSED[name], X, match="Expect")


def test_create_graph_warns_of_the_cycle_once(monkeypatch):
    import minitorch
    from minitorch.core import backward

    monkeypatch.setattr(backward, "_warned", [])
    x = minitorch.ones(2, requires_grad=True)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        minitorch.autograd.grad((x**3).sum(), x, create_graph=True)
        for _ in range(2):
            (x**3).sum().backward(create_graph=True)
    assert [w.filename for w in caught] == [__file__]
    assert str(caught[0].message).startswith("Using backward() with create_graph=True will create a reference cycle")
