"""PyTorch as the oracle: one thread, and its own global state sealed as minitorch's is."""

import pytest


@pytest.fixture(autouse=True)
def sealed_torch():
    torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")
    torch.set_num_threads(1)
    grad, dtype = torch.is_grad_enabled(), torch.get_default_dtype()
    torch.manual_seed(0)
    yield
    torch.set_grad_enabled(grad)
    torch.set_default_dtype(dtype)
    torch.set_printoptions(profile="default")
