"""A character language model: a small GPT learns to write the docstrings of Python's standard library.

    python examples/char_gpt.py

The text is gathered from the machine it runs on, so it differs a little from one Python to the next. Whole modules are
held out: what the model says of their text is compared with what counting pairs and triples of characters says.
"""

from __future__ import annotations

import ast
import math
import os
import re
from collections import Counter
from pathlib import Path

import numpy as np
from _example import Amount, Count, Settings, figure, run, save
from tqdm import tqdm

import minitorch as torch
from minitorch import nn, optim
from minitorch.nn import functional as F


class Gpt(Settings):
    characters: Count  # of text to learn from, at most
    context: Count
    width: Count
    heads: Count
    layers: Count
    dropout: Amount
    batch_size: Count
    steps: Count
    warmup: Count
    lr: Amount
    weight_decay: Amount
    clip: Amount
    temperature: Amount
    sample: Count  # characters to write at the end
    loss: Amount  # held-out nats a character that must be reached
    words: Amount  # share of the written words that must be words


# --- The text --------------------------------------------------------------------------------------------------------


def docstrings(characters: int) -> tuple[str, str]:
    """Docstrings of the standard library's modules, parsed and not imported; every tenth module is held out."""
    train = held_out = ""
    for n, file in enumerate(sorted(Path(os.__file__).parent.glob("[a-z]*.py"))):
        nodes = ast.walk(ast.parse(file.read_bytes()))
        documented = [node for node in nodes if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))]
        text = "".join(text + "\n\n" for node in documented if (text := ast.get_docstring(node)))
        text = "".join(c for c in text if c == "\n" or " " <= c <= "~")
        if n % 10 == 9:
            held_out += text
        else:
            train += text
        if len(train) >= characters and len(held_out) >= characters // 10:
            break
    return train[:characters], held_out[: characters // 10]


def counting_loss(train: str, held_out: str, before: int, vocabulary: int) -> float:
    """Nats a character of the model that counts what followed the last few characters."""
    pairs = Counter(train[i : i + before + 1] for i in range(len(train) - before))
    contexts = Counter(train[i : i + before] for i in range(len(train) - before))
    total = 0.0
    for i in range(len(held_out) - before):
        seen = held_out[i : i + before]
        total -= math.log((pairs[held_out[i : i + before + 1]] + 0.1) / (contexts[seen] + 0.1 * vocabulary))
    return total / (len(held_out) - before)


# --- The model -------------------------------------------------------------------------------------------------------


class Attention(nn.Module):
    """Causal self-attention of several heads."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.inward = nn.Linear(width, 3 * width)
        self.outward = nn.Linear(width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        B, T, C = x.shape
        q, k, v = self.inward(x).reshape(B, T, 3, self.heads, C // self.heads).permute(2, 0, 3, 1, 4)
        p = self.dropout if self.training else 0.0
        y = F.scaled_dot_product_attention(q, k, v, dropout_p=p, is_causal=True)
        return self.outward(y.transpose(1, 2).reshape(B, T, C))


class Block(nn.Module):
    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attention = Attention(width, heads, dropout)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.drop = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.drop(self.attention(self.norm1(x)))
        return x + self.drop(self.mlp(self.norm2(x)))


class GPT(nn.Module):
    def __init__(self, vocabulary: int, s: Gpt) -> None:
        super().__init__()
        self.characters = nn.Embedding(vocabulary, s.width)
        self.places = nn.Embedding(s.context, s.width)
        self.blocks = nn.Sequential(*(Block(s.width, s.heads, s.dropout) for _ in range(s.layers)))
        self.norm = nn.LayerNorm(s.width)
        self.head = nn.Linear(s.width, vocabulary, bias=False)
        for name, p in self.named_parameters():
            if p.dim() == 2:  # layers that add to the stream start smaller, the more there are
                outward = name.endswith(("outward.weight", "mlp.2.weight"))
                nn.init.normal_(p, std=0.02 / math.sqrt(2 * s.layers) if outward else 0.02)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        x = self.characters(ids) + self.places(torch.arange(ids.shape[1]))
        return self.head(self.norm(self.blocks(x)))


def loss_of(model: GPT, windows: torch.Tensor) -> torch.Tensor:
    """Each character of the windows (B, T + 1) guessed from those before it."""
    return F.cross_entropy(model(windows[:, :-1]).flatten(0, 1), windows[:, 1:].flatten())


@torch.no_grad()
def evaluate(model: GPT, ids: torch.Tensor, context: int) -> float:
    """Nats a character over a text, in windows side by side."""
    model.eval()
    windows = ids[: (len(ids) - 1) // context * context + 1].unfold(0, context + 1, context)
    losses = [loss_of(model, part).item() * len(part) for part in windows.split(64)]
    model.train()
    return sum(losses) / len(windows)


@torch.no_grad()
def write(model: GPT, start: torch.Tensor, s: Gpt) -> torch.Tensor:
    """The ids of a text that the model goes on with, one draw a character."""
    model.eval()
    ids = start
    for _ in range(s.sample):
        scores = model(ids[None, -s.context :])[0, -1] / s.temperature
        ids = torch.cat([ids, torch.multinomial(F.softmax(scores, dim=0), 1)])
    model.train()
    return ids


# --- Training --------------------------------------------------------------------------------------------------------


def optimizer_of(model: GPT, s: Gpt) -> tuple[optim.Optimizer, optim.lr_scheduler.LRScheduler]:
    """AdamW, decay for matrices alone; the learning rate rises in a line and falls along a cosine."""
    matrices = [p for p in model.parameters() if p.dim() == 2]
    others = [p for p in model.parameters() if p.dim() != 2]
    groups = [{"params": matrices, "weight_decay": s.weight_decay}, {"params": others, "weight_decay": 0.0}]
    optimizer = optim.AdamW(groups, lr=s.lr, betas=(0.9, 0.95))
    rise = optim.lr_scheduler.LinearLR(optimizer, start_factor=1 / s.warmup, total_iters=s.warmup)
    fall = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=max(1, s.steps - s.warmup), eta_min=s.lr / 10)
    return optimizer, optim.lr_scheduler.SequentialLR(optimizer, [rise, fall], milestones=[s.warmup])


def main(s: Gpt, out: Path) -> list[float]:
    torch.manual_seed(s.seed)
    train_text, held_out_text = docstrings(s.characters)
    alphabet = sorted(set(train_text + held_out_text))
    number = {c: n for n, c in enumerate(alphabet)}
    train, held_out = (torch.tensor([number[c] for c in text]) for text in (train_text, held_out_text))
    print(f"{len(train)} characters to learn from, {len(held_out)} held out, {len(alphabet)} different ones")
    counted = {n: counting_loss(train_text, held_out_text, n - 1, len(alphabet)) for n in (1, 2, 3)}
    print("held-out nats a character by counting:", "  ".join(f"{n}-grams {loss:.3f}" for n, loss in counted.items()))

    model = GPT(len(alphabet), s)
    optimizer, schedule = optimizer_of(model, s)
    print(f"{sum(p.numel() for p in model.parameters())} parameters")
    within = torch.arange(s.context + 1)
    losses, measured = [], {}
    for step in (bar := tqdm(range(1, s.steps + 1), unit="step", disable=None)):
        starts = torch.randint(0, len(train) - s.context, (s.batch_size, 1))
        optimizer.zero_grad()
        loss = loss_of(model, train[starts + within])
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), s.clip)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        if step % max(1, s.steps // 8) == 0:
            measured[step] = evaluate(model, held_out, s.context)
            bar.write(f"step {step:5d}  train {np.mean(losses[-50:]):.3f}  held out {measured[step]:.3f}")

    start = torch.tensor([number["\n"]])
    text = "".join(alphabet[n] for n in write(model, start, s).tolist()).strip()
    known = set(re.findall(r"[a-z]{4,}", train_text))
    words = re.findall(r"[a-z]{4,}", text)
    share = sum(word in known for word in words) / max(1, len(words))
    print("\n".join("    | " + line for line in text.splitlines()))
    print(f"{len(words)} words of four letters and more, {share:.0%} of them in the text learnt from")

    picture, (axes,) = figure()
    axes.plot(range(1, s.steps + 1), losses, alpha=0.4, label="train, a batch")
    axes.plot(list(measured), list(measured.values()), "o-", label="held out")
    for n, loss in counted.items():
        axes.axhline(loss, linestyle=":", color="gray")
        axes.text(s.steps, loss, f"{n}-grams", ha="right", va="bottom")
    axes.set(xlabel="step", ylabel="nats a character")
    axes.legend()
    save(picture, out / "char_gpt.png")
    final = list(measured.values())[-1]
    assert final <= s.loss, f"held-out loss {final:.3f} is above {s.loss}"
    assert share >= s.words, f"{share:.0%} of the words are words, fewer than {s.words:.0%}"
    return losses


if __name__ == "__main__":
    run(main, Gpt)
