"""``MultiheadAttention`` and the Transformer family against PyTorch, drawn from one seed, with all derivatives."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install minitorch[oracle]")

from tests.oracle.layers import agree, draw, errors, studied  # noqa: E402


@pytest.fixture(autouse=True)
def composed():
    """PyTorch's fused kernel of attention has no second derivative, and draws other numbers for dropout."""
    with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
        yield


def build(lib, text, dtype="float64"):
    module = eval("nn." + text, {"nn": lib.nn, "F": lib.nn.functional, "T": lib})
    for parameter in module.parameters():  # away from the zeros and ones that some start as
        parameter.data = parameter.data + 0.01
    return module.to(getattr(lib, dtype))


Q, K = (5, 3, 8), (6, 3, 8)
SIZED = [(5, 3, 8), (6, 3, 4), (6, 3, 7)]
HEADS = [
    ("MultiheadAttention(8, 2)", [Q, K, K], {}),
    ("MultiheadAttention(8, 2)", [Q, K, K], {"need_weights": False}),
    ("MultiheadAttention(8, 4, bias=False)", [(5, 8), (6, 8), (6, 8)], {"average_attn_weights": False}),
    ("MultiheadAttention(8, 2, kdim=4, vdim=7)", SIZED, {}),
    ("MultiheadAttention(8, 2, kdim=4, vdim=7, add_bias_kv=True, bias=False)", SIZED, {"need_weights": False}),
    ("MultiheadAttention(8, 2, add_bias_kv=True, add_zero_attn=True)", [Q, K, K], {}),
    ("MultiheadAttention(8, 2, add_zero_attn=True)", [Q, K, K], {"attn_mask": ("bool", 5, 6)}),
    ("MultiheadAttention(8, 2, batch_first=True)", [(3, 5, 8), (3, 6, 8), (3, 6, 8)], {"attn_mask": (6, 5, 6)}),
    ("MultiheadAttention(8, 2, batch_first=True)", [(5, 8)], {}),
    ("MultiheadAttention(8, 2)", [Q], {"attn_mask": ("bool", 5, 5), "key_padding_mask": (3, 5)}),
    ("MultiheadAttention(8, 2)", [Q], {"key_padding_mask": ("bool", 3, 5), "need_weights": False}),
    ("MultiheadAttention(8, 2)", [Q], {"attn_mask": "causal", "is_causal": True, "need_weights": False}),
    ("MultiheadAttention(8, 2, dropout=0.4)", [Q, K, K], {}),
]


@pytest.mark.parametrize(("text", "shapes", "settings"), HEADS, ids=[f"{t}-{s}" for t, _, s in HEADS])
def test_heads(text, shapes, settings):
    def run(lib):
        masks = {name: masked(lib, name, value) for name, value in settings.items()}

        def call(module, *xs):
            return module(*(xs if len(xs) == 3 else xs * 3), **masks)

        return studied(lib, build(lib, text), [draw(*shape, seed=i) for i, shape in enumerate(shapes)], call)

    agree(run)


def masked(lib, name, value):
    if value == "causal":
        return lib.nn.Transformer.generate_square_subsequent_mask(5, dtype=lib.float64)
    if not isinstance(value, tuple):
        return value
    mask = draw(*value, seed=3)
    if mask.dtype == bool:
        mask[..., 0] = False  # no query may look nowhere
    return lib.tensor(mask)


ENCODER = "TransformerEncoderLayer(8, 2, 12, dropout=0.0"
DECODER = "TransformerDecoderLayer(8, 2, 12, dropout=0.0"
FAMILY = [
    (ENCODER + ")", [Q], {}),
    (ENCODER + ", activation='gelu', norm_first=True, bias=False)", [Q], {"src_mask": "causal", "is_causal": True}),
    (ENCODER + ", activation=nn.SiLU(), batch_first=True, layer_norm_eps=1e-3)", [(3, 5, 8)],
     {"src_mask": ("bool", 5, 5), "src_key_padding_mask": ("bool", 3, 5)}),
    (ENCODER + ", activation=F.gelu)", [(5, 8)], {}),
    ("TransformerEncoderLayer(8, 4, 12)", [Q], {}),
    (DECODER + ")", [Q, K], {}),
    (DECODER + ", norm_first=True, activation='gelu')", [Q, K], {"tgt_mask": "causal", "tgt_is_causal": True}),
    (DECODER + ", batch_first=True, bias=False)", [(3, 5, 8), (3, 6, 8)],
     {"memory_mask": ("bool", 5, 6), "memory_key_padding_mask": ("bool", 3, 6), "tgt_key_padding_mask": (3, 5)}),
    ("TransformerDecoderLayer(8, 2, 12)", [Q, K], {}),
    (f"TransformerEncoder(nn.{ENCODER}), 2, norm=nn.LayerNorm(8))", [Q], {"mask": "causal"}),
    (f"TransformerEncoder(nn.{ENCODER}, batch_first=True), 2)", [(3, 5, 8)],
     {"src_key_padding_mask": ("bool", 3, 5)}),
    (f"TransformerDecoder(nn.{DECODER}), 2, nn.LayerNorm(8))", [Q, K], {"tgt_mask": "causal"}),
    ("Transformer(8, 2, 1, 2, 12, dropout=0.0)", [K, Q], {"tgt_mask": "causal"}),
    ("Transformer(8, 2, 2, 1, 12, 0.3, 'gelu', batch_first=True, norm_first=True)", [(3, 6, 8), (3, 5, 8)],
     {"src_key_padding_mask": ("bool", 3, 6), "memory_key_padding_mask": ("bool", 3, 6)}),
    ("Transformer(8, 2, custom_encoder=nn.Identity(), num_decoder_layers=1, dim_feedforward=4)", None, {}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "shapes", "settings"), FAMILY, ids=[f"{t}-{list(s)}" for t, _, s in FAMILY])
def test_transformers(text, shapes, settings):
    def run(lib):
        module = build(lib, text)
        if shapes is None:
            return repr(module), dict(module.state_dict())
        masks = {name: masked(lib, name, value) for name, value in settings.items()}
        inputs = [draw(*shape, seed=i) for i, shape in enumerate(shapes)]
        return studied(lib, module, inputs, lambda m, *xs: m(*xs, **masks))

    agree(run)


@pytest.mark.parametrize("length", [[5, 3, 1], [4, 2, 3]])
@pytest.mark.parametrize("nested", [True, False])
@pytest.mark.parametrize("grad", [True, False])
def test_padding_when_evaluated(grad, nested, length):
    """Without gradients PyTorch's encoder works without the padding, and gives zeros for it."""

    def run(lib):
        layer = build(lib, ENCODER + ", batch_first=True)", "float32")
        encoder = lib.nn.TransformerEncoder(layer, 2, lib.nn.LayerNorm(8), enable_nested_tensor=nested).eval()
        padding = np.arange(5) >= np.array(length)[:, None]
        x = lib.tensor(draw(3, 5, 8)).float()
        with lib.set_grad_enabled(grad):
            return encoder(x, src_key_padding_mask=lib.tensor(padding))

    agree(run)


def test_masks_merged():
    def run(lib):
        heads = lib.nn.MultiheadAttention(8, 2)
        x, mask, padding = (lib.tensor(draw(*shape)) for shape in ((3, 5, 8), (5, 5), (3, 5)))
        several = lib.tensor(draw(6, 5, 5))
        found = [heads.merge_masks(m, p, x) for m in (None, mask, several) for p in (None, padding)]
        return [[*pair] for pair in found]

    agree(run)


def test_weights_copied_over_and_back():
    """A state dict of one library in the other: the same predictions, in evaluation too."""
    agree(lambda lib: copied_from(torch, lib)(lib.tensor(draw(6, 3, 8)).float(), lib.tensor(draw(5, 3, 8)).float()))


def copied_from(source, lib):
    arguments = {"d_model": 8, "nhead": 2, "num_encoder_layers": 1, "num_decoder_layers": 1, "dim_feedforward": 12}
    source.manual_seed(3)
    weights = {name: lib.tensor(t.numpy()) for name, t in source.nn.Transformer(**arguments).state_dict().items()}
    model = lib.nn.Transformer(**arguments).eval()
    model.load_state_dict(weights)
    return model


WRONG = [
    "nn.MultiheadAttention(8, 3)",
    "nn.MultiheadAttention(8, 0)",
    "nn.MultiheadAttention(0, 1)",
    "nn.MultiheadAttention(8, 2)(T.ones(5, 3, 7), T.ones(5, 3, 7), T.ones(5, 3, 7))",
    "nn.MultiheadAttention(8, 2)(T.ones(5, 8), T.ones(5, 3, 8), T.ones(5, 3, 8))",
    "nn.MultiheadAttention(8, 2)(T.ones(5, 3, 8), T.ones(4, 3, 8), T.ones(4, 3, 8), T.ones(3, 4, dtype=T.int64))",
    "nn.MultiheadAttention(8, 2)(T.ones(5, 3, 8), T.ones(4, 3, 8), T.ones(4, 3, 8), attn_mask=T.ones(5, 5))",
    "nn.MultiheadAttention(8, 2)(T.ones(5, 3, 8), T.ones(4, 3, 8), T.ones(4, 3, 8), is_causal=True)",
    "nn.TransformerEncoderLayer(8, 2, activation='tanh')",
    "nn.Transformer(8, 2, 1, 1, 4)(T.ones(5, 3, 8), T.ones(5, 2, 8))",
    "nn.Transformer(8, 2, 1, 1, 4)(T.ones(5, 3, 8), T.ones(5, 3, 7))",
]


@pytest.mark.parametrize("text", WRONG)
def test_refused(text):
    errors(lambda lib: eval(text, {"nn": lib.nn, "T": lib}))
