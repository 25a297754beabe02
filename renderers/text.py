"""Text answers: Markdown, shown as HTML inline and typeset as a page elsewhere.

Not covered: formulas are typeset by the browser (MathML); on a drawn page they are plain characters.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field

from flipchart.renderers import logo, text_formulas
from flipchart.renderers.content import Content, Thing
from flipchart.renderers.drawing import Align, Box, Drawing, Item, Line, TableFrame, Text
from flipchart.renderers.figures import sole, unmarked
from flipchart.renderers.registry import Form
from flipchart.renderers.sheet import finish, foot, margin, told
from flipchart.renderers.skeleton import begun
from flipchart.renderers.spec import Spec
from flipchart.renderers.style import Style
from flipchart.renderers.typeset import LEADING, break_lines, clean, measure, place
from flipchart.renderers.words import number

COLUMN = 680.0  # px: lines of 45-75 characters at 16 px


class Prose(Spec):
    """Plain words: a quick fact, code, advice, small talk. Choose it where a picture adds nothing."""

    kind: Literal["text"] = "text"
    markdown: str = Field(json_schema_extra={"dated": True}, description="The answer in Markdown.")


_TAGS = set(
    """p br hr h1 h2 h3 h4 h5 h6 strong em del s code pre blockquote ul ol li a table thead tbody tr th td sup sub section span div
    math mrow mi mn mo mtext mfrac msqrt mroot msub msup msubsup munder mover munderover mtable mtr mtd mspace mstyle semantics""".split()
)
_ATTRIBUTES = {
    "a": {"href", "title", "id"},
    "ol": {"start"},
    "th": {"class"},
    "td": {"class"},
    "code": {"class"},
    "span": {"class"},
    "section": {"class"},
    "li": {"id"},
    "math": {"display", "xmlns"},
    "mo": {"stretchy", "fence", "form"},
    "mi": {"mathvariant"},
    "mspace": {"width"},
}


@cache
def _reader() -> Any:
    """The Markdown parser, its renderer taught our pictures, formulas and code."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin

    reader = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False}).enable(["table", "strikethrough"])
    text_formulas.teach(reader.use(footnote_plugin))
    rules: Any = reader.renderer.rules  # type: ignore[attr-defined]
    rules["image"] = lambda tokens, i, options, env: _image(tokens[i])
    rules["fence"] = lambda tokens, i, options, env: _code(tokens[i].content, tokens[i].info.strip().split(" ")[0])
    rules["th_open"] = rules["td_open"] = lambda tokens, i, options, env: _cell(tokens[i])
    return reader


def _cell(token: Any) -> str:
    right = "right" in str(token.attrGet("style"))
    return f'<{token.tag} class="end">' if right else f"<{token.tag}>"


def _image(token: Any) -> str:
    """A picture elsewhere is never fetched: its words stand in for it, with where it would have come from."""
    from html import escape

    host = urlsplit(str(token.attrGet("src") or "")).hostname or ""
    return f'<span class="elsewhere">{escape(token.content or "picture")}{f" ({escape(host)})" if host else ""}</span>'


def _code(source: str, language: str) -> str:
    from html import escape

    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        body = highlight(source, get_lexer_by_name(language), HtmlFormatter(nowrap=True)) if language else escape(source)
    except ClassNotFound:
        body = escape(source)
    return f'<pre><code class="code">{body}</code></pre>\n'


def to_html(markdown: str) -> str:
    """Markdown as safe HTML: no script, no style, nothing fetched from anywhere; links say where they lead and open apart."""
    import nh3

    html = nh3.clean(
        _reader().render(clean(markdown)),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        generic_attribute_prefixes=set(),
    )
    # A footnote's anchor stays on the page.
    return re.sub(r'(<a href="#[^"]*"[^>]*) target="_blank"', r"\1", html)


@dataclass(frozen=True, slots=True)
class _Run:
    """Words in one style."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    link: bool = False


def _runs(token: Any) -> list[_Run]:
    """The inline content of a block as styled words."""
    out: list[_Run] = []
    bold = italic = link = 0
    for child in token.children or []:
        match child.type:
            case "strong_open":
                bold += 1
            case "strong_close":
                bold -= 1
            case "em_open":
                italic += 1
            case "em_close":
                italic -= 1
            case "link_open":
                link += 1
            case "link_close":
                link -= 1
            case "softbreak":
                out.append(_Run(" "))
            case "hardbreak":
                out.append(_Run("\n"))
            case "footnote_ref":
                out.append(_Run(f"[{child.meta['id'] + 1}]"))
            case _:
                if child.content:
                    content = text_formulas.to_words(child.content) if child.type.startswith("math") else child.content
                    content = f"\n{content}\n" if child.type == "math_inline_double" else content
                    out.append(_Run(content, bold > 0, italic > 0, child.type == "code_inline", link > 0))
    return out


class _Column:
    """A column of type that grows downwards."""

    def __init__(self, style: Style, width: float, wide: float, left: float, part: str) -> None:
        self.style, self.width, self.wide, self.left, self.part = style, width, wide, left, part
        self.items: list[Item] = []
        self.y = 0.0
        self.size = style.size(1, width)

    def gap(self, px: float) -> None:
        self.y += px if self.items else 0.0

    def plain(self, words: str, *, size: float, weight: int = 400, family: str = "", fill: str = "", inset: float = 0.0) -> None:
        text = place(
            words, self.left + inset, self.y, self.wide - inset, size=size, weight=weight, fill=fill or self.style.ink,
            family=family or self.style.sans, leading=1.25 if size > self.size else 1.45, balance=size > self.size,
            role="title" if size > self.size else "body", part=self.part,
        )  # fmt: skip
        self.items.append(text)
        self.y += text.h

    def styled(self, runs: list[_Run], inset: float = 0.0, fill: str = "") -> None:
        """Words in mixed styles, broken into lines; neighbours in one style are one text."""
        if not runs:
            return
        if not any(run.bold or run.italic or run.code or run.link for run in runs):
            self.plain("".join(run.text for run in runs), size=self.size, inset=inset, fill=fill)
            return
        leading, x0 = self.size * 1.45, self.left + inset
        line: list[tuple[_Run, str, float]] = []
        used = 0.0
        for run in runs:
            family, weight, size = self._face(run)
            for piece in re.findall(r"\n|[^\s]+\s*|\s+", clean(run.text)):
                wide = measure(piece.rstrip(), size, family, weight)
                if line and (piece == "\n" or used + wide > self.wide - inset):
                    self._set(line, x0, leading, fill)
                    line, used = [], 0.0
                if not piece.strip():
                    used += measure(piece, size, family, weight) if line and piece != "\n" else 0.0
                else:
                    whole = break_lines(piece.strip(), self.wide - inset, size, family, weight) if wide > self.wide - inset else []
                    for words, w in whole[:-1]:
                        self._set([(run, words, w)], x0, leading, fill)
                    piece = whole[-1][0] if whole else piece.replace("\n", "")
                    line.append((run, piece, used))
                    used += measure(piece, size, family, weight)
        if line:
            self._set(line, x0, leading, fill)

    def _face(self, run: _Run) -> tuple[str, int, float]:
        return (
            self.style.mono if run.code else self.style.sans,
            self.style.bold if run.bold else 400,
            self.size * (0.92 if run.code else 1),
        )

    def _set(self, line: list[tuple[_Run, str, float]], x0: float, leading: float, fill: str) -> None:
        merged: list[list[Any]] = []
        for run, words, x in line:
            if merged and merged[-1][0] == run:
                merged[-1][1] += words
            else:
                merged.append([run, words, x])
        baseline = self.y + self.size * 1.1
        for run, words, x in merged:
            family, weight, size = self._face(run)
            words = words.rstrip()
            wide = measure(words, size, family, weight)
            colour = self.style.accent if run.link else fill or self.style.ink
            left = x0 + (0.0 if len(line) == 1 else x)
            set_line = Line(words, left, baseline, wide)
            self.items.append(
                Text(left, self.y, wide, leading, (set_line,), size, colour, family, weight, words=words, italic=run.italic, part=self.part)
            )
        self.y += leading


def layout(spec: Prose, style: Style, width: float, height: float | None = None) -> Drawing:
    """The words typeset in one column; `height` is kept as a least height (type does not shrink)."""
    gap = margin(width)
    wide = min(COLUMN, width - 2 * gap)
    column = _Column(style, width, wide, (width - wide) / 2 if width > COLUMN + 2 * gap else gap, spec.id)
    column.y = gap
    if spec.title:
        column.plain(spec.title, size=style.size(3, width), weight=style.bold, family=style.heading)
    _blocks(_reader().parse(clean(spec.markdown)), column)
    note = told(spec)
    if note:
        column.gap(16)
        column.plain(note, size=style.size(0, width), fill=style.quiet)
    below, end = foot(spec.model_copy(update={"sources": {}}), style, width, column.y)  # it has said where its figures are from
    return finish(spec, style, width, max(end, height or 0.0), [*column.items, *below], alt(spec))


def _blocks(tokens: list[Any], column: _Column) -> None:
    style, base = column.style, column.size
    lists: list[int | None] = []
    quotes = 0
    marker: str | None = None
    i = 0
    while i < len(tokens):
        token = tokens[i]
        inset = 24.0 * len(lists) + 20.0 * quotes
        match token.type:
            case "heading_open":
                level = {1: 3, 2: 2}.get(int(token.tag[1]), 1)
                column.gap(base * 1.1)
                words = "".join(run.text for run in _runs(tokens[i + 1]))
                column.plain(
                    words, size=style.size(level, column.width) + (0.5 if level == 1 else 0), weight=style.bold, family=style.heading
                )
                i += 2
            case "bullet_list_open":
                lists.append(None)
            case "ordered_list_open":
                lists.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "list_item_open":
                number = lists[-1]
                marker = "•" if number is None else f"{number}."
                if number is not None:
                    lists[-1] = number + 1
            case "blockquote_open":
                quotes += 1
            case "blockquote_close":
                quotes -= 1
            case "inline":
                column.gap(base * (0.35 if lists else 0.75))
                top = column.y
                if marker:
                    column.items.append(
                        place(marker, column.left + inset - 24, top, 22, size=base, fill=style.accent, family=style.sans, leading=1.45,
                              weight=style.bold if marker != "•" else 400)
                    )  # fmt: skip
                    marker = None
                column.styled(_runs(token), inset, style.quiet if quotes else "")
                if quotes:
                    column.items.append(Box(column.left, top, 3, column.y - top, fill=style.accent, radius=1.5))
            case "fence" | "code_block":
                column.gap(base * 0.75)
                _code_block(token.content.rstrip("\n"), column)
            case "math_block" | "math_block_label":
                column.gap(base * 0.75)
                column.plain(text_formulas.to_words(token.content), size=base + 1, inset=inset + 24)
            case "hr":
                column.gap(base)
                column.items.append(Box(column.left, column.y, column.wide, 1, fill=style.rule))
                column.y += base * 0.5
            case "table_open":
                end = next(j for j in range(i, len(tokens)) if tokens[j].type == "table_close")
                column.gap(base * 0.9)
                _table(tokens[i:end], column)
                i = end
        i += 1


def _code_block(source: str, column: _Column) -> None:
    style = column.style
    pad, size = 14.0, style.size(0, column.width) + 1
    # Spaces that do not break, so that indents are kept.
    kept = re.sub(r"^ +", lambda spaces: "\u00a0" * len(spaces[0]), source, flags=re.M)
    wide = column.wide - 2 * pad
    text = place(kept, column.left + pad, column.y + pad, wide, size=size, fill=style.ink, family=style.mono, leading=1.5)
    ground = Box(
        column.left, column.y, column.wide, text.h + 2 * pad, fill=style.soft if style.fills else None, stroke=style.rule, radius=8
    )
    column.items += [ground, text]
    column.y += ground.h


def _table(tokens: list[Any], column: _Column) -> None:
    style, size = column.style, column.size - 1
    rows: list[list[str]] = []
    aligns: list[Align] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type in {"th_open", "td_open"} and len(rows) == 1:
            aligns.append(
                "end" if "right" in str(token.attrGet("style")) else "middle" if "center" in str(token.attrGet("style")) else "start"
            )
        elif token.type == "inline":
            rows[-1].append("".join(run.text for run in _runs(token)))
    count = max(len(row) for row in rows)
    rows = [row + [""] * (count - len(row)) for row in rows]
    frame = table(rows, aligns, column.left, column.y, column.wide, style, size, part=column.part)
    column.items.append(frame)
    column.y += frame.h


def table(
    rows: list[list[str]], aligns: list[Align], x: float, y: float, wide: float, style: Style, size: float, part: str = ""
) -> TableFrame:
    """A ruled table of words, its first row a header, `wide` px across; columns as wide as their content asks."""
    pad = 10.0
    wanted = [max(measure(clean(row[c]), size, style.sans, style.bold) for row in rows) + 2 * pad for c in range(len(rows[0]))]
    least = [min(w, 64.0) for w in wanted]
    spare = wide - sum(least)
    more = [w - low for w, low in zip(wanted, least, strict=True)]
    share = spare / sum(more) if sum(more) > 0 else 0.0
    widths = [low + m * min(1.0, share) if spare > 0 else wide / len(least) for low, m in zip(least, more, strict=True)]
    if sum(widths) < wide:
        widths = [w * wide / sum(widths) for w in widths]
    items: list[Item] = []
    top = y
    for r, row in enumerate(rows):
        cells = []
        left = x
        for c, words in enumerate(row):
            cells.append(
                place(
                    words, left + pad, top + 8, max(8.0, widths[c] - 2 * pad), size=size, align=aligns[c], leading=LEADING,
                    fill=style.quiet if r == 0 else style.ink, weight=style.bold if r == 0 else 400, family=style.sans, part=part,
                )
            )  # fmt: skip
            left += widths[c]
        tall = max(cell.h for cell in cells) + 16
        items += [*cells, Box(x, top + tall - 1, wide, 1 if r else 1.5, fill=style.rule if r else style.quiet)]
        top += tall
    return TableFrame(x, y, wide, top - y, tuple(tuple(row) for row in rows), tuple(widths), tuple(aligns), tuple(items), part=part)


def alt(spec: Prose) -> str:
    """The first words."""
    plain = re.sub(r"[#*_`>|\[\]]+", "", spec.markdown).strip()
    return (spec.title or plain)[:160]


def markdown(spec: Prose) -> str:
    """The words, their formulas as every reader of Markdown knows them."""
    return text_formulas.in_dollars(_titled(spec))


def _titled(spec: Prose) -> str:
    return f"# {spec.title}\n\n{spec.markdown}" if spec.title else spec.markdown


def content(spec: Prose) -> Content | None:
    """Its headed lists, or else its first table or list of two or more points, or else the things that short prose names; None where it
    has none of these."""
    from markdown_it.tree import SyntaxTreeNode

    nodes = SyntaxTreeNode(_reader().parse(clean(spec.markdown))).children
    heads = [node for node in nodes if node.type == "heading"]
    title = spec.title or (_whole(heads[0]) if heads else "")
    held = [node for node in nodes if node.type == "table" or (node.type in _LISTS and len(node.children) > 1)]
    if len(held) > 1 and len(heads) > 1 and all(node.type in _LISTS for node in held):
        things = tuple(_sections(nodes, spec.lang))
        if len(things) > 1:
            return Content(spec.title or (_whole(heads[0]) if heads[0].tag < heads[1].tag else ""), things, lang=spec.lang)
    if held and held[0].type in _LISTS:
        things = tuple(_points(held[0], spec.lang))
        return Content(title, things, ordered=held[0].type == "ordered_list", lang=spec.lang) if len(things) > 1 else None
    if held:
        rows = [tuple(map(_whole, row.children)) for part in held[0].children for row in part.children]
        return _tabled(rows, title, spec.lang) if len(rows) > 1 else None
    named = _named([node for node in nodes if node.type != "heading"])
    return Content(title, named, lang=spec.lang) if named else None


_LISTS = {"bullet_list", "ordered_list"}


def _whole(node: Any) -> str:
    """The words of a block, without how they are set."""
    return "".join(run.text for part in node.children if part.type == "inline" for run in _runs(part.token)).strip()


def _tabled(rows: Sequence[tuple[str, ...]], title: str, lang: str) -> Content:
    """A table whose columns of figures in one unit are figures; the first row names the columns, the first column the rows."""
    names, columns = list(rows[0]), [list[str | float](column) for column in zip(*rows[1:], strict=True)]
    for i, column in enumerate(columns[1:], 1):
        told = [_figure(str(cell), lang) for cell in column]
        units = {one[1] for one in told if one is not None}
        if None not in told and len(units) == 1:
            columns[i] = [one[0] for one in told if one is not None]
            names[i] += f" ({unit})" if (unit := units.pop()) else ""
    return Content(title, columns=tuple(names), rows=tuple(zip(*columns, strict=True)), lang=lang)


def _figure(words: str, lang: str) -> tuple[float, str, str] | None:
    """The value and unit of words that are a figure and nothing more, and what stands in brackets behind it; years are names."""
    bare, _, beside = words.partition(" (") if words.endswith(")") else (words, "", "")
    one = sole(bare, lang)
    if one is None or (not one.unit and re.fullmatch(r"[12]\d{3}", bare)):
        return None
    return one.value, one.unit.replace("×", ""), beside.removesuffix(")")


def _sections(nodes: Sequence[Any], lang: str) -> Iterator[Thing]:
    """Each heading that has a list or words under it, up to the next."""
    for i, node in enumerate(nodes):
        if node.type != "heading":
            continue
        below = list(takewhile(lambda one: one.type != "heading", nodes[i + 1 :]))
        points = tuple(point for one in below if one.type in _LISTS for point in _points(one, lang))
        words = " ".join(_whole(one) for one in below if one.type == "paragraph")
        if points or words:
            yield Thing(re.sub(r"^\d{1,2}[.)]\s+", "", _whole(node)).strip(" :"), words, children=points)


def _points(node: Any, lang: str) -> Iterator[Thing]:
    """A list's points: what is bold or stands before a colon names each; a list within is its children."""
    for item in node.children:
        first, *more = [block for block in item.children if block.type == "paragraph"] or [None]
        runs = _runs(first.children[0].token) if first is not None and first.children else []
        whole = "".join(run.text for run in runs).strip()
        label, text = (runs[0].text, whole[len(runs[0].text) :]) if runs and runs[0].bold else _split(whole)
        label, text = unmarked(label), " ".join([unmarked(text), *map(_whole, more)]).strip()
        children = tuple(point for block in item.children if block.type in _LISTS for point in _points(block, lang))
        value, unit, text = (not children and _figure(text, lang)) or (None, "", text)
        if label or text or children:
            yield Thing(label, text, value, unit, children=children)


def _named(nodes: Sequence[Any]) -> tuple[Thing, ...]:
    """The things that prose names, each with what is said of it: in bold, each at the start of a clause, or told in a row behind a
    colon. Empty where fewer than three are named so, or where there is more than a few lines of prose."""
    if len(nodes) > 9 or any(node.type != "paragraph" for node in nodes):
        return ()
    runs = [run for node in nodes for run in (*_runs(node.children[0].token), _Run("\n"))]
    bold = [i for i, run in enumerate(runs) if run.bold]
    if len(bold) > 2:
        between = ["".join(run.text for run in runs[i + 1 : j]) for i, j in zip(bold, [*bold[1:], len(runs)], strict=True)]
        if not all(_NEXT.search(words) for words in between[:-1]):
            return ()
        return tuple(
            Thing(begun(unmarked(runs[i].text)), unmarked(_NEXT.sub("", said).strip())) for i, said in zip(bold, between, strict=True)
        )
    sentences = _SENTENCE.split("".join(run.text for run in runs).strip())
    for at, sentence in enumerate(sentences):
        _, colon, row = sentence.strip(" .。").rpartition(": " if ": " in sentence else "：")
        names = [name.strip() for name in _COMMA.split(row) if name.strip()] if colon else []
        if names and _COMMA.search(row):
            names[-1:] = [name.strip() for name in _AND.split(names[-1], maxsplit=1) if name.strip()]
        if len(names) > 2 and all(len(name.split()) <= 4 and len(name) <= 32 for name in names):
            more = [one for one in sentences[:at] + sentences[at + 1 :] if one.strip()]
            return tuple(
                Thing(begun(name), " ".join(one for one in more if re.match(rf"{re.escape(name)}\b", one, re.I))) for name in names
            )
    return ()


_NEXT = re.compile(r"(?:^|[,;:.،。，；\n])\s*(?:\w+\s+)?$")  # where a clause ends, and the word that joins it to the next
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=\w)|(?<=[。！？])|\n+")
_COMMA = re.compile(r"[,;،、，；]\s*")
_AND = re.compile(r"(?:^|(?<=\S)\s+)(?:and|or|y|e|o|et|ou|und|oder|и|और|و)\s+|[和及と]|\s+و(?=\w)")


def _split(words: str) -> tuple[str, str]:
    head, mark, rest = words.partition(": ")
    return (head, rest) if mark and len(head) <= 60 else (words, "")


def from_content(given: Content) -> Prose | None:
    """The content as a list in Markdown."""
    if given.rows:
        lines = ["| " + " | ".join(given.columns) + " |", "|" + " --- |" * len(given.columns)]
        lines += ["| " + " | ".join("" if cell is None else str(cell) for cell in row) + " |" for row in given.rows]
    else:
        lines = []
        for i, thing in enumerate(given.things, 1):
            figure = f" ({number(thing.value, given.lang or 'en', thing.unit)})" if thing.value is not None else ""
            mark = f"{i}." if given.ordered else "-"
            lines.append(f"{mark} **{thing.label}**{figure}" + (f": {thing.text}" if thing.text else ""))
            lines += [f"   - {child.label}" + (f": {child.text}" if child.text else "") for child in thing.children]
    if not lines:
        return None
    return Prose(title=given.title, markdown="\n".join(lines), lang=given.lang)


def halves(spec: Prose) -> tuple[Prose, Prose] | None:
    """The words in two, between blocks; a fenced one stays whole. None where there is one block."""
    blocks: list[str] = []
    for block in spec.markdown.split("\n\n"):
        if blocks and blocks[-1].count("```") % 2:
            blocks[-1] += f"\n\n{block}"
        else:
            blocks.append(block)
    if len(blocks) < 2:
        return None
    sizes = [len(block) + 40 * block.count("\n") for block in blocks]
    middle = min(range(1, len(blocks)), key=lambda i: abs(sum(sizes[:i]) * 2 - sum(sizes)))
    first, second = (spec.model_copy(update={"markdown": "\n\n".join(held)}) for held in (blocks[:middle], blocks[middle:]))
    return first, second


FORM = Form(
    spec=Prose,
    layout=layout,
    flows=True,
    halves=halves,
    markdown=markdown,
    alt=alt,
    content=content,
    from_content=from_content,
    page=lambda spec, style, blobs: f'<article class="prose">{to_html(_titled(spec))}</article>{logo.markup(style)}',
)
