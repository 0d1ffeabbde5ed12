"""Anomaly mode names the operation and the line behind a failing backward pass."""

import linecache
import warnings

import pytest

import minitorch as torch


def caught(run, error, match):
    """The warnings of a program that raises, and the error."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        with pytest.raises(error, match=match) as raised:
            run()
    told = [str(w.message) for w in seen if w.category is UserWarning and not str(w.message).startswith("Anomaly")]
    return told, raised.value


def line_of(text):
    """The number of the line of this file that ends in a marker."""
    lines = linecache.getlines(__file__)
    return next(i for i, line in enumerate(lines, 1) if line.rstrip().endswith(f"# {text}"))


def test_the_users_line_comes_first():
    x = torch.tensor([-1.0, 4.0], requires_grad=True)

    def run():
        with torch.autograd.detect_anomaly():
            hidden = torch.nn.functional.softplus(x)
            root = (x * 1).sqrt()  # the line
            (hidden + root).sum().backward()

    told, error = caught(run, RuntimeError, r"Function 'SqrtBackward0' returned nan values in its 0th output\.")
    assert len(told) == 1
    first, second, third, *_ = told[0].splitlines()
    assert first == "Error detected in SqrtBackward0. Traceback of forward call that caused the error:"
    assert second == f'  File "{__file__}", line {line_of("the line")}, in run'
    assert third == "    root = (x * 1).sqrt()  # the line"
    assert error.__notes__ == [f"SqrtBackward0 was made at\n{second}\n{third}\n"]


def test_a_line_inside_a_module_is_the_users_that_called_it():
    class Net(torch.nn.Module):
        def forward(self, x):
            return torch.nn.functional.layer_norm(x, (2,), eps=0.0)  # layer norm

    def run():
        with torch.autograd.detect_anomaly():
            Net()(torch.ones(1, 2, requires_grad=True)).sum().backward()

    told, _ = caught(run, RuntimeError, "Function 'NativeLayerNormBackward0' returned nan values in its 0th output")
    assert f"line {line_of('layer norm')}, in forward" in told[0].splitlines()[1]


@pytest.mark.parametrize("create_graph", [False, True])
def test_which_output_has_the_nan(create_graph):
    zero, y = torch.zeros(1, requires_grad=True), torch.ones(1, requires_grad=True)

    def run():
        with torch.autograd.detect_anomaly():
            torch.autograd.grad(zero**y * 0 + (zero.detach() * torch.inf) * y, (zero, y), create_graph=create_graph)

    caught(run, RuntimeError, "Function 'MulBackward0' returned nan values in its 1th output")


def test_nan_alone_is_no_error_without_the_check():
    x = torch.tensor([-1.0], requires_grad=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with torch.autograd.detect_anomaly(check_nan=False):
            (x * 1).sqrt().sum().backward()
    assert x.grad.isnan().all()


def test_any_exception_of_a_backward_is_traced():
    class Broken(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.clone()

        @staticmethod
        def backward(ctx, g):
            raise ValueError("mine")

    def run():
        with torch.autograd.set_detect_anomaly(True):
            Broken.apply(torch.ones(2, requires_grad=True)).sum().backward()  # broken

    told, _ = caught(run, ValueError, "mine")
    assert told[0].startswith("Error detected in BrokenBackward. Traceback of forward call that caused the error:")
    assert f"line {line_of('broken')}, in run" in told[0].splitlines()[1]


def test_without_the_forward_pass_it_says_so():
    y = (torch.tensor([-1.0], requires_grad=True) * 1).sqrt()

    def run():
        with torch.autograd.set_detect_anomaly(True):
            y.sum().backward()

    told, _ = caught(run, RuntimeError, "SqrtBackward0")
    assert told == [
        "Error detected in SqrtBackward0. No forward pass information available. Enable detect anomaly during forward "
        "pass for more information."
    ]


def test_a_second_derivative_names_the_first_and_the_operation():
    def run():
        with torch.autograd.set_detect_anomaly(True):
            x = torch.zeros(2, requires_grad=True)
            y = (x**1.5).sum()  # forward
            (g,) = torch.autograd.grad(y, x, create_graph=True)  # first
            torch.autograd.grad((g * 0).sum(), x)

    told, _ = caught(run, RuntimeError, "Function 'PowBackward0' returned nan values in its 0th output")
    assert [message.strip().split(".")[0] for message in told] == [
        "Error detected in PowBackward0",
        "Previous calculation was induced by PowBackward0",
    ]
    assert f"line {line_of('first')}, in run" in told[0]
    assert f"line {line_of('forward')}, in run" in told[1]


def test_the_switches():
    def now():
        return torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()

    seen = [now()]
    with torch.autograd.set_detect_anomaly(True, check_nan=False):
        seen.append(now())
        with torch.autograd.set_detect_anomaly(False):
            seen.append(now())
        seen.append(now())
    with pytest.warns(UserWarning, match="Anomaly Detection has been enabled"):
        mode = torch.autograd.detect_anomaly()
    with mode, mode:
        seen.append(now())
    torch.autograd.set_detect_anomaly(True)
    seen.append(now())
    torch.autograd.set_detect_anomaly(False)
    seen += [torch.autograd.set_detect_anomaly(True)(now)(), mode(now)(), now()]
    on, off = (True, True), (False, True)
    assert seen == [off, (True, False), off, (True, False), on, on, on, on, off]
    with pytest.raises(TypeError, match="argument 'mode' must be bool, not str"):
        torch.autograd.set_detect_anomaly("yes")


def test_nobody_watches_when_it_is_off():
    from minitorch.core.watch import close_watchers, watchers

    before = list(watchers), list(close_watchers)
    with torch.autograd.set_detect_anomaly(True):
        assert len(close_watchers) == len(before[1]) + 1
    assert (watchers, close_watchers) == before
    assert (torch.ones(1, requires_grad=True) * 2).grad_fn.metadata == {}
