"""``minitorch.linalg``: linear algebra by PyTorch's names, collected from the families in ops/."""

from minitorch.ops.inverses import cond, det, inv, inv_ex, matrix_rank, pinv, slogdet
from minitorch.ops.linalg import matmul
from minitorch.ops.matrices import LinAlgError
from minitorch.ops.matrix_functions import matrix_exp, matrix_power, multi_dot, vander
from minitorch.ops.norms import cross, diagonal, matrix_norm, norm, vecdot, vector_norm
from minitorch.ops.orthogonal import householder_product, qr
from minitorch.ops.solving import lstsq, lu_solve, solve, solve_ex, solve_triangular, tensorinv, tensorsolve
from minitorch.ops.spectra import eig, eigh, eigvals, eigvalsh, svd, svdvals
from minitorch.ops.triangular import cholesky, cholesky_ex, lu, lu_factor, lu_factor_ex

__all__ = [
    "LinAlgError", "cholesky", "cholesky_ex", "cond", "cross", "det", "diagonal", "eig", "eigh", "eigvals", "eigvalsh",
    "householder_product", "inv", "inv_ex", "lstsq", "lu", "lu_factor", "lu_factor_ex", "lu_solve", "matmul",
    "matrix_exp",
    "matrix_norm", "matrix_power", "matrix_rank", "multi_dot", "norm", "pinv", "qr", "slogdet", "solve", "solve_ex",
    "solve_triangular", "svd", "svdvals", "tensorinv", "tensorsolve", "vander", "vecdot", "vector_norm",
]  # fmt: skip
