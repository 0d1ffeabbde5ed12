"""Tier 2 of the operations against PyTorch: a line a case, as in test_ops_tier1.py."""

# ruff: noqa: E501 (the tables are wide)

import pytest

pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")
from tests.oracle.expressions import INPUTS, check, lines

POINTWISE = lines("""
T.deg2rad(x); T.rad2deg(x); T.deg2rad(i); T.exp2(i); T.sinc(x); ^1 T.sinc(x * 0); T.sinc(i); T.logit(unit); T.logit(x); T.logit(unit, eps=0.2); T.logit(x, 0.3); T.lgamma(p); T.digamma(p); T.lgamma(x); T.digamma(i.abs() + 1); T.erfc(x); T.erfc(i)
T.nan_to_num(n); T.nan_to_num(n, 1.0, 2.0, 3.0); T.nan_to_num(n, posinf=7); T.nan_to_num(i); T.isneginf(n); T.isposinf(n); T.isneginf(i); T.signbit(x); T.signbit(i); T.isreal(x); T.isreal(z); T.sgn(x); T.sgn(z); T.sgn(i); T.angle(x); T.angle(z); T.angle(i); T.angle(n)
T.real(z); T.imag(z); T.real(x); T.imag(x); T.conj(z); T.conj(x); z.real; z.imag; x.real; T.complex(x, y); T.complex(x, f); T.complex(i, i); T.complex(f, f); T.polar(p, x); z.conj() * z; (z * z.conj()).real; z.abs(); T.abs(z) ** 2; T.polar(x, i)
T.copysign(x, y); ^1 T.copysign(x, 1.0); T.copysign(i, -1); T.copysign(x, s); T.heaviside(x.detach(), y.detach()); T.heaviside(i, i); T.heaviside(i, x.detach()); T.hypot(x, y); T.hypot(x, v); T.logaddexp(x, y); T.logaddexp2(x, y); T.logaddexp(x, v); ^1 T.logaddexp(x * 1000, y); ^0 T.nextafter(x, y); T.gcd(i, j); T.lcm(i, j)
T.fmax(x, y); T.fmin(x, y); T.fmax(n, n * 0); T.fmin(n, n * 0 + 1); T.fmax(x, x); T.xlogy(p, p + 1); T.xlogy(x * 0, p); T.xlogy(2.0, p); ^0 T.xlogy(p, 3.0); T.xlogy(i, j); ^0 T.ldexp(x, i); T.ldexp(x, s); T.float_power(p, 2); T.float_power(p, y); T.float_power(i, 2); T.float_power(f, i); T.float_power(2, x); T.float_power(z, 2)
T.bitwise_left_shift(i, j); T.bitwise_right_shift(i, 1); T.frac(x); T.acosh(p + 1); T.asinh(x); T.atanh(u); T.asinh(i); T.xlogy(x, y)
x.clone().deg2rad_(); unit.clone().logit_(); p.clone().lgamma_(); p.clone().digamma_(); x.clone().sinc_(); x.clone().erfc_(); n.clone().nan_to_num_(); x.clone().sgn_(); x.clone().copysign_(y); x.clone().hypot_(y); p.clone().xlogy_(p); x.clone().float_power_(2); ^0 x.clone().ldexp_(i); x.clone().cumsum_(0); x.clone().cumprod_(0); x.clone().exp2_(); x.clone().frac_(); T.rad2deg_(x.clone())
""")

CUMULATIVE = lines("""
T.cumsum(x, 0); x.cumsum(-1); x3.cumsum(1); T.cumsum(i, 0); T.cumsum(m, 1); T.cumsum(x, 2); s.cumsum(0); e.cumsum(0); e.cumsum(1); T.cumsum(q, 0); ^0 T.cumsum(x, 0, dtype=T.float32); T.cumsum(z, 0); T.cumsum(x.t(), 0)
T.cumprod(x, 0); x.cumprod(1); o.cumprod(1); o.cumprod(0); T.cumprod(i, 0); s.cumprod(0); e.cumprod(0); T.cumprod(z, 0); T.cumprod(x[:, :1], 1); x3.cumprod(2)
T.cummax(x, 0); T.cummin(x, 1); ties.cummax(1); ties.cummin(1); T.cummax(i, 0); n.cummax(1); s.cummax(0); T.cummax(x, 3); e.cummax(0); x3.cummin(-1)
T.logcumsumexp(x, 0); x.logcumsumexp(1); ^1 T.logcumsumexp(x * 500, 0); s.logcumsumexp(0); T.logcumsumexp(i, 0); e.logcumsumexp(0)
T.diff(x); T.diff(x, dim=0); T.diff(x, n=2); T.diff(x, prepend=c); T.diff(x, append=c, n=2); T.diff(m); T.diff(s); T.diff(x, n=0); T.diff(x, n=9); T.diff(i, dim=0); x.diff(n=-1)
T.count_nonzero(x); T.count_nonzero(i, 0); T.count_nonzero(i, (0, 1)); T.nansum(n); T.nansum(x, 0); T.nansum(n, 1, keepdim=True); T.nanmean(n); T.nanmean(x, 0); T.nanmean(i); T.nansum(i)
""")

SORTING = lines("""
T.sort(x); x.sort(0); x.sort(descending=True); x.sort(1, True); ties.sort(stable=True, dim=1, descending=True); n.sort(1); s.sort(); e.sort(1); x3.sort(1).values; T.sort(m, stable=True); T.sort(x, 3); T.sort(z)
T.argsort(x); x.argsort(0, descending=True); T.argsort(ties, dim=1, stable=True); s.argsort(); T.msort(x); T.msort(x3); T.topk(x, 2); x.topk(1, 0); x.topk(2, largest=False); x.topk(3, 1, sorted=True); x.topk(9); x.topk(0); s.topk(1); T.topk(i[:1] * 0 + T.arange(4), 2); n.topk(2)
T.kthvalue(x, 2); x.kthvalue(1, 0); x.kthvalue(2, 1, True); x.kthvalue(9); s.kthvalue(1); x.kthvalue(0); T.median(x); x.median(0); x.median(1, True); T.median(n); n.median(1); s.median(); T.median(i); s.median(0); x.median(3); T.median(x3); ties.median(); x[:, :3].median(1)
T.mode(i, 0).values; ties.mode(1); x.mode(0); s.mode(); i.mode(1, True).values; T.aminmax(x); T.aminmax(x, dim=0); T.aminmax(x, dim=1, keepdim=True); T.aminmax(e); s.aminmax(); T.aminmax(i)
T.searchsorted(sorted, x.detach()); T.searchsorted(sorted, x.detach(), right=True); T.searchsorted(sorted, 0.3); T.searchsorted(sorted, s.detach(), side="right"); T.searchsorted(sorted.expand(3, 4), x.detach()); T.searchsorted(sorted, x.detach(), out_int32=True); T.searchsorted(sorted, x.detach(), side="up"); T.searchsorted(x.detach().sort(1).values, v)
T.bucketize(x.detach(), sorted); T.bucketize(x.detach(), sorted, right=True); T.bucketize(0.3, sorted); T.bucketize(x, x); T.isin(i, j); T.isin(i, 2); T.isin(2, i); T.isin(i, j, invert=True); T.isin(x, x[0]); T.histc(x.detach(), 5); T.histc(x.detach(), 4, -1, 1); T.histc(x.detach(), 0); T.histc(x.detach(), 3, 2, 1); T.bincount(word); T.bincount(word, minlength=6); T.bincount(word, v.repeat(2)[:6].detach()); T.bincount(i)
T.unique(i); T.unique(i, return_inverse=True); T.unique(i, return_counts=True); T.unique(ties.detach(), return_inverse=True, return_counts=True, dim=0); T.unique(word, True, True, True); T.unique_consecutive(word); T.unique_consecutive(word, return_inverse=True, return_counts=True); T.unique_consecutive(ties.detach(), dim=0); T.unique(m); T.unique(ties.detach(), dim=1)
T.argwhere(m); T.argwhere(x); s.argwhere(); T.bernoulli(m * 1.0); T.equal(x.sort(0)[0], x.msort())
""")

SHAPES = lines("""
T.atleast_1d(s); T.atleast_2d(v); T.atleast_3d(v); T.atleast_3d(s); T.atleast_2d(x, s); T.atleast_1d([x, s]); T.atleast_3d(x); T.column_stack([v, v]); T.column_stack([x, c]); T.dstack([x, y]); T.dstack([v, v]); T.column_stack([s, s]); T.row_stack([v, v])
T.block_diag(x, v, s); T.block_diag(x); T.block_diag(x3); T.block_diag(x, i); T.cartesian_prod(v, s3); T.cartesian_prod(v); T.cartesian_prod(x, v); T.combinations(v); T.combinations(v, 3); T.combinations(v, 2, True); T.combinations(v, 0); T.combinations(x)
T.tensor_split(x, 3, 1); T.tensor_split(x, (1, 2), 1); T.tensor_split(v, 3); T.tensor_split(x, 0); s.tensor_split(2); x.tensor_split(T.tensor(2)); x.tensor_split(T.tensor([1, 2])); T.hsplit(x, 2); T.hsplit(v, 2); T.vsplit(x, 3); T.dsplit(x3, 2); T.hsplit(x, [1]); T.hsplit(x, 3); T.vsplit(v, 2); T.dsplit(x, 2); s.hsplit(1)
T.fliplr(x); T.flipud(x); T.fliplr(v); T.flipud(v); T.rot90(x); T.rot90(x, 2); T.rot90(x, -1); T.rot90(x3, 1, (1, 2)); T.rot90(x, 3, (1, 0)); T.rot90(v); T.rot90(x, 1, (0, 0)); T.rot90(x, 1, [0]); s.flipud()
T.diag_embed(x); T.diag_embed(x, 1); T.diag_embed(x, -1, 0, 2); T.diag_embed(v, dim1=1, dim2=0); T.diagflat(x); T.diagflat(v, -1); T.diagflat(s); T.diag_embed(x, 0, 1, 1)
T.as_strided(x, (2, 2), (1, 2)); x.as_strided((3, 2), (1, 1), 1); x.t().as_strided((2, 3), (4, 1)); x.as_strided((9,), (5,)); x[1:].as_strided((2,), (1,)); x.as_strided((2,), (1, 1)); x.as_strided((2,), (-1,)); x.as_strided((), ())
x.unfold(1, 2, 1); x.unfold(0, 2, 1); v.unfold(0, 3, 2); x.unfold(1, 9, 1); x.unfold(1, 2, 0); s.unfold(0, 1, 1); x.t().unfold(0, 2, 2); x3.unfold(-1, 2, 2); x.sum_to_size(1, 4); x.sum_to_size(4); x.sum_to_size((3, 1)); x.sum_to_size(2, 4); x3.sum_to_size(3, 1)
T.kron(x, y); T.kron(v, x); T.kron(s, x); T.kron(v, v); T.tensordot(x, y.t(), 1); T.tensordot(x3, x3, 2); T.tensordot(x3, x3, ([0, 2], [0, 2])); T.tensordot(x, y, 0); T.tensordot(x, y, dims=([1], [1])); T.tensordot(x, y, 1); T.tensordot(x, y, -1); T.broadcast_tensors(x, v, s)
T.constant_pad_nd(x, (1, 2)); T.constant_pad_nd(x, (1, -1, 0, 2), 3.0); T.constant_pad_nd(x, (1,)); T.constant_pad_nd(x, (-2, -2)); T.constant_pad_nd(i, (1, 1), 2); T.constant_pad_nd(x, (-3, -3)); T.constant_pad_nd(v, (1, 1, 1, 1))
""")

SCATTER = lines("""
T.scatter_reduce(x, 0, i0, y, "sum"); x.scatter_reduce(1, i1, y, "prod"); x.scatter_reduce(0, i0, y, "mean"); x.scatter_reduce(1, i1, y, "amax"); x.scatter_reduce(0, i0, y, "amin"); x.scatter_reduce(0, i0, y, "sum", include_self=False); x.scatter_reduce(1, i1, y, "mean", include_self=False)
x.scatter_reduce(1, i1, y, "amax", include_self=False); x.scatter_reduce(0, i0, y, "prod", include_self=False); ties.scatter_reduce(1, i1, ties, "amax"); i.scatter_reduce(0, i0, j, "mean"); i.scatter_reduce(1, i1, j, "amin", include_self=False); ^1 ties.scatter_reduce(1, i1[:3], ties, "prod"); x.clone().scatter_reduce_(0, i0, y, "sum")
T.index_reduce(x, 0, k, y[:2], "prod"); x.index_reduce(1, k, y[:, :2], "mean"); x.index_reduce(0, k, y[:2], "amax"); x.index_reduce(0, k, y[:2], "amin", include_self=False); x.index_reduce(0, k, y[:2], "sum"); x.index_reduce(0, T.tensor([1, 1]), y[:2], "mean"); x.index_reduce(0, k, y[:2], "prod", include_self=False); x.clone().index_reduce_(0, k, y[:2], "mean")
T.put(x, k, v[:2]); x.put(i1[:1], v[None]); x.put(k, v[:2], accumulate=True); x.put(T.tensor([1, 1]), v[:2], True); x.put(k, v); x.put(k + 99, v[:2]); x.put(-k - 1, v[:2]); x.clone().put_(k, v[:2]); x.put(k, f[0, :2])
T.masked_scatter(x, m, y); x.masked_scatter(m[0], y); x.masked_scatter(m, v[:1]); x.masked_scatter(x, y); x.clone().masked_scatter_(m, y); v.masked_scatter(m, y); x.masked_scatter(m, f)
T.select_scatter(x, v, 0, 1); x.select_scatter(s3, 1, -1); x.select_scatter(v, 1, 0); x.select_scatter(v, 0, 5); T.slice_scatter(x, y[:2], 0, 1, 3); x.slice_scatter(y[:, ::2], 1, 0, 4, 2); x.slice_scatter(y, 0, 0, 2); T.diagonal_scatter(x, s3); x.diagonal_scatter(s3, 1); x3.diagonal_scatter(x3[:, 0, :3], 0, 1, 2); x.diagonal_scatter(v)
""")

LINEAR = lines("""
T.addbmm(x[:2, :2], b3, c3); T.addbmm(x[:2, :2], b3, c3, beta=0.5, alpha=2); T.addr(x[:, :4], s3, v); T.addr(x, s3, v, beta=2, alpha=0.5); x.addr(v, v); T.vdot(v, v * 2); T.vdot(z[0], z[1]); T.cross(x.t()[:3, :], y.t()[:3, :], dim=1); T.cross(A, A + 1); T.cross(x, y); T.cross(v, v); T.cross(A, A.t(), dim=0)
T.einsum("ij,kj->ik", x, y); T.einsum("ij->ji", x); T.einsum("ij->", x); T.einsum("ii->i", A); T.einsum("ii", A); T.einsum("i,j->ij", v, s3); T.einsum("bij,bjk->bik", b3, c3); T.einsum("...ij,...jk", b3, c3); T.einsum("ij,j", x, v); T.einsum("ij,kj,j->ik", x, y, v); T.einsum("i->", v); T.einsum("ij,ij->", x, y); T.einsum("ijk->kji", x3); T.einsum("ij", x)
T.einsum("ij,jk->ik", x, y); T.einsum("ij,kj", x); T.einsum("ij->ik", x); T.einsum("ij->ii", x); T.einsum("ijk,jk->", x3, x); T.einsum("...i->...", x3); T.einsum("i,i->", z[0], z[1]); T.einsum("ij,jk", z, z.t()); T.einsum(x, [0, 1], y, [2, 1], [0, 2]); T.einsum("ij,k->k", x, v); T.einsum("bii->b", B); T.einsum("ab,cb->a", x, y); T.einsum("i1->", x); T.einsum("ij,jk,kl->il", A, A, A)
^1 T.cdist(x, y); ^1 T.cdist(x, y, 1.0); ^1 T.cdist(x, y, 3.0); ^1 T.cdist(x, y, float("inf")); ^1 T.cdist(x3, x3 + 1); T.cdist(v, v); T.cdist(x, c); T.cdist(x, y, -1); ^1 T.cdist(x, x); ^1 T.cdist(x3, y[None]); ^0 T.cdist(x, y, 0.0); T.dist(x, y); T.dist(x, y, 1); T.dist(x, v); T.dist(x, y, 3); ^1 T.dist(x, x)
T.linalg.cholesky(P); T.linalg.cholesky(PB); T.linalg.cholesky(P, upper=True); T.linalg.cholesky(x); T.linalg.cholesky(v); T.cholesky(P); T.cholesky(P, upper=True); P.cholesky(); T.linalg.cholesky(i[:, :3]); T.linalg.cholesky(Z @ Z.mH + 3 * T.eye(3, dtype=T.float64)); T.linalg.cholesky(e[:, :0])
T.linalg.det(A); T.linalg.det(B); T.det(A); A.det(); T.linalg.det(x); ^1 T.linalg.det(A * 0); ^1 T.linalg.det(T.stack([v[:3], v[:3] * 2, s3])); T.linalg.inv(A); T.linalg.inv(B); T.inverse(A); T.linalg.inv(x); T.linalg.slogdet(A); T.linalg.slogdet(B); A.slogdet(); T.logdet(P); T.logdet(A); T.linalg.det(Z); T.linalg.inv(Z); T.linalg.det(v); T.linalg.det(i[:, :3])
T.linalg.solve(A, r); T.linalg.solve(B, r); T.linalg.solve(A, s3); T.linalg.solve(B, B[0, :2]); T.linalg.solve(A, x.t(), left=False); T.linalg.solve(x, r); T.linalg.solve(A, v); T.linalg.solve(Z, zr); T.linalg.solve(A, zr); T.linalg.solve(A, e.t())
T.linalg.norm(x); T.linalg.norm(v); T.linalg.norm(x, 1); T.linalg.norm(x, 2); T.linalg.norm(x, "nuc"); T.linalg.norm(x, "fro"); T.linalg.norm(x, float("inf")); T.linalg.norm(x, -1); T.linalg.norm(x, -2); T.linalg.norm(v, 3); T.linalg.norm(x, dim=0); T.linalg.norm(x3, 1, dim=(1, 2)); T.linalg.norm(x3, 2); T.linalg.norm(x, "a"); T.linalg.norm(i); T.linalg.norm(x, 3); T.linalg.norm(x3, keepdim=True)
T.linalg.vector_norm(x); T.linalg.vector_norm(x, 1, 0); T.linalg.vector_norm(x, 3.5, (0, 1), True); T.linalg.vector_norm(x, float("inf"), 1); T.linalg.vector_norm(x, -float("inf")); ^0 T.linalg.vector_norm(x, 0); T.linalg.vector_norm(i); T.linalg.vector_norm(z); T.linalg.vector_norm(z, 1, 0); T.linalg.vector_norm(x, -1); T.linalg.vector_norm(f, dtype=T.float64)
T.linalg.matrix_norm(x); T.linalg.matrix_norm(x, 1); T.linalg.matrix_norm(x3, float("inf")); T.linalg.matrix_norm(x3, "nuc", (0, 2)); T.linalg.matrix_norm(x, 2, keepdim=True); T.linalg.matrix_norm(x3, -2); T.linalg.matrix_norm(v); T.linalg.matrix_norm(x, 3); T.linalg.matrix_norm(x, "a"); T.linalg.matrix_norm(x, 1, (0, 0)); T.linalg.matrix_norm(x3, "fro", (-1, 0), True); T.linalg.matrix_norm(x, -1)
T.linalg.vecdot(x, y); T.linalg.vecdot(x, y, dim=0); T.linalg.vecdot(z, z * 2); T.linalg.vecdot(x, v); T.linalg.cross(A, A + 1); T.linalg.cross(x, y); T.linalg.cross(A, v[None, :3]); T.linalg.cross(x, y, dim=0); T.linalg.diagonal(x3); T.linalg.diagonal(x, offset=1); T.linalg.matrix_power(A, 3); T.linalg.matrix_power(A, 0); T.linalg.matrix_power(A, -2); T.linalg.matrix_power(B, 5); T.linalg.matrix_power(x, 2); A.matrix_power(1)
T.linalg.multi_dot([x, y.t(), x]); T.linalg.multi_dot([v, y.t(), x]); T.linalg.multi_dot([x, y.t(), s3]); T.linalg.multi_dot([x]); T.linalg.multi_dot([x, y]); T.linalg.multi_dot([v, v]); T.linalg.multi_dot([A, A, A, A])
""")


@pytest.mark.parametrize("expression", POINTWISE)
def test_pointwise(expression):
    check(expression)


@pytest.mark.parametrize("expression", CUMULATIVE)
def test_cumulative(expression):
    check(expression)


@pytest.mark.parametrize("expression", SORTING)
def test_sorting(expression):
    check(expression)


@pytest.mark.parametrize("expression", SHAPES)
def test_shapes(expression):
    check(expression)


@pytest.mark.parametrize("expression", SCATTER)
def test_scatter(expression):
    check(expression)


@pytest.mark.parametrize("expression", LINEAR)
def test_linear_algebra(expression):
    check(expression)


@pytest.mark.parametrize(
    "expression", ["T.linalg.cholesky(-P)", "T.linalg.inv(A * 0)", "T.linalg.solve(A * 0, r)", "T.linalg.inv(B * 0)"]
)
def test_singular_matrices_raise(expression):
    import torch

    import minitorch

    messages = []
    for T in (torch, minitorch):
        inputs = {name: T.from_numpy(INPUTS[name].copy()) for name in "PABr"}
        with pytest.raises(T.linalg.LinAlgError) as caught:
            eval(expression, {"T": T, **inputs})
        assert isinstance(caught.value, RuntimeError)
        messages.append(str(caught.value).replace("(Batch element 0): ", ""))
    assert messages[1].startswith(messages[0][:40])
