"""Every shipped example in every theme, as pictures and one page to look at them."""

from collections.abc import Iterator
from functools import cache
from html import escape
from pathlib import Path

from flipchart import assets
from flipchart.renderers.read import blobs_of, read_file
from flipchart.renderers.registry import KINDS
from flipchart.renderers.render import Page
from flipchart.renderers.render import write as written
from flipchart.renderers.spec import Spec, parse_json
from flipchart.renderers.style import style, themes


@cache
def examples(kind: str) -> dict[str, Spec]:
    """The shipped examples of a form by name, in order of name."""
    folder = f"examples/{kind}"
    if not assets.path(folder).is_dir():
        return {}
    return {Path(name).stem: read_file(assets.path(name)) for name in assets.names(folder, ".json")}


@cache
def page_of(kind: str, name: str, theme: str = "light", width: float = 720.0) -> Page:
    """A shipped example ready to be written, with the pixels it carries."""
    blobs = blobs_of(parse_json(assets.text(f"examples/{kind}/{name}.json")))
    return Page((examples(kind)[name],), style(theme), blobs, width=width)


def every() -> Iterator[tuple[str, str, Spec]]:
    """Each shipped example: form, name, spec."""
    for kind in KINDS:
        for name, spec in examples(kind).items():
            yield kind, name, spec


def write(folder: Path, width: float = 720.0) -> str:
    """Draw each example in each theme as `folder`/<form>-<name>-<theme>.png and all on `folder`/index.html; says how many."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    count = 0
    for kind, name, spec in every():
        cells = []
        for theme in themes():
            file = f"{kind}-{name}-{theme}.png"
            (folder / file).write_bytes(written(page_of(kind, name, theme, width), "png")[0])
            cells.append(f'<img src="{escape(file)}" alt="{escape(theme)}" loading="lazy">')
            count += 1
        rows.append(f"<h2>{escape(kind)} · {escape(spec.title or name)}</h2><div>{''.join(cells)}</div>")
    look = (
        "body{font:15px sans-serif;margin:32px}div{display:flex;gap:12px;overflow-x:auto}"
        "img{width:420px;align-self:start;border:1px solid #ddd}"
    )
    page = f"<!doctype html><meta charset=utf-8><title>Gallery</title><style>{look}</style>{''.join(rows)}"
    (folder / "index.html").write_text(page, "utf-8")
    return f"{count} pictures in {folder}; open {folder / 'index.html'}"
