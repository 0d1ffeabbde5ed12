"""The derivative tables: every differentiable operation is a row, forward and derivative side by side, a family a file.

Each file begins with its table; PyTorch's functions, with their arguments and checks, stand below it.
"""
