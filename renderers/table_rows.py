"""The words of a file as rows of cells: any encoding, delimited text, Markdown, JSON."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from flipchart.renderers.spec import parse_json
from flipchart.renderers.table_tidy import MOST_CELLS, MOST_COLUMNS

_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$")


def ending_of(name: str) -> str:
    return name.lower().rpartition(".")[2]


def decoded(given: bytes) -> tuple[str, str]:
    """The text of `given` and the name of its encoding: UTF-8 and UTF-16 by their form, others by which letters make sense."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if given.startswith(mark):
            return given.decode("utf-8-sig" if name == "utf-8" else name, "replace"), name
    if given[:400].count(0) > len(given[:400]) // 3:
        little = given[1:400:2].count(0) > given[0:400:2].count(0)
        return given.decode("utf-16-le" if little else "utf-16-be", "replace"), "utf-16"
    try:
        return given.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    best, words, name = -1.0, "", "cp1252"
    for tried, letters in _LETTERS.items():
        try:
            found = given[: 1 << 20].decode(tried, "ignore" if len(given) > 1 << 20 else "strict")
        except UnicodeDecodeError:
            continue
        foreign = sum(not c.isascii() for c in found)
        good = (sum(bool(re.match(letters, c)) for c in found if not c.isascii()) - _misplaced(found, tried)) / (foreign or 1)
        if good > best + 0.02:
            best, words, name = good, found, tried
    return (words if len(given) <= 1 << 20 else given.decode(name, "replace")) if words else given.decode("cp1252", "replace"), name


def _misplaced(words: str, encoding: str) -> int:
    """Letters that stand where no such letter does: accented ones in a row, ì and ò but at the end of a word, other scripts within Latin
    words, capitals after small letters."""
    if encoding in {"cp1252", "cp1250", "cp1254"}:
        rows = sum(len(run) for run in re.findall(r"[\u00c0-\u024f]{3,}", words))
        return rows + len(re.findall(r"[ìò](?=[a-z])", words)) * (encoding == "cp1252")
    mixed = re.findall(r"[A-Za-z][\u0370-\u06ff\u3040-\u9fff\uac00-\ud7af]|[\u0370-\u06ff\u3040-\u9fff\uac00-\ud7af][A-Za-z]", words)
    turned = re.findall(r"[а-яёα-ωά-ώ][А-ЯЁΑ-Ω]", words)
    return len(mixed) + len(turned)


_LETTERS = {
    "cp1252": "[À-ÏÑ-ÖØ-ÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿœŒŠšŽž€£°§«»“”‘’–—·²³µ\u00a0ºª¿¡%]",
    "cp1251": "[а-яёА-ЯЁіїєґІЇЄҐ№«»–— \u00a0]",
    "koi8-r": "[а-яёА-ЯЁ\u00a0]",
    "cp1253": "[ά-ώα-ωΆ-ΏΑ-Ω«»–—€\u00a0]",
    "cp1254": "[ğışĞİŞçöüÇÖÜâîûÂÎÛ₺€–—]",
    "shift_jis": "[ぁ-んァ-ヶ一-龠、。ー々（）：・]",
    "euc-kr": "[가-힣]",
    "gb18030": "[\u4e00-\u9fa5，。、：（）％￥]",
    "cp1256": "[\u0621-\u0652،؛؟\u00a0]",
    "cp1250": "[ąćęłńóśźżĄĆĘŁŃÓŚŹŻčďěňřšťůžČĎĚŇŘŠŤŮŽáéíúýäöüßÄÖÜőűŐŰ€–—]",
}


# Rows of words


def records(words: str, ending: str) -> list[list[Any]]:
    """Rows of JSON or JSON lines, names of fields first; empty where it is neither."""
    bare = words.lstrip()
    if ending not in {"json", "jsonl", "ndjson"} and not bare.startswith(("[{", '{"')):
        return []
    if ending in {"jsonl", "ndjson"} or (bare.startswith("{") and re.search(r"\}\s*\n\s*\{", bare[:100_000])):
        found = [parse_json(line) for line in bare.splitlines() if line.strip()]
    else:
        whole = parse_json(bare)
        if isinstance(whole, dict):
            columns = {str(k): v for k, v in whole.items() if isinstance(v, list)}
            if (
                columns
                and all(not isinstance(x, dict) for v in columns.values() for x in v)
                and len({len(v) for v in columns.values()}) == 1
            ):
                return [list(columns), *(list(row) for row in zip(*columns.values(), strict=True))]
            whole = max(_lists(whole), key=len, default=[whole])
        found = whole if isinstance(whole, list) else []
    if found and all(isinstance(row, list) for row in found):
        return [list(row) for row in found]
    flat_rows = [_flat(row) for row in found if isinstance(row, dict)]
    names = list(dict.fromkeys(key for row in flat_rows for key in row))[:MOST_COLUMNS]
    return [names, *([row.get(name) for name in names] for row in flat_rows)] if names else []


def _lists(given: dict[str, Any], depth: int = 3) -> Iterator[list[Any]]:
    """The lists of rows in nested JSON."""
    for value in given.values():
        if isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
            yield value
        elif isinstance(value, dict) and depth:
            yield from _lists(value, depth - 1)


def _flat(row: dict[str, Any], before: str = "") -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, dict) and not before.count("."):
            out |= _flat(value, f"{before}{key}.")
        else:
            out[f"{before}{key}"] = value if not isinstance(value, list | dict) else str(value)
    return out


def lines_of(words: str) -> list[list[str]]:
    """Rows of a Markdown table, or of delimited text."""
    lines = [line for line in words.splitlines() if line.strip()]
    if any(_RULE.match(line) and "|" in line for line in lines[:40]) or (lines and lines[0].strip().startswith("|")):
        return [_piped(line) for line in lines if "|" in line and not _RULE.match(line)]
    if said := re.match(r"\ufeff?sep=(.)\r?\n", words):
        words, delimiter = words[said.end() :], said[1]
    else:
        delimiter = delimiter_of(words)
    try:
        return list(islice(csv.reader(io.StringIO(words, newline=""), delimiter=delimiter), MOST_CELLS))
    except csv.Error:
        return [line.split(delimiter) for line in words.splitlines()]


def _piped(line: str) -> list[str]:
    bare = line.strip()
    parts = re.split(r"(?<!\\)\|", bare.removeprefix("|").removesuffix("|") if bare.startswith("|") else bare)
    return [part.strip().replace("\\|", "|").strip("*") for part in parts]


def delimiter_of(words: str) -> str:
    """The character that cuts most lines into the same number of cells."""
    head = words[:60_000]
    lines = head.splitlines()[:80]
    best, chosen = 0.0, ","
    for tried in (",", ";", "\t", "|"):
        try:
            widths = [len(row) for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=tried) if row]
        except csv.Error:
            continue
        wide, often = Counter(width for width in widths if width > 1).most_common(1)[0] if any(w > 1 for w in widths) else (1, 0)
        score = often / (len(widths) or 1) * (1 + min(wide, 12) / 100) if wide > 1 else 0.0
        if score > best + 1e-9:
            best, chosen = score, tried
    return chosen
