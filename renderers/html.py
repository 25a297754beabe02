"""One HTML file that needs nothing else: words, visuals and fonts inside, no address outside, nothing run but our own players."""

from html import escape

from flipchart import assets
from flipchart.renderers import svg
from flipchart.renderers.drawing import Drawing
from flipchart.renderers.registry import form
from flipchart.renderers.render import Page, draw
from flipchart.renderers.spec import Spec
from flipchart.renderers.style import Style, style
from flipchart.renderers.text import to_html
from flipchart.renderers.typeset import Font, font_for

# No headers exist for a file, so the policy is the first element of the page.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src {script}; img-src data: blob:; font-src data:; media-src data: blob:;"
    " frame-src 'none'; connect-src 'none'; form-action 'none'; base-uri 'none'"
)


def write_page(page: Page) -> bytes:
    """The words and every visual of the page as one HTML file, UTF-8."""
    look = page.style
    bodies = [_visual(spec, page) for spec in page.specs]
    words = f'<article class="prose">{to_html(page.text)}</article>' if page.text.strip() else ""
    said = page.text + "".join(form(spec.kind).markdown(spec) for spec in page.specs)
    title = page.title or next((spec.title for spec in page.specs if spec.title), "") or "Flipchart"
    script = "'unsafe-inline'" if any("<script" in body for body in bodies) else "'none'"
    lang = next((spec.lang for spec in page.specs if spec.lang), look.lang)
    side = style(look.name).model_copy(update={"lang": lang}).direction
    return (
        "<!doctype html>\n"
        f'<html lang="{escape(lang, quote=True)}" dir="{side}"><head>'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY.format(script=script)}">'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{escape(title)}</title><style>{fonts_for(said, look)}:root{{{variables(look)}}}{assets.text('web/page.css')}</style>"
        f'</head><body><main class="sheets">{words}{"".join(bodies)}</main></body></html>\n'
    ).encode("utf-8", "replace")


def _visual(spec: Spec, page: Page) -> str:
    one = form(spec.kind)
    if one.page is not None:
        look = page.style.with_look(spec.look, spec.lang)
        return (
            f'<section class="visual {spec.kind}" aria-label="{svg.attribute(one.alt(spec))}">{one.page(spec, look, page.pixels)}</section>'
        )
    drawing: Drawing = draw(spec, page.style, page.width, page.height)
    return f'<section class="visual {spec.kind}"><figure>{svg.write(drawing, page.pixels, fonts=False)}</figure></section>'


def variables(look: Style) -> str:
    """The style's colours and faces as CSS custom properties."""
    values = {
        **{name: getattr(look, name) for name in ("paper", "sheet", "ink", "quiet", "rule", "accent", "soft", "good", "bad", "warn")},
        "on-accent": look.on_accent,
        "radius": f"{look.radius:g}px",
        "sans": f"'{look.sans}', sans-serif",
        "heading": f"'{look.heading}', '{look.sans}', sans-serif",
        "mono": f"'{look.mono}', monospace",
    } | {f"series-{i}": colour for i, colour in enumerate(look.series, 1)}
    return "".join(f"--{name}:{value};" for name, value in values.items()) + f"color-scheme:{'dark' if look.dark else 'light'};"


def fonts_for(words: str, look: Style) -> str:
    """@font-face rules with the characters of `words` (and plain Latin) in the faces of `look`, as data."""
    import base64

    letters = set(words) | set(map(chr, range(32, 127))) | set("…–—−×·•’“”€°→")
    cuts: dict[str, tuple[Font, set[str], set[tuple[str, int]]]] = {}
    for family, weight in {(look.sans, 400), (look.sans, look.bold), (look.heading, look.bold), (look.mono, 400)}:
        for letter in letters:
            font = font_for(letter, family, weight)
            if font is not None:
                _, wanted, faces = cuts.setdefault(font.file, (font, set(), set()))
                wanted.add(letter)
                faces.add((family, weight))
    rules = []
    for file, (font, wanted, faces) in sorted(cuts.items()):
        data = base64.b64encode(svg.subset(file, "".join(sorted(wanted)))).decode()
        source = f"src:url(data:font/ttf;base64,{data}) format('truetype')"
        rules.append(f"@font-face{{font-family:'{font.family}';font-weight:{font.weight};{source}}}")
        if font.family in {look.sans, look.heading, look.mono}:
            continue
        # A stand-in for another script answers to the page's own faces, at the very weight they are asked for, for its characters alone.
        spread = ",".join(f"U+{ord(letter):X}" for letter in sorted(wanted))
        for family, weight in sorted(faces - {(look.mono, 400)}):
            rules.append(f"@font-face{{font-family:'{family}';font-weight:{weight};{source};unicode-range:{spread}}}")
    return "".join(rules)
