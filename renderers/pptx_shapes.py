"""A drawing as the shapes of one slide, from back to front: boxes with their words, paths, icons, pictures, groups and charts."""

from collections.abc import Sequence

from flipchart.renderers import icons, rough
from flipchart.renderers.drawing import Box, ChartFrame, Command, Connector, Group, Icon, Item, Path, Picture, TableFrame, Text, flat
from flipchart.renderers.logo import GROUP
from flipchart.renderers.pptx_canvas import Canvas, Made, grouped
from flipchart.renderers.pptx_connectors import add_site, connector_shapes, straight_connector
from flipchart.renderers.pptx_geometry import NO_WORDS, custom_geometry, freeform, preset_geometry
from flipchart.renderers.pptx_table import table_shape
from flipchart.renderers.pptx_text import footer_shapes, text_shape, words_in
from flipchart.renderers.pptx_theme import names_of
from flipchart.renderers.shapes import outline


def shapes(canvas: Canvas) -> str:
    """Everything on the slide, from back to front, as XML."""
    drawing = canvas.drawing
    canvas.names = names_of(canvas.style)
    every = list(flat(drawing.items))
    inside: dict[str, list[Text]] = {}
    for item in every:
        if isinstance(item, Box) and item.name and item.name not in canvas.ids:
            canvas.ids[item.name] = canvas.next_id()
            canvas.boxes[item.name] = item
        elif isinstance(item, Text) and item.inside and item.lines:
            inside.setdefault(item.inside, []).append(item)
    for item in every:
        if isinstance(item, Connector) and len(item.points) > 1:
            add_site(canvas, item.start, item.points[0])
            add_site(canvas, item.end, item.points[-1])
    for name, texts in inside.items():
        box = canvas.boxes.get(name)
        # A shape holds its words where they are all it has; else they lie over it.
        if box is not None and len(texts) == 1 and not texts[0].rotate and texts[0].role != "title":
            canvas.worded[name] = texts[0]
            canvas.skipped.add(id(texts[0]))
    return "".join(xml for item in drawing.items for xml, _ in _made(canvas, item))


def _made(canvas: Canvas, item: Item) -> list[Made]:
    """The shapes of one item, each with the room it takes."""
    match item:
        case Group():
            return _group(canvas, item)
        case ChartFrame():
            return _chart(canvas, item)
        case TableFrame():
            return [table_shape(canvas, item)]
        case Text():
            return [text_shape(canvas, item)] if item.lines and id(item) not in canvas.skipped and item.words.strip() else []
        case Box():
            return [_box(canvas, item)]
        case Path():
            return [_path(canvas, item)] if len(item.d) > 1 else []
        case Connector():
            return connector_shapes(canvas, item)
        case Icon():
            return _icon(canvas, item)
        case Picture():
            return _picture(canvas, item)


def _group(canvas: Canvas, group: Group) -> list[Made]:
    if group.label in {"footer", "number", "source"} and len(group.items) == 1 and isinstance(group.items[0], Text):
        return footer_shapes(canvas, group.items[0], group.label)
    if group.label in {"ornament", GROUP} and not canvas.alone:
        return []  # the layout has it
    made = [one for item in group.items for one in _made(canvas, item)]
    # Offices do not group tables; a placeholder stands on the slide itself; LibreOffice loses hold of shapes from inside groups.
    apart = any(
        isinstance(i, ChartFrame | TableFrame)
        or (isinstance(i, Text) and i.role == "title")
        or (isinstance(i, Connector) and bool(i.start or i.end))
        for i in flat(group.items)
    )
    if len(made) < 2 or apart:
        return made
    return [grouped(canvas, "Group", made, group.label)]


def _box(canvas: Canvas, box: Box) -> Made:
    text = canvas.worded.get(box.name) if canvas.boxes.get(box.name) is box else None
    id = canvas.ids[box.name] if canvas.boxes.get(box.name) is box else None
    by_hand = canvas.drawing.rough > 0 and (bool(box.stroke) or box.shape != "rect")
    strokes: tuple[Command, ...] = outline(box) if box.stroke else ()
    if by_hand and box.stroke:
        strokes = rough.strokes(strokes, canvas.drawing.rough, f"{box.x:.0f},{box.y:.0f}")
    drawn = by_hand or box.flip or (id is not None and box.name in canvas.ports)
    geometry = custom_geometry(canvas, box, strokes) if drawn else preset_geometry(box)
    look = canvas.fill(box.fill) + canvas.line(box.stroke, box.stroke_width, (6.0, 5.0) if box.dash else ())
    words = words_in(canvas, box, text, drawn) if text else ""
    properties = canvas.properties("Shape", box.tip, ornament=text is None, id=id)
    xml = (
        f"<p:sp><p:nvSpPr>{properties}<p:cNvSpPr/><p:nvPr/></p:nvSpPr>"
        f"<p:spPr>{canvas.frame(box.x, box.y, box.w, box.h)}{geometry}{look}</p:spPr>"
        f"{words or NO_WORDS}</p:sp>"
    )
    return xml, (box.x, box.y, box.x + box.w, box.y + box.h)


def _path(canvas: Canvas, path: Path) -> Made:
    straight = [command for command, _ in path.d] == ["M", "L"] and not path.fill
    if straight:
        (x1, y1), (x2, y2) = path.d[0][1], path.d[1][1]
        return straight_connector(
            canvas, ((x1, y1), (x2, y2)), canvas.line(path.stroke, path.stroke_width, path.dash, opacity=path.opacity), "", path.tip
        )
    look = canvas.fill(path.fill, path.opacity) + canvas.line(path.stroke, path.stroke_width, path.dash, opacity=path.opacity)
    return freeform(canvas, "Freeform", [(path.d, "")], look, path.tip)


def _icon(canvas: Canvas, icon: Icon) -> list[Made]:
    art = icons.svg_body(icon.name)
    share = icon.size / max(art.width, art.height)
    said = icon.name.partition(":")[2].replace("-", " ")

    def placed(d: Sequence[Command]) -> tuple[Command, ...]:
        return tuple((c, tuple(n * share + (icon.y if i % 2 else icon.x) for i, n in enumerate(places))) for c, places in d)

    def paint(colour: str | None) -> str | None:
        return icon.fill if colour == "currentColor" else colour

    # Neighbours painted alike are one shape.
    alike: list[tuple[tuple[str | None, str | None, float, float], list[tuple[Sequence[Command], str]]]] = []
    for shape in icons.outlines(icon.name):
        if len(shape.d) < 2:
            continue
        look = (_hex(paint(shape.fill)), _hex(paint(shape.stroke)), shape.width * share, shape.opacity)
        if not alike or alike[-1][0] != look:
            alike.append((look, []))
        alike[-1][1].append((placed(shape.d), "" if shape.fill else ' fill="none"'))
    made = [
        freeform(canvas, "Icon", paths, canvas.fill(fill, opacity) + canvas.line(stroke, width, opacity=opacity), said)
        for (fill, stroke, width, opacity), paths in alike
    ]
    return made if len(made) < 2 else [grouped(canvas, "Icon", made, said)]


_NAMED = {"black": "#000000", "white": "#FFFFFF", "none": None, "transparent": None}


def _hex(colour: str | None) -> str | None:
    """A colour as "#rrggbb"; names that are not known are drawn black."""
    if colour is None or colour.startswith("#"):
        return colour
    return _NAMED.get(colour, "#000000")


def _picture(canvas: Canvas, picture: Picture) -> list[Made]:
    relation = canvas.add_picture(picture.blob)
    if relation is None:
        return []
    wide, tall = canvas.size_of(picture.blob)
    x, y, w, h = picture.x, picture.y, picture.w, picture.h
    share = min(w / wide, h / tall)
    source = ""
    if picture.fit == "cover":
        share = max(w / wide, h / tall)
        side, end = (1 - w / (wide * share)) / 2, (1 - h / (tall * share)) / 2
        source = f'<a:srcRect l="{round(side * 1e5)}" t="{round(end * 1e5)}" r="{round(side * 1e5)}" b="{round(end * 1e5)}"/>'
    else:
        x, y, w, h = x + (w - wide * share) / 2, y + (h - tall * share) / 2, wide * share, tall * share
    shape = preset_geometry(Box(x, y, w, h, radius=picture.radius))
    properties = canvas.properties("Picture", picture.alt or canvas.drawing.alt)
    xml = (
        f'<p:pic><p:nvPicPr>{properties}<p:cNvPicPr><a:picLocks noChangeAspect="1"/></p:cNvPicPr><p:nvPr/></p:nvPicPr>'
        f'<p:blipFill><a:blip r:embed="{relation}"/>{source}<a:stretch><a:fillRect/></a:stretch></p:blipFill>'
        f"<p:spPr>{canvas.frame(x, y, w, h)}{shape}</p:spPr></p:pic>"
    )
    return [(xml, (x, y, x + w, y + h))]


def _chart(canvas: Canvas, frame: ChartFrame) -> list[Made]:
    relation = canvas.add_chart(frame)
    if relation is None:
        return [made for item in frame.items for made in _made(canvas, item)]
    properties = canvas.properties("Chart", canvas.drawing.alt)
    xml = (
        f"<p:graphicFrame><p:nvGraphicFramePr>{properties}<p:cNvGraphicFramePr/>{canvas.content_place()}</p:nvGraphicFramePr>"
        f"{canvas.frame(frame.x, frame.y, frame.w, frame.h, tag='p:xfrm')}<a:graphic>"
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart'
        f' xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" r:id="{relation}"/></a:graphicData></a:graphic>'
        "</p:graphicFrame>"
    )
    return [(xml, (frame.x, frame.y, frame.x + frame.w, frame.y + frame.h))]
