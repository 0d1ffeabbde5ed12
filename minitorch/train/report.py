"""A run as one self-contained HTML page: figures, curves, what the model gets wrong, its layers, its configuration."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from minitorch.core.tensor import wrap
from minitorch.train import job
from minitorch.train import report_figures as figures
from minitorch.train.build import Parts
from minitorch.train.plots import curves
from minitorch.train.runs import Run
from minitorch.utils import summary

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
h2 { border-bottom: 1px solid #ccc; margin-top: 2.2rem } img, svg { max-width: 100% }
table { border-collapse: collapse } td, th { padding: .2rem .8rem; border: 1px solid #ddd; text-align: right }
pre { background: #f6f6f6; padding: .8rem; overflow: auto; font-size: 13px }
"""


def report(run: Run, trust: bool = False) -> str:
    """The page; it names nothing outside itself and has no scripts.

    The model is that with which the run ended (or the last checkpoint's); what it is measured on is the test part.

    Raises `ConfigError` when the configuration cannot be built, and `RunError` when there is no checkpoint yet.
    """
    parts, trainer = job.trained(run, trust)
    title = f"{run.folder.parent.name}/{run.folder.name}"
    sections = [
        f"<p>{escape(run.status)}, {trainer.epoch} epochs, {trainer.step} steps; {escape(job.described(parts))}</p>",
        _table(job.final_figures(trainer, parts)),
    ]
    for heading, content in _pictures(run, parts):
        sections.append(f"<h2>{heading}</h2>\n{content}")
    sections.append(f"<h2>Model</h2>\n{_flow(parts)}<pre>{escape(_layers(parts))}</pre>")
    sections.append(f"<h2>Configuration</h2>\n<pre>{escape(run.config.read_text(encoding='utf-8'))}</pre>")
    body = "\n".join(sections)
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
    page = f"<h1>{escape(title)}</h1>\n{body}"
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>{page}\n</body></html>\n'


def _pictures(run: Run, parts: Parts) -> Iterator[tuple[str, str]]:
    data = parts.data
    if history := run.lines("epoch"):
        buffer = io.BytesIO()
        curves(history, buffer)
        yield "Curves", _image(buffer.getvalue(), "loss and figures over the epochs")
    if data.task == "classification":
        yield "Confusion matrix", _image(figures.confusion(parts), "true and predicted classes of the test part")
        if data.test[0].shape[1:] == (2,):
            yield "Decision boundary", _image(figures.boundary(parts), "the plane and the test part's rows on it")
    elif data.task == "regression":
        yield "Residuals", _image(figures.residuals(parts), "predicted against true, and the errors")
    steps = run.lines("step")
    if any("grad_norm" in line for line in steps):
        yield "Norms while training", _image(figures.norms_over_steps(steps), "norms over the steps")
    if norms := figures.measured_norms(parts):
        yield "Gradient norms of the trained model", _image(figures.gradient_norms(norms), "norm by parameter")


def _image(png: bytes, alt: str) -> str:
    return f'<img alt="{escape(alt)}" src="data:image/png;base64,{base64.b64encode(png).decode()}">'


def _table(measured: Mapping[str, Mapping[str, float]]) -> str:
    names = list(next(iter(measured.values())))
    head = "".join(f"<th>{escape(name)}</th>" for name in ("", *names))
    rows = [
        f"<tr><th>{escape(part)}</th>" + "".join(f"<td>{values[name]:.4f}</td>" for name in names) + "</tr>"
        for part, values in measured.items()
    ]
    return f"<table><tr>{head}</tr>{''.join(rows)}</table>"


def _layers(parts: Parts) -> str:
    return str(_summary(parts))


def _summary(parts: Parts) -> Any:
    return summary(parts.model, input_data=wrap(parts.data.train[0][:1]))


def _flow(parts: Parts) -> str:
    """The layers that compute, top to bottom, with the shape of a row between them, as SVG."""
    rows = _summary(parts).layers
    innermost = [
        layer
        for layer, after in zip(rows, [*rows[1:], None], strict=True)
        if after is None or after.depth <= layer.depth
    ]
    boxes = [("input", str(list(parts.data.train[0].shape[1:])))]
    boxes += [(f"{layer.name} ({layer.kind})" if layer.name else layer.kind, _row_shape(layer)) for layer in innermost]
    step, width = 46, 340
    drawn = []
    for index, (name, shape) in enumerate(boxes):
        top = index * step + 1
        if index:
            drawn.append(f'<line x1="{width // 2}" y1="{top - 18}" x2="{width // 2}" y2="{top}" stroke="#888"/>')
        drawn.append(f'<rect x="1" y="{top}" width="{width - 2}" height="28" rx="5" fill="#eef3fb" stroke="#7a93b8"/>')
        text = f"{escape(name)} → {escape(shape)}"
        drawn.append(f'<text x="{width // 2}" y="{top + 18}" font-size="13" text-anchor="middle">{text}</text>')
    height = len(boxes) * step
    return f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}">{"".join(drawn)}</svg>\n'


def _row_shape(layer: Any) -> str:
    shape = layer.output_shape
    return str(list(shape[1:])) if isinstance(shape, list | tuple) else str(shape)
