"""Markdown decks (Marp, reveal): read as slides and written from them; text answers become slides the same way.

Read: front matter, `---` and reveal's `--`, headings, lists, tables, quotations, prose, code, notes in comments or after `Note:`,
`headingDivider`. Not read: themes and styles, background colours, HTML. Pictures are read only where they stand in the file as `data:`.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, get_args

from flipchart.renderers import figures
from flipchart.renderers.deck import Point, Row, Side, Slide, Slides, Type, shown_as, slide_markdown
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.spec import LONGEST
from flipchart.renderers.text import Prose
from flipchart.renderers.typeset import clean

LEAD = 200  # characters: longer prose beside a list gets a slide of its own
_DIRECTIVES = re.compile(
    r"^\s*_?(?:marp|theme|class|paginate|header|footer|size|math|style|title|author|lang|headingDivider|color|transition"
    r"|background\w*|fit|auto-scaling)\s*:",
    re.MULTILINE,
)
_OURS = re.compile(r"^\s*flipchart:\s*(\w+)(?:\s+(\w+))?\s*$")
_DATA = re.compile(r"^data:image/(png|jpeg|jpg|webp|gif);base64,([A-Za-z0-9+/=\s]+)$")


@cache
def _reader() -> Any:
    from markdown_it import MarkdownIt

    # HTML is told apart so that comments are found; none of it is ever written out. Addresses are neither followed nor kept: all may pass.
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    reader.validateLink = lambda url: True  # type: ignore[method-assign]
    return reader


@dataclass(slots=True)
class _Block:
    """One block of a slide: what it is, its words, and what it holds."""

    kind: str
    words: str = ""
    level: int = 0
    items: list[Point] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    source: str = ""


@dataclass(slots=True)
class _Raw:
    """One slide as it stands in the text."""

    blocks: list[_Block] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lead: bool = False
    type: str = ""
    mark: str = ""
    blob: str = ""
    alt: str = ""


def read(text: str) -> Slides:
    """The deck in a Marp or reveal Markdown file; raises SpecProblem for pictures that are not in the file itself."""
    if len(text) > LONGEST * 3:
        raise SpecProblem(f"the deck has {len(text):,} characters; at most {LONGEST * 3:,} are read")
    front, body = _front_matter(clean_lines(text))
    raws = list(_raws(body, _divider(front), strict=True))
    deck = _assembled(raws, front.get("title", ""), _language(front))
    if not deck.slides and not deck.title:
        raise SpecProblem("this deck has no slides; begin each with a heading and part them by a line of ---")
    return deck


def deck(text: str, lang: str = "", title: str = "") -> Slides:
    """A text answer as slides without a cover: a heading begins a slide, prose and lists are laid out as they are."""
    raws = list(_raws(clean_lines(text), 3, strict=False))
    slides = [slide for raw in raws for slide in _slides(raw)]
    if slides and not slides[0].heading and title:
        slides[0] = slides[0].model_copy(update={"heading": title})
    return Slides(lang=lang, slides=tuple(slides[:120]))


def blobs(text: str) -> dict[str, bytes]:
    """The pictures that stand in a deck as `data:`, by content hash."""
    out: dict[str, bytes] = {}
    for source in re.findall(r"!\[[^\]]*\]\(\s*<?(data:image/[^)>\s]+)", text):
        pixels = _pixels(source)
        if pixels:
            out[_hash(pixels)] = pixels
    return out


def clean_lines(text: str) -> str:
    """`text` with plain line ends and no control characters."""
    return "\n".join(clean(line) for line in re.split(r"\r\n|\r|\n", text))


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    found = re.match(r"\s*---[ \t]*\n(.*?)\n---[ \t]*(?:\n|$)", text, re.DOTALL)
    if not found or not re.search(r"^\w[\w-]*\s*:", found.group(1), re.MULTILINE):
        return {}, text
    pairs = (line.partition(":") for line in found.group(1).split("\n") if re.match(r"^\w[\w-]*\s*:", line))
    return {key.strip(): value.strip().strip("\"'") for key, _, value in pairs}, text[found.end() :]


def _language(front: Mapping[str, str]) -> str:
    lang = front.get("lang", "")
    return lang if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", lang) else ""


def _divider(front: Mapping[str, str]) -> int:
    value = front.get("headingDivider", "")
    levels = [int(n) for n in re.findall(r"[1-6]", value)]
    return max(levels, default=0)


def _raws(body: str, divider: int, *, strict: bool) -> Iterator[_Raw]:
    """The slides of a text; `divider`: headings of this level or higher begin one. `strict` refuses pictures from elsewhere."""
    raw = _Raw()
    number = 1
    lines = body.split("\n")
    tokens = _reader().parse(body)
    i = 0
    while i < len(tokens):
        token = tokens[i]
        end = _closing(tokens, i)
        source = "\n".join(lines[token.map[0] : token.map[1]]) if token.map else ""
        if token.type == "hr" or (token.type == "paragraph_open" and tokens[i + 1].content.strip() == "--"):
            yield raw
            raw, number = _Raw(), number + 1
        elif token.type == "heading_open":
            level = int(token.tag[1])
            if level <= divider and (raw.blocks or raw.notes):
                yield raw
                raw, number = _Raw(), number + 1
            raw.blocks.append(_Block("heading", _plain(tokens[i + 1], raw, number, strict), level))
        else:
            _take(raw, tokens[i : end + 1], source, number, strict)
        i = end + 1
    yield raw


def _closing(tokens: Sequence[Any], start: int) -> int:
    """Where the block that begins at `start` ends."""
    depth = 0
    for i in range(start, len(tokens)):
        depth += tokens[i].nesting
        if depth <= 0:
            return i
    return len(tokens) - 1


def _take(raw: _Raw, tokens: Sequence[Any], source: str, number: int, strict: bool) -> None:
    """Put one block where it belongs."""
    first = tokens[0]
    match first.type:
        case "html_block":
            _comment(raw, first.content)
        case "paragraph_open":
            words = _plain(tokens[1], raw, number, strict)
            noted = re.match(r"^Notes?:\s*(.*)$", words, re.DOTALL)
            if noted:
                raw.notes.append(noted.group(1).strip())
            elif words.strip():
                raw.blocks.append(_Block("prose", words, source=source))
        case "bullet_list_open" | "ordered_list_open":
            kind = "list" if first.type == "bullet_list_open" else "steps"
            raw.blocks.append(_Block(kind, items=list(_points(tokens, raw, number, strict)), source=source))
        case "blockquote_open":
            said = [_plain(token, raw, number, strict) for token in tokens if token.type == "inline"]
            raw.blocks.append(_Block("quote", "\n".join(said), source=source))
        case "table_open":
            raw.blocks.append(_Block("table", rows=_rows(tokens, raw, number, strict), source=source))
        case "fence" | "code_block":
            raw.blocks.append(_Block("code", first.content, source=source))


def _comment(raw: _Raw, html: str) -> None:
    """Notes and directives are comments; other HTML is left out."""
    for said in re.findall(r"<!--(.*?)(?:-->|$)", html, re.DOTALL):
        ours = _OURS.match(said)
        if ours and ours.group(1) in get_args(Type):
            raw.type, raw.mark = ours.group(1), ours.group(2) or ""
        elif _DIRECTIVES.search(said):
            raw.lead = raw.lead or bool(re.search(r"class:\s*.*\b(?:lead|title|section|invert)\b", said))
        elif said.strip():
            raw.notes.append(said.strip())


def _plain(token: Any, raw: _Raw, number: int, strict: bool) -> str:
    """The words of an inline token; pictures in it are kept or refused, comments are notes."""
    out = ""
    for child in token.children or []:
        match child.type:
            case "softbreak":
                out += " "
            case "hardbreak":
                out += "\n"
            case "html_inline":
                _comment(raw, child.content)
            case "image":
                out += _image(child, raw, number, strict)
            case _:
                out += child.content
    return out.strip()


def _image(token: Any, raw: _Raw, number: int, strict: bool) -> str:
    """Keep a picture that stands in the text; refuse one that would have to be fetched, by name."""
    source = str(token.attrGet("src") or "")
    pixels = _pixels(source)
    if pixels:
        raw.blob, raw.alt = _hash(pixels), re.sub(r"^(?:bg|left|right|fit|w:\S+|h:\S+|[\d.]+%|\s|:)+", "", token.content).strip()
        return ""
    if strict:
        raise SpecProblem(f"slide {number}: the picture {source[:80]!r} is not in the file; embed it as data: or leave it out")
    return str(token.content)


def _pixels(source: str) -> bytes | None:
    found = _DATA.match(source)
    if not found:
        return None
    try:
        return base64.b64decode(re.sub(r"\s", "", found.group(2)), validate=True)
    except binascii.Error:
        return None


def _hash(pixels: bytes) -> str:
    return f"sha256:{hashlib.sha256(pixels).hexdigest()}"


def _points(tokens: Sequence[Any], raw: _Raw, number: int, strict: bool) -> Iterator[Point]:
    """The items of a list; what is nested in one is its detail."""
    depth = 0
    said: list[str] = []
    first: Any = None
    for token in tokens:
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            depth += 1
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            depth -= 1
        elif token.type == "list_item_open" and depth == 1:
            said, first = [], None
        elif token.type == "inline":
            first = first or token
            said.append(_plain(token, raw, number, strict))
        elif token.type in {"fence", "code_block"}:
            said.append(token.content.strip())
        elif token.type == "list_item_close" and depth == 1 and any(said):
            yield _point(said, first)


def _point(said: list[str], first: Any) -> Point:
    """An item: bold words before a colon are its text, the rest its detail; a bold figure before words is a value."""
    words, rest = said[0], "; ".join(word for word in said[1:] if word)
    children = [child for child in (first.children if first else []) or [] if child.type != "text" or child.content]
    if len(children) > 3 and children[0].type == "strong_open" and children[2].type == "strong_close":
        bold = children[1].content.strip()
        after = words[len(bold) :].strip() if words.startswith(bold) else ""
        colon = re.match(r"^\s*[:：–—-]\s*", after)
        found = figures.figures(bold)
        if after and not colon and len(found) == 1 and found[0].end - found[0].start >= len(bold) - 1:
            label, _, detail = after.partition(": ")
            unit = "" if found[0].unit == "×" else found[0].unit  # "×": a multiple such as "k", which the value holds
            return Point(text=label.strip(), value=found[0].value, unit=unit, detail="; ".join(w for w in (detail.strip(), rest) if w))
        if colon and bold:
            detail = after[colon.end() :].strip()
            return Point(text=bold.rstrip(":："), detail="; ".join(word for word in (detail, rest) if word))
        if bold.endswith((":", "：")) and after:
            return Point(text=bold.rstrip(":："), detail="; ".join(word for word in (after, rest) if word))
    return Point(text=words, detail=rest)


def _rows(tokens: Sequence[Any], raw: _Raw, number: int, strict: bool) -> list[list[str]]:
    out: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            out.append([])
        elif token.type == "inline":
            out[-1].append(_plain(token, raw, number, strict))
    return out


# --- from blocks to slides ---


def _assembled(raws: list[_Raw], title: str, lang: str) -> Slides:
    """The deck of the slides; a first slide of large words is its cover, a last one its closing."""
    raws = [raw for raw in raws if raw.blocks or raw.notes or raw.blob]
    subtitle = ""
    cover: list[Slide] = []
    if raws and _large(raws[0]) and len(raws) > 1:
        first = raws.pop(0)
        heads = [block.words for block in first.blocks]
        title, subtitle = heads[0], "\n".join(heads[1:])
        if first.notes:
            cover = [Slide(type="title", heading=title, notes="\n".join(first.notes))]
    slides = [slide for raw in raws for slide in _slides(raw)]
    if len(slides) > 1 and slides[-1].type == "section":
        slides[-1] = slides[-1].model_copy(update={"type": "closing"})
    return Slides(title=title or next((s.heading for s in slides), ""), subtitle=subtitle, slides=tuple((*cover, *slides)[:120]), lang=lang)


def _large(raw: _Raw) -> bool:
    """True for a slide of large words: a first-level heading, or a class that says so, and at most two short lines."""
    kinds = [block.kind for block in raw.blocks]
    if not kinds or kinds[0] != "heading" or any(kind not in {"heading", "prose"} for kind in kinds) or len(kinds) > 3 or raw.blob:
        return False
    return (raw.lead or raw.blocks[0].level == 1) and all(len(block.words) < 160 for block in raw.blocks)


def _slides(raw: _Raw) -> Iterator[Slide]:
    """A slide of what stands there; two where long prose comes with a list, more where there is code."""
    heading = ""
    blocks = raw.blocks
    if blocks and blocks[0].kind == "heading":
        heading, blocks = blocks[0].words, blocks[1:]
    notes = "\n".join(raw.notes)
    made = list(_of_blocks(raw, heading, blocks))
    for i, slide in enumerate(made):
        yield slide.model_copy(update={"notes": notes}) if i == 0 else slide


def _of_blocks(raw: _Raw, heading: str, blocks: list[_Block]) -> Iterator[Slide]:
    kinds = [block.kind for block in blocks]
    prose = "\n\n".join(block.words for block in blocks if block.kind == "prose")
    if raw.blob:
        items = tuple(item for block in blocks for item in block.items)
        yield Slide(type="picture", heading=heading, text=prose, items=items, blob=raw.blob, alt=raw.alt)
    elif not blocks:
        if heading:
            yield Slide(type=_typed(raw, "section"), heading=heading)
    elif _large(raw) or raw.type in {"section", "closing"}:
        items = tuple(item for block in blocks for item in block.items)
        yield Slide(type=_typed(raw, "section"), heading=heading, text=prose, items=items)
    elif kinds.count("heading") > 1 and set(kinds) <= {"heading", "list", "steps", "prose"} and _sides(blocks):
        yield Slide(type="compare", heading=heading, sides=tuple(_sides(blocks)))
    elif "code" in kinds or "heading" in kinds or len([kind for kind in kinds if kind != "prose"]) > 1:
        yield from _mixed(heading, blocks)
    elif kinds == ["prose"] * len(kinds):
        yield Slide(type="text", heading=heading, text=prose)
    else:
        block = next(block for block in blocks if block.kind != "prose")
        if len(prose) > LEAD:
            yield Slide(type="text", heading=heading, text=prose)
            prose = ""
        yield _one(raw, heading, prose, block)


def _typed(raw: _Raw, otherwise: Type) -> Type:
    return raw.type if raw.type in get_args(Type) else otherwise  # type: ignore[return-value]


def _one(raw: _Raw, heading: str, text: str, block: _Block) -> Slide:
    """A slide of one block, with a line of prose above it."""
    match block.kind:
        case "list" | "steps":
            kind: Type = "steps" if block.kind == "steps" else "points"
            if all(item.value is not None for item in block.items):
                kind = "numbers"
            return Slide(type=_typed(raw, kind), heading=heading, text=text, items=tuple(block.items))
        case "quote":
            lines = [line for line in re.split(r"\n", block.words) if line.strip()]
            by = lines.pop().lstrip("—–- ") if len(lines) > 1 and lines[-1].lstrip().startswith(("—", "–", "--")) else ""
            inline = re.match(r"^(.*\S)\s+[—–]\s*(\S[^—–]{1,60})$", lines[-1]) if lines and not by else None
            if inline:
                lines[-1], by = inline.group(1), inline.group(2)
            return Slide(type="quote", heading=heading, text="\n".join(lines), by=by)
        case _:
            head, *rest = block.rows or [[""]]
            numbers = [_value(row[1]) for row in rest if len(row) > 1]
            if raw.type == "chart" and len(head) == 2 and rest and all(value is not None for value in numbers):
                labels, unit = tuple(row[0] for row in rest), head[1]
                mark = raw.mark if raw.mark in {"column", "bar", "line", "area", "pie"} else "column"
                return Slide.model_validate(
                    {"type": "chart", "heading": heading, "text": text, "labels": labels, "values": numbers, "unit": unit, "mark": mark}
                )
            columns = tuple(head[:12]) if any(word.strip() for word in head) else ()
            return Slide(
                type="table", heading=heading, text=text, columns=columns, rows=tuple(Row(cells=tuple(row[:12])) for row in rest[:200])
            )


def _value(words: str) -> float | None:
    found = figures.figures(words)
    return found[0].value if len(found) == 1 else None


def _sides(blocks: list[_Block]) -> list[Side]:
    """Blocks under headings of their own as sides; none where something stands before the first."""
    out: list[Side] = []
    held: list[Point] = []
    for block in blocks:
        if block.kind == "heading":
            held = []
            out.append(Side(heading=block.words))
        elif not out:
            return []
        else:
            held = [*held, *(block.items or [Point(text=block.words)])]
            out[-1] = out[-1].model_copy(update={"items": tuple(held)})
    return out if 2 <= len(out) <= 4 else []


def _mixed(heading: str, blocks: list[_Block]) -> Iterator[Slide]:
    """What no slide of ours holds (code, several lists) as typeset Markdown; headings inside begin slides of their own."""
    held: list[str] = []
    for block in blocks:
        if block.kind == "heading":
            if held:
                yield _typeset(heading, held)
            heading, held = block.words, []
        else:
            held.append(block.source)
    if held:
        yield _typeset(heading, held)


def _typeset(heading: str, sources: list[str]) -> Slide:
    return Slide(type="text", heading=heading, visual=Prose(markdown="\n\n".join(sources)))


# --- writing ---


def write(spec: Slides, pictures: Mapping[str, bytes] | None = None) -> bytes:
    """The deck as Marp Markdown: notes as comments, pictures as data."""
    lang = spec.lang or "en"
    head = ["---", "marp: true", "paginate: true"]
    head += [f"title: {_one_line(spec.title)}"] if spec.title else []
    head += [f"lang: {spec.lang}"] if spec.lang else []
    slides = list(spec.slides)
    first = slides.pop(0) if slides and slides[0].type == "title" else None
    title = spec.title or (first.heading if first else "")
    subtitle = spec.subtitle or (first.text if first else "")
    cover = ["<!-- _class: lead -->", *([f"# {_one_line(title)}"] if title else []), *([_one_line(subtitle)] if subtitle else [])]
    parts = ["\n\n".join([*cover, *_notes(first.notes if first else "")])]
    for slide in slides:
        kind = shown_as(slide)
        body = [f"<!-- flipchart: {kind}{f' {slide.mark}' if kind == 'chart' else ''} -->"] if kind in get_args(Type) else []
        body.append(slide_markdown(slide, lang))
        pixels = (pictures or {}).get(slide.blob)
        if pixels:
            mime = "png" if pixels[:4] == b"\x89PNG" else "webp" if pixels[:4] == b"RIFF" else "jpeg"
            alt = re.sub(r"[\[\]\n]", " ", slide.alt)
            body.append(f"![bg right {alt}](data:image/{mime};base64,{base64.b64encode(pixels).decode()})")
        parts.append("\n\n".join(words for words in [*body, *_notes(slide.notes)] if words))
    return ("\n".join([*head, "---", ""]) + "\n" + "\n\n---\n\n".join(parts) + "\n").encode()


def _one_line(words: str) -> str:
    return clean(words).replace("\n", " ").strip()


def _notes(words: str) -> list[str]:
    said = clean(words).replace("-->", "→").replace("<!--", "").strip()
    return [f"<!--\n{said}\n-->"] if said else []
