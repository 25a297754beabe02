"""Rebuilds the shipped icons and their keyword index from their npm packages.

    python assets/icons/build.py          (needs npm; writes icons.sqlite and the licence files into this folder)

icons.sqlite holds
    sets(prefix, title, licence, author, url)
    icons(id, name, style, width, height, body, label, words)   body: zlib with the style's dictionary
    dictionaries(style, bytes)
    terms(term, icon, weight)             what an icon answers to; weight 0..100 says how surely it is meant
    lacking(term, style)                  words for things that no icon of a style shows
    elsewhere(term, icon, weight)         words of other languages, and emoji characters
    pairs(flat, line)                     the line icon that says the same as a flat picture
"""

import contextlib
import json
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

LINE, FLAT = "line", "flat"
SETS = {  # prefix: style
    "tabler": LINE,
    "fluent-emoji-flat": FLAT,
    "flat-color-icons": FLAT,
    "noto": FLAT,
    "circle-flags": FLAT,
    "lucide": LINE,
    "lucide-lab": LINE,
}
FILLING = ("lucide", "lucide-lab")  # sets of which only what concepts.tsv names is shipped: things that Tabler has no icon of
PACKAGES = {prefix: f"@iconify-json/{prefix}" for prefix in SETS} | {
    "tags": "@tabler/icons",
    "emoji": "emojibase-data",
}

# Of a concept's words the curated icon is meant for sure; the rest is graded by how much an icon is about the word.
CONCEPT, NAME, NUMBERED, REST, BRAND = 1.0, 0.97, 0.9, 0.93, 0.94
ALIAS, LABEL = 0.9, 0.97
PART_FIRST, PART_OTHER, PART_OF_THREE = 0.62, 0.7, 0.45

# "building-hospital" is a hospital: what follows these says it all.
FAMILIES = {
    "alphabet", "ball", "building", "currency", "device", "devices", "gender", "letter", "math", "mood", "number",
    "play", "sign", "tool", "tools", "zodiac",
}  # fmt: skip
# What makes of an icon a special case, which nobody means who does not say so.
QUALIFIERS = {
    "bitcoin", "bolt", "cancel", "check", "code", "cog", "discount", "dollar", "down", "edit", "exclamation", "heart",
    "left", "minus", "off", "pause", "pin", "plus", "question", "right", "search", "share", "spark", "star", "up", "x",
    "2", "3", "4", "5", "6", "7", "8", "9",
}  # fmt: skip
# Names of products that are words of their own: only with "logo" beside them.
ORDINARY = {
    "4chan", "abstract", "adonis js", "algolia", "alpine js", "amazon", "apple", "arc", "asana", "astro", "audible",
    "azure", "backbone", "beats", "bebo", "bing", "blender", "booking", "bootstrap", "bumble", "bunpo", "cake",
    "carbon", "chrome", "cohost", "craft", "cucumber", "cypress", "days counter", "docker", "drops", "edge", "elastic",
    "ember", "finder", "flutter", "framer", "gatsby", "git", "guardian", "inertia", "intercom", "itch", "javascript",
    "kick", "line", "livewire", "loom", "matrix", "medium", "meetup", "messenger", "meta", "monday", "nem", "notion",
    "office", "open source", "peanut", "php", "pocket", "polymer", "prisma", "pushover", "react", "reason", "rumble",
    "rust", "safari", "sentry", "signal", "sketch", "slack", "snowflake", "socket io", "steam", "stellar", "storybook",
    "stripe", "superhuman", "supernova", "swift", "tabler", "tailwind", "teams", "ted", "tether", "threads", "tidal",
    "tinder", "unity", "valorant", "visa", "vite", "windows", "windy", "wish", "x", "yarn", "zoom",
}  # fmt: skip

LANGUAGES = (
    "bn", "da", "de", "es", "et", "fi", "fr", "hi", "hu", "it", "ja", "ko", "lt", "ms", "nb", "nl", "pl", "pt",
    "ru", "sv", "th", "uk", "vi", "zh", "zh-hant",
)  # fmt: skip
NEEDLESS = ("letter-", "family-", "kiss-", "couple-with-heart-")  # of Noto, which fills the gaps of the others
PEOPLE = ("man-", "woman-", "men-", "women-")


@dataclass(slots=True)
class Art:
    """One icon on its way into the file."""

    name: str
    style: str
    width: float
    height: float
    body: str
    label: str
    tags: list[str] = field(default_factory=list)
    number: int = 0


def unpacked(package: str, into: Path) -> Path:
    """The folder of an npm package's files."""
    command = ["npm", "pack", "--silent", "--pack-destination", str(into), package]
    name = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    folder = into / name.removesuffix(".tgz")
    with tarfile.open(into / name) as archive:
        archive.extractall(folder, filter="data")
    (root,) = folder.iterdir()
    return root


def read(path: Path) -> Any:
    """A JSON file's content."""
    return json.loads(path.read_text(encoding="utf-8"))


def plain(words: str) -> str:
    """Lower-case words of letters and digits with single spaces: how terms are written."""
    folded = unicodedata.normalize("NFKC", words).casefold().replace("i\u0307", "i").replace("'", "").replace("’", "")
    return " ".join("".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in folded).split())


def collected(prefix: str, folder: Path) -> Iterator[Art]:
    """The icons of one set that are shipped, in the set's order."""
    listed = read(folder / "icons.json")
    toned = {name for code, name in read(folder / "chars.json").items() if "1f3f" in code and not code.startswith("1f3f")}
    for name, icon in listed["icons"].items():
        if icon.get("hidden") or name.endswith("-filled"):
            continue
        if name in toned or (prefix == "noto" and name.startswith(NEEDLESS)):
            continue
        yield Art(
            f"{prefix}:{name}",
            SETS[prefix],
            icon.get("width", listed.get("width", 16)),
            icon.get("height", listed.get("height", 16)),
            icon["body"],
            name.replace("-", " "),
        )


def by_code_point(folder: Path) -> dict[str, str]:
    """Emoji code points such as "1f680" to the set's icon name."""
    return {code.replace("-fe0f", ""): name for code, name in read(folder / "chars.json").items()}


def code(emoji: dict[str, Any]) -> str:
    """An emojibase entry's code points as the sets write them."""
    return str(emoji["hexcode"]).lower().replace("-fe0f", "")


def gathered(folders: dict[str, Path]) -> dict[str, Art]:
    """Every shipped icon by name, labelled and tagged."""
    arts = {art.name: art for prefix in ("tabler", "fluent-emoji-flat", "flat-color-icons") for art in collected(prefix, folders[prefix])}
    for name, entry in read(folders["tags"] / "icons.json").items():
        if art := arts.get(f"tabler:{name}"):
            art.tags = [str(tag) for tag in entry["tags"]]
    fluent, noto = by_code_point(folders["fluent-emoji-flat"]), by_code_point(folders["noto"])
    lacking = {art.name: art for art in collected("noto", folders["noto"])}
    flags = {art.name: art for art in collected("circle-flags", folders["circle-flags"])}
    wanted = {row.split("\t")[1] for row in (HERE / "concepts.tsv").read_text(encoding="utf-8").splitlines() if row.count("\t") == 2}
    arts |= {art.name: art for prefix in FILLING for art in collected(prefix, folders[prefix]) if art.name in wanted}
    for emoji in read(folders["emoji"] / "en" / "data.json"):
        own = arts.get("fluent-emoji-flat:" + fluent.get(code(emoji), ""))
        if not own and (extra := lacking.get("noto:" + noto.get(code(emoji), ""))):
            own = arts.setdefault(extra.name, extra)
        if not own and emoji.get("group") == 9 and (flag := flags.get("circle-flags:" + flag_letters(emoji))):
            own = arts.setdefault(flag.name, flag)
        if own:
            own.label = str(emoji["label"]).removeprefix("flag: ")
            own.tags = [tag for tag in emoji.get("tags", ()) if tag != "flag"]
    return arts


def flag_letters(emoji: dict[str, Any]) -> str:
    """The ISO letters that a flag emoji spells, such as "de"; empty for any other emoji."""
    points = [int(part, 16) for part in emoji["hexcode"].split("-")]
    if all(0x1F1E6 <= point <= 0x1F1FF for point in points):
        return "".join(chr(point - 0x1F1E6 + ord("a")) for point in points)
    return ""


def plain_strength(art: Art) -> float:
    """How ordinary an icon is among those with the same tag: 1 for "heart", less for "heart-off"."""
    parts = art.name.split(":")[1].split("-")
    strength = 1.0 if len(parts) == 1 else 0.95 if len(parts) == 2 else 0.85
    if "off" in parts:
        strength *= 0.5
    elif QUALIFIERS.intersection(parts[1:]):
        strength *= 0.8
    if art.name.split(":")[1].startswith(PEOPLE):
        strength *= 0.8
    return strength


def named(art: Art) -> Iterator[tuple[str, float]]:
    """The terms that come from an icon's own name."""
    prefix, name = art.name.split(":")
    whole, parts = plain(art.label), plain(name.replace("-", " ")).split()
    if prefix == "circle-flags":
        yield whole, 0.95
        yield f"flag {whole}", NAME
        return
    if parts[0] == "brand" and prefix == "tabler":
        brand = " ".join(parts[1:])
        yield f"{brand} logo", NAME
        yield f"logo {brand}", NAME
        if brand not in ORDINARY:
            yield brand, BRAND
        return
    yield " ".join(parts), NAME
    if len(parts) > 1 and parts[-1].isdigit() and prefix == "tabler" and parts[0] not in FAMILIES:
        yield " ".join(parts[:-1]), NUMBERED
        parts = parts[:-1]
    if prefix != "tabler":
        yield whole, LABEL
        for ending in (" face", " button", " suit", " symbol", " emoji"):
            yield whole.removesuffix(ending), 0.93
    if len(parts) > 1 and parts[0] in FAMILIES:
        yield " ".join(parts[1:]), REST
    if 2 <= len(parts) <= 3:
        yield "+".join(sorted(parts)), 0.95  # in any order
    if "off" not in parts and len(parts) > 1:
        for place, part in enumerate(parts):
            if part.isdigit():
                continue
            weight = PART_OF_THREE if len(parts) > 2 else PART_FIRST if place == 0 else PART_OTHER
            yield part, weight * (0.8 if QUALIFIERS.intersection(parts) else 1)


def concepts(arts: dict[str, Art], aliases: dict[str, str]) -> Iterator[tuple[list[str], Art | None, Art | None]]:
    """The curated words with their line icon and flat picture; raises ValueError at a name that is not there."""
    for number, row in enumerate((HERE / "concepts.tsv").read_text(encoding="utf-8").splitlines(), start=1):
        if not row or row.startswith("#"):
            continue
        words, line, flat = row.split("\t")
        flat = flat.replace("fc:", "flat-color-icons:") if flat.startswith("fc:") else f"fluent-emoji-flat:{flat}"
        line = line if ":" in line else f"tabler:{line}"
        pair = [arts.get(aliases.get(name, name)) for name in (line, flat)]
        for name, art in zip((line, flat), pair, strict=True):
            if art is None and not name.endswith(":-"):
                raise ValueError(f"concepts.tsv, line {number}: there is no icon {name}.")
        yield [plain(word) for word in words.split(";")], pair[0], pair[1]


def tag_weight(spread: int) -> float:
    """How surely a tag that `spread` icons of a style share means each of them."""
    for most, weight in ((2, 0.84), (5, 0.78), (10, 0.7), (20, 0.6), (45, 0.5), (90, 0.38)):
        if spread <= most:
            return weight
    return 0.25


def terms(arts: dict[str, Art], aliases: dict[str, str]) -> dict[tuple[str, int], float]:
    """What each icon answers to: (term, icon number) to weight."""
    weights: dict[tuple[str, int], float] = {}

    def add(term: str, art: Art, weight: float) -> None:
        if term and weight > weights.get((term, art.number), 0):
            weights[term, art.number] = weight

    holders: defaultdict[tuple[str, str], list[tuple[Art, int]]] = defaultdict(list)
    for art in arts.values():
        for term, weight in named(art):
            add(term, art, weight)
        if not art.name.startswith("tabler:brand-"):
            for place, tag in enumerate(dict.fromkeys(plain(tag) for tag in art.tags)):
                if len(tag) > 1:
                    holders[tag, art.style].append((art, place))
    for (tag, _), those in holders.items():
        for art, place in those:
            add(tag, art, tag_weight(len(those)) * plain_strength(art) * (1 - 0.01 * min(place, 10)))
    for alias, name in aliases.items():
        if name in arts:
            add(plain(alias.split(":")[1].replace("-", " ")), arts[name], ALIAS)
    styles = {art.number: art.style for art in arts.values()}
    nothing: set[tuple[str, str]] = set()
    for words, line, flat in concepts(arts, aliases):
        for style, meant in ((LINE, line), (FLAT, flat)):
            for word in words:
                if meant:
                    add(word, meant, CONCEPT)
                else:
                    nothing.add((word, style))
    for term, number in [key for key, weight in weights.items() if weight < REST]:
        if (term, styles[number]) in nothing:
            del weights[term, number]
    return weights


def lacking(arts: dict[str, Art], aliases: dict[str, str], weights: dict[tuple[str, int], float]) -> set[tuple[str, str]]:
    """Words with a style that has nothing for them: where a concept says so, and things that have a picture but no line icon."""
    styles = {art.number: art.style for art in arts.values()}
    answered = {term for term, number in weights if styles[number] == LINE}
    pictured = {term for (term, number), weight in weights.items() if styles[number] == FLAT and weight >= LABEL and " " not in term}
    said = {
        (word, style)
        for words, line, flat in concepts(arts, aliases)
        for style, meant in ((LINE, line), (FLAT, flat))
        for word in words
        if meant is None
    }
    return said | {(word, LINE) for word in pictured - answered}


def elsewhere(
    arts: dict[str, Art], aliases: dict[str, str], folders: dict[str, Path], english: dict[tuple[str, int], float]
) -> dict[tuple[str, int], float]:
    """Emoji characters and the words of other languages: (term, icon number) to weight."""
    fluent, noto = by_code_point(folders["fluent-emoji-flat"]), by_code_point(folders["noto"])
    weights: dict[tuple[str, int], float] = {}
    styles = {art.number: art.style for art in arts.values()}
    best: dict[str, tuple[float, int]] = {}  # of each English word, the picture that means it
    for (term, number), weight in english.items():
        if styles[number] == FLAT and weight > best.get(term, (0.0, 0))[0]:
            best[term] = (weight, number)
    own_tags = tagged_emoji(folders, "en")

    def add(term: str, number: int, weight: float) -> None:
        if term and weight > weights.get((term, number), 0):
            weights[term, number] = weight

    for term, number in translated_concepts(arts, aliases):
        add(term, number, 0.97)
    for language in LANGUAGES:
        pictured: dict[str, tuple[Art, str]] = {}  # by emoji: the picture and its label
        for emoji in read(folders["emoji"] / language / "data.json"):
            names = (
                "fluent-emoji-flat:" + fluent.get(code(emoji), ""),
                "noto:" + noto.get(code(emoji), ""),
                "circle-flags:" + flag_letters(emoji),
            )
            art = next((arts[name] for name in names if name in arts), None)
            if art is None:
                continue
            add(emoji["emoji"].replace("\ufe0f", ""), art.number, 1.0)
            label = str(emoji["label"])
            if ": " in label and art.name.startswith("circle-flags"):
                label = label.split(": ")[1]
            if not art.name.split(":")[1].startswith(PEOPLE):
                add(plain(label), art.number, 0.95)
                if not art.name.startswith("circle-flags"):
                    pictured[code(emoji)] = (art, plain(label))
        for tag, emojis in tagged_emoji(folders, language).items():
            if len(tag) > 24 or tag.count(" ") > 2:
                continue
            if (same := translated(emojis, own_tags)) and best.get(same, (0.0, 0))[0] >= REST:
                add(tag, best[same][1], 0.88)
            those = [pictured[emoji] for emoji in emojis if emoji in pictured]
            if len(those) <= 12:
                for art, label in sorted(those, key=lambda one: (tag not in one[1], len(one[1])))[:2]:
                    add(tag, art.number, 0.85 if tag in label else 0.7 if len(those) <= 4 else 0.6)
    return weights


def translated_concepts(arts: dict[str, Art], aliases: dict[str, str]) -> Iterator[tuple[str, int]]:
    """The words of concepts-elsewhere.tsv with their icons; raises ValueError where a row names no concept."""
    known = {word: (line, flat) for words, line, flat in concepts(arts, aliases) for word in words}
    for row in (HERE / "concepts-elsewhere.tsv").read_text(encoding="utf-8").splitlines():
        if not row.startswith("#"):
            english, *cells = row.split("\t")
            if plain(english) not in known:
                raise ValueError(f"concepts-elsewhere.tsv: {english!r} is not a word of concepts.tsv.")
            for cell in cells:
                for word in cell.split(";"):
                    yield from ((plain(word), art.number) for art in known[plain(english)] if art)


def tagged_emoji(folders: dict[str, Path], language: str) -> dict[str, list[str]]:
    """The emoji (code points) that bear each tag of a language, in the language's order."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for emoji in read(folders["emoji"] / language / "data.json"):
        for tag in emoji.get("tags", ()):
            found[plain(tag)].append(code(emoji))
    return found


def translated(emojis: list[str], english: dict[str, list[str]]) -> str | None:
    """The English tag that stands on nearly the same emoji; None where there is none."""
    if len(emojis) < 4:
        return None
    mine, best = set(emojis), ("", 0.0)
    for tag, theirs in english.items():
        if len(theirs) >= 4 and (shared := len(mine.intersection(theirs))) >= 3:
            best = max(best, (tag, shared / len(mine.union(theirs))), key=lambda one: one[1])
    return best[0] if best[1] >= 0.4 else None


def pairs(arts: dict[str, Art], aliases: dict[str, str]) -> dict[int, int]:
    """Flat pictures to line icons of the same concept: of several, the one whose words name the picture."""
    found: dict[int, tuple[bool, int]] = {}
    for words, line, flat in concepts(arts, aliases):
        if line and flat:
            named = bool({plain(flat.label), *plain(flat.label).split()}.intersection(words))
            if flat.number not in found or (named and not found[flat.number][0]):
                found[flat.number] = (named, line.number)
    return {flat: line for flat, (_, line) in found.items()}


def row(art: Art, typical: bytes) -> tuple[int, str, str, float, float, bytes, str, str]:
    """An icon as it is stored."""
    body = packed(art.body, typical)
    return art.number, art.name, art.style, art.width, art.height, body, art.label, ", ".join(art.tags)


def percent(weights: dict[tuple[str, int], float]) -> list[tuple[str, int, int]]:
    """The weights as rows, sorted, in hundredths."""
    return sorted((term, number, round(100 * weight)) for (term, number), weight in weights.items())


def dictionary(bodies: Iterable[str]) -> bytes:
    """Text that is typical of the bodies, for zlib to refer back to (at most 32 KiB)."""
    chosen = sorted(bodies, key=len)
    step = max(1, len(chosen) // 120)
    return "".join(chosen[::step]).encode()[-32768:]


def packed(body: str, typical: bytes) -> bytes:
    """A body's bytes as stored."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, typical)
    return packer.compress(body.encode()) + packer.flush()


def copy_licences(folders: dict[str, Path]) -> list[tuple[str, str, str, str, str]]:
    """The rows of sets: prefix, title, licence, author, address."""
    rows = []
    for prefix in SETS:
        info = read(folders[prefix] / "info.json")
        rows.append((prefix, info["name"], info["license"]["spdx"], info["author"]["name"], info["author"]["url"]))
    shutil.copyfile(folders["tags"] / "LICENSE", HERE / "LICENSE-tabler.txt")
    shutil.copyfile(folders["emoji"] / "LICENSE", HERE / "LICENSE-emojibase.txt")
    return rows


def mirrored_aliases(prefix: str, folder: Path) -> Iterator[tuple[str, str]]:
    """Other names of a set's icons, such as ("tabler:2fa", "tabler:auth-2fa")."""
    for alias, entry in read(folder / "icons.json").get("aliases", {}).items():
        if entry.keys() == {"parent"} and not alias.endswith("-filled"):
            yield f"{prefix}:{alias}", f"{prefix}:{entry['parent']}"


def main() -> None:
    """Writes icons.sqlite and the licences."""
    with tempfile.TemporaryDirectory() as scratch:
        folders = {key: unpacked(package, Path(scratch)) for key, package in PACKAGES.items()}
        arts = gathered(folders)
        for number, art in enumerate(arts.values(), start=1):
            art.number = number
        aliases = dict(pair for prefix in SETS for pair in mirrored_aliases(prefix, folders[prefix]))
        typical = {style: dictionary(art.body for art in arts.values() if art.style == style) for style in (LINE, FLAT)}
        target = HERE / "icons.sqlite"
        target.unlink(missing_ok=True)
        with contextlib.closing(sqlite3.connect(target)) as store:
            store.executescript("""
                PRAGMA page_size = 4096;
                CREATE TABLE sets(prefix TEXT PRIMARY KEY, title TEXT, licence TEXT, author TEXT, url TEXT) WITHOUT ROWID;
                CREATE TABLE dictionaries(style TEXT PRIMARY KEY, bytes BLOB) WITHOUT ROWID;
                CREATE TABLE icons(id INTEGER PRIMARY KEY, name TEXT UNIQUE, style TEXT, width REAL, height REAL,
                                   body BLOB, label TEXT, words TEXT);
                CREATE TABLE aliases(name TEXT PRIMARY KEY, icon INTEGER) WITHOUT ROWID;
                CREATE TABLE terms(term TEXT, icon INTEGER, weight INTEGER, PRIMARY KEY(term, icon)) WITHOUT ROWID;
                CREATE TABLE lacking(term TEXT, style TEXT, PRIMARY KEY(term, style)) WITHOUT ROWID;
                CREATE TABLE elsewhere(term TEXT, icon INTEGER, weight INTEGER, PRIMARY KEY(term, icon)) WITHOUT ROWID;
                CREATE TABLE pairs(flat INTEGER PRIMARY KEY, line INTEGER) WITHOUT ROWID;
            """)
            store.executemany("INSERT INTO sets VALUES (?, ?, ?, ?, ?)", copy_licences(folders))
            store.executemany("INSERT INTO dictionaries VALUES (?, ?)", typical.items())
            store.executemany("INSERT INTO icons VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (row(art, typical[art.style]) for art in arts.values()))
            store.executemany(
                "INSERT INTO aliases VALUES (?, ?)",
                ((alias, arts[name].number) for alias, name in sorted(aliases.items()) if name in arts and alias not in arts),
            )
            english = terms(arts, aliases)
            tables = {"terms": english, "elsewhere": elsewhere(arts, aliases, folders, english)}
            for table, weights in tables.items():
                store.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", percent(weights))
            store.executemany("INSERT INTO lacking VALUES (?, ?)", sorted(lacking(arts, aliases, english)))
            store.executemany("INSERT INTO pairs VALUES (?, ?)", sorted(pairs(arts, aliases).items()))
            store.commit()
            store.execute("VACUUM")
        size = target.stat().st_size / 1e6
        counts = ", ".join(f"{len(weights)} {table}" for table, weights in tables.items())
        print(f"{len(arts)} icons, {counts}, {size:.1f} MB")


if __name__ == "__main__":
    main()
