"""Rebuilds the shipped font files and fonts.json from their npm packages.

    python assets/fonts/build.py          (needs npm and fontTools; writes into this folder)

Faces with a reserved font name are copied byte for byte. The large East Asian faces are cut to what the other
shipped faces lack, and a SemiBold is named so that "family Inter, weight 600" finds it.
"""

import json
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent

Keep = Callable[[int], bool]


@dataclass(frozen=True, slots=True)
class Face:
    """One file to ship: where it comes from and what of it is kept (None: the file as it is)."""

    package: str  # npm package under @expo-google-fonts/
    style: str  # folder inside the package
    office: str | None = None  # the office face that has the same widths
    keep: Keep | None = None


def among(*ranges: tuple[int, int]) -> Keep:
    """True for the code points within any of the ranges, both ends included."""
    return lambda point: any(low <= point <= high for low, high in ranges)


def encodable(*codecs: str) -> Keep:
    """True for the code points that any of the legacy codecs can write: the common characters."""

    def keep(point: int) -> bool:
        for codec in codecs:
            try:
                written = chr(point).encode(codec)
            except UnicodeEncodeError:
                continue
            if codec != "big5" or len(written) < 2 or written[0] < 0xC7:  # first level of Big5: the everyday ones
                return True
        return False

    return keep


def without(drop: Keep, keep: Keep) -> Keep:
    """True where keep is and drop is not."""
    return lambda point: keep(point) and not drop(point)


def both(one: Keep, other: Keep) -> Keep:
    """True where one and other are."""
    return lambda point: one(point) and other(point)


KANA = among((0x3040, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F))
HANGUL = among((0x1100, 0x11FF), (0x3130, 0x318F), (0xA960, 0xA97F), (0xAC00, 0xD7FF), (0xFFA0, 0xFFDC))
WIDE = among(
    (0x2E80, 0x2FFF),
    (0x3000, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFE10, 0xFE4F),
    (0xFF00, 0xFFEF),
    (0x20000, 0x3FFFF),
)
HAN = without(KANA, without(HANGUL, WIDE))
MATH = among(
    (0x2070, 0x209F),
    (0x20D0, 0x20FF),
    (0x2100, 0x23FF),
    (0x25A0, 0x25FF),
    (0x27C0, 0x2BFF),
    (0x1D400, 0x1D7FF),
    (0x1EE00, 0x1EEFF),
)


# In the order in which a character looks for a face. Kana and Hangul are dropped from the Chinese face, so
# that Japanese and Korean find their own.
FACES = (
    Face("inter", "400Regular"),
    Face("inter", "600SemiBold"),
    Face("source-serif-4", "600SemiBold"),
    Face("shantell-sans", "400Regular"),
    Face("shantell-sans", "600SemiBold"),
    Face("jetbrains-mono", "400Regular"),
    Face("arimo", "400Regular", "Arial"),
    Face("arimo", "700Bold", "Arial"),
    Face("carlito", "400Regular", "Calibri"),
    Face("carlito", "700Bold", "Calibri"),
    Face("noto-sans", "400Regular"),
    Face("noto-sans", "700Bold"),
    *(
        Face(f"noto-sans-{script}", style)
        for script in (
            "arabic", "hebrew", "devanagari", "bengali", "gujarati", "gurmukhi", "tamil", "telugu", "kannada",
            "malayalam", "sinhala", "thai", "lao", "khmer", "myanmar", "georgian", "armenian", "ethiopic",
        )
        for style in ("400Regular", "700Bold")
    ),
    Face("noto-sans-oriya", "400Regular"),
    Face("noto-sans-oriya", "700Bold"),
    *(
        Face(package, "400Regular")
        for package in (
            "noto-serif-tibetan", "noto-sans-mongolian", "noto-sans-tifinagh", "noto-sans-nko",
            "noto-sans-thaana", "noto-sans-syriac", "noto-sans-cherokee", "noto-sans-canadian-aboriginal",
            "noto-sans-ol-chiki",
        )
    ),
    Face("noto-sans-sc", "400Regular", keep=HAN),
    Face("noto-sans-sc", "700Bold", keep=both(HAN, encodable("gb2312", "big5"))),
    Face("noto-sans-jp", "400Regular", keep=without(HANGUL, WIDE)),
    Face("noto-sans-jp", "700Bold", keep=both(without(HANGUL, WIDE), encodable("shift_jis"))),
    Face("noto-sans-kr", "400Regular", keep=HANGUL),
    Face("noto-sans-kr", "700Bold", keep=both(HANGUL, encodable("euc_kr"))),
    Face("noto-sans-math", "400Regular", keep=MATH),
    Face("noto-sans-symbols", "400Regular"),
    Face("noto-sans-symbols-2", "400Regular"),
    Face("noto-emoji", "400Regular"),
)  # fmt: skip

# Vertical writing, old forms and width variants of the large faces are used by nobody here.
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "liga", "calt", "ljmo", "vjmo", "tjmo"]


def unpacked(package: str, into: Path) -> Path:
    """The folder of an npm package's files, downloaded once."""
    folder = into / package
    if not folder.is_dir():
        command = [
            "npm",
            "pack",
            "--silent",
            "--pack-destination",
            str(into),
            f"@expo-google-fonts/{package}",
        ]
        name = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        with tarfile.open(into / name) as archive:
            archive.extractall(folder, filter="data")
    return folder / "package"


def family_and_style(font: TTFont) -> tuple[str, str]:
    """The typographic family and style, such as ("Inter", "SemiBold")."""
    names = font["name"]
    return (
        names.getDebugName(16) or names.getDebugName(1),
        names.getDebugName(17) or names.getDebugName(2),
    )


def may_change(font: TTFont, family: str) -> bool:
    """False where the face's own name is reserved for the unchanged file."""
    reserved = re.search(r"Reserved Font Names?\W+(\w+)", font["name"].getDebugName(0) or "")
    return reserved is None or reserved.group(1) not in family.split()


def cut(font: TTFont, keep: Keep) -> None:
    """Leaves the kept characters and the layout that they need, in place."""
    options = subset.Options(
        layout_features=FEATURES,
        hinting=False,
        notdef_outline=True,
        name_IDs=["*"],
        drop_tables=["MATH", "vhea", "vmtx", "VORG", "BASE"],
    )
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[0x20, *(point for point in font.getBestCmap() if keep(point))])
    subsetter.subset(font)


def link_as_bold(font: TTFont, family: str) -> None:
    """Names a SemiBold as its family's bold, for programs that know four styles; its weight stays 600."""
    names = font["name"]
    names.setName(family, 1, 3, 1, 0x409)
    names.setName("Bold", 2, 3, 1, 0x409)
    names.setName(family, 16, 3, 1, 0x409)
    names.setName("SemiBold", 17, 3, 1, 0x409)
    font["head"].macStyle |= 1
    font["OS/2"].fsSelection = font["OS/2"].fsSelection & ~0x40 | 0x20


def main() -> None:
    """Writes every face, its licence and fonts.json into this folder."""
    listed = []
    for old in [*HERE.glob("*.ttf"), *HERE.glob("OFL-*.txt")]:
        old.unlink()
    with tempfile.TemporaryDirectory() as scratch:
        for face in FACES:
            folder = unpacked(face.package, Path(scratch))
            (source,) = (folder / face.style).glob("*.ttf")
            font = TTFont(source, recalcTimestamp=False)
            family, style = family_and_style(font)
            close = family.replace(" ", "")
            target = HERE / f"{close}-{style}.ttf"
            licence = HERE / f"OFL-{close}.txt"
            text = (folder / "LICENSE_FONT").read_text(encoding="utf-8")
            if face.keep and may_change(font, family):
                cut(font, face.keep)
                font.save(target)
            elif style == "SemiBold" and may_change(font, family):
                link_as_bold(font, family)
                font.save(target)
            else:
                shutil.copyfile(source, target)
            licence.write_text(text.strip() + "\n", encoding="utf-8")
            listed.append(
                {
                    "file": target.name,
                    "family": family,
                    "weight": int(font["OS/2"].usWeightClass),
                    "office": face.office,
                    "licence": licence.name,
                }
            )
            print(f"{target.stat().st_size:>9} {target.name}")
    (HERE / "fonts.json").write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
