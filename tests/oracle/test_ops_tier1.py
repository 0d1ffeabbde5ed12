"""Tier 1 of the operations against PyTorch: results, dtypes, gradients, second derivatives and exceptions, a line a case.

A case is an expression in T (the module) and the inputs below; it runs on both libraries. Where PyTorch raises, minitorch
must raise the same type.
"""

# ruff: noqa: E501 (the tables are wide)

import pytest

pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")
from tests.oracle.expressions import check, lines

POINTWISE = lines("""
T.abs(x); x.abs(); abs(x); x.absolute(); T.abs(i); T.abs(z); T.abs(e)
T.acos(u); T.asin(u); T.atan(x); T.arccos(u); T.arcsin(u); T.arctan(x); T.acosh(p + 1); T.asinh(x); T.atanh(u)
T.cos(x); T.sin(x); T.tan(u); T.cosh(x); T.sinh(x); T.tanh(x); T.cos(i); T.tanh(b)
T.exp(x); T.exp2(x); T.expm1(x); T.log(p); T.log10(p); T.log1p(p); T.log2(p); T.exp(i); T.log(x); T.exp(s); T.exp(e)
T.sqrt(p); T.rsqrt(p); T.reciprocal(x); T.square(x); T.square(i); T.sqrt(x); T.reciprocal(i)
T.ceil(x); T.floor(x); T.round(x); T.trunc(x); T.fix(x); T.frac(x); T.round(x, decimals=1); T.round(x * 100, decimals=-1)
T.ceil(i); T.floor(i); T.round(i); T.trunc(i); T.sign(x); T.sign(i); T.neg(x); -x; T.negative(x); -i; T.positive(x); +x
T.erf(x); T.sigmoid(x); T.relu(x); T.relu(x * 0); T.relu(i); T.sigmoid(i); T.erf(i); x.sigmoid(); x.relu(); T.sigmoid(x * 1000)
T.clamp(x, -0.5, 0.5); T.clamp(x, min=0); T.clamp(x, max=y); T.clamp(x, min=y); T.clamp(x, 0.5, -0.5); T.clip(x, -1, 1)
T.clamp_min(x, 0.1); T.clamp_max(x, 0.1); T.clamp(i, 1, 3); T.clamp(i, 0.5, 2.5); T.clamp(x); T.clamp(x, min=x); T.clamp(b, 0, 1)
T.isnan(n); T.isinf(n); T.isfinite(n); T.isnan(i); T.logical_not(x); T.logical_not(i); ~m; ~i; T.isinf(i); T.isfinite(i)
T.neg(m); T.positive(m); -m; ^1 T.square(z); T.exp(z); T.reciprocal(z); T.sqrt(z); T.log(z); T.sin(z); T.cos(z); T.tanh(z)
T.sigmoid(z); T.sinh(z); T.cosh(z); T.tan(z); T.asin(z); T.acos(z); T.atan(z); T.expm1(z); T.log10(z); T.neg(z); T.rsqrt(z)
T.sign(z); T.floor(z); T.clamp(z, 0, 1); T.log2(z); T.log1p(z); T.asinh(z); T.acosh(z); T.atanh(z); T.exp2(z)
""")

ARITHMETIC = lines("""
x + y; x - y; x * y; x / y; x + v; v - x; c * x; x / c; x + s; s * x; x + 2; 2 - x; 3 * x; x / 2; 2 / x; x + True
T.add(x, y, alpha=2); T.sub(x, y, alpha=0.5); T.add(i, j, alpha=2); T.add(i, j, alpha=0.5); T.rsub(x, y); T.rsub(x, 2, alpha=3)
x ** 2; x ** 3; x ** 0; x ** -1; p ** 0.5; p ** y; 2 ** x; p ** s; x ** i; i ** 2; i ** -1; i ** 0.5; T.pow(p, y); T.pow(2.5, x)
T.pow(x, 1); (x * 0) ** 2; ^1 (x * 0) ** y; x ** 2.0; i ** j; ^1 0 ** x; x ** -2; T.pow(x, T.tensor(2)); z ** 2; z ** z; z ** 0.5; p ** z
i + j; i * j; i / j; i - j; i // j; i % j; i // 2; -7 // j; i + 2.5; m + m; m * m; m - m; 1 - m; i + x; m * x; T.div(i, j)
T.div(x, y, rounding_mode="floor"); T.div(x, y, rounding_mode="trunc"); T.div(i, j, rounding_mode="trunc"); ^0 T.floor_divide(x, y)
T.div(i, j, rounding_mode="floor"); T.div(x, y, rounding_mode="up"); i // 0; i % 0; ^0 x // 0; T.div(i, 0); T.true_divide(i, j)
T.remainder(x, y); T.fmod(x, y); T.remainder(x, 0.3); T.fmod(x, 0.3); T.remainder(i, j); T.fmod(i, j); x % y; x % 0.7; ^0 5 % p
T.fmod(x, -0.3); T.remainder(x, -0.3); T.remainder(-x, y); T.atan2(x, y); T.atan2(i, j); T.arctan2(x, y); T.atan2(x, s)
T.maximum(x, y); T.minimum(x, y); T.maximum(x, x); T.minimum(x, x + 0); T.maximum(n, x); T.maximum(i, j); T.maximum(x, v)
T.addcmul(x, y, v); T.addcmul(x, y, y, value=2); T.addcdiv(x, y, p); T.addcdiv(x, y, p, value=-1); T.addcdiv(i, i, j)
T.lerp(x, y, 0.3); T.lerp(x, y, u); T.lerp(x, y, 0.7); T.lerp(x, v, s); x.lerp(y, 0.5); T.mul(x, y); T.multiply(x, 2); T.subtract(x, y)
x == y; x != y; x < y; x <= y; x > y; x >= y; x == 1; T.eq(x, y); T.ne(i, j); T.lt(x, 0); T.le(x, i); T.gt(x, y); T.ge(x, y)
T.equal(x, x); T.equal(x, y); T.equal(x, v); T.isclose(x, y); T.isclose(x, x); T.isclose(n, n, equal_nan=True); T.allclose(x, x + 1e-9)
T.allclose(x, y); T.isclose(x, i); T.logical_and(x, i); T.logical_or(m, i); T.logical_xor(x, y); m & m; m | m; m ^ m; i & j; i | j; i ^ j
m & 1; i & 1; x & y; T.bitwise_not(i); T.bitwise_and(i, j); T.bitwise_or(m, m); T.bitwise_xor(i, 3); 1 << (i & 3); i >> 1; i << j
x + w; x * w; T.maximum(x, w); x == w; x + "a"; x + None; T.add(x, [1.0])
z + z; z * z; z / z; z - 1; 2 * z; z / x; x / z; z * x; 1j * x; x + 2j; z == z; z < z; z * s; z + i; T.addcmul(z, z, z); T.lerp(z, z * 2, 0.3)
f + x; f * 2.5; f + i; f + s; f * h; h + 1; h * h; h + f; f ** 2; f / 3; T.tensor(2.0) * x; T.tensor(2) * f; T.tensor(2, dtype=T.float64) * f
g + g; g * 300; g - 5; -g; g + i; g / 2; g // 2; g ** 2; q + q; q * 100; q + g; T.where(m, g, q); T.where(m, x, f); T.where(m, x, 2)
T.where(m, x, y); T.where(x > 0, x, v); T.where(m, 1.0, 2.0); T.where(m, i, x); T.where(x, x, y); x.where(m, y); T.where(m); T.where(m, s, 0)
""")

REDUCTIONS = lines("""
T.sum(x); x.sum(0); x.sum(-1); x.sum((0, 1)); x.sum(1, keepdim=True); x.sum(()); T.sum(i); T.sum(m); T.sum(q); T.sum(x, dtype=T.float32)
x3.sum((0, -1)); x3.sum((0, 2), keepdim=True); e.sum(); e.sum(0); e.sum(1); s.sum(); s.sum(0); s.sum(-1); x.sum(2); x.sum((0, 0)); T.sum(z)
T.mean(x); x.mean(0); x.mean((0, 1), keepdim=True); T.mean(i); e.mean(); e.mean(0); s.mean(); T.mean(i, dtype=T.float32); z.mean(); x3.mean((0, 2))
T.max(x); x.max(0); x.max(1, keepdim=True); T.max(x, y); T.min(x); x.min(0); x.min(-1, True); T.max(i, 0); T.max(e); e.max(1); e.max(0)
x.max(0).values; x.min(1).indices; T.max(n); n.max(0); s.max(0); T.max(x * 0); (x * 0).max(1); T.min(m); T.max(x, 2); T.max(x, "a")
T.amax(x); x.amax(0); x.amin((0, 1)); x.amax(1, keepdim=True); (x * 0).amax(1); T.amin(i, 0); e.amax(); e.amax(0); T.amax(x, (0, 0))
T.argmax(x); x.argmax(0); x.argmin(1, keepdim=True); T.argmin(x); T.argmax(e); e.argmax(1); T.argmax(i, -1); s.argmax(); T.argmax(x, 5)
T.all(m); m.all(0); T.any(m); m.any(1, keepdim=True); T.all(x); T.any(x, 0); T.all(g); e.all(); e.any(); e.all(0); m.all((0, 1)); T.any(i)
T.prod(x); x.prod(0); x.prod(1, keepdim=True); T.prod(i); T.prod(m); o.prod(); o.prod(0); o.prod(1); e.prod(); e.prod(0); s.prod(); T.prod(q)
T.var(x); x.var(0); x.var(1, keepdim=True); x.var(0, unbiased=False); x.var((0, 1)); T.var(x, correction=2); T.var(x, False); T.var(i); T.var(s)
T.std(x); x.std(0); x.std(1, False); x.std((0, 1), keepdim=True); T.std(x, correction=0); e.var(0); e.std(); T.std_mean(x); T.std_mean(x, 0)
T.var_mean(x); T.var_mean(x, (0, 1), keepdim=True); T.var_mean(x, dim=1, correction=0); T.var(z); T.var(x[:1], 0); T.std_mean(x, False)
T.logsumexp(x, 0); x.logsumexp((0, 1)); x.logsumexp(1, keepdim=True); T.logsumexp(x * 1000, 0); T.logsumexp(i, 0); e.logsumexp(0); s.logsumexp(0)
T.norm(x); x.norm(); x.norm(1); x.norm(3, 0); x.norm(float("inf")); x.norm(2, (0, 1)); x.norm(dim=1, keepdim=True); x.norm(p=0.5); ^1 (x * 0).norm()
x.norm(-float("inf"), 0); x.norm(0); T.norm(i); e.norm(); T.norm(x, "fro"); T.norm(x, p=1, dim=1); T.norm(z); T.norm(x, 2, dtype=T.float32); T.norm(x, 4, 0)
T.cumsum(x, 0); T.trace(x); T.trace(x3); x.trace(); T.trace(i)
T.softmax(x, 0); x.softmax(-1); T.log_softmax(x, 1); T.softmax(x, 5); s.softmax(0); T.softmax(x * 1000, 1); x3.log_softmax(1); T.softmax(i, 0, dtype=T.float32)
""")

SHAPES = lines("""
x.reshape(4, 3); x.reshape(-1); x.reshape((2, -1)); x.t().reshape(12); x.reshape(5); x.reshape(-1, -1); e.reshape(3, 0); e.reshape(-1, 0); s.reshape(1, 1)
x.view(12); x.view(2, 6); x.t().view(12); x.view(-1, 2); x.view_as(y); x.reshape_as(y); T.reshape(x, (6, 2)); x.view(T.float64); x.view(5)
x.permute(1, 0); x3.permute(2, 0, 1); x3.permute(-1, 0, 1); x.permute(0, 0); x.permute(0); T.permute(x3, (0, 2, 1)); T.transpose(x, 0, 1); x3.transpose(-1, 0)
x.t(); v.t(); x3.t(); x.T; x3.mT; x.mT; v.mT; T.movedim(x3, 0, -1); T.movedim(x3, (0, 1), (2, 0)); T.swapaxes(x, 0, 1); T.moveaxis(x3, 0, 1); x.transpose(0, 3)
c.expand(3, 4); v.expand(3, 4); v.expand(3, -1); v.expand(3); v.expand(-1, 4); c.expand_as(x); T.broadcast_to(v, (2, 4)); s.expand(2, 3); T.broadcast_tensors(x, v)
x.unsqueeze(0); x.unsqueeze(-1); x.unsqueeze(3); c.squeeze(); c.squeeze(1); c.squeeze(0); x.squeeze((0, 1)); c.squeeze(-1); s.squeeze(0); T.unsqueeze(v, 1)
x3.flatten(); x3.flatten(1); x3.flatten(0, 1); x3.flatten(2, 1); s.flatten(); x.ravel(); T.flatten(x3, -2); T.unflatten(v, 0, (2, 2)); v.unflatten(0, (2, -1)); v.unflatten(0, (3, 2))
T.cat([x, y]); T.cat([x, y], 1); T.cat([x, v]); T.cat((x, i)); T.cat([]); T.cat([s, s]); T.cat([e, x[:0].t()]); T.concat([x, y], -1); T.cat([T.zeros(0), x], 1); T.cat(x)
T.stack([x, y]); T.stack([x, y], 1); T.stack([x, y], -1); T.stack([x, v]); T.stack([s, s]); T.hstack([x, y]); T.vstack([v, v]); T.hstack([v, v]); T.vstack([x, y]); T.hstack([s, s]); T.stack([])
T.split(x, 2); T.split(x, 2, 1); T.split(x, [1, 2]); T.split(x, [1, 1]); T.split_with_sizes(x, [1, 3], 1); T.chunk(x, 2); T.chunk(x, 3, 1); T.chunk(x, 5); T.unbind(x); T.unbind(x, 1); T.split(x, 0); T.chunk(x, 0)
x.split(2, -1); e.split(1, 1); e.chunk(2, 1); s.split(1); s.unbind(0); T.narrow(x, 1, 1, 2); x.narrow(0, -2, 1); x.narrow(0, 2, 3); x.select(1, 2); x.select(-1, -1); x.select(0, 3); s.select(0, 0); s.narrow(0, 0, 1)
T.flip(x, (0,)); x.flip(0, 1); x.flip(-1); x.flip(2); x.flip((0, 0)); T.roll(x, 1); T.roll(x, 1, 0); T.roll(x, (1, -2), (0, 1)); T.roll(x, (1, 2), 0); s.roll(1); e.roll(1, 0); s.flip(0)
x.repeat(2, 1); v.repeat(2, 2); x.repeat(2); x.repeat(0, 1); T.tile(x, (2,)); T.tile(v, (2, 2)); x.tile(1, 2); T.repeat_interleave(x, 2); T.repeat_interleave(x, 2, 1); T.repeat_interleave(v, j4); v.repeat_interleave(j4 * 0)
T.repeat_interleave(x, 2, dim=-1); T.repeat_interleave(x, -1); T.repeat_interleave(j4); s.repeat(2, 3); s.repeat()
T.diagonal(x); x.diagonal(1); x3.diagonal(0, 1, 2); x3.diagonal(-1, 0, 2); x.diagonal(0, 0, 0); T.diag(x); T.diag(v); T.diag(v, 1); T.diag(x, -1); T.diag(x3); x.diagonal(9)
T.triu(x); x.triu(1); T.tril(x, -1); x3.tril(); T.triu(v); e.tril(); T.meshgrid(v, s3, indexing="ij"); T.meshgrid(v, s3, indexing="xy"); T.meshgrid([v, s3]); T.meshgrid(v, s3, indexing="yx")
x.contiguous(); x.t().contiguous(); x.t().is_contiguous(); x.stride(); x.t().stride(); x[1:].storage_offset(); x.clone(); T.clone(x); x.numel(); T.numel(x); x.dim(); x.size(); x.size(-1); len(x); list(x); len(s); list(s)
x.shape; x.dtype; x.device; x.is_floating_point(); T.is_floating_point(i); T.is_complex(z); T.is_nonzero(s); T.is_nonzero(x); x.element_size(); x.nelement(); x.ndim; x.itemsize; x.nbytes
""")

INDEXING = lines("""
x[0]; x[-1]; x[3]; x[1, 2]; x[:, 1]; x[..., 0]; x[None]; x[:, None, 1]; x[1:]; x[::2]; x[:, 1:3]; x[..., None]; x[True]; x[False]; s[()]; s[None]; s[0]; x[1.0]; x["a"]; x[::-1]
x[[0, 2]]; x[[0, 2], [1, 3]]; x[k]; x[k, 1]; x[:, k]; x[k, k]; x3[:, k, 0]; x3[0, :, k]; x3[k, :, k]; x[m]; x[x > 0]; x[m[:, 0]]; x[:, m[0]]; x[m[0]]; x[k[None]]; x[[[0, 1], [1, 0]]]; x[g[0] > 0]; x3[..., k]
x[T.tensor(1)]; x[i]; x[k, :2]; x[-k]; x[[3]]; x[T.tensor([0, 9])]; x[k.to(T.int32)]; x[T.tensor([])]; x[[]]; x[0, [1, 2]]; x3[0, :, [1, 2]]; x3[:, [0, 1], [1, 2]]; x3[[0, 1], :, 1]; e[:, 0:0]; x[x]
T.gather(x, 0, i0); T.gather(x, 1, i1); x.gather(1, i1[:2]); T.gather(x, 0, i0 + 9); T.gather(x, 1, k); T.gather(x, 0, x); s.gather(0, T.tensor(0)); T.gather(x, 5, i0); T.gather(x, 1, i1[:, :2])
T.index_select(x, 0, k); x.index_select(1, k); x.index_select(0, k + 9); x.index_select(0, x); x.index_select(0, i1); x.index_select(1, k[:0]); s.index_select(0, T.tensor([0]))
T.masked_select(x, m); x.masked_select(m[0]); v.masked_select(m); x.masked_select(x); T.take(x, i1); x.take(k); x.take(k + 99); x.take(-k); T.take(x, x); T.take_along_dim(x, i1, 1); T.take_along_dim(x, i0, 0); T.take_along_dim(x, k)
T.take_along_dim(x, i1[:1], 1); T.nonzero(m); T.nonzero(x); x.nonzero(as_tuple=True); s.nonzero(); e.nonzero(); T.nonzero(i, as_tuple=True)
T.scatter(x, 0, i0, y); x.scatter(1, i1, y); x.scatter(1, i1, 2.0); ^0 x.scatter(0, i0, y, reduce="add"); ^0 x.scatter(1, i1, 2.0, reduce="multiply"); x.scatter(1, i1 + 9, y); x.scatter(1, i1, v); ^0 x.scatter(1, i1[:, :2], y); x.scatter(1, x, y)
T.scatter(x, 1, i1, value=3); x.scatter(1, i1, f); s.scatter(0, T.tensor(0), s * 2); x.scatter(3, i0, y); ^0 x.scatter(1, i1[:0], y)
T.scatter_add(x, 0, i0, y); x.scatter_add(1, i1, y); ^0 x.scatter_add(1, i1[:2], y); x.scatter_add(1, i1, f); x.scatter_add(1, i1, y[:1]); x.clone().scatter_add_(0, i0, y); x.clone().scatter_(1, i1, y)
T.index_add(x, 0, k, y[:2]); x.index_add(1, k, y[:, :2], alpha=2); x.index_add(0, k, y); x.index_add(0, k + 9, y[:2]); x.clone().index_add_(0, k, y[:2]); x.index_add(0, k, f[:2]); s.index_add(0, T.tensor([0]), s); x.index_add(0, T.tensor([1, 1]), y[:2])
T.index_copy(x, 0, k, y[:2]); x.index_copy(1, k, y[:, :2]); x.index_copy(0, k, y); x.clone().index_copy_(0, k, y[:2]); x.index_copy(0, k + 9, y[:2]); s.index_copy(0, T.tensor([0]), s * 3)
T.index_fill(x, 0, k, 2.0); x.index_fill(1, k, s); x.clone().index_fill_(0, k, 1.5); x.index_fill(0, k, v); x.index_fill(0, k + 9, 1.0); s.index_fill(0, T.tensor([0]), 2.0)
T.index_put(x, (k,), v); x.index_put((k, k), s); x.index_put((k,), y[:2], accumulate=True); x.index_put((T.tensor([1, 1]),), y[:2], True); x.clone().index_put_((m,), s); x.index_put((k,), f[:2]); x.index_put((k,), y); x.index_put((m,), x[m], accumulate=True)
T.masked_fill(x, m, 0.0); x.masked_fill(m, s); x.masked_fill(m[0], 2); x.masked_fill(m, v); x.masked_fill(x, 0); x.clone().masked_fill_(m, 7); i.masked_fill(m, 1.5); x.masked_fill(m, 1j); v.masked_fill(m, 1)
""")

LINEAR = lines("""
x @ y.t(); T.matmul(x, v); T.matmul(v, y.t()); T.matmul(v, v); b3 @ c3; b3 @ c3[0]; b3[0] @ c3; T.matmul(x, y); b3 @ v[:3]; v[:2] @ b3; s @ x; x @ s; x @ f.t(); i @ j.t(); m @ m.t(); e @ e.t(); e.t() @ e; z @ z.t(); b3 @ b3
T.mm(x, y.t()); x.mm(v); T.mm(x, y); T.bmm(b3, c3); T.bmm(x, y); T.bmm(b3, c3[:1]); T.mv(x, v); T.mv(x, x); T.mv(x, v[:3]); T.dot(v, v); T.dot(v, x); T.dot(v, v[:2]); v.dot(v * 2); T.inner(x, y); T.inner(v, v); T.inner(x, s); T.inner(x, v[:3])
T.outer(v, s3); T.ger(v, s3); T.outer(x, v); T.addmm(x[:, :3], x, y.t()); T.addmm(x[:, :3], x, y.t(), beta=0.5, alpha=2); T.addmm(s3, x, y.t()); T.addmv(s3, x, v); T.addmv(s3, x, v, beta=0, alpha=3); T.addmm(x, x, y); T.mv(z, z[0])
T.baddbmm(b3[:, :, :1], b3, c3); T.baddbmm(b3[:, :, :2], b3, c3, beta=0.1, alpha=0.2); T.addmm(x[:, :3], x, y.t(), beta=0); T.bmm(z[None], z.t()[None]); T.dot(z[0], z[1]); T.outer(z[0], z[1]); T.mm(x, f.t()); v @ x.t()
""")

CREATION = lines("""
T.zeros(2, 3); T.zeros((2, 3)); T.ones(2); T.full((2, 2), 3); T.full((2,), 2.5); T.full((1,), True); T.empty(2, 0); T.eye(3); T.eye(2, 3); T.zeros(2, dtype=T.int32); T.zeros(-1); T.eye(-1); T.full((2,), 1, dtype=T.float64); T.zeros(())
T.arange(5); T.arange(1, 5); T.arange(0, 1, 0.25); T.arange(5, 0, -2); T.arange(5.0); T.arange(1, 0); T.arange(0, 1, 0); T.arange(0, 5, 2, dtype=T.float32); T.linspace(0, 1, 5); T.linspace(1, -1, 4); T.linspace(0, 1, 1); T.linspace(0, 1, -1); T.logspace(0, 2, 3); T.linspace(0, 1, 0)
T.zeros_like(x); T.ones_like(i); T.full_like(x, 2); T.full_like(i, 2); T.empty_like(x).shape; T.zeros_like(x, dtype=T.int64); x.new_zeros(2); x.new_ones(2, 2); x.new_full((2,), 5); i.new_full((1,), 2); x.new_empty(3).shape; x.new_tensor([1, 2])
T.tensor(1); T.tensor(1.5); T.tensor(True); T.tensor([1, 2.5]); T.tensor([[1, 2], [3, 4]]); T.tensor([]); T.tensor([[1], [1, 2]]); T.tensor("a"); T.tensor([1, None]); T.tensor(1j); T.tensor([1, 2], dtype=T.float16); T.tensor([True, 2]); T.tensor([[], []])
T.as_tensor([1, 2]); T.as_tensor(x, dtype=T.float32); T.scalar_tensor(2); T.scalar_tensor(2, dtype=T.int64); T.tril_indices(3, 3); T.triu_indices(3, 4, 1); T.tril_indices(2, 3, -1); T.asarray([1.0])
x.float(); x.double(); x.half(); x.long(); x.int(); x.bool(); x.to(T.float32); x.to(y); x.to("cpu"); x.type(T.int16); x.type(); i.type(); x.type("torch.FloatTensor"); i.to(T.float32, copy=True); n.bool(); x.short(); g.char(); i.byte(); x.to(T.complex64)
x.item(); s.item(); x.tolist(); s.tolist(); T.fill(x, 2); T.fill(x, s); T.fill(x, v); bool(s); bool(x); float(s); int(s); bool(e); x.clone().fill_(3); x.clone().zero_(); T.zeros_like(z); x.index_put((k,), v[:3]); float(x); T.result_type(i, 1.5); T.result_type(f, x)
""")

IN_PLACE = lines("""
x.clone().add_(y); x.clone().sub_(y, alpha=2); x.clone().mul_(v); x.clone().div_(2); x.clone().pow_(2); x.clone().neg_(); x.clone().abs_(); x.clone().exp_(); p.clone().log_(); p.clone().sqrt_(); x.clone().sigmoid_(); x.clone().tanh_(); x.clone().relu_()
x.clone().clamp_(-0.5, 0.5); x.clone().floor_(); x.clone().round_(); x.clone().square_(); x.clone().reciprocal_(); x.clone().addcmul_(y, v); x.clone().addcdiv_(y, p); x.clone().lerp_(y, 0.3); x.clone().remainder_(0.7); x.clone().fmod_(0.7); x.clone().sin_(); x.clone().cos_()
i.clone().add_(1.5); i.clone().div_(2); i.clone().mul_(2); v.clone().add_(x); x.clone().eq_(y); x.clone().copy_(v); x.clone().copy_(i); v.clone().copy_(x); x.clone().t_(); x.clone().transpose_(0, 1); x.clone().unsqueeze_(0); c.clone().squeeze_(); x.clone().triu_(); x.clone().tril_()
x.add_(1); T.exp_(x.clone()); T.abs_(x.clone()); T.clamp_(x.clone(), 0, 1); T.zero_(x.clone()); T.fill_(x.clone(), 2); T.neg_(x.clone()); T.square_(x.clone()); T.relu_(x.clone()); T.sigmoid_(x.clone()); T.add(x, y, out=T.empty(0, dtype=T.float64)); x.clone().fill_diagonal_(5)
T.exp(i * 1.0, out=T.zeros(3, 4)); T.add(i, i, out=T.zeros(3, 4, dtype=T.int64)); T.add(i * 1.0, i, out=T.zeros(3, 4, dtype=T.int64)); T.matmul(i, j.t(), out=T.zeros(3, 3, dtype=T.int64)); T.cat([i, i], out=T.empty(0, dtype=T.int64)); T.sum(i, 0, out=T.empty(4, dtype=T.int64))
""")


@pytest.mark.parametrize("expression", POINTWISE)
def test_pointwise(expression):
    check(expression)


@pytest.mark.parametrize("expression", ARITHMETIC)
def test_arithmetic(expression):
    check(expression)


@pytest.mark.parametrize("expression", REDUCTIONS)
def test_reductions(expression):
    check(expression)


@pytest.mark.parametrize("expression", SHAPES)
def test_shapes(expression):
    check(expression)


@pytest.mark.parametrize("expression", INDEXING)
def test_indexing(expression):
    check(expression)


@pytest.mark.parametrize("expression", LINEAR)
def test_linear_algebra(expression):
    check(expression)


@pytest.mark.parametrize("expression", CREATION)
def test_creation_and_conversion(expression):
    check(expression)


@pytest.mark.parametrize("expression", IN_PLACE)
def test_in_place_and_out(expression):
    check(expression)
