"""Drawings as PNG, by resvg with the shipped fonts only."""

from functools import cache

from flipchart import assets
from flipchart.renderers import svg
from flipchart.renderers.drawing import Drawing

MOST = 8192  # px, the longest side


def write(drawing: Drawing, blobs: svg.Blobs | None = None, *, scale: float = 2.0) -> bytes:
    """The drawing as PNG, `scale` device pixels per px (less where a side would pass MOST)."""
    from resvg_py import svg_to_bytes

    scale = min(scale, MOST / max(drawing.width, drawing.height, 1.0))
    fonts = {font.file for font in svg.characters(drawing)}
    picture = svg_to_bytes(
        svg_string=svg.write(drawing, blobs, fonts=False),
        width=max(1, round(drawing.width * scale)),
        skip_system_fonts=True,
        font_files=[str(assets.path(f"fonts/{file}")) for file in sorted(fonts)] or [_any_font()],
        dpi=96,
    )
    return bytes(picture)


@cache
def _any_font() -> str:
    return str(assets.path("fonts/Inter-Regular.ttf"))
