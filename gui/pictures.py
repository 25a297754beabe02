"""A person's pictures, decoded where a faulty decoder can do no harm: in a process of its own with little memory and time.

This file run as a script is that process: bytes in, the picture written anew out. SVG comes out as pixels: of it only shapes, type and
colours are drawn, nothing it refers to outside itself, and no script. With a width and a height it writes a mask of that size.
"""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn
from xml.etree import ElementTree

from flipchart.renderers.problem import Problem

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MOST_PIXELS = 25_000_000
MEMORY = 1 << 30  # bytes of address space
SECONDS = 15
DRAWN = 1024  # px of the longer side of an SVG
SKEW = 0.02  # by how much a mask's proportions may differ from those of its picture
LARGEST_SVG, ELEMENTS = 4_000_000, 20_000  # bytes, and elements of one
# What is drawn of an SVG; all else is left out with what is in it.
SHAPES = frozenset(
    "svg g a path rect circle ellipse line polyline polygon text tspan textPath defs linearGradient radialGradient stop clipPath mask use"
    " symbol switch pattern style title desc".split()
)


def redrawn(content: bytes) -> bytes:
    """The picture as PNG (JPEG where it is a photograph), upright, first frame only, without anything else the file held.

    An SVG comes as PNG. Raises Problem where it is no picture of FORMATS, or too large.
    """
    return _decoded(content)


def masked(content: bytes, width: int, height: int) -> bytes:
    """A PNG of this size, white where the picture `content` is light, black where it is dark or see-through.

    Raises Problem where `content` is no picture, has other proportions, or is light nowhere.
    """
    return _decoded(content, width, height)


def _decoded(content: bytes, *size: int) -> bytes:
    command = [sys.executable, "-I", str(Path(__file__)), *map(str, size)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS + 5, check=False, env={})
    except subprocess.TimeoutExpired:
        raise Problem("the picture takes too long to open; save it again as PNG, then attach that") from None
    if done.returncode == 2:
        raise Problem(done.stderr.decode("utf-8", "replace").strip())
    if done.returncode != 0 or not done.stdout:
        raise Problem("the picture cannot be opened; save it again as PNG, then attach that")
    return done.stdout


def main() -> None:
    """Read a picture from standard input, write it anew to standard output; exit code 2 with one sentence where it is refused."""
    import io
    import resource
    import warnings

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    content, size = sys.stdin.buffer.read(), [int(side) for side in sys.argv[1:]]
    if is_svg(content):
        content = rastered(content)
        if not size:
            sys.stdout.buffer.write(content)
            return
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            kind = opened.format
            # Exif is read for the way up only; what is written below carries none of it.
            picture = ImageOps.exif_transpose(opened).convert("RGBA" if opened.has_transparency_data else "RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        _refuse(f"the picture has more than {MOST_PIXELS // 1_000_000} million pixels; make it smaller")
    except UnidentifiedImageError:
        _refuse(f"this is no picture that can be read; save it as one of {', '.join(FORMATS)}")
    except (OSError, SyntaxError, ValueError, MemoryError):
        _refuse("the picture is damaged; save it again as PNG, then attach that")
    out = io.BytesIO()
    if size:
        _marking(picture, *size).save(out, "PNG")
    elif kind == "JPEG" or (kind == "WEBP" and picture.mode == "RGB"):
        picture.save(out, "JPEG", quality=90)
    else:
        picture.save(out, "PNG")
    sys.stdout.buffer.write(out.getvalue())


def _marking(picture: Any, width: int, height: int) -> Any:
    """The picture as a mask; ends the process with a sentence where it is none."""
    from PIL import Image

    if abs(picture.width * height - picture.height * width) > SKEW * picture.height * width:
        _refuse(f"the mask has other proportions than the picture; make it {width} by {height} px")
    shown = picture.convert("RGBA")
    grey = Image.alpha_composite(Image.new("RGBA", shown.size, "black"), shown).convert("L")
    mask = grey.resize((width, height), Image.Resampling.BILINEAR).point(lambda light: 255 if light > 127 else 0)
    if not mask.getbbox():
        _refuse("nothing is marked; paint over the place that is to change")
    return mask


def is_svg(content: bytes) -> bool:
    """True where the bytes begin as an SVG does."""
    start = content[:2000].lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith(b"<") and (b"<svg" in content[:4000] or b":svg" in content[:4000])


def rastered(content: bytes) -> bytes:
    """An SVG as PNG, DRAWN px on its longer side; ends the process with a sentence where that cannot be."""
    from resvg_py import svg_to_bytes

    from flipchart import assets

    root = cleaned(content)
    sizes = [re.match(r"\s*([\d.]+)", root.get(name, "")) for name in ("width", "height")]
    box = [float(n) for n in re.findall(r"[-+]?[\d.]+(?:e[-+]?\d+)?", root.get("viewBox", ""))[:4]]
    wide, tall = box[2:] if len(box) == 4 else [float(size[1]) if size else 0.0 for size in sizes]
    if not 0 < wide < 1e7 or not 0 < tall < 1e7 or max(wide, tall) / min(wide, tall) > 50:
        _refuse("the SVG does not say how large it is; save it again, or give a PNG")
    root.attrib.setdefault("viewBox", f"0 0 {wide} {tall}")
    share = DRAWN / max(wide, tall)
    root.attrib.update(width=str(wide * share), height=str(tall * share))
    faces = [str(assets.path(f"fonts/{name}")) for name in ("Inter-Regular.ttf", "Inter-SemiBold.ttf", "SourceSerif4-SemiBold.ttf")]
    try:
        words = ElementTree.tostring(root, encoding="unicode")
        drawn = svg_to_bytes(svg_string=words, width=max(1, round(wide * share)), skip_system_fonts=True, font_files=faces, dpi=96)
    except (ValueError, RuntimeError, OSError):
        _refuse("the SVG cannot be drawn; save it again, or give a PNG")
    return bytes(drawn)


def cleaned(content: bytes) -> ElementTree.Element:
    """The SVG with nothing but what is drawn of it; ends the process with a sentence where it is none."""
    try:
        words = content.decode("utf-8-sig")
        words = re.sub(r"<!DOCTYPE[^\[>]*>", "", words, count=1)
        if len(content) > LARGEST_SVG or "<!DOCTYPE" in words or "<!ENTITY" in words or "\x00" in words:
            _refuse("the SVG is too large, or declares what is not drawn; save it as plain SVG, or give a PNG")
        root = ElementTree.fromstring(words.encode())
    except (UnicodeDecodeError, ElementTree.ParseError, RecursionError):
        _refuse("the SVG is damaged; save it again, or give a PNG")
    if sum(1 for _ in root.iter()) > ELEMENTS or _plain(root.tag) != "svg":
        _refuse("the SVG is too large, or none; save it as plain SVG, or give a PNG")
    _clean(root)
    return root


def _clean(node: ElementTree.Element) -> None:
    for child in list(node):
        pixels = _plain(child.tag) == "image" and _data(child)
        if _plain(child.tag) not in SHAPES and not pixels:
            node.remove(child)
            continue
        _clean(child)
    for name, value in list(node.attrib.items()):
        plain = _plain(name).lower()
        outside = plain == "href" and not value.strip().startswith("#") and not _data(node)
        if plain.startswith("on") or outside or _reaches(value):
            del node.attrib[name]
    if _plain(node.tag) == "style" and _reaches(node.text or ""):
        node.text = ""


def _plain(tag: object) -> str:
    """A name without its namespace; empty for what is no element."""
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def _data(node: ElementTree.Element) -> bool:
    """True for a picture that holds its pixels itself."""
    links = [value for name, value in node.attrib.items() if _plain(name) == "href"]
    return bool(links) and all(re.match(r"\s*data:image/(?:png|jpe?g)[;,]", value, re.IGNORECASE) for value in links)


def _reaches(value: str) -> bool:
    """True where a value refers to something outside the file."""
    return bool(re.search(r"url\(\s*['\"]?\s*(?!#)|@import|expression\(|\\", value, re.IGNORECASE)) and not re.fullmatch(
        r"data:[^()]*", value
    )


def _refuse(sentence: str) -> NoReturn:
    sys.stderr.write(sentence)
    sys.exit(2)


if __name__ == "__main__":
    main()
