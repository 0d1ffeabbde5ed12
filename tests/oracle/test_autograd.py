"""The engine against PyTorch: the same program on both, results and errors compared."""

# ruff: noqa: E501 (the tables are wide)

import numpy as np
import pytest

from tests.oracle.compare import agree, agree_on_error

X = np.array([[1.5, -2.0, 0.5], [0.25, 3.0, -1.0]])
V = np.array([0.5, -1.0, 2.0])


def test_seed_document_first_program():
    def program(T):
        x = T.tensor(2.0, requires_grad=True)
        y, w = T.tensor(3.0), T.tensor(4.0)
        z = x * y + w
        z.backward()
        return (
            z,
            x.grad,
            y.grad,
            w.grad,
            z.grad_fn.name(),
            [n.name() if n else None for n, _ in z.grad_fn.next_functions],
        )

    agree(program, grad=False)


def test_seed_document_intermediate_gradients():
    def program(T):
        x, y = T.tensor(2.0, requires_grad=True), T.tensor(3.0, requires_grad=True)
        a = x * y
        z = a**2
        z.backward()
        return a.is_leaf, z.is_leaf, x.is_leaf, x.grad, y.grad, a.grad

    agree(program, grad=False)


def test_seed_document_accumulation():
    def program(T):
        x = T.tensor([2.0], requires_grad=True)
        found = []
        for power in (2, 3):
            (x**power).backward()
            found.append(x.grad.clone())
        x.grad.zero_()
        return found, x.grad

    agree(program, grad=False)


def test_seed_document_grad_and_higher_orders():
    def program(T):
        x, y = T.tensor(2.0, requires_grad=True), T.tensor(3.0, requires_grad=True)
        z = x**2 + y**3
        gx, gy = T.autograd.grad(z, (x, y), create_graph=True)
        (second,) = T.autograd.grad(gx, x, create_graph=True)
        return gx, gy, x.grad, y.grad, second

    agree(program, grad=False)


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5])
def test_orders_of_derivative(order):
    def program(T, x):
        y = (x.exp() * x.sin() / (1 + x * x)).sum()
        for _ in range(order):
            (g,) = T.autograd.grad(y, x, create_graph=True)
            y = g.sum()
        return g

    agree(program, X, second=False)


ARGUMENTS = {
    "several outputs": lambda T, x, v: T.autograd.grad([(x * v).sum(), (x * x).sum()], [x, v]),
    "grad_outputs": lambda T, x, v: T.autograd.grad(x * v, [x, v], T.ones_like(x) * 3),
    "one of grad_outputs is None": lambda T, x, v: T.autograd.grad([x * v, v.sum()], [x, v], [T.ones_like(x), None]),
    "the same input twice": lambda T, x, v: T.autograd.grad((x * v).sum(), [x, x]),
    "the same output twice": lambda T, x, v: T.autograd.grad([(x * v).sum()] * 2, [x]),
    "an intermediate input": lambda T, x, v: (lambda y: T.autograd.grad((y * v).sum(), [y, x]))(x * 2),
    "output is the input": lambda T, x, v: T.autograd.grad(x.sum() * 1, x) + T.autograd.grad(x, x, T.ones_like(x)),
    "unused allowed": lambda T, x, v: [g is None for g in T.autograd.grad(x.sum(), [x, v], allow_unused=True)],
    "materialised": lambda T, x, v: T.autograd.grad(x.sum(), [x, v], materialize_grads=True),
    "batched": lambda T, x, v: T.autograd.grad(
        x * v, [x, v], T.stack([T.ones_like(x), 2 * T.ones_like(x)]), is_grads_batched=True
    ),
    "batched and unused": lambda T, x, v: [
        g is None
        for g in T.autograd.grad(x * 2, [x, v], T.ones(3, 2, 3).to(x.dtype), is_grads_batched=True, allow_unused=True)
    ],
    "gradient in another dtype": lambda T, x, v: T.autograd.grad((x * v), x, T.ones(2, 3, dtype=T.float32)),
    "retained": lambda T, x, v: [T.autograd.grad(y, x, retain_graph=True) for y in [(x * v).sum()] * 2],
    "unused and not allowed": lambda T, x, v: T.autograd.grad(x.sum(), [x, v]),
    "materialize with allow_unused=False": lambda T, x, v: T.autograd.grad(
        x.sum(), [x, v], allow_unused=False, materialize_grads=True
    ),
    "not scalar": lambda T, x, v: T.autograd.grad(x * v, x),
    "no graph": lambda T, x, v: T.autograd.grad(T.ones(1).sum(), x),
    "input does not require grad": lambda T, x, v: T.autograd.grad(x.sum(), T.ones(1)),
    "wrong shape of gradient": lambda T, x, v: T.autograd.grad(x, x, T.ones(3, 2)),
    "wrong number of gradients": lambda T, x, v: T.autograd.grad([x, v], x, [T.ones_like(x)]),
    "empty inputs": lambda T, x, v: T.autograd.grad(x.sum(), []),
    "integer output": lambda T, x, v: T.autograd.grad(x.argmax(), x),
    "gradient that is no tensor": lambda T, x, v: T.autograd.grad(x, x, [1.0]),
}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_grad(name):
    agree(ARGUMENTS[name], X, V, grad=name not in ("retained",), second=False)


BACKWARDS = {
    "scalar": lambda T, x, v: (x * v).sum().backward(),
    "one element": lambda T, x, v: (x[:1, :1] * v[0]).backward(),
    "gradient": lambda T, x, v: (x * v).backward(T.ones_like(x)),
    "gradient by name": lambda T, x, v: (x * v).backward(gradient=T.ones_like(x) * 2),
    "several": lambda T, x, v: T.autograd.backward([x.sum(), (x * v).sum()]),
    "several with gradients": lambda T, x, v: T.autograd.backward([x, v], [T.ones_like(x), T.ones_like(v)]),
    "a leaf itself": lambda T, x, v: x.backward(T.ones_like(x)),
    "inputs": lambda T, x, v: (x * v).sum().backward(inputs=[v]),
    "one input": lambda T, x, v: (x * v).sum().backward(inputs=v),
    "twice": lambda T, x, v: [y.backward(retain_graph=True) for y in [(x * v).sum()] * 2],
    "create_graph": lambda T, x, v: (x * v * v).sum().backward(create_graph=True),
    "create_graph, then another": lambda T, x, v: [
        (x * v * v).sum().backward(create_graph=True), (x * x).sum().backward(),
    ],
    "through the gradient": lambda T, x, v: [
        (x * v * v).sum().backward(create_graph=True), (v.grad ** 2).sum().backward(),
    ],
    "empty inputs": lambda T, x, v: x.sum().backward(inputs=[]),
    "second pass": lambda T, x, v: [y.backward() for y in [(x * v).sum()] * 2],
    "second pass needs nothing saved": lambda T, x, v: [y.backward() for y in [(x + v).sum()] * 2],
    "not scalar": lambda T, x, v: (x * v).backward(),
    "no graph": lambda T, x, v: x.detach().sum().backward(),
    "wrong shape": lambda T, x, v: x.backward(T.ones(3)),
    "under no_grad": lambda T, x, v: under_no_grad(T, lambda: (x * v).sum()).backward(),
    "backward under no_grad": lambda T, x, v: (lambda y: under_no_grad(T, y.backward))((x * v).sum()),
    "used many times": lambda T, x, v: (x * x * x + v * (x + v)).sum().backward(),
    "diamond": lambda T, x, v: (lambda a: (a * a.exp() + a).sum().backward())(x * v),
    "expanded": lambda T, x, v: v.expand(4, 3).sum().backward(),
    "broadcast both ways": lambda T, x, v: (x[:, :1] * v).sum().backward(),
    "part of an output tuple": lambda T, x, v: x.max(1)[0].sum().backward(),
    "outputs of one node": lambda T, x, v: (lambda a, b: (a * b).sum().backward())(*(x * v).split(1)),
}  # fmt: skip


def under_no_grad(T, f):
    with T.no_grad():
        return f()


@pytest.mark.parametrize("name", BACKWARDS)
def test_backward(name):
    def program(T, x, v):
        BACKWARDS[name](T, x, v)
        return [None if t.grad is None else (t.grad, t.grad.requires_grad) for t in (x, v)]

    agree(program, X, V, second=False, grad="create_graph" in name)


def test_inputs_of_backward_that_are_intermediate():
    def program(T, x):
        y = x * 2
        (y * y).sum().backward(inputs=[y])
        return y.grad, x.grad

    agree(program, X, grad=False)


def test_inputs_of_backward_that_are_intermediate_and_retained():
    def program(T, x):
        y = x * 2
        y.retain_grad()
        (y * y).sum().backward(inputs=[y, x])
        return y.grad, x.grad

    agree(program, X)


def test_retain_grad():
    def program(T, x):
        y = x * 2
        before = y.retains_grad
        y.retain_grad()
        y.retain_grad()
        z = (y * y).sum()
        z.backward(retain_graph=True)
        z.backward()
        return before, y.retains_grad, y.grad, x.grad

    agree(program, X)


def test_gradient_is_none_or_set_by_hand():
    def program(T, x):
        first = x.grad
        x.grad = T.ones_like(x)
        (x * 2).sum().backward()
        second = x.grad.clone()
        x.grad = None
        (x * 2).sum().backward()
        return first, second, x.grad

    agree(program, X)


ERRORS = {
    "integers cannot require grad": (lambda T, x: T.tensor([1]).requires_grad_(), "only Tensors of floating point"),
    "made with integers": (lambda T, x: T.tensor([1], requires_grad=True), "nly Tensors of floating point"),
    "numpy of a tracked tensor": (lambda T, x: x.numpy(), "Can't call numpy() on Tensor that requires grad"),
    "array of a tracked tensor": (lambda T, x: np.asarray(x), "Can't call numpy() on Tensor that requires grad"),
    "requires_grad off on a result": (lambda T, x: (x * 2).requires_grad_(False), "you can only change requires_grad flags"),
    "second backward": (lambda T, x: [y.backward() for y in [x.exp().sum()] * 2], "backward through the graph a second time"),
    "grad of wrong shape": (lambda T, x: setattr(x, "grad", T.ones(1).to(x.dtype)), "attempting to assign a gradient of size"),
    "grad of wrong dtype": (lambda T, x: setattr(x, "grad", T.ones(2, 3)), "attempting to assign a gradient with dtype"),
    "grad that is no tensor": (lambda T, x: setattr(x, "grad", 1.0), "assigned grad expected to be a Tensor or None"),
    "grad that is itself": (lambda T, x: setattr(x, "grad", x), "can't assign Variable as its own grad"),
    "item of several": (lambda T, x: x.item(), "cannot be converted to Scalar"),
    "bool of several": (lambda T, x: bool(x), "Boolean value of Tensor with more than one value is ambiguous"),
    "hook without grad": (lambda T, x: x.detach().register_hook(print), "cannot register a hook on a tensor that"),
    "retain without grad": (lambda T, x: x.detach().retain_grad(), "can't retain_grad on Tensor that has requires_grad=False"),
    "post hook on a result": (
        lambda T, x: (x * 2).register_post_accumulate_grad_hook(print), "post accumulate grad hooks cannot be registered"),
    "deepcopy of a result": (lambda T, x: __import__("copy").deepcopy(x * 2), "Only Tensors created explicitly by the user"),
    "unused input": (lambda T, x: T.autograd.grad(x.sum(), T.ones(1, requires_grad=True)), "appears to not have been used"),
    "implicit gradient": (lambda T, x: x.backward(), "grad can be implicitly created only for scalar outputs"),
    "no graph": (lambda T, x: x.detach().sum().backward(), "does not require grad and does not have a grad_fn"),
    "in place on a leaf": (lambda T, x: x.add_(1), "a leaf Variable that requires grad"),
    "gradient's shape": (lambda T, x: (x * 1).backward(T.ones(3)), "Mismatch in shape"),
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name):
    program, phrase = ERRORS[name]
    agree_on_error(program, X, match=phrase)


# --- Grad mode ------------------------------------------------------------------------------------------------------

MODES = {
    "no_grad": lambda T: T.no_grad(),
    "enable_grad": lambda T: T.enable_grad(),
    "set_grad_enabled(False)": lambda T: T.set_grad_enabled(False),
    "set_grad_enabled(True)": lambda T: T.set_grad_enabled(True),
    "inference_mode": lambda T: T.inference_mode(),
    "inference_mode(False)": lambda T: T.inference_mode(False),
}


def state(T, x):
    y = x * 2
    return T.is_grad_enabled(), T.is_inference_mode_enabled(), y.requires_grad, y.is_leaf, y.is_inference()


@pytest.mark.parametrize("inner", MODES)
@pytest.mark.parametrize("outer", MODES)
def test_modes_nested(outer, inner):
    def program(T, x):
        seen = []
        with MODES[outer](T):
            seen.append(state(T, x))
            with MODES[inner](T):
                seen.append(state(T, x))
            seen.append(state(T, x))
        return [*seen, state(T, x)]

    agree(program, X, grad=True, second=False)


@pytest.mark.parametrize("mode", MODES)
def test_modes_as_decorators(mode):
    def program(T, x):
        @MODES[mode](T)
        def decorated(depth):
            return [state(T, x), *(decorated(depth - 1) if depth else []), state(T, x)]

        return [state(T, x), *decorated(2), state(T, x)]

    agree(program, X, second=False)


@pytest.mark.parametrize("mode", MODES)
def test_modes_on_generators(mode):
    def program(T, x):
        @MODES[mode](T)
        def steps():
            try:
                received = yield state(T, x)
                yield received, state(T, x)
            except KeyError:
                yield "caught", state(T, x)
            finally:
                seen.append(state(T, x))

        seen = []
        run = steps()
        seen += [next(run), state(T, x), run.send("sent"), state(T, x), run.throw(KeyError()), state(T, x)]
        run.close()
        return seen

    agree(program, X, second=False)


def test_mode_survives_an_exception():
    def program(T, x):
        try:
            with T.no_grad():
                raise ValueError
        except ValueError:
            return state(T, x)

    agree(program, X, second=False)


def test_one_mode_object_used_again_inside_itself():
    def program(T, x):
        off = T.no_grad()
        seen = []
        with off:
            with T.enable_grad(), off:
                seen.append(state(T, x))
            seen.append(state(T, x))
        return [*seen, state(T, x)]

    agree(program, X, second=False)


INFERENCE = {
    "saved for backward": lambda T, x, y: x * y,
    "not saved": lambda T, x, y: x + y,
    "made a leaf": lambda T, x, y: y.requires_grad_(),
    "written to": lambda T, x, y: y.add_(1),
    "version": lambda T, x, y: y._version,
    "cloned": lambda T, x, y: x * y.clone(),
    "view of a normal tensor": lambda T, x, y: in_inference(T, lambda: x[0]).is_inference(),
}


def in_inference(T, f):
    with T.inference_mode():
        return f()


@pytest.mark.parametrize("name", INFERENCE)
def test_inference_tensors(name):
    agree(lambda T, x: INFERENCE[name](T, x, in_inference(T, lambda: x * 2)), X, second=False)


# --- Hooks ----------------------------------------------------------------------------------------------------------


def test_tensor_hooks_see_and_replace():
    def program(T, x):
        seen = []
        y = x * 2
        y.register_hook(lambda g: seen.append(g.clone()))
        y.register_hook(lambda g: g * 10)
        y.register_hook(lambda g: seen.append(g.clone()))
        x.register_hook(lambda g: g + 1)
        (y * y).sum().backward()
        return seen, x.grad

    agree(program, X)


def test_removed_hooks_are_silent():
    def program(T, x):
        y = x * 2
        handles = [y.register_hook(lambda g: g * 10), x.register_hook(lambda g: g * 10)]
        for handle in handles:
            handle.remove()
            handle.remove()
        y.sum().backward()
        return x.grad

    agree(program, X)


@pytest.mark.parametrize("retain_first", [True, False])
def test_retained_gradient_and_hooks(retain_first):
    """The retained gradient is what all tensor hooks have made of it, whichever was asked for first."""

    def program(T, x):
        y = x * 2
        if retain_first:
            y.retain_grad()
        y.register_hook(lambda g: g * 10)
        if not retain_first:
            y.retain_grad()
        y.register_hook(lambda g: g * 3)
        y.sum().backward()
        return y.grad, x.grad

    agree(program, X)


def test_hooks_with_grad_and_leaf():
    def program(T, x):
        x.register_hook(lambda g: g * 10)
        y = x * 2
        y.register_hook(lambda g: g + 1)
        return T.autograd.grad(y.sum(), x, retain_graph=True), T.autograd.grad(y.sum(), y), x.grad

    agree(program, X, grad=False)
    agree(program, X)


def test_hook_that_changes_the_shape():
    def program(T, x):
        x.register_hook(lambda g: g.sum())
        x.sum().backward()

    agree(program, X)


def test_hooks_differentiate_under_create_graph():
    def program(T, x):
        y = x * x
        y.register_hook(lambda g: g * g)
        return T.autograd.grad((y * y).sum(), x, create_graph=True)

    agree(program, X)


def test_node_hooks():
    def program(T, x):
        seen = []
        y = x * 2
        z = (y * y).sum()
        y.grad_fn.register_hook(lambda ins, outs: seen.append(("after", ins[0].clone(), outs[0].clone())))
        y.grad_fn.register_prehook(lambda outs: seen.append(("before", outs[0].clone())))
        y.grad_fn.register_prehook(lambda outs: (outs[0] * 2,))
        y.grad_fn.register_hook(lambda ins, outs: (ins[0] * 5, *ins[1:]))
        z.backward()
        return seen, x.grad

    agree(program, X)


def test_post_accumulate_hooks():
    def program(T, x):
        seen = []
        x.register_post_accumulate_grad_hook(lambda t: seen.append((t is x, t.grad.clone())))
        handle = x.register_post_accumulate_grad_hook(lambda t: setattr(t, "grad", None))
        (x * 2).sum().backward()
        seen.append(x.grad)
        handle.remove()
        (x * 3).sum().backward()
        T.autograd.grad((x * 3).sum(), x)
        return seen, x.grad

    agree(program, X)


def test_hook_on_a_leafs_accumulator():
    def program(T, x):
        seen = []
        y = x * 2
        accumulator = y.grad_fn.next_functions[0][0]
        accumulator.register_hook(lambda ins, outs: seen.append((len(ins), outs[0].clone())))
        accumulator.register_prehook(lambda outs: (outs[0] * 2,))
        y.sum().backward()
        return seen, x.grad, accumulator.variable is x

    agree(program, X)


# --- Sharing --------------------------------------------------------------------------------------------------------


def test_detach_and_data_share_memory():
    def program(T, x):
        y = x * 2
        d, raw = y.detach(), y.data
        d.zero_()
        versions = y._version, d._version
        raw.add_(1)
        return d.requires_grad, d.is_leaf, y.detach(), versions, y._version, raw._version

    agree(program, X)


def test_detach_is_part_of_no_graph():
    agree(lambda T, x: (x * x.detach()).sum(), X)
    agree(lambda T, x: (x.detach() * 2).requires_grad, X)


def test_detach_in_place():
    def program(T, x):
        y = x * 2
        y.detach_()
        return y.requires_grad, y.is_leaf, y.grad_fn

    agree(program, X)


def test_data_can_be_replaced():
    def program(T, x):
        x.data = x.data * 2
        (x * x).sum().backward()
        return x.grad, x.is_leaf

    agree(program, X)


def test_float32_leaf_in_float64_expression():
    def program(T, x):
        w = T.tensor([1.0, 2.0, 3.0], requires_grad=True)
        y = (x * w).sum()
        (g,) = T.autograd.grad(y * y, w, create_graph=True)
        (h,) = T.autograd.grad(g.sum(), w, create_graph=True)
        return y, g, h

    agree(program, X, second=False, tolerance=(1e-6, 1e-6))


def test_graph_that_changes_between_the_passes():
    """A value saved on an edge keeps that edge: in-place rewriting of the tensor later is another value."""

    def program(T, x):
        y = x * 2
        z = y * y
        y = y.clone()
        y.mul_(3)
        return T.autograd.grad(z.sum(), x, create_graph=True)

    agree(program, X)
