"""SummaryWriter: what TensorBoard would read, read back from the event files."""

import struct
import sys

import numpy as np
import pytest

import minitorch as torch
from minitorch.utils.tensorboard import SummaryWriter


def events(folder):
    """The summaries in a folder's event files: length, its checksum, content, its checksum, and again."""
    event_pb2 = pytest.importorskip("tensorboardX.proto.event_pb2")
    found = []
    for file in sorted(folder.rglob("events.out.tfevents*")):
        content, at = file.read_bytes(), 0
        while at < len(content):
            (length,) = struct.unpack_from("<Q", content, at)
            event = event_pb2.Event.FromString(content[at + 12 : at + 12 + length])
            found += [(event.step, value) for value in event.summary.value]
            at += 16 + length
    return found


def test_what_is_written_is_there(tmp_path):
    pytest.importorskip("tensorboardX", reason="pip install minitorch[tensorboard]")
    with SummaryWriter(tmp_path) as writer:
        assert writer.get_logdir() == writer.log_dir == str(tmp_path)
        writer.add_scalar("loss", torch.tensor(0.5, requires_grad=True), 3)
        writer.add_scalar("loss", np.float64(0.25), 4)
        writer.add_scalars("both", {"a": torch.tensor([1.0]), "b": 2}, 5)
        writer.add_histogram("weights", torch.nn.Parameter(torch.arange(10.0)), 6)
        writer.add_image("image", torch.ones(3, 4, 5), 7)
        writer.add_images("images", torch.zeros(2, 1, 4, 5), 7)
        writer.add_text("note", "some *text*", 8)
        writer.add_hparams({"lr": 0.1, "kind": "sgd", "t": torch.tensor(2)}, {"accuracy": torch.tensor(0.9)}, "run")
        writer.flush()
    found = events(tmp_path)
    assert [(step, value.simple_value) for step, value in found if value.tag == "loss"] == [(3, 0.5), (4, 0.25)]
    assert sorted(value.simple_value for _, value in found if value.tag == "both") == [1, 2]
    (histogram,) = (value.histo for _, value in found if value.tag == "weights")
    assert (histogram.num, histogram.sum, histogram.max) == (10, 45, 9)
    (image,) = (value.image for _, value in found if value.tag == "image")
    assert (image.height, image.width) == (4, 5)
    (images,) = (value.image for _, value in found if value.tag == "images")
    assert images.encoded_image_string.startswith(b"\x89PNG")
    assert any(value.tag.startswith("note") for _, value in found)
    (accuracy,) = (value.simple_value for _, value in found if value.tag == "accuracy")
    assert accuracy == pytest.approx(0.9)


def test_more_than_one_number_is_no_scalar(tmp_path):
    pytest.importorskip("tensorboardX", reason="pip install minitorch[tensorboard]")
    with SummaryWriter(tmp_path) as writer:
        for wrong in (torch.ones(2), [1.0], "0.5"):
            with pytest.raises(ValueError, match=r"scalar should be 0D: 'loss' takes one number"):
                writer.add_scalar("loss", wrong)


def test_without_tensorboardx_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'minitorch\[tensorboard\]'"):
        SummaryWriter()
