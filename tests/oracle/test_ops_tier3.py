"""Tiers 3 and 4 of the operations against PyTorch: a line a case, as in test_ops_tier1.py."""

# ruff: noqa: E501 (the tables are wide)

import pytest

pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")
from tests.oracle.expressions import check, lines

SPECIAL = lines("""
T.erfinv(u); T.i0(x); T.special.entr(p); ^0 T.special.entr(x); T.special.erfcx(x); T.special.i0e(x); T.special.i1(x); T.special.i1e(x); T.special.log_ndtr(x); T.special.ndtr(x); T.special.ndtri(unit); T.special.xlog1py(p, x * x); T.special.xlog1py(x, 2.0 * p); T.special.i1(x * 0); T.special.i1e(x * 0); T.erfinv(i); T.i0(i)
T.special.zeta(2.5, p); ^0 T.special.zeta(p + 1, p); T.special.polygamma(1, p); T.polygamma(2, p); T.polygamma(0, p); p.polygamma(1); T.polygamma(-1, p); T.mvlgamma(p + 2, 2); p.mvlgamma(1); T.mvlgamma(p, 3); T.mvlgamma(p, 0); T.igamma(p.detach(), p); T.igammac(p.detach(), p + 1); ^0 T.igamma(p, p); T.special.multigammaln(p + 2, 3); T.special.expit(x); T.special.psi(p); T.special.gammaln(p); T.special.logit(unit); T.special.round(x)
T.frexp(x); T.frexp(i); ^0 T.special.bessel_j0(x); ^0 T.special.bessel_j1(x); ^0 T.special.bessel_y0(p); ^0 T.special.bessel_y1(p); ^0 T.special.modified_bessel_i0(x); ^0 T.special.modified_bessel_i1(x); ^0 T.special.modified_bessel_k0(p); ^0 T.special.modified_bessel_k1(p); ^0 T.special.scaled_modified_bessel_k0(p); ^0 T.special.scaled_modified_bessel_k1(p); ^0 T.special.spherical_bessel_j0(x); ^0 T.special.airy_ai(x)
^0 T.special.chebyshev_polynomial_t(x, 3); ^0 T.special.chebyshev_polynomial_u(x, 2); ^0 T.special.hermite_polynomial_h(x, 3); ^0 T.special.hermite_polynomial_he(x, 4); ^0 T.special.laguerre_polynomial_l(x, 2); ^0 T.special.legendre_polynomial_p(u, 3); T.special.erf(x); T.special.erfc(x); T.special.exp2(x); T.special.expm1(x); T.special.log1p(p); T.special.sinc(x); T.special.softmax(x, 0); T.special.log_softmax(x, 1); T.special.logsumexp(x, 0); T.special.gammainc(p.detach(), p); T.special.gammaincc(p.detach(), p); T.special.xlogy(p, p)
T.conj_physical(z); T.resolve_conj(z); T.resolve_neg(x); T.view_as_complex(r); T.view_as_complex(x); T.view_as_real(z); T.view_as_real(x); z.H; x.H; x3.H; x3.mH; z.mH; T.adjoint(z); v.mH; T.is_conj(x); z.clone().conj_physical_(); u.clone().erfinv_(); x.clone().i0_(); p.clone().polygamma_(1)
""")

STATISTICS = lines("""
T.corrcoef(x); T.corrcoef(v); T.corrcoef(z); T.corrcoef(x3); T.cov(x); T.cov(v); T.cov(x, correction=0); T.cov(x, fweights=word[:4]); T.cov(x, aweights=p[0].detach()); T.cov(x, fweights=word[:4], aweights=p[0].detach()); T.cov(z); T.cov(x3); T.cov(s); T.cov(x, correction=9); T.cov(x, fweights=v)
T.quantile(x, 0.3); T.quantile(x, 0.5, 0); T.quantile(x, T.tensor([0.1, 0.9], dtype=T.float64), 1); T.quantile(x, 0.3, 1, True); T.quantile(x, 0.4, interpolation="lower"); T.quantile(x, 0.4, 1, interpolation="higher"); T.quantile(x, 0.4, 0, interpolation="nearest"); T.quantile(x, 0.4, 1, interpolation="midpoint"); T.quantile(x, 1.5); T.quantile(i, 0.5); T.quantile(x, 0.5, interpolation="a"); T.quantile(n, 0.5, 1); T.quantile(e, 0.5)
T.nanquantile(n, 0.5); T.nanquantile(n, 0.3, 1); T.nanquantile(x, T.tensor([0.1, 0.9], dtype=T.float64), 0, keepdim=True); T.quantile(x, 0.5, keepdim=True); T.quantile(s, 0.5); T.quantile(x, T.tensor(0.2, dtype=T.float64)); T.quantile(x, v); T.nanmedian(n); n.nanmedian(1); T.nanmedian(x); T.nanmedian(x, 0, True)
T.histogram(x.detach(), 4); T.histogram(x.detach(), 3, range=(-1.0, 1.0)); T.histogram(x.detach(), sorted.detach()); T.histogram(x.detach(), 4, density=True); T.histogram(x.detach(), 4, weight=p.detach()); T.histogramdd(r.detach(), [2, 3]).hist; T.histogramdd(r.detach(), 2).bin_edges; T.histogramdd(r.detach(), [2, 2], range=[-2.0, 2.0, -1.0, 1.0]).hist
T.renorm(x, 2, 0, 1.0); x.renorm(1, 1, 0.5); T.renorm(x3, 2, 1, 1.0); T.renorm(v, 2, 0, 1.0); T.renorm(x, 0, 0, 1.0); T.renorm(x, 2, 0, -1.0); x.clone().renorm_(2, 0, 1.0); T.renorm(x, float("inf"), 0, 1.0)
T.trapezoid(x); T.trapezoid(x, dx=0.5); T.trapezoid(x, inc); T.trapezoid(x, dim=0); T.trapz(x, inc); T.cumulative_trapezoid(x); T.cumulative_trapezoid(x, inc, dim=1); T.trapezoid(x, y); T.trapezoid(x, s3); T.cumulative_trapezoid(x, dx=2, dim=0); T.trapezoid(e, dim=0); T.trapezoid(x, s3, dim=0)
T.gradient(x); T.gradient(x, dim=0); T.gradient(x, spacing=2.0); T.gradient(x, spacing=(0.5, 2.0)); T.gradient(x, spacing=(inc,), dim=1); T.gradient(x, edge_order=2); T.gradient(x, dim=1, edge_order=2, spacing=0.5); T.gradient(x, edge_order=3); T.gradient(c); T.gradient(x, spacing=(inc,), dim=1, edge_order=2); T.gradient(x, spacing=(1.0, 2.0, 3.0)); T.gradient(x, dim=(0, 0))
^1 T.pdist(x); ^1 T.pdist(x, 1.0); T.pdist(x3); T.pdist(x, -1)
""")

LINALG = lines("""
T.cholesky_inverse(T.linalg.cholesky(P)); T.cholesky_inverse(T.linalg.cholesky(P).t(), upper=True); T.cholesky_solve(r, T.linalg.cholesky(P)); r.cholesky_solve(T.linalg.cholesky(P).t(), True); T.cholesky_solve(r, T.linalg.cholesky(PB)); T.linalg.cholesky_ex(P); T.linalg.cholesky_ex(PB); ^0 T.linalg.cholesky_ex(-P).info; T.linalg.cholesky_ex(x)
T.linalg.qr(A)[1].abs(); T.linalg.qr(tall)[0].abs(); T.linalg.qr(wide)[1].abs(); T.linalg.qr(B); T.linalg.qr(tall); T.linalg.qr(wide); T.linalg.qr(A); ^0 T.linalg.qr(tall, mode="r"); ^0 T.linalg.qr(tall.detach(), mode="complete"); T.linalg.qr(A, mode="complete"); T.linalg.qr(A, "full"); T.linalg.qr(v); T.qr(A); T.qr(tall); A.qr(); T.linalg.qr(Z); T.linalg.qr(tz); T.linalg.qr(x3)
T.linalg.svdvals(A); T.linalg.svdvals(tall); T.linalg.svdvals(wide); T.linalg.svdvals(B); T.linalg.svd(A)[1]; T.linalg.svd(tall, full_matrices=False)[1]; (lambda r: r[0] @ T.diag(r[1]) @ r[2])(T.linalg.svd(A)); (lambda r: r.U.abs())(T.linalg.svd(tall, full_matrices=False)); (lambda r: r.Vh.abs())(T.linalg.svd(wide, full_matrices=False)); (lambda r: r.U.abs() @ r.Vh.abs())(T.linalg.svd(A)); T.linalg.svd(v); (lambda r: r.U[:, :2].abs())(T.linalg.svd(tall)); (lambda r: r.V.abs())(T.svd(tall)); T.linalg.svdvals(Z); (lambda r: r.U.abs() * r.S)(T.linalg.svd(Z)); (lambda r: r.Vh.abs())(T.linalg.svd(B)); T.linalg.svdvals(tz); ^0 T.svd(A.detach(), compute_uv=False)
T.linalg.eigvalsh(P); T.linalg.eigvalsh(PB); T.linalg.eigh(P)[0]; (lambda r: r[1].abs())(T.linalg.eigh(P)); (lambda r: r[1] ** 2 @ r[0])(T.linalg.eigh(P)); T.linalg.eigvalsh(A); T.linalg.eigvalsh(A, "U"); T.linalg.eigh(x); T.linalg.eigh(P, "X"); (lambda r: r[1].abs())(T.linalg.eigh(Z + Z.mH)); T.linalg.eigvalsh(Z + Z.mH); (lambda r: r.eigenvectors.abs())(T.linalg.eigh(PB))
T.linalg.eigvals(A).abs().sort()[0]; (lambda r: (r[1] @ T.diag(r[0] ** 2) @ T.linalg.inv(r[1])).real)(T.linalg.eig(A)); T.linalg.eig(x); T.linalg.eig(A / 0); T.linalg.eigvals(Z).abs().sort()[0]; (lambda r: (r[1].abs() ** 2).sum())(T.linalg.eig(Z)); (lambda r: r.eigenvectors.abs().sort(1)[0].sum(1))(T.linalg.eig(A)); T.linalg.eigvals(v)
T.linalg.lu(A); T.linalg.lu(B); T.linalg.lu(tall); T.linalg.lu(wide); T.linalg.lu(Z); T.linalg.lu(v); T.linalg.lu_factor(A); T.linalg.lu_factor(B); T.linalg.lu_factor(tall); T.linalg.lu_factor(wide); T.linalg.lu_factor_ex(A); T.lu(A); A.lu(); T.lu(A, get_infos=True); T.lu_unpack(*T.linalg.lu_factor(A)); T.lu_unpack(*T.linalg.lu_factor(tall)); T.lu_unpack(*T.linalg.lu_factor(B), unpack_pivots=False)[1:]; T.linalg.lu_solve(*T.linalg.lu_factor(A), r); T.linalg.lu_solve(*T.linalg.lu_factor(A), x.t(), left=False); T.linalg.lu_solve(*T.linalg.lu_factor(A), r, adjoint=True); T.lu_solve(r, *T.lu(A)); r.lu_solve(*T.lu(A))
T.geqrf(A.detach()); T.geqrf(tall.detach()); T.linalg.householder_product(tall, v[:2]); T.linalg.householder_product(*T.geqrf(tall.detach())); T.linalg.householder_product(wide, v[:2]); T.linalg.householder_product(x3.mT, r[:2]); T.ormqr(*T.geqrf(A.detach()), r.detach()); T.ormqr(*T.geqrf(A.detach()), r.detach(), transpose=True); T.ormqr(*T.geqrf(A.detach()), wide[:, :3].detach(), left=False); T.ormqr(*T.geqrf(A.detach()), wide[:, :3].detach(), False, True)
T.linalg.cond(A); ^0 T.linalg.cond(A, 1); ^0 T.linalg.cond(A, "fro"); T.linalg.cond(A, -2); T.linalg.cond(tall); ^0 T.linalg.cond(A, float("inf")); T.linalg.cond(B, "nuc"); T.linalg.cond(tall, 1); T.linalg.cond(A, 5); T.linalg.inv_ex(A); ^0 T.linalg.inv_ex(A * 0).info; T.linalg.solve_ex(A, r); T.linalg.solve_ex(A, s3); ^0 T.linalg.solve_ex(A * 0, r).info
^1 T.linalg.lstsq(tall, tz.real).solution; T.linalg.lstsq(A, r).solution; T.linalg.lstsq(wide, r[:2]).solution; ^0 T.linalg.lstsq(tall, v[:, None]).residuals; T.linalg.lstsq(tall.detach(), x.t().detach()).rank; T.linalg.lstsq(tall.detach(), x.t().detach(), driver="gelsd").singular_values; T.linalg.lstsq(tall, r); T.linalg.lstsq(A, r, driver="abc"); T.linalg.lstsq(B, B).solution
T.linalg.matrix_rank(A); T.linalg.matrix_rank(tall); T.linalg.matrix_rank(A * 0); T.linalg.matrix_rank(B); T.linalg.matrix_rank(P, hermitian=True); T.linalg.matrix_rank(A, atol=2.0); T.linalg.matrix_rank(A, rtol=0.9); T.linalg.matrix_rank(A, 1.5); T.linalg.matrix_rank(e); T.linalg.pinv(A); T.linalg.pinv(tall); T.linalg.pinv(wide); T.linalg.pinv(B); T.pinverse(tall); tall.pinverse(); T.linalg.pinv(e); T.linalg.pinv(P, hermitian=True); T.linalg.pinv(tall, rtol=0.9); T.linalg.pinv(v); T.linalg.pinv(tz); ^1 T.linalg.pinv(wide * 1j)
T.linalg.solve_triangular(A, r, upper=True); T.linalg.solve_triangular(A, r, upper=False); T.linalg.solve_triangular(A, x.t(), upper=True, left=False); T.linalg.solve_triangular(A, r, upper=True, unitriangular=True); T.linalg.solve_triangular(B, r, upper=False); T.linalg.solve_triangular(x, r, upper=True); T.triangular_solve(r, A); r.triangular_solve(A, upper=False); T.triangular_solve(r, A, transpose=True); T.triangular_solve(r, A, unitriangular=True); T.linalg.solve_triangular(Z, zr, upper=True)
T.matrix_exp(A); T.linalg.matrix_exp(B); A.matrix_exp(); T.linalg.matrix_exp(x); T.linalg.matrix_exp(Z); T.linalg.tensorinv(T.eye(6, dtype=T.float64).reshape(2, 3, 6) + x3[:, :, :1] * 0.1, ind=2); T.linalg.tensorinv(x3); T.linalg.tensorinv(x, ind=0); T.linalg.tensorsolve(T.eye(6, dtype=T.float64).reshape(2, 3, 6) + x3[:, :, :1] * 0.1, x3[:, :, 0]); T.linalg.tensorsolve(x3, x); T.linalg.vander(v); ^1 T.linalg.vander(x, N=3); T.linalg.vander(s); T.linalg.vander(v, N=1); T.linalg.matmul(x, y.t())
""")

FOURIER = lines("""
T.fft.fft(sig); T.fft.fft(z); T.fft.fft(z, dim=0); T.fft.fft(x, n=6); T.fft.fft(x, n=2); T.fft.fft(x, norm="ortho"); T.fft.fft(x, norm="forward"); T.fft.fft(x, norm="a"); T.fft.fft(x, n=0); T.fft.fft(x, dim=5); T.fft.fft(i); T.fft.fft(f); T.fft.ifft(z); T.fft.ifft(x); T.fft.ifft(z, n=5, norm="ortho"); T.fft.ifft(z, norm="forward"); T.fft.fft(s)
T.fft.rfft(x); T.fft.rfft(sig); T.fft.rfft(x, n=5); T.fft.rfft(x, dim=0); T.fft.rfft(x, norm="ortho"); T.fft.rfft(x, norm="forward"); T.fft.rfft(z); T.fft.rfft(i); T.fft.irfft(z); T.fft.irfft(z, n=5); T.fft.irfft(zsig); T.fft.irfft(z, norm="ortho"); T.fft.irfft(z, norm="forward"); T.fft.irfft(x); T.fft.irfft(z, n=0); T.fft.irfft(z, n=12); T.fft.irfft(z, n=3)
T.fft.hfft(z); T.fft.hfft(z, n=5); T.fft.hfft(z, norm="ortho"); T.fft.hfft(x); T.fft.hfft(z, norm="forward"); T.fft.ihfft(x); T.fft.ihfft(x, n=5); T.fft.ihfft(x, norm="ortho"); T.fft.ihfft(z); T.fft.ihfft(x, norm="forward")
T.fft.fft2(x); T.fft.fft2(z); T.fft.fft2(x3, s=(2, 5)); T.fft.ifft2(z); T.fft.rfft2(x); T.fft.rfft2(x3, dim=(0, 1)); T.fft.irfft2(z); T.fft.irfft2(z, s=(3, 5)); T.fft.fftn(x3); T.fft.fftn(x3, dim=(0, 2)); T.fft.fftn(x3, s=(2, 2)); T.fft.ifftn(x3, norm="ortho"); T.fft.rfftn(x3); T.fft.rfftn(x3, s=(3, 4), dim=(0, 2)); T.fft.irfftn(z); T.fft.irfftn(z, s=(2, 7), norm="forward"); T.fft.fftn(x, dim=(0, 0)); T.fft.fftn(x, s=(2,), dim=(0, 1)); T.fft.fft2(v); T.fft.rfftn(z)
T.fft.hfft2(z); T.fft.hfft2(z, s=(3, 5)); T.fft.hfftn(z, norm="ortho"); T.fft.ihfft2(x); T.fft.ihfftn(x, norm="ortho"); T.fft.ihfftn(x3); T.fft.hfftn(z, dim=(1, 0)); T.fft.fftshift(x); T.fft.fftshift(x, dim=1); T.fft.ifftshift(x); T.fft.ifftshift(x3, dim=(0, 1)); T.fft.fftfreq(5); T.fft.fftfreq(6, 0.5); T.fft.rfftfreq(5); T.fft.rfftfreq(6, 2.0)
T.stft(sig, 8, return_complex=True); T.stft(sig, 8, 4, window=win, return_complex=True); T.stft(sig, 8, 2, 6, win[:6], return_complex=True); T.stft(sig[0], 8, return_complex=True); T.stft(sig, 8, center=False, return_complex=True); T.stft(sig, 8, normalized=True, return_complex=True); T.stft(sig, 8, onesided=False, return_complex=True); T.stft(sig, 8, return_complex=False); T.stft(sig, 8); T.stft(sig, 99, return_complex=True); T.stft(sig, 8, 0, return_complex=True); T.stft(sig, 8, pad_mode="constant", return_complex=True); T.stft(sig, 8, pad_mode="replicate", return_complex=True); ^1 T.stft(zsig, 4, onesided=False, return_complex=True); T.stft(x3, 2, return_complex=True); T.stft(sig, 8, window=v, return_complex=True)
T.istft(T.stft(sig, 8, 2, window=win, return_complex=True), 8, 2, window=win); T.istft(T.stft(sig, 8, 4, window=win, return_complex=True), 8, 4, window=win, length=12); T.istft(T.stft(sig[0], 8, window=win, return_complex=True), 8, window=win); T.istft(x, 8)
""")

WINDOWS = lines("""
T.signal.windows.bartlett(7); T.signal.windows.blackman(7); T.signal.windows.cosine(6); T.signal.windows.exponential(6, tau=2.0); T.signal.windows.gaussian(7, std=1.5); T.signal.windows.general_cosine(8, a=[0.5, 0.3, 0.2]); T.signal.windows.general_hamming(5, alpha=0.6); T.signal.windows.hamming(6); T.signal.windows.hann(6); T.signal.windows.kaiser(7, beta=5.0); T.signal.windows.nuttall(8)
T.signal.windows.bartlett(6, sym=False); T.signal.windows.blackman(6, sym=False); T.signal.windows.cosine(6, sym=False); T.signal.windows.exponential(6, center=1.0, tau=2.0, sym=False); T.signal.windows.gaussian(6, sym=False); T.signal.windows.hann(6, sym=False, dtype=T.float64); T.signal.windows.kaiser(6, sym=False); T.signal.windows.nuttall(6, sym=False, dtype=T.float64); T.signal.windows.general_cosine(6, a=[0.5, 0.5], sym=False)
T.signal.windows.hann(1); T.signal.windows.hann(0); T.signal.windows.kaiser(1); T.signal.windows.gaussian(-1); T.signal.windows.gaussian(3, std=0.0); T.signal.windows.exponential(3, tau=-1.0); T.signal.windows.exponential(3, center=1.0); T.signal.windows.kaiser(3, beta=-1.0); T.signal.windows.hann(3, dtype=T.int64); T.signal.windows.general_cosine(3, a=[]); T.signal.windows.bartlett(1); T.signal.windows.cosine(1)
T.hann_window(6); T.hann_window(5, periodic=False); T.hamming_window(6); T.hamming_window(5, False, 0.6, 0.4); T.bartlett_window(6); T.bartlett_window(5, False); T.blackman_window(6); T.blackman_window(5, periodic=False); T.kaiser_window(6); T.kaiser_window(5, False, 4.0); T.hann_window(1)
""")

EXOTIC = lines("""
T.nonzero_static(m, size=3); T.nonzero_static(m, size=20, fill_value=7); m.nonzero_static(size=2); ^0 T.as_strided_scatter(x, y[:2, :2], (2, 2), (4, 1)); ^0 x.as_strided_scatter(s3, (3,), (1,), 2); T.empty_permuted((2, 3, 4), (2, 0, 1)).stride(); T.empty_strided((2, 3), (1, 2)).stride(); x.new_empty_strided((2, 2), (2, 1)).shape
i.clone().resize_(2, 3); i.clone().resize_as_(j[:2]); T.resize_as_(i.clone(), j4); T.unsafe_chunk(x, 2); x.unsafe_chunk(2, 1); T.unsafe_split(x, 2); x.unsafe_split(2, 1); T.alias_copy(x); T.expand_copy(v, (2, 4)); T.narrow_copy(x, 1, 1, 2); T.permute_copy(x, (1, 0)); T.squeeze_copy(c); T.squeeze_copy(c, 1); T.t_copy(x); T.transpose_copy(x, 0, 1); T.unbind_copy(x); T.unsqueeze_copy(x, 0); T.view_copy(x, (4, 3))
T.diagonal_copy(x); T.split_with_sizes_copy(x, (1, 2)); T.unfold_copy(x, 1, 2, 1); x.resize_(2)
""")


@pytest.mark.parametrize("expression", SPECIAL)
def test_special(expression):
    check(expression)


@pytest.mark.parametrize("expression", STATISTICS)
def test_statistics(expression):
    check(expression)


@pytest.mark.parametrize("expression", LINALG)
def test_linalg(expression):
    check(expression)


@pytest.mark.parametrize("expression", FOURIER)
def test_fourier(expression):
    check(expression)


@pytest.mark.parametrize("expression", WINDOWS)
def test_windows(expression):
    check(expression)


@pytest.mark.parametrize("expression", EXOTIC)
def test_exotic(expression):
    check(expression)
