"""Random programs: the same lines of code run on PyTorch and on minitorch, values and gradients compared.

A program is 5 to 50 lines in ``T``, the library, and tensors ``v0``, ``v1``, ...: views, broadcasts, shared
sub-expressions, writes in place (also to views), several outputs. It is drawn line by line from the tables below while
PyTorch runs it, which tells the shapes, and which lines make numbers that are too large to compare. The same seed
draws the same program.

    python -m tests.oracle.programs --count 10000 --seed 0

A program on which the two differ is cut down to the lines that matter, and printed.
"""

# ruff: noqa: E501 (the tables are wide)

import argparse
import math
import random
import re
import sys
import warnings
from collections import Counter

import numpy as np
import pytest

import minitorch

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")

# --- The tables: one-letter names are holes, which a Scope fills ------------------------------------------------------
#
#     x  a tensor                                d  a dim of x          n  a number
#     y  one whose shape broadcasts with x's     e  another dim of x    k  True or False
#     s  one of x's shape                        i  an index along d    q  a positive tensor of x's shape
#     z  one that can be written into x, or x[r] r  a basic index       f  one with a list, mask or tensor
#     m  a mask of x's shape                     h  x's size along d    p  a permutation of x's dims


def lines(text):
    return [part.strip() for line in text.strip().splitlines() for part in line.split("; ")]


EXPRESSIONS = {
    "unary": lines("""
        x.exp() / 8; T.sin(x); T.cos(x); T.tanh(x); T.sigmoid(x); -x; x.square() / 4; x.abs(); T.relu(x); T.log(q); T.sqrt(q); T.rsqrt(q)
        T.log1p(q); T.expm1(-q); T.erf(x); T.atan(x); 1 / q; q.reciprocal(); T.clamp(x, -0.7, 0.9); x.clamp(min=n); T.floor(x); T.sign(x); x.frac()
        x.clone(); x.detach(); x + n; n - x; x * n; x / 3; x ** 2; q ** 1.5; q ** n; 2 ** x; T.nn.functional.softplus(x); T.nn.functional.gelu(x)
        T.nn.functional.silu(x); T.nn.functional.leaky_relu(x, 0.1); T.nn.functional.elu(x); T.nn.functional.hardtanh(x); T.sinh(x) / 4; T.logit(T.sigmoid(x))
        T.asinh(x); T.round(x); T.trunc(x); T.nan_to_num(x); T.deg2rad(x); T.sinc(x); T.zeros_like(x) + x; x.positive(); x.float().double()
    """),
    "binary": lines("""
        x + y; x - y; x * y; x / (1 + y * y); T.maximum(x, y); T.minimum(x, y); T.atan2(x, 1 + y * y); T.add(x, y, alpha=n); T.sub(x, y, alpha=n)
        T.where(x > y, x, y); T.where(x > n, x, n); T.where(m, x, y); T.lerp(x, y, 0.3); T.addcmul(x, y, y); T.addcdiv(x, y, 1 + y * y, value=n); T.hypot(x, 1 + y)
        T.logaddexp(x, y); q ** (y / 2); x.masked_fill(m, n); T.fmod(x, 1 + y * y); T.remainder(x, 1 + y * y); x.clamp(max=s); T.xlogy(x, 1 + y * y); T.copysign(x, y)
        T.fmax(x, y); T.nn.functional.mse_loss(x, s); T.nn.functional.smooth_l1_loss(x, s); x * x + x; (x + y) * (x - y); x + x; y * y
    """),
    "reductions": lines("""
        x.sum(); x.sum(d); x.sum(d, keepdim=k); x.sum((d, e)); x.mean(); x.mean(d, keepdim=k); x.amax(d); x.amin(d, keepdim=k); x.max(d); x.min(d, keepdim=k); x.max()
        x.prod() / 8; x.prod(d) / 4; x.var(d, unbiased=k); x.std(d, keepdim=k); x.var(); x.logsumexp(d); x.norm(); x.norm(1, d); x.norm(2, d, keepdim=k); x.cumsum(d)
        x.cumprod(d) / 4; T.softmax(x, d); T.log_softmax(x, d); x.logcumsumexp(d); x.argmax(d); T.std_mean(x, d); T.var_mean(x, d, keepdim=k); x.contiguous().median(d); x.nansum(d)
        x.sort(dim=d, descending=k, stable=True); x.cummax(d); x.count_nonzero(d); (x > n).any(d); T.linalg.vector_norm(x, 3, d); x.diff(dim=d); x.all(d)
    """),
    "views": lines("""
        x.transpose(d, e); x.permute(p); x.reshape(-1); x.unsqueeze(d); x.squeeze(d); x.squeeze(); x.flatten(); x.mT; x.t(); x.T; x.flip(d); x.roll(1, d); x.unsqueeze(-1)
        x.expand(2, *x.shape); x.expand_as(x); x.narrow(d, 0, 1); x.select(d, i); x.unbind(d); x.chunk(2, d); x.split(1, d); x.diagonal(0, d, e); x.movedim(d, e)
        x.contiguous(); x.contiguous().view(-1); x.view(x.shape); x.repeat_interleave(2, d); x.repeat(2, *x.shape[:0], *[1] * x.dim()); x.triu(); x.tril(-1); T.diag_embed(x)
        x.swapaxes(d, e); x.unflatten(d, (h, 1)); x.unfold(d, 1, 1); x.view_as(s); x.tile(2); x[None]; x[..., None]; x.reshape(h, -1); x.as_strided((1,), (1,)); x.rot90(1, (d, e))
    """),
    "indexing": lines("""
        x[r]; x[r]; x[r]; x[f]; x[f]; x.index_select(d, T.tensor([j, j])); x.take(T.tensor([0, 0])); x.gather(d, x.argsort(dim=d, stable=True)); x[m]; x.masked_select(m)
        T.take_along_dim(x, x.argmax(d, keepdim=True), d); x.index_add(d, T.tensor([j]), x.narrow(d, 0, 1)); x.scatter_add(d, x.argsort(dim=d, stable=True), s); x.index_fill(d, T.tensor([j]), n)
        x.scatter(d, x.argsort(dim=d, stable=True), s); x.masked_scatter(m, s); x.select_scatter(y, d, i); T.zeros_like(x).index_add(d, T.tensor([j, j]), x[:2])
    """),
    "joins": lines("""
        T.cat([x, s], d); T.cat([x, x, s], d); T.stack([x, s], d); T.stack([x, s, x]); T.hstack([x, s]); T.vstack([x, s]); T.cat([x.unsqueeze(0), s[None]]); T.broadcast_tensors(x, y)
        T.meshgrid(x.flatten(), y.flatten(), indexing="ij"); T.block_diag(x, s); T.dstack([x, s])
    """),
    "matrices": lines("""
        x @ x.mT; x.mT @ s; x.flatten() @ s.flatten(); T.matmul(x, y.mT); x.flatten().outer(s.flatten()[:3]); T.einsum("...i,...i->...", x, s); x.flatten().dot(s.flatten())
        T.nn.functional.linear(x, x.reshape(-1, x.shape[-1])); T.einsum("...ij,...kj->...ik", x, s); T.trace(x); T.kron(x.contiguous(), s.contiguous()); T.addmm(x @ x.mT, x, s.mT); T.linalg.det(x @ x.mT + T.eye(x.shape[-2]))
        T.linalg.solve(x @ x.mT + T.eye(x.shape[-2], dtype=x.dtype), x); T.tensordot(x, s, x.dim()); T.bmm(x, s.mT); T.baddbmm(T.bmm(x, s.mT), x, s.mT); T.mv(x, x[0]); T.inner(x, s)
    """),
}
IN_PLACE = lines("""
    x.mul_(n); x.add_(z); x.add_(n); x.mul_(z); x.sub_(z); x.tanh_(); x.sigmoid_(); x.zero_(); x.fill_(n); x.copy_(z); x.neg_(); x.clamp_(-1, 1); x.relu_(); x.sin_(); x.div_(2); x.abs_()
    x[r] = z; x[r] = z; x[r] = z; x[r] = n; x[r] *= n; x[r] += z; x[r].add_(z); x[r].copy_(z); x[r].zero_(); x[f] = n; x[m] = n; x.t().mul_(n); x.diagonal(0, d, e).mul_(n); x[r].tanh_()
    x.transpose(d, e).add_(n); x.flatten().mul_(n); x.reshape(-1).sub_(n); x.unsqueeze(d).mul_(n); x.masked_fill_(m, n); x.select(d, i).mul_(n); x.narrow(d, 0, 1).add_(n); x.addcmul_(z, z)
    x.index_fill_(d, T.tensor([j]), n); x.index_add_(d, T.tensor([j]), x.narrow(d, 0, 1).clone()); x.lerp_(z, 0.3); x.pow_(2); x.square_().div_(4); x.unbind(d)[0].mul_(n); x.expand(2, *x.shape).mul_(n)
    x.unsqueeze_(d); x.squeeze_(); x.transpose_(d, e); x.view(-1).add_(n); x.detach().mul_(n); x.chunk(2, d)[0].add_(n); x.exp_().div_(8); x.cumsum_(d); x.triu_()
    x.scatter_add_(d, x.argsort(dim=d, stable=True), z); x[f] = z; x[r][r] = n; x.mT[..., 0] = n; x.squeeze(d).mul_(n); x.permute(p).neg_(); x.square_().add_(0.3).sqrt_(); x.index_copy_(d, T.tensor([j]), x.narrow(d, 0, 1) * n)
""")
UNRECORDED = [
    f"with T.no_grad(): {line}" for line in lines("x.mul_(n); x[r] = n; x.add_(z); x.t().add_(n); x.copy_(z)")
]
NOTES = lines(
    "x.retain_grad(); x.register_hook(lambda g: None if g is None else g * 2); x.register_hook(lambda g: None if g is None else g.clamp(-5, 5))"
)

FAMILIES = {
    "unary": 6, "binary": 7, "reductions": 4, "views": 6, "indexing": 3, "joins": 2, "matrices": 2, "in place": 5, "unrecorded": 0.4,
    "notes": 0.6,
}  # fmt: skip
STATEMENTS = {"in place": IN_PLACE, "unrecorded": UNRECORDED, "notes": NOTES}
HOLE = re.compile(r"(?<![\w.\"])([a-z])(?![\w=\"])")
LARGEST, MOST = 1e3, 64  # numbers and tensors larger than this are not kept
NAMES = re.compile(r"\bv\d+\b")


# --- Drawing a program ------------------------------------------------------------------------------------------------


class Scope:
    """Fills the holes of one line, from the tensors that there are."""

    def __init__(self, draw, pool):
        self.draw, self.pool = draw, pool
        self.filled = {}

    def fill(self, template):
        self.filled["x"] = self.among(list(self.pool))
        return HOLE.sub(lambda match: self.hole(match[1]), template)

    def hole(self, name):
        if name == "g":  # the argument of a hook
            return name
        if name in "xdehypmqrs":
            if name not in self.filled:
                self.filled[name] = getattr(self, name)()
            return self.filled[name]
        return getattr(self, name)()

    def among(self, names):
        """One of the tensors, a recent one more often."""
        k = min(int(self.draw.expovariate(0.25)), len(names) - 1)
        return names[-1 - k] if self.draw.random() < 0.7 else self.draw.choice(names)

    def shape(self, name):
        return tuple(self.pool[name].shape)

    @property
    def own(self):
        return self.shape(self.filled["x"])

    def suiting(self, suits, otherwise):
        names = [name for name in self.pool if suits(self.shape(name))]
        if self.draw.random() < 0.01:  # a wrong one, now and then
            return self.draw.choice(list(self.pool))
        return self.among(names) if names else otherwise

    def y(self):
        return self.suiting(lambda shape: broadcast(shape, self.own) is not None, f"({self.filled['x']} * 0.7)")

    def s(self):
        return self.suiting(lambda shape: shape == self.own, self.filled["x"])

    def z(self):
        target = self.own
        if "r" in self.filled:
            try:
                target = tuple(eval(f"x[{self.filled['r']}]", {"x": np.empty(self.own)}).shape)
            except IndexError:  # of what the index leaves, another asked too much
                return self.n()
        return self.suiting(lambda shape: broadcast(shape, target) == target, self.n())

    def d(self):
        if self.draw.random() < 0.01:
            return str(self.draw.choice([-6, 5]))
        n = max(len(self.own), 1)
        return str(self.draw.randrange(-n, n))

    def e(self):
        n = max(len(self.own), 1)
        others = [k for k in range(-n, n) if k % n != int(self.filled.get("d", 0)) % n]
        return str(self.draw.choice(others or [0]))

    def h(self):
        d = int(self.filled.get("d", 0))
        return str(self.own[d] if -len(self.own) <= d < len(self.own) else 1)

    def i(self):
        n = int(self.h())
        return str(self.draw.randrange(-n, n) if n else 0)

    def j(self):
        n = int(self.h())
        return str(self.draw.randrange(n) if n else 0)

    def n(self):
        return str(round(self.draw.uniform(0.2, 1.5) * self.draw.choice([1, 1, -1]), 2))

    def k(self):
        return str(self.draw.random() < 0.5)

    def q(self):
        return f"({self.filled['x']} ** 2 + 0.3)"

    def m(self):
        return f"({self.draw.choice([self.filled['x'], self.s()])} {self.draw.choice('<>')} {self.n()})"

    def p(self):
        return str(tuple(self.draw.sample(range(len(self.own)), len(self.own))))

    def r(self):
        """A basic index: integers, slices, None, an ellipsis."""
        parts = []
        for n in self.own[: self.draw.randint(0, len(self.own))]:
            a, b = sorted((self.draw.randint(0, n), self.draw.randint(0, n)))
            kinds = [f"{a}:{b}", f"{a}:", f":{-a}" if a else ":", "::2", f"{a}::2"]
            parts.append(self.draw.choice([*kinds, *([str(self.draw.randrange(-n, n))] * 4 if n else [])]))
        if self.draw.random() < 0.2:
            parts.insert(self.draw.randint(0, len(parts)), "None")
        if self.draw.random() < 0.2 or not parts:
            parts.insert(len(parts) if self.draw.random() < 0.5 else 0, "...")
        return ", ".join(parts)

    def f(self):
        """An index with a list, a tensor or a mask in it."""
        parts = []
        for n in self.own[: self.draw.randint(1, max(len(self.own), 1))]:
            some = [self.draw.randrange(-n, n) for _ in range(2)] if n else [0]
            slices = [":", "::2", str(some[0])]
            parts.append(self.draw.choice([str(some), f"T.tensor({some})", f"T.tensor([{some}, {some}])", *slices]))
        if self.own and self.draw.random() < 0.15:
            parts[0] = f"T.tensor({[self.draw.random() < 0.5 for _ in range(self.own[0])]})"
        return ", ".join(parts) or "T.tensor(True)"


def broadcast(a, b):
    """The shape that two shapes broadcast to, or None."""
    try:
        return np.broadcast_shapes(a, b)
    except ValueError:
        return None


def leaf(draw, shape):
    n = math.prod(shape)
    numbers = np.array([round(draw.uniform(-2, 2), 3) for _ in range(n)]).reshape(shape)
    text = f"T.tensor({numbers.tolist()}, dtype=T.float64)" if n else f"T.zeros({shape}, dtype=T.float64)"
    return text + ("" if draw.random() < 0.2 else ".requires_grad_()")


def shapes(draw):
    """Shapes of the inputs, related so that they broadcast."""
    base = [draw.choice([1, 2, 3, 3, 4]) for _ in range(draw.choice([1, 2, 2, 2, 3]))]
    if draw.random() < 0.03:
        base[draw.randrange(len(base))] = 0
    for k in range(draw.randint(2, 4)):
        shape = [1 if k and draw.random() < 0.2 else n for n in base]
        yield tuple(shape[draw.choice([0, 0, 1, len(shape)]) if k else 0 :])


# What is done to a copy only: PyTorch itself has trouble with views there, down to a crash.
COPIED = re.compile(r"\.(squeeze_|unsqueeze_|transpose_|register_hook)\(")


class Program:
    """The lines of a program, and the errors that PyTorch raised in them."""

    def __init__(self, seed, lines=()):
        self.seed, self.lines = seed, list(lines)

    def __str__(self):
        return "\n".join(self.lines)


def viewable(line, run):
    """Not a diagonal or as_strided of an empty tensor: NumPy has no view of nothing."""
    return not re.search("diagonal|as_strided", line) or run.names[NAMES.search(line)[0]].numel() > 0


def crossing(line, run):
    """Whether a line writes to memory that it reads in another order: PyTorch's result is what its kernel makes of it."""
    target = re.match(r"(with T.no_grad\(\): )?(v\d+(\[[^\]]*\])?)", line)
    try:
        written = eval(target[2], run.space, run.names).numpy(force=True)
    except Exception:
        return False
    reads = [run.names[name].numpy(force=True) for name in set(NAMES.findall(line[target.end() :]))]
    return any(np.shares_memory(written, x) and laid(written) != laid(x) for x in reads)


def laid(x):
    return x.ctypes.data, x.shape, x.strides


@torch.no_grad()
def kept(value):
    """Whether a line's result is one to go on with."""
    for t in value if isinstance(value, (tuple, list)) else [value]:
        if isinstance(t, torch.Tensor):
            if t.numel() > MOST or t.dim() > 4:
                return False
            if t.is_floating_point() and t.numel() and not (t.abs() < LARGEST).all():
                return False
    return True


def draw_program(seed):
    """The program of a seed."""
    draw = random.Random(seed)
    program = Program(seed)
    for k, shape in enumerate(shapes(draw)):
        program.lines.append(f"v{k} = {leaf(draw, shape)}")
    inputs = count = len(program.lines)
    run = Run(torch)
    run.all(program.lines)
    wanted = draw.randint(5, 50)
    tries = 0
    while len(program.lines) < inputs + wanted and tries < 4 * wanted:
        tries += 1
        family = draw.choices(list(FAMILIES), list(FAMILIES.values()))[0]
        pool = {n: v for n, v in run.names.items() if NAMES.fullmatch(n) and v.dtype == torch.float64 and sound(v)}
        if family in STATEMENTS:
            line = Scope(draw, pool).fill(draw.choice(STATEMENTS[family]))
            if not viewable(line, run) or crossing(line, run):
                continue
            # On a copy, of which little is saved yet.
            if COPIED.search(line) or (family == "in place" and draw.random() < 0.5):
                target = NAMES.search(line)[0]
                program.lines.append(f"v{count} = {draw.choice(['1 * {}', '{}.clone()', '{} + 0.5'])}".format(target))
                run.line(program.lines[-1])
                line, count = line.replace(target, f"v{count}", 1), count + 1
            error = run.line(line)
            # (That PyTorch will not write where it reads is a matter of its kernels.)
            if "some elements of the input" not in str(error) and all(kept(run.names[name]) for name in pool):
                program.lines.append(line)
            else:  # as if it had not been
                run = Run(torch)
                run.all(program.lines)
            continue
        line = Scope(draw, pool).fill(draw.choice(EXPRESSIONS[family]))
        if not viewable(line, run):
            continue
        result = run.line(line, evaluate=True)
        several = isinstance(result, (tuple, list))
        if not kept(result) or (several and not 0 < len(result) < 4):
            continue
        if not isinstance(result, Exception):
            names = [f"v{count + k}" for k in range(len(result) if several else 1)]
            line = f"{', '.join(names)}{',' if several and len(names) == 1 else ''} = {line}"
            run.names |= dict(zip(names, result if several else [result], strict=True))
            count += len(names)
        program.lines.append(line)
    program.lines += list(ending(draw, run, inputs, program.lines))
    return program


def ending(draw, run, inputs, lines):
    """The lines that take gradients, of several results in turn and together."""
    leaves = ", ".join(f"v{k}" for k in range(inputs) if run.names[f"v{k}"].requires_grad)
    pool = [
        n
        for n, v in run.names.items()
        if NAMES.fullmatch(n) and v.dtype == torch.float64 and sound(v) and v.requires_grad
    ]
    if not leaves or not pool:
        return
    outputs = list(dict.fromkeys([*draw.sample(pool, min(len(pool), 2)), *pool[-2:]]))
    for k, name in enumerate(outputs):
        yield f"g{k} = T.autograd.grad(({name} * weights(T, {name})).sum(), [{leaves}], retain_graph=True, allow_unused=True)"
    total = " + ".join(f"({name} * weights(T, {name})).sum()" for name in outputs[-2:])
    if draw.random() < 0.3 and not any(
        "hook" in line or "retain_grad" in line for line in lines
    ):  # (a second pass may meet a hook again)
        yield f"h0 = T.autograd.grad({total}, [{leaves}], create_graph=True, allow_unused=True)"
        squares = f"sum(((x * x).sum() for x in [*h0, {leaves}] if x is not None), T.tensor(0.0))"
        yield f"h1 = T.autograd.grad({squares}, [{leaves}], retain_graph=True, allow_unused=True)"
    yield f"({total}).backward(retain_graph=True)"
    yield f"{outputs[0]}.mean().backward()"


# --- Running it -------------------------------------------------------------------------------------------------------


def weights(T, x):
    """Numbers of a tensor's shape, no two of them alike."""
    return T.sin(1.0 + T.arange(x.numel(), dtype=T.float64)).reshape(x.shape)


class Run:
    """One library on a program: the tensors by their names, and the errors by the number of their line."""

    def __init__(self, T):
        self.T, self.names, self.errors, self.lines = T, {}, {}, []
        self.born = {}  # the version that a tensor had when it was made
        self.space = {"T": T, "weights": weights}

    def line(self, line, number=None, evaluate=False):
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                if evaluate:
                    return eval(line, self.space, self.names)
                exec(line, self.space | self.names, self.names)
            except Exception as error:
                self.errors[number] = error
                return error
        return None

    def all(self, lines):
        self.lines = lines
        for number, line in enumerate(lines):
            self.line(line, number)
            if self.T is torch:  # which finds the history of a view whose base was written to only when it is asked
                for value in self.names.values():
                    _ = all(map(sound, flat(value)))
            for name in self.names.keys() - self.born.keys():
                self.born[name] = getattr(self.names[name], "_version", 0)
        return self


WRITE = re.compile(r"(with T.no_grad\(\): )?(?P<target>v\d+)(?P<step>\[[^\]]*\] *[-+*]?=|.*?\w_\()")


def writes_to_views(seed):
    """How many lines of a program write to a view, and how many of those a gradient goes through."""
    run, count, recorded = Run(torch), 0, 0
    for line in draw_program(seed).lines:
        write = None if re.match(r"[vgh]\d+(, v\d+)*,? = |\(", line) else WRITE.match(line)
        if run.line(line) is None and write is not None:
            target = run.names[write["target"]]
            if target._base is not None or re.search(r"[\])]", write["step"]):
                count, recorded = count + 1, recorded + target.requires_grad
    return count, recorded


def told(x):
    return f"{type(x).__name__}: {x}" if isinstance(x, Exception) else repr(x)


def numbers(t):
    return t.numpy(force=True) if isinstance(t, torch.Tensor) else t.array


def difference(a, b, what, exact=False):
    """What is different about two tensors (or Nones), or None."""
    if a is None or b is None:
        some = a if b is None else b
        return None if some is None or not numbers(some).size else f"{what}: {b}, expected {a}"
    if tuple(a.shape) != tuple(b.shape) or repr(a.dtype) != repr(b.dtype):
        return f"{what}: {tuple(b.shape)} {b.dtype}, expected {tuple(a.shape)} {a.dtype}"
    x, y = numbers(a), numbers(b)
    if x.dtype.kind not in "fc":
        return None if np.array_equal(x, y) else f"{what}: {y.tolist()}, expected {x.tolist()}"
    scale = np.abs(x[np.isfinite(x)]).max(initial=1.0)
    if np.allclose(y, x, rtol=1e-6, atol=1e-8 * scale, equal_nan=True):
        return None
    return f"{what}: {y.tolist()}, expected {x.tolist()}"


def flat(value):
    return list(value) if isinstance(value, (tuple, list)) else [value]


def alike(a, b):
    """Whether two exceptions are of one type. (RuntimeError or IndexError is a matter of which check comes first.)"""
    usual = (RuntimeError, IndexError)
    return isinstance(b, type(a)) or (type(a) in usual and type(b) in usual)


def mismatch(theirs, ours, lines):
    """The first thing in which two runs of the same lines differ, or None."""
    for number, line in enumerate(lines):
        a, b = theirs.errors.get(number), ours.errors.get(number)
        if (a is None) != (b is None) or (a is not None and not alike(a, b)):
            return f"line {number}, {line}\nPyTorch: {told(a)}\nminitorch: {told(b)}"
    for name, a in theirs.names.items():
        for k, (x, y) in enumerate(zip(flat(a), flat(ours.names[name]), strict=True)):
            if x is not None and name[0] == "h":  # second derivatives: nothing is as good as zeros
                y = minitorch.zeros(tuple(x.shape), dtype=minitorch.float64) if y is None else y
            elif name[0] == "h" and y is not None:
                x = torch.zeros(tuple(y.shape), dtype=torch.float64)
            found = difference(x, y, name if name[0] == "v" else f"{name}[{k}]")
            if found is None and name[0] == "v":
                found = difference_of_state(theirs, ours, name)
            if found is not None:
                return found
    return None


def difference_of_state(theirs, ours, name):
    a, b = theirs.names[name], ours.names[name]
    if not sound(a):
        return None
    for what in ("requires_grad", "is_leaf"):
        if getattr(a, what) != getattr(b, what):
            return f"{name}.{what}: {getattr(b, what)}, expected {getattr(a, what)}"
    versions = [run.names[name]._version - run.born.get(name, 0) for run in (theirs, ours)]
    if versions[0] != versions[1] and a.numel():
        return f"{name}._version: {versions[1]} more than at first, expected {versions[0]}"
    bases = [base_of(run, name) for run in (theirs, ours)]
    if "unnamed" not in bases and bases[0] != bases[1] and a.numel():
        return f"{name}._base: {bases[1]}, expected {bases[0]}"
    # (What a backward pass that fails has added by then is a matter of its order.)
    if (a.is_leaf or a.retains_grad) and not any("backward(" in theirs.lines[k] for k in theirs.errors):
        return difference(a.grad, b.grad, f"{name}.grad")
    return None


def base_of(run, name):
    """Which tensor one is a view of; "unnamed" if it is not the program's, but one that the library made on the way."""
    base = run.names[name]._base
    return base if base is None else next((n for n, v in run.names.items() if v is base), "unnamed")


def laid_out_alike(theirs, ours):
    """Whether the tensors lie in memory in the same way: if not, the one's reshape is a view and the other's a copy."""
    for name, t in theirs.names.items():
        u = ours.names.get(name)
        if isinstance(t, torch.Tensor) and sound(t) and u is not None and t.is_contiguous() != u.is_contiguous():
            return False
    return True


def noisy(theirs, ours):
    """Whether there is a number that is 0 but for rounding, and not the same in both."""
    for name, t in theirs.names.items():
        u = ours.names.get(name)
        if isinstance(t, torch.Tensor) and t.dtype == torch.float64 and sound(t) and u is not None:
            x, y = numbers(t), numbers(u)
            if x.shape == y.shape and ((x != y) & (np.abs(x) < 1e-12) & (np.abs(y) < 1e-12)).any():
                return True
    return False


def finite(run):
    """Whether all numbers of a run, gradients too, are ones to compare."""
    with torch.no_grad():
        tensors = [t for value in run.names.values() for t in flat(value) if t is not None]
        tensors += [t.grad for t in tensors if sound(t) and (t.is_leaf or t.retains_grad) and t.grad is not None]
        return all(bool(torch.isfinite(t).all()) for t in tensors if sound(t))


def sound(t):
    """Whether PyTorch lets the tensor be asked: not a view that a write to its base has made useless."""
    try:
        return t is None or t.grad_fn is not None or True
    except RuntimeError:
        return False


def moved(lines, by):
    """The same program on inputs that are a very little different."""
    change = lambda match: repr(float(match[0]) * (1 + by * (1 + float(match[0]) % 0.37)))
    return [re.sub(r"-?\d+\.\d+", change, line) if "T.tensor([" in line and "dtype" in line else line for line in lines]


# Programs that only one of the two refuses, in an exception that says why: none is silently wrong.
REFUSALS = {
    r"PyTorch: RuntimeError: Function \w+ returned an invalid gradient": "a gradient of which PyTorch gets the shape wrong",
    r"\+= .*PyTorch: RuntimeError: a leaf Variable.*minitorch: None": "a write that PyTorch makes twice",
    r"PyTorch: None.*has been modified by an inplace operation": "a value that minitorch had saved, and PyTorch does not need",
    r"PyTorch: None.*more than one element of the written-to": "a write to memory that overlaps itself",
    r"T\.cat.*PyTorch: None.*Dimension out of range": "a dim that PyTorch does not look at where all parts are empty",
    r"T\.kron.*PyTorch: RuntimeError: view size": "a tensor of one element a row, of which PyTorch has no Kronecker product",
    r"autograd.grad.*PyTorch: .*another view of its base has been modified inplace": "a view of several that PyTorch gives up",
}


def judged(lines):
    """How the libraries compare on these lines: None (alike), ("skipped", why) or ("differs", what)."""
    theirs, ours = Run(torch).all(lines), Run(minitorch).all(lines)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = mismatch(theirs, ours, lines)
    if found is None:
        return None
    if "minitorch: None" in found and "has been modified by an inplace operation" in found:
        return saves_less(lines, ours)
    if "PyTorch: None" in found and ("with size 0" in found or any("zeros((" in line for line in lines)):
        return "skipped", "an argument that PyTorch does not look at where a tensor is empty"
    for said, why in REFUSALS.items():
        if re.search(said, found, re.S):
            return "skipped", why
    if not finite(theirs):
        return "skipped", "numbers that are not finite"
    if not laid_out_alike(theirs, ours):
        return "skipped", "a memory layout that is the library's own choice"
    if noisy(theirs, ours):
        return "skipped", "a jump where rounding decides"
    for by in (1e-10, -1e-10, 3e-10):  # does PyTorch agree with itself?
        other = Run(torch).all(moved(lines, by))
        if any(
            difference(x, y, "")
            for a, b in zip(theirs.names.values(), other.names.values(), strict=False)
            for x, y in zip(flat(a), flat(b), strict=False)
        ):
            return "skipped", "a jump where rounding decides"
    return "differs", found


def saves_less(lines, ours):
    """PyTorch lost a value that its rule had saved, minitorch's did not need it: are its gradients those of the numbers?

    They are held against central differences of the results that PyTorch computes.
    """
    if re.search(
        r"detach|float|no_grad|hook|requires_grad_\(\)$",
        "\n".join(re.sub(r"^v\d+ = T\.(tensor|zeros)\(.*", "", line) for line in lines),
        re.M,
    ):
        return "skipped", "a value that PyTorch had saved, and minitorch does not need"
    for name in [n for n in ours.names if n[0] == "g"]:
        line = next(line for line in lines if line.startswith(f"{name} = "))
        result, leaves = NAMES.search(line)[0], NAMES.findall(line.rpartition("[")[2])
        for k, g in enumerate(ours.names[name]):
            leaf = leaves[k]
            if g is None or not g.numel() or not ours.names[leaf].is_leaf:
                continue
            ends = []
            for step in (1e-6, -1e-6):
                moving = []
                for text in lines:
                    moving.append(text)
                    if text.startswith(f"{leaf} = "):
                        moving.append(f"{leaf} = ({leaf}.detach() + {step} * weights(T, {leaf})).requires_grad_()")
                t = Run(torch).all(moving[: moving.index(line)]).names[result].detach()
                ends.append(float((t * weights(torch, t)).sum()))
            slope, claimed = (ends[0] - ends[1]) / 2e-6, float((g * weights(minitorch, g)).sum())
            if abs(slope - claimed) > 1e-4 * max(1, abs(slope)):
                return "differs", f"{line}\nminitorch's slope along {leaf}: {claimed}, by differences {slope}"
    return "skipped", "a value that PyTorch had saved, and minitorch does not need"


def shrunk(lines):
    """The fewest of the lines (dropped one by one) on which the libraries still differ."""

    def differs(some):
        theirs = Run(torch).all(some)
        if any(isinstance(error, NameError) for error in theirs.errors.values()):
            return False
        found = judged(some)
        return found is not None and found[0] == "differs"

    k = len(lines) - 1
    while k >= 0:
        fewer = lines[:k] + lines[k + 1 :]
        if differs(fewer):
            lines = fewer
        k -= 1
    return lines


def check(seed):
    """Fails, showing the program, unless both libraries agree on the program of a seed. Gives "alike", or why it was skipped."""
    program = draw_program(seed)
    found = judged(program.lines)
    if found is None or found[0] == "skipped":
        return "alike" if found is None else found[1]
    lines = shrunk(program.lines)
    raise AssertionError(f"program {seed}: {judged(lines)[1]}\n" + "\n".join(lines))


def main():
    parser = argparse.ArgumentParser(description="Runs random programs on PyTorch and minitorch.")
    parser.add_argument("--count", type=int, default=10000, help="how many programs")
    parser.add_argument("--seed", type=int, default=0, help="the first one's seed")
    options = parser.parse_args()
    torch.set_num_threads(1)
    counts = Counter()
    for seed in range(options.seed, options.seed + options.count):
        try:
            counts[check(seed)] += 1
        except AssertionError as error:
            counts["different"] += 1
            print(f"{error}\n", flush=True)
    print(f"{options.count} programs from seed {options.seed}:")
    for outcome, n in counts.most_common():
        print(f"{n:7}  {outcome}")
    sys.exit(counts["different"] > 0)


if __name__ == "__main__":
    main()
