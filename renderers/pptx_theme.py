"""The deck an office opens: its theme, master and layouts, made from a style, as a package without slides.

Colours that a theme names are written by name on slides, so that a change of theme recolours the deck.
"""

import io
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from flipchart.renderers.style import RTL, Style, rgb
from flipchart.renderers.typeset import fonts

EMU = 12700  # per px of a page 960 px wide, which is a point
WIDE, TALL = 12192000, 6858000  # EMU, 16:9
STILL = (1980, 1, 1, 0, 0, 0)  # the date of every file inside: the same deck is the same bytes

LAYOUTS = ("title", "section", "content", "two", "only", "closing", "blank")
"""Keys of the layouts, in their order in the file."""
_NAMES = {
    "title": ("Title Slide", "title"),
    "section": ("Section Header", "secHead"),
    "content": ("Title and Content", "obj"),
    "two": ("Two Content", "twoObj"),
    "only": ("Title Only", "titleOnly"),
    "closing": ("Closing", ""),
    "blank": ("Blank", "blank"),
}
BOLD = {"title", "section", "closing"}
"""Layouts that stand on the accent."""
LOGO = "{logo}"
"""What stands for the logo's relation in a Mark."""

NS = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    ' xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.presentationml"
_MONO = "Courier New"  # as wide as our monospaced face

# What offices set other scripts in, by language and by script.
_EAST = {"ja": "Yu Gothic", "ko": "Malgun Gothic", "zh-TW": "Microsoft JhengHei", "zh-HK": "Microsoft JhengHei", "zh": "Microsoft YaHei"}
_SCRIPTS = {
    "Jpan": "Yu Gothic", "Hang": "Malgun Gothic", "Hans": "Microsoft YaHei", "Hant": "Microsoft JhengHei", "Arab": "Arial", "Hebr": "Arial",
    "Thai": "Leelawadee UI", "Ethi": "Nyala", "Beng": "Nirmala UI", "Gujr": "Nirmala UI", "Khmr": "Leelawadee UI", "Knda": "Nirmala UI",
    "Guru": "Nirmala UI", "Cans": "Gadugi", "Cher": "Gadugi", "Tibt": "Microsoft Himalaya", "Thaa": "MV Boli", "Deva": "Nirmala UI",
    "Telu": "Nirmala UI", "Taml": "Nirmala UI", "Syrc": "Segoe UI Historic", "Orya": "Nirmala UI", "Mlym": "Nirmala UI",
    "Laoo": "Leelawadee UI",
    "Sinh": "Nirmala UI", "Mong": "Mongolian Baiti", "Viet": "Arial", "Geor": "Sylfaen", "Armn": "Arial", "Mymr": "Myanmar Text",
}  # fmt: skip
_LOCALES = {
    "en": "en-US", "es": "es-ES", "pt": "pt-BR", "fr": "fr-FR", "de": "de-DE", "zh": "zh-CN", "ja": "ja-JP", "hi": "hi-IN", "ar": "ar-SA",
    "ko": "ko-KR", "ru": "ru-RU", "uk": "uk-UA", "it": "it-IT", "nl": "nl-NL", "pl": "pl-PL", "tr": "tr-TR", "he": "he-IL", "fa": "fa-IR",
    "th": "th-TH", "vi": "vi-VN", "el": "el-GR", "cs": "cs-CZ", "sv": "sv-SE", "da": "da-DK", "fi": "fi-FI", "nb": "nb-NO", "hu": "hu-HU",
    "ro": "ro-RO", "bn": "bn-BD", "ta": "ta-IN", "te": "te-IN", "ur": "ur-PK", "id": "id-ID",
}  # fmt: skip


def locale(lang: str) -> str:
    """`lang` as offices name it, e.g. "en" is "en-US"."""
    return _LOCALES.get(lang, lang if "-" in lang else _LOCALES.get(lang.split("-")[0], "en-US"))


def face(family: str, style: Style) -> str:
    """The face offices have in place of `family`: a theme font where the deck is set in it."""
    if family == style.mono:
        return _MONO
    if family == style.heading and family != style.sans:
        return "+mj-lt"
    if family == style.sans:
        return "+mn-lt"
    return _called(family, style)


def _called(family: str, style: Style) -> str:
    """What a deck calls a face: the brand's name for it, else that of the face with the same measures."""
    return dict(style.faces).get(family) or office_name(family)


@lru_cache(maxsize=64)
def office_name(family: str) -> str:
    """The face with the same measures that offices have; the family itself where none is known."""
    return next((font.office for font in fonts() if font.family == family and font.office), family)


def names_of(style: Style) -> dict[str, str]:
    """Names of the theme's colours by "RRGGBB", the main ones first to be used."""
    pairs = [(style.ink, "tx1"), (style.sheet, "bg1"), (style.accent, "accent1"), (style.soft, "bg2"), (style.quiet, "tx2")]
    pairs += [(colour, f"accent{n}") for n, colour in enumerate(_others(style), 2)]
    out: dict[str, str] = {}
    for colour, name in pairs:
        out.setdefault(hexed(colour), name)
    return out


def _others(style: Style) -> list[str]:
    rest = [colour for colour in style.series if hexed(colour) != hexed(style.accent)]
    return (rest + list(style.series))[:5]


def hexed(colour: str) -> str:
    """A "#rgb" or "#rrggbb" colour as "RRGGBB"."""
    return "".join(f"{n:02X}" for n in rgb(colour))


def theme(style: Style) -> str:
    """The theme part."""
    # On dark slides the dark colours are the grounds: the master maps them so.
    ink, sheet, quiet, soft = (hexed(c) for c in (style.ink, style.sheet, style.quiet, style.soft))
    dark1, light1, dark2, light2 = (sheet, ink, soft, quiet) if style.dark else (ink, sheet, quiet, soft)
    named = [("dk1", dark1), ("lt1", light1), ("dk2", dark2), ("lt2", light2), ("accent1", hexed(style.accent))]
    named += [(f"accent{n}", hexed(colour)) for n, colour in enumerate(_others(style), 2)]
    named += [("hlink", hexed(style.accent)), ("folHlink", quiet)]
    colours = "".join(f'<a:{name}><a:srgbClr val="{value}"/></a:{name}>' for name, value in named)
    east = _EAST.get(style.lang) or _EAST.get(style.lang.split("-")[0]) or ""
    scripts = "".join(f'<a:font script="{script}" typeface="{name}"/>' for script, name in _SCRIPTS.items())

    def font(family: str) -> str:
        return f'<a:latin typeface="{escape(_called(family, style))}"/><a:ea typeface="{east}"/><a:cs typeface=""/>{scripts}'

    plain = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    line = "".join(
        f'<a:ln w="{w}" cap="flat" cmpd="sng" algn="ctr">{plain}<a:prstDash val="solid"/><a:miter lim="800000"/></a:ln>'
        for w in (9525, 19050, 28575)
    )
    effects = "<a:effectStyle><a:effectLst/></a:effectStyle>" * 3
    return (
        f'{_HEAD}<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="{escape(style.label)}"><a:themeElements>'
        f'<a:clrScheme name="{escape(style.label)}">{colours}</a:clrScheme><a:fontScheme name="{escape(style.label)}">'
        f"<a:majorFont>{font(style.heading)}</a:majorFont><a:minorFont>{font(style.sans)}</a:minorFont></a:fontScheme>"
        f'<a:fmtScheme name="{escape(style.label)}"><a:fillStyleLst>{plain * 3}</a:fillStyleLst><a:lnStyleLst>{line}</a:lnStyleLst>'
        f"<a:effectStyleLst>{effects}</a:effectStyleLst><a:bgFillStyleLst>{plain * 3}</a:bgFillStyleLst></a:fmtScheme></a:themeElements>"
        "<a:objectDefaults/><a:extraClrSchemeLst/></a:theme>"
    )


def _frame(x: float, y: float, w: float, h: float) -> str:
    return f'<a:xfrm><a:off x="{round(x * EMU)}" y="{round(y * EMU)}"/><a:ext cx="{round(w * EMU)}" cy="{round(h * EMU)}"/></a:xfrm>'


def _placeholder(
    id: int, name: str, ph: str, prompt: str, frame: str = "", body: str = "<a:bodyPr/>", levels: str = "<a:lstStyle/>"
) -> str:
    shape = f'{frame}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>' if frame else ""
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{id}" name="{name}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph {ph}/></p:nvPr>'
        f"</p:nvSpPr><p:spPr>{shape}</p:spPr><p:txBody>{body}{levels}{prompt}</p:txBody></p:sp>"
    )


def _prompt(words: str) -> str:
    return f'<a:p><a:r><a:rPr lang="en-US"/><a:t>{words}</a:t></a:r></a:p>'


_TITLE = "Click to edit Master title style"
_LEVELS = ("Click to edit Master text styles", "Second level", "Third level", "Fourth level", "Fifth level")
_BODY_PROMPT = "".join(
    f'<a:p><a:pPr lvl="{n}"/><a:r><a:rPr lang="en-US"/><a:t>{words}</a:t></a:r></a:p>' for n, words in enumerate(_LEVELS)
)
_NUMBER = '<a:p><a:fld id="{C1FF6DA9-008F-8B48-92A6-B652298478BF}" type="slidenum"><a:rPr lang="en-US"/><a:t>‹#›</a:t></a:fld></a:p>'
_EMPTY = '<a:p><a:endParaRPr lang="en-US"/></a:p>'
_NO_INSET = '<a:bodyPr vert="horz" wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" rtlCol="0" anchor="{anchor}"><a:noAutofit/></a:bodyPr>'
_TREE = (
    '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off x="0" y="0"/>'
    '<a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>'
)


def _size(px: float, colour: str = "", bold: bool | None = None, align: str = "") -> str:
    paint = f'<a:solidFill><a:schemeClr val="{colour}"/></a:solidFill>' if colour else ""
    weight = "" if bold is None else f' b="{int(bold)}"'
    side = f' algn="{align}"' if align else ""
    run = f'<a:defRPr sz="{round(px * 100)}"{weight}>{paint}</a:defRPr>'
    return f'<a:lstStyle><a:lvl1pPr marL="0" indent="0"{side}><a:buNone/>{run}</a:lvl1pPr></a:lstStyle>'


def _fill(colour: str) -> str:
    inner = f'<a:schemeClr val="{colour}"/>' if not colour.startswith("#") else f'<a:srgbClr val="{hexed(colour)}"/>'
    return f"<a:solidFill>{inner}</a:solidFill>"


def master(style: Style, mark: str = "", taken: float = 0.0) -> str:
    """The slide master. `mark` is the logo as XML, which takes `taken` px of the foot."""
    ltr = style.lang.split("-")[0] not in RTL
    start, end, rtl = ("l", "r", 0) if ltr else ("r", "l", 1)
    left, right = (52.0, 818.0 - taken) if ltr else (142.0 + taken, 52.0 + taken)
    top, low = _NO_INSET.format(anchor="t"), _NO_INSET.format(anchor="b")
    starts, ends = _size(12, "tx2", align=start), _size(12, "tx2", align=end)
    shapes = "".join(
        (
            _placeholder(2, "Title Placeholder 1", 'type="title"', _prompt(_TITLE), _frame(52, 42, 856, 76), top),
            _placeholder(3, "Text Placeholder 2", 'type="body" idx="1"', _BODY_PROMPT, _frame(52, 132, 856, 336), top),
            _placeholder(4, "Date Placeholder 3", 'type="dt" sz="half" idx="2"', _EMPTY, _frame(600, 490, 180, 24), low, ends),
            _placeholder(
                5, "Footer Placeholder 4", 'type="ftr" sz="quarter" idx="3"', _EMPTY, _frame(left, 490, 500 - taken, 24), low, starts
            ),
            _placeholder(6, "Number Placeholder 5", 'type="sldNum" sz="quarter" idx="4"', _NUMBER, _frame(right, 490, 90, 24), low, ends),
        )
    )
    mapped = "dk1 lt1 dk2 lt2" if style.dark else "lt1 dk1 lt2 dk2"
    names = " ".join(f'{name}="{value}"' for name, value in zip(("bg1", "tx1", "bg2", "tx2"), mapped.split(), strict=True))
    accents = " ".join(
        f'{name}="{name}"' for name in ("accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink", "folHlink")
    )
    ids = "".join(f'<p:sldLayoutId id="{2147483649 + n}" r:id="rId{n + 1}"/>' for n in range(len(LAYOUTS)))
    title_font = '<a:latin typeface="+mj-lt"/><a:ea typeface="+mj-ea"/><a:cs typeface="+mj-cs"/>'
    body_font = '<a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/><a:cs typeface="+mn-cs"/>'
    levels = "".join(
        f'<a:lvl{n}pPr marL="{round(22 * n * EMU)}" indent="-{round(22 * EMU)}" algn="{start}" defTabSz="914400" rtl="{rtl}" eaLnBrk="1"'
        ' latinLnBrk="0" hangingPunct="1"><a:lnSpc><a:spcPct val="110000"/></a:lnSpc><a:spcBef>'
        f'<a:spcPts val="{600 if n > 1 else 1000}"/></a:spcBef>'
        f'<a:buClr><a:schemeClr val="accent1"/></a:buClr><a:buFont typeface="Arial"/><a:buChar char="•"/><a:defRPr sz="{size}" kern="1200">'
        f'{_fill("tx1")}{body_font}</a:defRPr></a:lvl{n}pPr>'
        for n, size in enumerate((2200, 2000, 1800, 1600, 1600, 1600, 1600, 1600, 1600), 1)
    )  # fmt: skip
    others = "".join(
        f'<a:lvl{n}pPr marL="{457200 * (n - 1)}" algn="{start}" defTabSz="914400" rtl="{rtl}" eaLnBrk="1" latinLnBrk="0" hangingPunct="1">'
        f'<a:defRPr sz="1800" kern="1200">{_fill("tx1")}{body_font}</a:defRPr></a:lvl{n}pPr>'
        for n in range(1, 10)
    )
    return (
        f'{_HEAD}<p:sldMaster {NS}><p:cSld><p:bg><p:bgPr>{_fill("bg1")}<a:effectLst/></p:bgPr></p:bg>'
        f'<p:spTree>{_TREE}{mark}{shapes}</p:spTree></p:cSld>'
        f"<p:clrMap {names} {accents}/><p:sldLayoutIdLst>{ids}</p:sldLayoutIdLst><p:txStyles><p:titleStyle>"
        f'<a:lvl1pPr algn="{start}" defTabSz="914400" rtl="{rtl}" eaLnBrk="1" latinLnBrk="0" hangingPunct="1"><a:lnSpc>'
        '<a:spcPct val="100000"/></a:lnSpc>'
        '<a:spcBef><a:spcPct val="0"/></a:spcBef><a:buNone/><a:defRPr sz="3200" b="1"'
        f' kern="1200">{_fill("tx1")}{title_font}</a:defRPr></a:lvl1pPr>'
        f"</p:titleStyle><p:bodyStyle>{levels}</p:bodyStyle><p:otherStyle><a:defPPr><a:defRPr lang=\"{locale(style.lang)}\"/>"
        f"</a:defPPr>{others}</p:otherStyle>"
        "</p:txStyles></p:sldMaster>"
    )  # fmt: skip


def layout(key: str, style: Style, ground: str, ink: str, quiet: str, ornament: str, mark: str = "") -> str:
    """The layout `key`; bold ones have their own ground and ink ("#rrggbb" or a theme's colour), ornament and logo (shapes as XML)."""
    name, kind = _NAMES[key]
    title = _prompt(_TITLE)
    body = _BODY_PROMPT
    line = _prompt("Click to edit Master subtitle style")
    bold = key in BOLD
    shapes = ornament + mark if bold else ""
    hides = ' showMasterSp="0"' if bold and mark else ""

    def large(size: float) -> str:
        return f'<a:lstStyle><a:lvl1pPr><a:defRPr sz="{round(size * 100)}">{_fill(ink)}</a:defRPr></a:lvl1pPr></a:lstStyle>'

    quiet_line = (
        f'<a:lstStyle><a:lvl1pPr marL="0" indent="0"><a:buNone/><a:defRPr sz="2200">{_fill(quiet)}</a:defRPr></a:lvl1pPr></a:lstStyle>'
    )
    low = _NO_INSET.format(anchor="b")
    top = _NO_INSET.format(anchor="t")
    if key == "title":
        shapes += _placeholder(2, "Title 1", 'type="ctrTitle"', title, _frame(52, 200, 634, 190), low, large(54))
        shapes += _placeholder(3, "Subtitle 2", 'type="subTitle" idx="1"', line, _frame(52, 424, 634, 64), top, quiet_line)
    elif key == "section":
        shapes += _placeholder(2, "Title 1", 'type="title"', title, _frame(52, 130, 634, 130), low, large(46))
        shapes += _placeholder(3, "Text Placeholder 2", 'type="body" idx="1"', line, _frame(52, 290, 634, 80), top, quiet_line)
    elif key == "closing":
        shapes += _placeholder(2, "Title 1", 'type="title"', title, _frame(52, 42, 680, 76), top, large(32))
        shapes += _placeholder(3, "Text Placeholder 2", 'type="body" idx="1"', line, _frame(52, 132, 680, 336), top, quiet_line)
    elif key != "blank":
        shapes += _placeholder(2, "Title 1", 'type="title"', title)
    if key == "content":
        shapes += _placeholder(3, "Content Placeholder 2", 'idx="1"', body)
    if key == "two":
        shapes += _placeholder(3, "Content Placeholder 2", 'sz="half" idx="1"', body, _frame(52, 132, 416, 336))
        shapes += _placeholder(4, "Content Placeholder 3", 'sz="half" idx="2"', body, _frame(492, 132, 416, 336))
    if key != "title":
        paint = f"<a:lstStyle><a:lvl1pPr><a:defRPr>{_fill(quiet)}</a:defRPr></a:lvl1pPr></a:lstStyle>" if bold else "<a:lstStyle/>"
        shapes += _placeholder(7, "Footer Placeholder 6", 'type="ftr" sz="quarter" idx="11"', _EMPTY, levels=paint)
        shapes += _placeholder(8, "Slide Number Placeholder 7", 'type="sldNum" sz="quarter" idx="12"', _NUMBER, levels=paint)
    back = f"<p:bg><p:bgPr>{_fill(ground)}<a:effectLst/></p:bgPr></p:bg>" if bold else ""
    typed = f' type="{kind}" preserve="1"' if kind else ' preserve="1" userDrawn="1"'
    return (
        f'{_HEAD}<p:sldLayout {NS}{hides}{typed}><p:cSld name="{name}">{back}<p:spTree>{_TREE}{shapes}</p:spTree></p:cSld>'
        "<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>"
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """The logo of a layout, or of the master: shapes as XML, in which it is the picture LOGO, and its pixels."""

    key: str
    xml: str
    png: bytes


@lru_cache(maxsize=32)
def package(
    style: Style,
    ground: str,
    ink: str,
    quiet: str,
    ornaments: tuple[tuple[str, str], ...],
    marks: tuple[Mark, ...] = (),
    taken: float = 0.0,
) -> bytes:
    """A presentation without slides: theme, master, layouts. `ornaments` are shapes as XML by layout key; `marks` the logo on the master
    ("") and the bold layouts, which takes `taken` px of the foot."""
    drawn = dict(ornaments)
    held = {mark.key: mark for mark in marks}
    media = {png: f"logo{n}.png" for n, png in enumerate(dict.fromkeys(mark.png for mark in marks), 1)}

    def mark_of(key: str, id: int) -> str:
        return held[key].xml.replace(LOGO, f"rId{id}") if key in held else ""

    def picture(key: str) -> list[tuple[str, str]]:
        return [("image", f"../media/{media[held[key].png]}")] if key in held else []

    parts = {
        "ppt/presentation.xml": _presentation(style),
        "ppt/theme/theme1.xml": theme(style),
        "ppt/slideMasters/slideMaster1.xml": master(style, mark_of("", len(LAYOUTS) + 2), taken),
        "ppt/presProps.xml": f"{_HEAD}<p:presentationPr {NS}/>",
        "ppt/viewProps.xml": f"{_HEAD}<p:viewPr {NS}/>",
        "ppt/tableStyles.xml": f'{_HEAD}<a:tblStyleLst {NS.split(" ")[0]} def="{{5C22544A-7EE6-4342-B048-85BDC9FD1C3A}}"/>',
        "docProps/app.xml": (
            f'{_HEAD}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
            '<Application>Flipchart</Application>'
            "<PresentationFormat>Widescreen</PresentationFormat></Properties>"
        ),
        "_rels/.rels": _relations(("officeDocument", "ppt/presentation.xml"), ("extended-properties", "docProps/app.xml")),
        "ppt/_rels/presentation.xml.rels": _relations(
            ("slideMaster", "slideMasters/slideMaster1.xml"), ("presProps", "presProps.xml"), ("viewProps", "viewProps.xml"),
            ("theme", "theme/theme1.xml"), ("tableStyles", "tableStyles.xml"),
        ),
        "ppt/slideMasters/_rels/slideMaster1.xml.rels": _relations(
            *(("slideLayout", f"../slideLayouts/slideLayout{n}.xml") for n in range(1, len(LAYOUTS) + 1)), ("theme", "../theme/theme1.xml"),
            *picture(""),
        ),
    }  # fmt: skip
    for n, key in enumerate(LAYOUTS, 1):
        parts[f"ppt/slideLayouts/slideLayout{n}.xml"] = layout(key, style, ground, ink, quiet, drawn.get(key, ""), mark_of(key, 2))
        to_master = ("slideMaster", "../slideMasters/slideMaster1.xml")
        parts[f"ppt/slideLayouts/_rels/slideLayout{n}.xml.rels"] = _relations(to_master, *picture(key))
    types = {
        "ppt/presentation.xml": f"{_TYPE}.presentation.main+xml",
        "ppt/theme/theme1.xml": "application/vnd.openxmlformats-officedocument.theme+xml",
        "ppt/slideMasters/slideMaster1.xml": f"{_TYPE}.slideMaster+xml",
        "ppt/presProps.xml": f"{_TYPE}.presProps+xml",
        "ppt/viewProps.xml": f"{_TYPE}.viewProps+xml",
        "ppt/tableStyles.xml": f"{_TYPE}.tableStyles+xml",
        "docProps/app.xml": "application/vnd.openxmlformats-officedocument.extended-properties+xml",
    } | {f"ppt/slideLayouts/slideLayout{n}.xml": f"{_TYPE}.slideLayout+xml" for n in range(1, len(LAYOUTS) + 1)}
    listed = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in types.items())
    png = '<Default Extension="png" ContentType="image/png"/>' if media else ""
    content = (
        f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{png}{listed}</Types>'
    )
    return zipped(
        {"[Content_Types].xml": content.encode()}
        | {name: words.encode() for name, words in parts.items()}
        | {f"ppt/media/{name}": png for png, name in media.items()}
    )


def _presentation(style: Style) -> str:
    levels = "".join(
        f'<a:lvl{n}pPr marL="{457200 * (n - 1)}" algn="l" defTabSz="914400" rtl="0" eaLnBrk="1" latinLnBrk="0" hangingPunct="1">'
        '<a:defRPr sz="1800"'
        f' kern="1200">{_fill("tx1")}<a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/><a:cs typeface="+mn-cs"/></a:defRPr>'
        f'</a:lvl{n}pPr>'
        for n in range(1, 10)
    )  # fmt: skip
    return (
        f'{_HEAD}<p:presentation {NS} saveSubsetFonts="1" autoCompressPictures="0"><p:sldMasterIdLst>'
        '<p:sldMasterId id="2147483648" r:id="rId1"/>'
        f'</p:sldMasterIdLst><p:sldSz cx="{WIDE}" cy="{TALL}"/><p:notesSz cx="6858000" cy="9144000"/><p:defaultTextStyle><a:defPPr>'
        f'<a:defRPr lang="{locale(style.lang)}"/></a:defPPr>{levels}</p:defaultTextStyle></p:presentation>'
    )


def _relations(*pairs: tuple[str, str]) -> str:
    inner = "".join(f'<Relationship Id="rId{n}" Type="{_REL}/{kind}" Target="{target}"/>' for n, (kind, target) in enumerate(pairs, 1))
    return f'{_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inner}</Relationships>'


def zipped(parts: dict[str, bytes]) -> bytes:
    """A zip of the parts in their order, each with the same date."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, STILL)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
    return file.getvalue()


def unzipped(content: bytes) -> dict[str, bytes]:
    """The parts of a zip in their order."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
