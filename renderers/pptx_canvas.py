"""One slide being drawn: what it is written in (places, colours, strokes), what it needs from its part, and what ties its shapes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape

from flipchart.renderers.drawing import Box, ChartFrame, Drawing, Text
from flipchart.renderers.pptx_theme import WIDE, hexed
from flipchart.renderers.style import Style
from flipchart.renderers.typeset import clean

Bounds = tuple[float, float, float, float]
"""Left, top, right, bottom in px."""
Made = tuple[str, Bounds]
_ORNAMENT = (
    '<a:extLst><a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><adec:decorative'
    ' xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst>'
)


@dataclass(slots=True)
class Canvas:
    """One slide being drawn: what it is written in, and what it needs from its part."""

    drawing: Drawing
    style: Style
    layout: str
    add_picture: Callable[[str], str | None]
    """(blob) -> relation id; None where the pixels are not stored."""
    add_chart: Callable[[ChartFrame], str | None]
    """(frame) -> relation id; None where offices have no such chart."""
    size_of: Callable[[str], tuple[int, int]]
    """(blob) -> its width and height in pixels."""
    ids: dict[str, int] = field(default_factory=dict)
    boxes: dict[str, Box] = field(default_factory=dict)
    ports: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    """Where connectors end on shapes, for those whose own sites are elsewhere: shares of width and height."""
    worded: dict[str, Text] = field(default_factory=dict)
    """Text to be written inside the shape of this name."""
    alone: bool = False
    """True where the slide shows nothing of its layout's own: it brings ornament and logo itself."""
    skipped: set[int] = field(default_factory=set)
    last: int = 1
    titled: bool = False
    placed: bool = False
    """True once the content placeholder is taken."""
    names: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def emu(self) -> float:
        """EMU per px of the drawing."""
        return WIDE / self.drawing.width

    def units(self, px: float) -> int:
        """`px` in EMU."""
        return round(px * self.emu)

    def points(self, px: float) -> int:
        """`px` in hundredths of a point."""
        return round(px * self.emu / 127)

    def next_id(self) -> int:
        """An id no other shape of the slide has."""
        self.last += 1
        return self.last

    def frame(self, x: float, y: float, w: float, h: float, attributes: str = "", tag: str = "a:xfrm") -> str:
        """A place and size as XML."""
        return (
            f'<{tag}{attributes}><a:off x="{self.units(x)}" y="{self.units(y)}"/>'
            f'<a:ext cx="{max(0, self.units(w))}" cy="{max(0, self.units(h))}"/></{tag}>'
        )

    def colour(self, colour: str, opacity: float = 1.0) -> str:
        """A colour, by the theme's name where it has one."""
        value = hexed(colour)
        alpha = f'<a:alpha val="{round(opacity * 100000)}"/>' if opacity < 1 else ""
        name = self.names.get(value)
        tag, said = ("schemeClr", name) if name else ("srgbClr", value)
        return f'<a:{tag} val="{said}">{alpha}</a:{tag}>' if alpha else f'<a:{tag} val="{said}"/>'

    def fill(self, colour: str | None, opacity: float = 1.0) -> str:
        """A fill, or none."""
        return f"<a:solidFill>{self.colour(colour, opacity)}</a:solidFill>" if colour else "<a:noFill/>"

    def line(self, colour: str | None, width: float, dash: tuple[float, ...] = (), heads: str = "none", opacity: float = 1.0) -> str:
        """A stroke `width` px wide, or none; with arrow heads at its ends."""
        if not colour or width <= 0:
            return "<a:ln><a:noFill/></a:ln>"
        dotted = bool(dash) and dash[0] < 1
        kind = f'<a:prstDash val="{"sysDot" if dotted else "dash"}"/>' if dash else ""
        ends = ""
        size = "lg" if width < 2.4 else "med"
        if heads in {"start", "both"}:
            ends += f'<a:headEnd type="triangle" w="{size}" len="{size}"/>'
        if heads in {"end", "both"}:
            ends += f'<a:tailEnd type="triangle" w="{size}" len="{size}"/>'
        return f'<a:ln w="{self.units(width)}" cap="rnd">{self.fill(colour, opacity)}{kind}<a:round/>{ends}</a:ln>'

    def content_place(self) -> str:
        """The layout's place for content, for the first chart or table of the slide."""
        if self.layout == "content" and not self.placed:
            self.placed = True
            return '<p:nvPr><p:ph idx="1"/></p:nvPr>'
        return "<p:nvPr/>"

    def properties(self, kind: str, said: str = "", ornament: bool = False, id: int | None = None) -> str:
        """Id, name and words of a shape; an ornament is passed over by screen readers."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        words = f' descr="{_quoted(said)}"' if said else ""
        head = f'<p:cNvPr id="{id or self.next_id()}" name="{kind} {self.counts[kind]}"{words}'
        return f"{head}>{_ORNAMENT}</p:cNvPr>" if ornament and not said else f"{head}/>"


def _quoted(words: str) -> str:
    return escape(clean(words).replace("\n", " "), quote=True)


def around(bounds: Sequence[Bounds]) -> Bounds:
    return min(b[0] for b in bounds), min(b[1] for b in bounds), max(b[2] for b in bounds), max(b[3] for b in bounds)


def grouped(canvas: Canvas, kind: str, made: Sequence[Made], said: str) -> Made:
    """Shapes as one that can be moved as a whole."""
    x0, y0, x1, y1 = bounds = around([bounds for _, bounds in made])
    place = f'<a:off x="{canvas.units(x0)}" y="{canvas.units(y0)}"/><a:ext cx="{canvas.units(x1 - x0)}" cy="{canvas.units(y1 - y0)}"/>'
    inner = place.replace("a:off", "a:chOff").replace("a:ext", "a:chExt")
    head = f"<p:nvGrpSpPr>{canvas.properties(kind, said)}<p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>"
    shape = f"<p:grpSpPr><a:xfrm>{place}{inner}</a:xfrm></p:grpSpPr>"
    return f"<p:grpSp>{head}{shape}{''.join(xml for xml, _ in made)}</p:grpSp>", bounds
