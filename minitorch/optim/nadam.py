"""NAdam: Adam with Nesterov's momentum."""

import numpy as np

from minitorch.core.dtypes import Array
from minitorch.core.tensor import Tensor
from minitorch.optim.arguments import check, check_betas, number
from minitorch.optim.bucket import Constants, Memory, Number, Operands
from minitorch.optim.flat import FlatOptimizer
from minitorch.optim.means import mean, mean_square
from minitorch.optim.optimizer import Group, Params

NADAM_MEMORY = {"step": Number(), "mu_product": Number(1.0), "exp_avg": 0.0, "exp_avg_sq": 0.0}


def nadam(
    d: Array, e: Array, g: Array, m: Array, v: Array, t: float, k: Constants, *,
    lr: float, beta1: float, beta2: float, eps: float, mu: float, mu_next: float, product: float,
) -> None:  # fmt: skip
    """d = α (μₜ₊₁ m / (1 − μ₁···μₜ₊₁) + (1 − μₜ) g / (1 − μ₁···μₜ)) / (√v̂ + ε), where ``product`` is μ₁···μₜ."""
    mean(m, g, k[1 - beta1], room=d)
    mean_square(v, g, k[beta2], k[1 - beta2], room=d)
    np.multiply(m, float(lr * mu_next / (1 - product * mu_next)), out=e)
    np.multiply(g, float(lr * (1 - mu) / (1 - product)), out=d)
    e += d
    root = (1 - beta2**t) ** 0.5  # √v̂ + ε = (√v + root · ε) / root spares a pass
    np.sqrt(v, out=d)
    d += root * eps
    np.divide(e, d, out=d)
    d *= root


class NAdam(FlatOptimizer):
    """NAdam of Dozat, "Incorporating Nesterov momentum into Adam" (2016).

    The momentum grows to β₁ as μₜ = β₁ (1 − 0.96^(t · ``momentum_decay``) / 2). ``weight_decay`` adds λx to the
    gradient, or with ``decoupled_weight_decay`` shrinks x by the factor 1 − ``lr`` · λ. ``maximize`` climbs instead.
    ``foreach`` chooses between implementations in PyTorch; here it changes nothing.

    Raises ``ValueError`` for a negative number among the options, and for ``betas`` outside [0, 1).

    >>> import minitorch as torch
    >>> w = torch.tensor([1.0, -2.0], requires_grad=True)
    >>> opt = torch.optim.NAdam([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> opt.state[w]["step"]
    tensor(1.)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        check("learning rate", lr)
        check("epsilon value", eps)
        check_betas(betas)
        check("weight_decay value", weight_decay)
        check("momentum_decay value", momentum_decay)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def _memory(self, group: Group) -> Memory:
        return NADAM_MEMORY

    def _update(self, group: Group, o: Operands) -> None:
        lr, (beta1, beta2) = number(group["lr"]), group["betas"]
        mu, mu_next = _momentum(group, o.t), _momentum(group, o.t + 1)
        product = o.numbers["mu_product"][0] * mu  # rounded as the product in the state is
        nadam(
            o.d, o.e, o.gradient(group), o.state["exp_avg"], o.state["exp_avg_sq"], o.t, o.k,
            lr=lr, beta1=beta1, beta2=beta2, eps=group["eps"], mu=mu, mu_next=mu_next, product=float(product),
        )  # fmt: skip
        o.decay(group, lr)

    def _advance(self, group: Group, t: float, numbers: dict[str, Array]) -> None:
        numbers["mu_product"] *= _momentum(group, t)


def _momentum(group: Group, t: float) -> float:
    return float(group["betas"][0] * (1.0 - 0.5 * 0.96 ** (t * group["momentum_decay"])))
