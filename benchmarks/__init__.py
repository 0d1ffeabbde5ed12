"""How fast minitorch is: every workload beside PyTorch and beside a step written by hand in NumPy.

    python -m benchmarks                  the table
    python -m benchmarks --only mlp       the workloads whose names hold "mlp"
    python -m benchmarks --peers all      and beside JAX, MyGrad, HIPS autograd and scikit-learn, if they are installed
    python -m benchmarks --against FILE   and what changed since the run that FILE keeps
    python -m benchmarks scale            how cost grows with sizes: slopes, and curves as pictures
    python -m benchmarks profile          the share of each step inside NumPy, and where the rest is (py-spy)
    python -m benchmarks configs          trains every shipped configuration in full

One process, one thread each, in short alternating blocks, so that a busy machine slows both alike: what is reported is
the median of the ratios with their quartiles, and the best time over the best.
"""
