"""What hooks may return. (PyTorch's answers, written down: asking it is not safe, some of these corrupt its memory.)"""

import pytest

import minitorch as torch

ONES, ZEROS = torch.ones(2), torch.zeros(2)
NOT_A_TUPLE = TypeError, "expected tuple, but hook returned"
NO_TENSOR = TypeError, "expected Variable, but hook returned 'int'"
WRONG_SIZE = RuntimeError, "has changed the size of value"
WRONG_TYPE = RuntimeError, "has changed the type of value \\(was torch.FloatTensor got torch.DoubleTensor\\)"

OF_A_NODE = {  # what a hook after a node of two inputs returns, and what comes of it: the two gradients, or an error
    "nothing": (None, (3.0, 1.0)),
    "both": ((ONES, ZEROS), (1.0, 0.0)),
    "none of them": ((None, None), (None, None)),
    "one of them": ((ONES, None), (1.0, None)),
    "too few": ((ONES,), (RuntimeError, r"returned an incorrect number of values \(got 1, but expected 2\)")),
    "a tensor": (ONES, NOT_A_TUPLE),
    "a list": ([ONES, ZEROS], NOT_A_TUPLE),
    "a number": (3, NOT_A_TUPLE),
    "numbers": ((3, 3), NO_TENSOR),
    "another shape": ((torch.ones(3), ONES), WRONG_SIZE),
    "another dtype": ((ONES.double(), ONES), WRONG_TYPE),
}
BEFORE_A_NODE = {
    "nothing": (None, (3.0, 1.0)),
    "the gradient": ((2 * ONES,), (6.0, 2.0)),
    "none": ((None,), (None, None)),
    "too many": ((ONES, ONES), (RuntimeError, r"returned an incorrect number of values \(got 2, but expected 1\)")),
    "a tensor": (ONES, NOT_A_TUPLE),
    "a number": (3, NOT_A_TUPLE),
    "numbers": ((3,), NO_TENSOR),
    "another shape": ((torch.ones(3),), WRONG_SIZE),
    "another dtype": ((ONES.double(),), WRONG_TYPE),
}
OF_A_TENSOR = {
    "nothing": (None, (3.0, 1.0)),
    "the gradient": (2 * ONES, (6.0, 2.0)),
    "a number": (3, NO_TENSOR),
    "a tuple": ((ONES,), (TypeError, "expected Variable, but hook returned 'tuple'")),
    "another shape": (torch.ones(3), WRONG_SIZE),
    "another dtype": (ONES.double(), WRONG_TYPE),
}
KINDS = {
    "node": (OF_A_NODE, lambda z, hook: z.grad_fn.register_hook(hook)),
    "before": (BEFORE_A_NODE, lambda z, hook: z.grad_fn.register_prehook(hook)),
    "tensor": (OF_A_TENSOR, lambda z, hook: z.register_hook(hook)),
}
CASES = [(kind, name) for kind, (table, _) in KINDS.items() for name in table]


@pytest.mark.parametrize(("kind", "name"), CASES)
@pytest.mark.parametrize("create_graph", [False, True])
def test_what_a_hook_returns(kind, name, create_graph):
    table, register = KINDS[kind]
    returned, expected = table[name]
    x, y = torch.ones(2, requires_grad=True), torch.full((2,), 3.0, requires_grad=True)
    z = x * y
    register(z, lambda *args: returned)

    def gradients():
        return torch.autograd.grad(z.sum(), (x, y), create_graph=create_graph, allow_unused=True)

    if isinstance(expected[0], type):
        with pytest.raises(expected[0], match=expected[1]):
            gradients()
    else:
        assert tuple(None if g is None else g[0].item() for g in gradients()) == expected


def test_a_post_accumulate_hook_returns_nothing():
    for returned, error in ((3, TypeError), (torch.ones(2), RuntimeError)):
        x = torch.ones(2, requires_grad=True)
        x.register_post_accumulate_grad_hook(lambda t, returned=returned: returned)
        with pytest.raises(error, match=r"hooks should return None|expected Variable, but hook returned 'int'"):
            (x * 2).sum().backward()


def test_a_node_before_which_the_gradient_is_dropped_does_not_run():
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    y.grad_fn.register_prehook(lambda outs: (None,))
    y.grad_fn.register_hook(lambda ins, outs: pytest.fail("it ran"))
    (y.sum() + x.sum()).backward()
    assert x.grad.tolist() == [1.0, 1.0]


def test_hooks_must_be_callable():
    x = torch.ones(2, requires_grad=True)
    for register in (x.register_hook, x.register_post_accumulate_grad_hook, (x * 2).grad_fn.register_hook):
        with pytest.raises(TypeError, match="callable"):
            register(3)


def test_a_raw_saved_value_takes_one_pair_of_hooks():
    x = torch.ones(2, requires_grad=True)
    y = x.exp()
    raw = y.grad_fn._raw_saved_result
    raw.register_hooks(lambda t: t, lambda t: t)
    with pytest.raises(
        RuntimeError, match="Calling register_hooks on a saved tensor whose hooks have already been set"
    ):
        raw.register_hooks(lambda t: t, lambda t: t)
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t):
        y = x.exp()
    with pytest.raises(RuntimeError, match="whose hooks have already been set"):
        y.grad_fn._raw_saved_result.register_hooks(lambda t: t, lambda t: t)
