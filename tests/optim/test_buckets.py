"""Flat buffers behind a per-parameter face: which parameters step together, and where their state lies."""

import numpy as np
import pytest

import minitorch as torch
from minitorch.optim import SGD, Adam, AdamW, RMSprop
from minitorch.optim.bucket import BLOCK, Constants


def leaf(shape, dtype=torch.float32, seed=0):
    values = np.random.default_rng(seed).standard_normal(shape)
    return torch.from_numpy(values.astype(dtype.numpy)).requires_grad_()


def give(*params, value=1.0):
    for p in params:
        p.grad = torch.full(tuple(p.shape), value, dtype=p.dtype)


def buckets(opt):
    """The shapes of the parameters in every bucket of every group."""
    return [[tuple(p.shape) for p in b.params] for layout in opt._layouts.values() for b in layout.buckets]


def test_small_parameters_share_a_buffer():
    w, b = leaf((2, 3)), leaf(3)
    give(w, b)
    opt = Adam([w, b])
    opt.step()
    assert buckets(opt) == [[(2, 3), (3,)]]
    mean, bias_mean = opt.state[w]["exp_avg"].array, opt.state[b]["exp_avg"].array
    assert mean.shape == (2, 3)
    assert mean.base is bias_mean.base


def test_state_tensors_stay_the_same_objects():
    w, b = leaf(2), leaf(3)
    opt = Adam([w, b])
    give(w, b)
    opt.step()
    held = opt.state[w]["exp_avg"], opt.state[w]["step"]
    for params in ((w,), (w, b), (b,), (w, b)):
        w.grad = b.grad = None
        give(*params)
        opt.step()
    assert (opt.state[w]["exp_avg"], opt.state[w]["step"]) == held
    assert held[1].item() == 4.0


def test_a_parameter_without_gradient_is_skipped():
    w, b = leaf(2), leaf(3)
    opt = SGD([w, b], momentum=0.9, weight_decay=0.1)
    give(w, b)
    opt.step()
    before, velocity = b.tolist(), opt.state[b]["momentum_buffer"].tolist()
    b.grad = None
    opt.step()
    assert b.tolist() == before
    assert opt.state[b]["momentum_buffer"].tolist() == velocity


def test_a_parameter_never_used_has_no_state():
    w, b = leaf(2), leaf(3)
    opt = Adam([w, b])
    give(w)
    opt.step()
    assert set(opt.state) == {w}


def test_plain_sgd_keeps_no_state():
    w = leaf(2)
    give(w)
    opt = SGD([w])
    opt.step()
    assert not opt.state


def test_each_parameter_has_its_own_bias_correction():
    w, b = leaf(2), leaf(2)
    opt = Adam([w, b], lr=0.1)
    give(w)
    opt.step()
    give(w, b)
    before = b.tolist()
    opt.step()
    assert [opt.state[p]["step"].item() for p in (w, b)] == [2.0, 1.0]
    assert b.tolist() == pytest.approx([x - 0.1 for x in before])  # a first step of Adam has the size of lr


def test_a_divided_bucket_is_not_divided_again():
    w, b = leaf(2), leaf(3)
    opt = Adam([w, b])
    give(w, b)
    opt.step()
    b.grad = None
    opt.step()
    layout = opt._layouts[0]
    for params in ((b,), (w,), (w, b)):
        w.grad = b.grad = None
        give(*params)
        opt.step()
    assert opt._layouts[0] is layout
    assert [opt.state[p]["step"].item() for p in (w, b)] == [4.0, 3.0]


def test_layout_is_kept_between_steps():
    w = leaf(2)
    opt = Adam([w])
    give(w)
    opt.step()
    layout = opt._layouts[0]
    give(w, value=2.0)
    opt.step()
    assert opt._layouts[0] is layout


def test_a_step_count_set_by_hand_counts():
    w, b = leaf(2), leaf(2)
    give(w, b)
    opt = Adam([w, b])
    opt.step()
    opt.state[b]["step"].fill_(10.0)
    opt.step()
    assert [opt.state[p]["step"].item() for p in (w, b)] == [2.0, 11.0]


def test_state_written_in_place_counts():
    w, b = leaf(2), leaf(3)
    give(w, b)
    opt = SGD([w, b], momentum=0.5)
    opt.step()
    opt.state[w]["momentum_buffer"].zero_()
    opt.step()
    assert opt.state[w]["momentum_buffer"].tolist() == [1.0, 1.0]
    assert opt.state[b]["momentum_buffer"].tolist() == [1.5, 1.5, 1.5]


def test_a_state_tensor_put_in_its_place_counts():
    w = leaf(2)
    give(w)
    opt = SGD([w], momentum=0.5)
    opt.step()
    mine = torch.tensor([4.0, 8.0])
    opt.state[w]["momentum_buffer"] = mine
    opt.step()
    assert opt.state[w]["momentum_buffer"].tolist() == [3.0, 5.0]
    assert mine.tolist() == [4.0, 8.0]


def test_other_memory_under_a_state_tensor_counts():
    w = leaf(2)
    give(w)
    opt = SGD([w], momentum=0.5)
    opt.step()
    opt.state[w]["momentum_buffer"].data = torch.tensor([4.0, 8.0])
    opt.step()
    assert opt.state[w]["momentum_buffer"].tolist() == [3.0, 5.0]


@pytest.mark.parametrize("forget", [lambda opt, w: opt.state.clear(), lambda opt, w: opt.state[w].clear()])
def test_forgotten_state_starts_anew(forget):
    w = leaf(2)
    give(w)
    opt = Adam([w])
    opt.step()
    forget(opt, w)
    opt.step()
    assert opt.state[w]["step"].item() == 1.0


def test_an_entry_of_the_users_own_stays():
    w = leaf(2)
    give(w)
    opt = Adam([w])
    opt.step()
    opt.state[w]["note"] = "mine"
    layout = opt._layouts[0]
    opt.step()
    assert opt.state[w]["note"] == "mine"
    assert opt._layouts[0] is layout


def test_two_parameters_with_one_state_tensor_are_told_apart():
    w, b = leaf(2), leaf(2)
    give(w, b)
    opt = SGD([w, b], momentum=0.5)
    opt.step()
    opt.state[b]["momentum_buffer"] = opt.state[w]["momentum_buffer"]
    opt.step()
    opt.step()
    assert opt.state[w]["momentum_buffer"].tolist() == [1.75, 1.75]
    assert opt.state[b]["momentum_buffer"].tolist() == [1.75, 1.75]


def test_other_memory_under_a_parameter_counts():
    w = leaf(2)
    give(w)
    opt = SGD([w], lr=1.0)
    opt.step()
    w.data = torch.tensor([5.0, 6.0])
    give(w)
    opt.step()
    assert w.tolist() == [4.0, 5.0]


def test_a_parameter_may_change_shape_and_dtype():
    w = leaf(2)
    give(w)
    opt = SGD([w], lr=1.0)
    opt.step()
    w.data = torch.zeros(3, dtype=torch.float64)
    w.grad = torch.ones(3, dtype=torch.float64)
    opt.step()
    assert w.tolist() == [-1.0, -1.0, -1.0]


def test_a_parameter_put_into_the_list_is_stepped():
    w, b = leaf(2), leaf(3)
    opt = SGD([w], lr=1.0)
    give(w, b)
    opt.step()
    before = b.array - 1
    opt.param_groups[0]["params"].append(b)
    opt.step()
    np.testing.assert_allclose(b.array, before)


def test_parameters_are_updated_where_they_lie():
    memory = np.zeros((4, 2), np.float32)
    w = torch.from_numpy(memory).requires_grad_()
    detached = w.detach()
    give(w)
    SGD([w], lr=1.0).step()
    assert memory.tolist() == [[-1.0, -1.0]] * 4
    assert detached.tolist() == memory.tolist()


@pytest.mark.parametrize("shape", [(3, 2), (300, 400)])
def test_a_transposed_parameter(shape):
    w = torch.from_numpy(np.zeros(shape, np.float32).T).requires_grad_()
    w.grad = torch.arange(float(w.numel())).reshape(tuple(w.shape))
    SGD([w], lr=1.0).step()
    np.testing.assert_array_equal(w.array, -w.grad.array)


def test_gradients_are_left_as_they_are():
    w, big = leaf(3), leaf(BLOCK + 5)
    give(w, big, value=2.0)
    AdamW([w, big], maximize=True, weight_decay=0.5).step()
    assert set(w.grad.tolist()) == {2.0}
    assert set(big.grad.array.tolist()) == {2.0}


def test_a_large_tensor_is_a_bucket_by_itself():
    small, big, other = leaf(3), leaf((2, BLOCK)), leaf(4)
    give(small, big, other)
    opt = SGD([small, big, other])
    opt.step()
    assert buckets(opt) == [[(2, BLOCK)], [(3,), (4,)]]


def test_buckets_are_filled_up_to_a_block():
    params = [leaf(BLOCK // 2) for _ in range(3)]
    give(*params)
    opt = SGD(params)
    opt.step()
    assert [len(names) for names in buckets(opt)] == [2, 1]


@pytest.mark.parametrize("name", ["exp_avg", "exp_avg_sq"])
def test_a_large_tensor_steps_as_its_parts_would(name):
    big = leaf(2 * BLOCK + 3)
    parts = [torch.from_numpy(part.copy()).requires_grad_() for part in np.array_split(big.array, 3)]
    big.grad = torch.sin(big.detach() * 7)
    for part in parts:
        part.grad = torch.sin(part.detach() * 7)
    whole, divided = Adam([big], weight_decay=0.1), Adam(parts, weight_decay=0.1)
    for _ in range(2):
        whole.step()
        divided.step()
    np.testing.assert_array_equal(big.array, np.concatenate([p.array for p in parts]))
    state = np.concatenate([divided.state[p][name].array for p in parts])
    np.testing.assert_array_equal(whole.state[big][name].array, state)


def test_parameters_of_different_dtypes_step_in_their_own():
    w, v, h = leaf(2), leaf(3, torch.float64), leaf(2, torch.float16)
    give(w, v, h)
    opt = RMSprop([w, v, h], lr=0.1, centered=True, momentum=0.9)
    opt.step()
    assert [p.dtype for p in (w, v, h)] == [torch.float32, torch.float64, torch.float16]
    assert opt.state[h]["square_avg"].dtype is torch.float16
    assert len(buckets(opt)) == 3


def test_a_step_of_the_learning_rate_is_exact_in_float64():
    v = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    give(v)
    SGD([v], lr=0.1).step()
    assert v.item() == -0.1


def test_the_version_is_counted():
    w, big = leaf(3), leaf(BLOCK + 1)
    give(w, big)
    before = w._version, big._version
    SGD([w, big]).step()
    assert (w._version, big._version) == (before[0] + 1, before[1] + 1)


def test_empty_parameters_step():
    w = leaf((0, 3))
    give(w)
    opt = Adam([w])
    opt.step()
    assert opt.state[w]["step"].item() == 1.0
    assert tuple(opt.state[w]["exp_avg"].shape) == (0, 3)


def test_constants_are_of_one_dtype_and_bounded():
    k = Constants(np.dtype(np.float32))
    assert k[0.1].dtype == np.float32
    assert k[0.1] is k[0.1]
    for i in range(1000):
        assert k[float(i)] == i
    assert len(k) <= 256
