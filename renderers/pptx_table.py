"""Tables that stay tables in an office file: native rows and cells, with the type and the rules that were drawn."""

from dataclasses import replace
from html import escape
from itertools import pairwise

from flipchart.renderers.drawing import Box, Connector, Path, TableFrame, Text, flat
from flipchart.renderers.pptx_canvas import Canvas, Made
from flipchart.renderers.pptx_text import paragraphs_of
from flipchart.renderers.typeset import clean


def _rows_of(frame: TableFrame) -> list[list[Text | None]]:
    """The text of each cell, as far as the frame's texts can be told apart by their words, in reading order."""
    texts = [item for item in flat(frame.items) if isinstance(item, Text)]
    out: list[list[Text | None]] = []
    at = 0
    for row in frame.rows:
        line: list[Text | None] = []
        for words in row:
            wanted = clean(words).strip()
            found = next((i for i in range(at, min(len(texts), at + 3)) if texts[i].words.strip() == wanted), None)
            line.append(texts[found] if found is not None else None)
            at = found + 1 if found is not None else at
        out.append(line)
    return out


def _rules(frame: TableFrame) -> list[Box]:
    """The lines that run across most of the table, as thin boxes."""
    out = []
    for item in flat(frame.items):
        if isinstance(item, Box) and item.h <= 3 and item.fill and item.w > frame.w * 0.5:
            out.append(item)
        elif isinstance(item, Path) and item.stroke and [command for command, _ in item.d] == ["M", "L"]:
            (x1, y1), (x2, y2) = item.d[0][1], item.d[1][1]
            if abs(y1 - y2) < 0.5 and abs(x2 - x1) > frame.w * 0.5:
                out.append(Box(min(x1, x2), y1, abs(x2 - x1), item.stroke_width, fill=item.stroke))
        elif isinstance(item, Connector) and len(item.points) == 2 and abs(item.points[0][1] - item.points[1][1]) < 0.5:
            (x1, y1), (x2, _) = item.points
            if abs(x2 - x1) > frame.w * 0.5:
                out.append(Box(min(x1, x2), y1, abs(x2 - x1), item.stroke_width, fill=item.stroke))
    return out


def table_shape(canvas: Canvas, frame: TableFrame) -> Made:
    cells = _rows_of(frame)
    rules = sorted(_rules(frame), key=lambda box: box.y)
    edges = [frame.y]
    for r, row in enumerate(cells[:-1]):
        bottom = max((text.y + text.h for text in row if text), default=edges[-1])
        top = min((text.y for text in cells[r + 1] if text), default=bottom)
        between = [rule.y + rule.h for rule in rules if bottom - 8 <= rule.y <= max(top, bottom) + 8]
        edge = between[-1] if between else (bottom + top) / 2
        edges.append(edge if edge > edges[-1] + 4 else frame.y + frame.h * (r + 1) / len(cells))
    edges.append(frame.y + frame.h)
    if any(b - a < 4 for a, b in pairwise(edges)):
        edges = [frame.y + frame.h * r / len(cells) for r in range(len(cells) + 1)]
    sample = next((text for row in cells for text in row if text), None)
    lefts = [frame.x]
    for w in frame.widths:
        lefts.append(lefts[-1] + w)
    body = ""
    for r, row in enumerate(cells):
        rule = min(rules, key=lambda box: abs(box.y + box.h - edges[r + 1]), default=None)
        near = rule is not None and abs(rule.y + rule.h - edges[r + 1]) < 6
        line = canvas.line(rule.fill, rule.h) if rule is not None and near else "<a:ln><a:noFill/></a:ln>"
        under = line.replace("<a:ln", "<a:lnB", 1).replace("</a:ln>", "</a:lnB>")
        body += f'<a:tr h="{canvas.units(edges[r + 1] - edges[r])}">'
        for c, text in enumerate(row):
            body += _cell(canvas, frame, text or (replace(sample, words=frame.rows[r][c]) if sample else None), r, c, lefts, under)
        body += "</a:tr>"
    grid = "".join(f'<a:gridCol w="{canvas.units(w)}"/>' for w in frame.widths)
    said = ". ".join(", ".join(words for words in row if words.strip()) for row in frame.rows[:3])
    flags = ' firstRow="1"' if frame.header else ""
    xml = (
        f'<p:graphicFrame><p:nvGraphicFramePr>{canvas.properties("Table", said)}<p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/>'
        '</p:cNvGraphicFramePr>'
        f"{canvas.content_place()}</p:nvGraphicFramePr>{canvas.frame(frame.x, frame.y, frame.w, frame.h, tag='p:xfrm')}<a:graphic>"
        f'<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/table"><a:tbl><a:tblPr{flags}>'
        f"<a:tableStyleId>{{2D5ABB26-0587-4C30-8999-92F81FD0307C}}</a:tableStyleId></a:tblPr>"
        f"<a:tblGrid>{grid}</a:tblGrid>{body}</a:tbl></a:graphicData>"
        "</a:graphic></p:graphicFrame>"
    )  # fmt: skip
    return xml, (frame.x, frame.y, frame.x + frame.w, frame.y + frame.h)


def _cell(canvas: Canvas, frame: TableFrame, text: Text | None, r: int, c: int, lefts: list[float], under: str) -> str:
    """A cell: its words as they are set, the rule below it."""
    none = "".join(f"<a:{side}><a:noFill/></a:{side}>" for side in ("lnL", "lnR", "lnT"))
    if text is None:
        words = escape(clean(frame.rows[r][c]))
        run = f'<a:r><a:rPr lang="en-US" sz="1400"/><a:t>{words}</a:t></a:r>' if words else '<a:endParaRPr lang="en-US" sz="1400"/>'
        return f"<a:tc><a:txBody><a:bodyPr/><a:lstStyle/><a:p>{run}</a:p></a:txBody><a:tcPr>{none}{under}<a:noFill/></a:tcPr></a:tc>"
    set_ = replace(text, align=frame.aligns[c])
    lines = paragraphs_of(canvas, set_, [[words] for words in (set_.words or " ").split("\n")], False)
    left, right = max(0.0, text.x - lefts[c]), max(0.0, lefts[c + 1] - text.x - text.w)
    if not lefts[c] - 1 <= text.x <= lefts[c + 1]:
        left = right = 6.0
    margins = f'marL="{canvas.units(left)}" marR="{canvas.units(right)}" marT="0" marB="0" anchor="ctr"'
    return f"<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>{lines}</a:txBody><a:tcPr {margins}>{none}{under}<a:noFill/></a:tcPr></a:tc>"
