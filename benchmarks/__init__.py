"""How fast minitorch is: every workload beside PyTorch and beside a step written by hand in NumPy.

    python -m benchmarks                  the table
    python -m benchmarks --only mlp       the workloads whose names hold "mlp"
    python -m benchmarks --against FILE   and what changed since the run that FILE keeps
    python -m benchmarks configs          trains every shipped configuration in full

One process, one thread each, in short alternating blocks, so that a busy machine slows both alike: what is reported is
the median of the ratios with their quartiles, and the best time over the best.
"""
