"""Views whose base changes under them keep their place in memory, and in the graph."""

import minitorch


def test_a_view_stays_where_it_is_when_its_base_is_reshaped_in_place():
    x = minitorch.ones(2, 3, requires_grad=True)
    base = x * 2
    row, nothing = base[0], base[:0]
    base.t_()
    (row * row).sum().backward()
    assert x.grad.tolist() == [[8.0, 8.0, 8.0], [0.0, 0.0, 0.0]]
    assert nothing.sum().item() == 0.0
