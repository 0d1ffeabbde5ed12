"""What a constructor's signature lets a configuration say: parameter names, types, defaults and ranges.

The constructors of `minitorch.optim`, `minitorch.nn` and scikit-learn's ``make_*`` functions are the one truth. A
parameter can be configured when its type has a part that TOML can write (numbers, strings, booleans, arrays of them);
what a config must not decide (``params``, ``device``, ``dtype``, ...) is left out. The table of ranges beside is the
one thing signatures do not say.
"""

from __future__ import annotations

import builtins
import inspect
import types
import typing
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Union, get_args, get_origin

REQUIRED: Any = inspect.Parameter.empty

# Decided by the program, by where a layer stands, or without a meaning in a file.
EXCLUDED = frozenset(
    {"params", "device", "dtype", "optimizer", "generator", "foreach", "fused", "capturable", "differentiable"}
    | {"last_epoch", "verbose", "reduction", "reduce", "size_average", "return_indices", "maximize"}
    | {"return_X_y", "as_frame", "return_centers", "return_distributions", "return_indicator", "sparse", "coef"}
)

Range = tuple[float | None, float | None, str]  # low, high, and "[]", "[)", "(]" or "()" as intervals are written
_COUNT: Range = (1, None, "[)")
_NOT_NEGATIVE: Range = (0, None, "[)")
_POSITIVE: Range = (0, None, "()")
_UNIT: Range = (0, 1, "[]")
_RATE: Range = (0, 1, "[)")

# Range by parameter, or by Class.parameter where a name means several things.
RANGES: dict[str, Range] = {
    **dict.fromkeys(("in_features", "out_features", "in1_features", "in2_features", "num_features"), _COUNT),
    **dict.fromkeys(("in_channels", "out_channels", "num_channels", "num_groups", "groups", "num_classes"), _COUNT),
    **dict.fromkeys(("kernel_size", "stride", "dilation", "num_embeddings", "embedding_dim"), _COUNT),
    **dict.fromkeys(("normalized_shape", "hidden_size", "input_size", "num_layers", "upscale_factor"), _COUNT),
    **dict.fromkeys(("step_size", "T_max", "T_0", "T_mult", "total_iters", "total_steps", "epochs"), _COUNT),
    **dict.fromkeys(("steps_per_epoch", "step_size_up", "step_size_down", "milestones"), _COUNT),
    **dict.fromkeys(("n_samples", "n_features", "n_informative", "n_targets", "n_clusters_per_class"), _COUNT),
    **dict.fromkeys(("padding", "output_padding", "weight_decay", "momentum", "lambd", "cooldown"), _NOT_NEGATIVE),
    **dict.fromkeys(("patience", "threshold", "eta_min", "min_lr", "lr_decay", "momentum_decay"), _NOT_NEGATIVE),
    **dict.fromkeys(("initial_accumulator_value", "noise", "beta", "delta", "cluster_std"), _NOT_NEGATIVE),
    **dict.fromkeys(("n_redundant", "n_repeated", "n_labels", "random_state", "weight", "pos_weight"), _NOT_NEGATIVE),
    **dict.fromkeys(("lr", "max_lr", "base_lr", "gamma", "div_factor", "final_div_factor", "cov"), _POSITIVE),
    **dict.fromkeys(("eps", "length"), _POSITIVE),
    **dict.fromkeys(("p", "label_smoothing", "pct_start", "tail_strength", "flip_y", "start_factor"), _UNIT),
    **dict.fromkeys(("betas", "rho", "RMSprop.alpha", "circles.factor", "end_factor"), _RATE),
    "n_classes": (2, None, "[)"),
    "digits.n_class": (2, 10, "[]"),
    "end_factor": _UNIT,
    "ConstantLR.factor": _UNIT,
    "ReduceLROnPlateau.factor": (0, 1, "()"),
    "random_state": (0, 2**32 - 1, "[]"),
    "BatchNorm1d.momentum": _UNIT,
    "BatchNorm2d.momentum": _UNIT,
    "BatchNorm3d.momentum": _UNIT,
    "HuberLoss.delta": _POSITIVE,
}


@dataclass(frozen=True)
class Parameter:
    """One configurable parameter: a type made of bool, int, float, str, None, Literal, list and tuple."""

    name: str
    type: Any
    default: Any  # REQUIRED when the constructor has none
    range: Range | None


def configurable(made: Callable[..., Any], name: str = "", types: typing.Mapping[str, Any] = {}) -> list[Parameter]:
    """The parameters of a class or function that a configuration can set.

    ``types`` replaces what the signature says (or, in scikit-learn, does not say) of single parameters.

    Raises `TypeError` when a parameter without a default cannot be written in a file: such a thing is not configurable.

    >>> def step(params, lr: float = 0.1, betas: tuple[float, float] = (0.9, 0.999), hook: object = None): ...
    >>> [(p.name, p.type, p.default) for p in configurable(step)]
    [('lr', <class 'float'>, 0.1), ('betas', tuple[float, float], (0.9, 0.999))]
    """
    found = []
    name = name or made.__name__
    for parameter, annotation, default in _annotated(made):
        if parameter in EXCLUDED or parameter.startswith("_"):
            continue
        kind = types[parameter] if parameter in types else _writable(annotation, default)
        if kind is not None and (default is REQUIRED or not callable(default)):
            limits = RANGES.get(f"{name}.{parameter}", RANGES.get(parameter))
            found.append(Parameter(parameter, kind, default, limits))
        elif default is REQUIRED:
            raise TypeError(f"{name}: parameter {parameter!r} ({annotation!r}) cannot be written in a config")
    return found


def _annotated(made: Callable[..., Any]) -> list[tuple[str, Any, Any]]:
    """(name, evaluated annotation, default) of every named parameter."""
    function = made.__init__ if inspect.isclass(made) else inspect.unwrap(made)
    names = _Names(getattr(function, "__globals__", {}))
    found = []
    for p in inspect.signature(made).parameters.values():
        if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            continue
        annotation = p.annotation
        if isinstance(annotation, str):
            annotation = eval(annotation, {}, names)  # the text is the package's own, not the user's
        found.append((p.name, annotation, p.default))
    return found


class _Unknown:
    """Stands for a name that is only imported for type checkers; it cannot be written in a file."""

    def __class_getitem__(cls, item: Any) -> type[_Unknown]:
        return cls


class _Names(dict[str, Any]):
    def __missing__(self, name: str) -> Any:
        return getattr(builtins, name, _Unknown)


def _writable(annotation: Any, default: Any = REQUIRED) -> Any:
    """The part of a type that TOML can write, or None when there is none."""
    if annotation is REQUIRED:  # scikit-learn has no annotations: the default says the type
        return _type_of(default)
    if annotation in (bool, int, float, str):
        return annotation
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return annotation
    if origin in (Union, types.UnionType):
        parts = [_writable(a) for a in args if a is not types.NoneType]
        parts = [p for p in parts if p is not None]
        if not parts:
            return None
        return Union[tuple([*parts, None] if types.NoneType in args else parts)]  # noqa: UP007
    if origin is tuple:
        inner = tuple(a if a is Ellipsis else _writable(a) for a in args)
        return types.GenericAlias(tuple, inner) if inner and None not in inner else None
    if origin in (list, Sequence, Iterable):
        item = _writable(args[0])
        return types.GenericAlias(list, (item,)) if item is not None else None
    return None


def _type_of(default: Any) -> Any:
    if type(default) in (bool, int, float, str):
        return type(default)
    if isinstance(default, tuple) and default:
        return types.GenericAlias(tuple, tuple(_type_of(v) for v in default))
    return None
