"""AdamW: Adam with weight decay that acts on the parameters themselves, not through the gradient."""

from typing import Any

from minitorch.core.tensor import Tensor
from minitorch.optim.adam import Adam
from minitorch.optim.optimizer import Params


class AdamW(Adam):
    """Adam with decoupled weight decay: Loshchilov and Hutter, "Decoupled weight decay regularization" (2019).

    Each step first shrinks the parameters by the factor 1 − ``lr`` · ``weight_decay``; the running means of Adam never
    see the decay. The other options are ``Adam``'s.

    >>> import minitorch as torch
    >>> w = torch.tensor([1.0, -2.0], requires_grad=True)
    >>> opt = torch.optim.AdamW([w], lr=0.1, weight_decay=0.5)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([ 0.8500, -1.8000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            foreach=foreach,
            maximize=maximize,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
        )

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            group["decoupled_weight_decay"] = True  # also when the state of a plain Adam was loaded
