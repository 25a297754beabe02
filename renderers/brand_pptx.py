"""A brand read from a PowerPoint file: its theme's colours and faces, and the pictures on its master that may be the logo.

Nothing is unpacked before its size is known, and nothing is fetched.
"""

import io
import math
import posixpath
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

from flipchart.renderers.brand import HEX, is_colour, plain
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.style import Brand, apart

LARGEST = 4_000_000  # bytes of one part
LARGEST_PICTURE = 10_000_000
# Of the file, which is a zip archive: members, bytes of all, and how well they may be packed.
MEMBERS, UNPACKED, PACKED = 5000, 400_000_000, 100
USUAL = 0.015  # share of a page that a logo takes
_FORMATS = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg")
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_SVG = "{http://schemas.microsoft.com/office/drawing/2016/SVG/main}"
_NO_FILE = "this is no PowerPoint file with a theme; save it again as .pptx, or type the colours"


class _Package:
    """A PowerPoint file, looked at before anything in it is unpacked."""

    def __init__(self, content: bytes) -> None:
        try:
            self.zip = zipfile.ZipFile(io.BytesIO(content))
            self.sizes = {info.filename: info.file_size for info in self.zip.infolist()}
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            raise SpecProblem(_NO_FILE) from None
        if len(self.sizes) > MEMBERS or sum(self.sizes.values()) > min(UNPACKED, PACKED * len(content)):
            raise SpecProblem("this PowerPoint file unpacks to far more than it should; save it again, then give that")

    def read(self, name: str, most: int = LARGEST) -> bytes:
        """The bytes of a part; raises SpecProblem where there is none or it is too large."""
        try:
            if self.sizes.get(name, most + 1) > most:
                raise SpecProblem(_NO_FILE)
            return self.zip.read(name)
        except (zipfile.BadZipFile, KeyError, ValueError, OSError, RuntimeError, NotImplementedError, EOFError):
            raise SpecProblem(_NO_FILE) from None

    def xml(self, name: str) -> ElementTree.Element:
        """A part as XML: UTF-8, without declarations of its own."""
        try:
            markup = self.read(name).decode("utf-8-sig")
            if "<!DOCTYPE" in markup or "<!ENTITY" in markup or "\x00" in markup:
                raise SpecProblem(_NO_FILE)
            return ElementTree.fromstring(markup.encode())
        except (UnicodeDecodeError, ElementTree.ParseError, RecursionError):
            raise SpecProblem(_NO_FILE) from None

    def targets(self, name: str) -> dict[str, tuple[str, str]]:
        """What a part refers to inside the file: (kind, name) by id."""
        folder, file = posixpath.split(name)
        where = f"{folder}/_rels/{file}.rels"
        out = {}
        for one in self.xml(where) if where in self.sizes else ():
            if one.get("TargetMode") != "External":
                to = posixpath.normpath(posixpath.join("/" + folder, one.get("Target", ""))).lstrip("/")
                out[one.get("Id", "")] = (one.get("Type", "").rsplit("/", 1)[-1], to)
        return out

    def first(self, pattern: str) -> str:
        """The first part of this name by number; raises SpecProblem where there is none."""
        found = sorted((name for name in self.sizes if re.fullmatch(pattern, name)), key=lambda name: (len(name), name))
        if not found:
            raise SpecProblem(_NO_FILE)
        return found[0]


def read(content: bytes) -> Brand:
    """The colours and faces of a PowerPoint file's theme; raises SpecProblem where it has none."""
    package = _Package(content)
    master = next((name for name in sorted(package.sizes) if re.fullmatch(r"ppt/slideMasters/slideMaster\d+\.xml", name)), "")
    named = [to for kind, to in package.targets(master).values() if kind == "theme"] if master else []
    root = package.xml(named[0] if named else package.first(r"ppt/theme/theme\d+\.xml"))
    found = [value for n in range(1, 7) if (value := _scheme(root, f"accent{n}"))]
    if not found:
        raise SpecProblem("the theme of this PowerPoint file names no colours; type them as #rrggbb")

    def face(kind: str) -> str:
        latin = root.find(f".//{_A}{kind}/{_A}latin")
        return latin.get("typeface", "")[:80] if latin is not None else ""

    mapped = package.xml(master).find(f"{_P}clrMap") if master else None
    names = {"bg1": "lt1", "tx1": "dk1"} | ({} if mapped is None else dict(mapped.attrib))
    # Grey accents are no main colour.
    found.sort(key=lambda colour: not is_colour(colour))
    return Brand(
        colours=tuple(apart(found)), heading=face("majorFont"), body=face("minorFont"),
        ink=_scheme(root, names["tx1"]), sheet=_scheme(root, names["bg1"]),
    )  # fmt: skip


def _scheme(root: ElementTree.Element, name: str) -> str:
    for kind, attribute in (("srgbClr", "val"), ("sysClr", "lastClr")):
        one = root.find(f".//{_A}clrScheme/{_A}{name}/{_A}{kind}")
        if one is not None and HEX.fullmatch(one.get(attribute, "")):
            return plain(one.get(attribute, ""))
    return ""


def logos(content: bytes) -> Iterator[bytes]:
    """The pictures on a PowerPoint file's master and layouts that may be its logo, likeliest first, as they lie in the file."""
    package = _Package(content)
    places = []
    for name in sorted(package.sizes, key=lambda name: (len(name), name)):
        if re.fullmatch(r"ppt/(slideMasters/slideMaster|slideLayouts/slideLayout)\d+\.xml", name):
            places += [(not name.startswith("ppt/slideMasters"), *found) for found in _pictures(package, name)]
    tried = set()
    # What is on the master comes first, then what has a logo's usual size.
    for _, _, part in sorted((on_layout, abs(math.log(share / USUAL)), part) for on_layout, share, part in places):
        if part not in tried and part.lower().endswith(_FORMATS):
            tried.add(part)
            try:
                yield package.read(part, LARGEST_PICTURE)
            except SpecProblem:
                continue


def _pictures(package: _Package, name: str) -> Iterator[tuple[float, str]]:
    """The pictures on a page that are too small for a background: how large (share of a usual page), and the part they lie in."""
    try:
        root, targets = package.xml(name), package.targets(name)
    except SpecProblem:
        return
    for picture in root.iter(f"{_P}pic"):
        size, blip = picture.find(f".//{_A}xfrm/{_A}ext"), picture.find(f".//{_A}blip")
        if size is None or blip is None:
            continue
        vector = blip.find(f".//{_SVG}svgBlip")
        named = [one.get(f"{_R}embed", "") for one in (vector, blip) if one is not None]
        try:
            share = int(size.get("cx", "0")) * int(size.get("cy", "0")) / (12192000 * 6858000)
        except ValueError:
            continue
        for id in named:
            kind, to = targets.get(id, ("", ""))
            if kind == "image" and 0 < share < 0.2:
                yield share, to
