"""The brand that every visual wears: read from what a person gives, kept with those before it, and taken back."""

import hashlib
import json
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from flipchart.gui import attach, pictures
from flipchart.renderers import brand as brands
from flipchart.renderers import brand_pptx, logo, render
from flipchart.renderers.problem import Missing, Problem, SpecProblem
from flipchart.renderers.style import Brand, Style, repairs, stand_ins, style, themes
from flipchart.renderers.typeset import clean
from flipchart.renderers.words import number, say

LARGEST = 30_000_000  # bytes of a file
MOST = 20  # brands that are kept, to go back to
LONGEST_NAME = 60  # characters


class Brands:
    """The brands of the data directory `home`, in a file of it. Thread safe; several processes may share it."""

    def __init__(self, home: Path) -> None:
        self.file = home / "brand.json"
        self._lock = threading.Lock()

    @property
    def now(self) -> Brand | None:
        """The brand that is worn."""
        at, kept = self._kept()
        return kept[at]

    @property
    def steps(self) -> tuple[int, int]:
        """How many brands can be gone back, and how many forth."""
        at, kept = self._kept()
        return at, len(kept) - 1 - at

    def wear(self, brand: Brand | None) -> Brand | None:
        """Wear this brand, or none, from now on; those undone are forgotten."""
        with self._lock:
            at, kept = self._kept()
            if kept[at] != brand:
                kept = [*kept[: at + 1], brand][-MOST:]
                self._keep(len(kept) - 1, kept)
        return brand

    def step(self, by: int) -> Brand | None:
        """Wear the brand before (-1) or the one that was undone (1); where there is none, the same."""
        with self._lock:
            at, kept = self._kept()
            to = min(len(kept) - 1, max(0, at + by))
            if to != at:
                self._keep(to, kept)
            return kept[to]

    def _kept(self) -> tuple[int, list[Brand | None]]:
        try:
            stat = self.file.stat()
        except OSError:
            return 0, [None]
        at, kept = _read(self.file, stat.st_mtime_ns, stat.st_size, stat.st_ino)
        return at, list(kept)

    def _keep(self, at: int, kept: list[Brand | None]) -> None:
        values = [one and json.loads(one.model_dump_json(exclude_defaults=True)) for one in kept]
        render.save(self.file, json.dumps({"at": at, "kept": values}, ensure_ascii=False).encode())


@lru_cache(maxsize=4)
def _read(file: Path, *_state: int) -> tuple[int, tuple[Brand | None, ...]]:
    """The file as it is in this state: which is worn, and all of them."""
    try:
        held = json.loads(file.read_bytes())
        kept = tuple(None if one is None else Brand.model_validate_json(json.dumps(one)) for one in held["kept"])
        return min(max(0, int(held["at"])), len(kept) - 1), kept or (None,)
    except (OSError, ValueError, KeyError, TypeError, ValidationError):
        raise Problem(f"the brand in {file} cannot be read; remove the file, then give the brand again") from None


# -- read from what a person gives ------------------------------------------------------------------------------------------


def given(name: str, content: bytes, before: Brand | None = None) -> Brand:
    """The brand in a file: a logo, a PowerPoint file or JSON. What it does not say stays as it was `before`.

    Raises Problem where it is none, is damaged, or is too large.
    """
    if not content:
        raise Problem(f"{name[:80]!r} is empty; give a logo, a .pptx or colours")
    if len(content) > LARGEST:
        raise Problem(f"{name[:80]!r} has {len(content) / 1e6:.0f} MB; at most {LARGEST / 1e6:.0f} MB are read, so give a smaller one")
    called = clean(Path(name.replace("\\", "/")).stem).strip()[:LONGEST_NAME]
    before = before or Brand()
    if content.startswith(b"PK"):
        read = brand_pptx.read(content)
        mark = _logo_in(content)
        return read.model_copy(update={"name": called, "logo": mark or before.logo})
    start = content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{"):
        read = brands.of_json(content.decode("utf-8", "replace"))
        mark = read.logo and brands.of_picture(pictures.redrawn(read.logo.png)).logo
        return read.model_copy(update={"name": read.name or called, "logo": mark})
    if not content.startswith((*attach.PICTURES, b"RIFF")) and not pictures.is_svg(content):
        raise Problem(f"{name[:80]!r} is no logo and no PowerPoint file; give a PNG, JPEG, SVG or .pptx, or type colours as #rrggbb")
    read = brands.of_picture(pictures.redrawn(content))
    kept = {"name": called, "colours": read.colours or before.colours, "logo": read.logo or before.logo}
    return before.model_copy(update=kept)


def _logo_in(content: bytes) -> Any:
    """The first picture of a PowerPoint file's master that is a logo; None where there is none."""
    for picture in brand_pptx.logos(content):
        try:
            found = brands.of_picture(pictures.redrawn(picture)).logo
        except Problem:
            continue
        if found is not None:
            return found
    return None


def look(theme: str, kept: Brand | None = None) -> Style:
    """The style that `theme` names: a shipped theme, "brand" for the one that is kept, colours, or a file that a brand is in."""
    if theme.startswith("#"):
        read = brands.typed(theme)
    elif theme in themes() or not Path(theme).suffix:
        if theme != "brand":
            return style(theme)
        if kept is None:
            raise Problem("there is no brand; give one with `flipchart brand`")
        read = kept
    else:
        read = of_file(Path(theme))
    return style(read.base).wearing(read)


def named(what: str, before: Brand | None = None) -> Brand | None:
    """The brand before in these colours, or what a file says; raises Problem where it says nothing."""
    return edited(before, {"colours": what}) if what.startswith("#") else of_file(Path(what), before)


def of_file(file: Path, before: Brand | None = None) -> Brand:
    """The brand in a file of this machine; raises Problem where there is none."""
    try:
        if not file.exists():
            raise Missing(f"there is no file {file}; give colours, a logo, a .pptx or a .json")
        if file.stat().st_size > LARGEST:
            raise Problem(f"{file} has {file.stat().st_size / 1e6:.0f} MB; at most {LARGEST / 1e6:.0f} MB are read, so give a smaller one")
        content = file.read_bytes()
    except OSError as error:
        raise Problem(f"the brand {file} cannot be read: {error.strerror}; give colours, a logo, a .pptx or a .json") from None
    return given(file.name, content, before)


def edited(before: Brand | None, values: dict[str, Any]) -> Brand | None:
    """The brand with these fields set; "" or null takes one back, and a brand that says nothing is none.

    Fields are `colours` (words, or a list), `heading`, `body`, `name`; `logo` can be taken away, not set.
    """
    before = before or Brand()
    unknown = sorted(set(values) - {"colours", "heading", "body", "name", "logo"})
    if unknown or values.get("logo"):
        wrong = unknown[0] if unknown else "logo"
        raise SpecProblem(f"`{wrong[:40]}` cannot be set; set colours, heading, body or name, take the logo away with null, or give a file")
    changes: dict[str, Any] = {"logo": None} if "logo" in values else {}
    for name in ("heading", "body", "name"):
        if name in values:
            changes[name] = clean(str(values[name] or "")).strip()[:80]
    if "colours" in values:
        words = values["colours"] or ""
        words = ",".join(map(str, words)) if isinstance(words, list) else str(words)
        changes["colours"] = brands.typed(words[:400]).colours if words.strip() else ()
    made = before.model_copy(update=changes)
    return made if made.colours or made.logo or made.heading or made.body else None


# -- what is said of it -----------------------------------------------------------------------------------------------------


def told(brand: Brand | None, theme: str = "light", lang: str = "en") -> dict[str, Any]:
    """The brand, how it looks in a theme, and in `lang` what was done to it there, as JSON values."""
    base = style(theme)
    worn = base.wearing(brand)
    png, plate = logo.on_ground(brand.logo, worn.sheet) if brand and brand.logo else (b"", "")
    moved = repairs(brand, base.model_copy(update={"sheet": worn.sheet})) if brand else []
    return {
        "brand": brand
        and {
            "name": brand.name,
            "colours": list(brand.colours),
            "heading": brand.heading,
            "body": brand.body,
            "logo": logo.data(png) if png else "",
            "plate": plate,
        },
        "palette": {name: getattr(worn, name) for name in ("sheet", "ink", "quiet", "accent", "on_accent", "soft", "sans", "heading")}
        | {"series": list(worn.series)},
        "moved": [one.model_dump() for one in moved],
        "notes": _notes(brand, worn, moved, lang) if brand else [],
    }


def _notes(brand: Brand, worn: Style, moved: list[Any], lang: str) -> list[str]:
    out = [say("brand.moved", lang, was=one.was, now=one.now, found=number(one.found, lang)) for one in moved]
    out += [say("brand.face", lang, face=wanted, ours=ours) for wanted, ours in stand_ins(brand, style(worn.name))]
    if not brand.colours and brand.logo:
        out.append(say("brand.grey", lang))
    if brand.logo and not logo.seen_on(brand.logo, worn.sheet):
        out.append(say("brand.ink" if brand.logo.plain else "brand.plate", lang))
    return out


def preview(brand: Brand | None, theme: str, lang: str, form: str = "chart") -> bytes:
    """A small visual in the brand, as SVG: a chart, or the cover of a deck."""
    worn = style(theme).wearing(brand)
    title = say("brand.sample", lang)
    spec = render.read({"kind": form, "lang": lang, "title": title} | _SAMPLES[form])
    return render.write(render.Page((spec,), worn, width=_WIDTHS[form]), "svg")[0]


_SAMPLES: dict[str, dict[str, Any]] = {
    "chart": {
        "mark": "bar",
        "labels": ["2024", "2025", "2026"],
        "series": [{"name": name, "values": values} for name, values in (("A", [5, 7, 9]), ("B", [4, 4, 6]), ("C", [3, 5, 4]))],
    },
    "slides": {"slides": [{"type": "closing"}]},
}
_WIDTHS = {"chart": 390.0, "slides": 960.0}


def mark(brand: Brand | None) -> str:
    """What tells this brand from others."""
    return hashlib.sha256(brand.model_dump_json().encode()).hexdigest()[:12] if brand else ""
