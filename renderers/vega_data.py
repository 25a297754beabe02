"""Where a Vega-Lite spec's rows come from: in the spec, beside its file, or counted off; never the network."""

import csv
import io
import math
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jiter

from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.vega_rows import MOST_ROWS, Record, figure, mapping, moment, value_at

LARGEST_FILE = 64_000_000  # bytes of a file beside a spec


class Source:
    """The rows that a spec can reach: its own, and files in the folder it lies in (None: it lies nowhere)."""

    def __init__(self, spec: Mapping[str, Any], folder: Path | None) -> None:
        self.named, self.folder = mapping(spec.get("datasets")), folder
        self._read: dict[str, list[Record]] = {}

    def rows(self, data: Any) -> list[Record]:
        """The rows of one `data`, fresh for each caller; raises SpecProblem where they cannot be had."""
        told = mapping(data)
        self.named |= mapping(told.get("datasets"))
        if "url" in told:
            key = repr((told["url"], told.get("format")))
            if key not in self._read:
                self._read[key] = self._beside(told)
            return [dict(row) for row in self._read[key]]
        if "sequence" in told:
            return _counted(mapping(told["sequence"]))
        for other in ("graticule", "sphere"):
            if other in told:
                raise SpecProblem(f"Vega-Lite's data.{other} (a map) is not drawn; put the rows in data.values")
        values = told.get("values")
        if "name" in told and values is None:
            values = self.named.get(str(told["name"]))
        shape = mapping(told.get("format"))
        if isinstance(values, str):
            return _limited(_parsed(_from_text(values, str(shape.get("type", "csv")), shape), shape))
        if shape.get("property") and isinstance(values, Mapping):
            values = value_at(values, str(shape["property"]))
        if isinstance(values, Mapping):
            values = [values]
        if not isinstance(values, list):
            raise SpecProblem("this Vega-Lite spec has no inline rows; put them in data.values")
        return _limited(_parsed([dict(row) if isinstance(row, Mapping) else {"data": row} for row in values], shape))

    def _beside(self, told: Record) -> list[Record]:
        """The rows of a file beside the spec."""
        url, shape = str(told["url"]), mapping(told.get("format"))
        shown = url[:60]
        if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//", url):
            raise SpecProblem(f"Vega-Lite's data.url ({shown}) is not fetched; put the file beside the spec, or its rows in data.values")
        if self.folder is None:
            raise SpecProblem(
                f"Vega-Lite's data.url ({shown}) has no folder to be found in; render the spec as a file, or put the rows in data.values"
            )
        try:
            root = self.folder.resolve()
            file = (root / unquote(url).replace("\\", "/")).resolve()
            if url.startswith("/") or not file.is_relative_to(root):
                raise SpecProblem(f"Vega-Lite's data.url ({shown}) is not in the spec's own folder; put the file beside the spec")
            if not file.is_file():
                raise SpecProblem(f"Vega-Lite's data.url ({shown}) is not there; put the file beside the spec")
            if file.stat().st_size > LARGEST_FILE:
                raise SpecProblem(f"{shown} has {file.stat().st_size:,} bytes; at most {LARGEST_FILE:,} are read")
            words = file.read_text("utf-8-sig")
        except UnicodeDecodeError:
            raise SpecProblem(f"{shown} is not UTF-8 text; save it as CSV or JSON in UTF-8") from None
        except (OSError, ValueError) as error:
            raise SpecProblem(f"Vega-Lite's data.url ({shown}) cannot be read: {getattr(error, 'strerror', None) or error}") from None
        kind = str(shape.get("type") or file.suffix.lstrip(".").lower())
        return _limited(_parsed(_from_text(words, kind, shape), shape))


def _limited(rows: list[Record]) -> list[Record]:
    if len(rows) > MOST_ROWS:
        raise SpecProblem(f"this Vega-Lite spec has {len(rows):,} rows; at most {MOST_ROWS:,} are drawn")
    return rows


def _counted(told: Record) -> list[Record]:
    start, stop, step = (figure(told.get(name, fallback)) for name, fallback in (("start", 0), ("stop", None), ("step", 1)))
    if start is None or stop is None or not step:
        raise SpecProblem("Vega-Lite's data.sequence needs stop, and a step that is not 0")
    count = (stop - start) / step
    if not count <= MOST_ROWS:
        raise SpecProblem(f"Vega-Lite's data.sequence has over {MOST_ROWS:,} rows; give a larger step")
    name = str(told.get("as", "data"))
    return [{name: start + i * step} for i in range(max(0, math.ceil(count - 1e-9)))]


def _from_text(words: str, kind: str, shape: Record) -> list[Record]:
    """Rows of CSV, TSV, other separated text, or JSON."""
    if kind == "topojson" or shape.get("feature") or shape.get("mesh"):
        raise SpecProblem("Vega-Lite's data.format topojson (a map) is not drawn; give rows as CSV or JSON")
    if kind == "json":
        try:
            value = jiter.from_json(words.encode("utf-8", "surrogatepass"))
        except (ValueError, RecursionError) as error:
            raise SpecProblem(f"the spec's data is not JSON: {error}") from None
        if shape.get("property") and isinstance(value, Mapping):
            value = value_at(value, str(shape["property"]))
        value = [value] if isinstance(value, Mapping) else value
        if not isinstance(value, list):
            raise SpecProblem("the spec's data is no list of rows; set data.format.property")
        return [dict(row) if isinstance(row, Mapping) else {"data": row} for row in value]
    if kind not in {"csv", "tsv", "dsv"}:
        raise SpecProblem(f"Vega-Lite's data.format `{kind[:20]}` is not read; give CSV, TSV or JSON")
    by = {"csv": ",", "tsv": "\t"}.get(kind) or str(shape.get("delimiter", ","))[:1]
    try:
        lines = [line for line in csv.reader(io.StringIO(words.strip("\r\n")), delimiter=by or ",") if line]
    except csv.Error as error:
        raise SpecProblem(f"the spec's data is not {kind.upper()}: {error}") from None
    if not lines:
        return []
    heads = lines[0]
    columns = [_typed([line[c] if c < len(line) else "" for line in lines[1:]]) for c in range(len(heads))]
    return [dict(zip(heads, cells, strict=True)) for cells in zip(*columns, strict=True)]


_NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*")


def _typed(cells: list[str]) -> list[Any]:
    """A column of text as figures or truths where all of it is, else as it is; what is empty is None."""
    filled = [cell for cell in cells if cell != ""]
    if filled and all(cell in {"true", "false"} for cell in filled):
        return [None if cell == "" else cell == "true" for cell in cells]
    if filled and all(_NUMBER.fullmatch(cell) or cell == "NaN" for cell in filled):
        return [figure(cell) if cell != "" else None for cell in cells]
    return [None if cell == "" else cell for cell in cells]


def _parsed(rows: list[Record], shape: Record) -> list[Record]:
    """The rows with the fields that the spec tells how to read."""
    for name, how in mapping(shape.get("parse")).items():
        read = _READS.get(str(how).split(":")[0])
        if read is None or how is None:
            continue
        told = re.fullmatch(r"(?:date|utc):['\"](.*)['\"]", str(how))
        for row in rows:
            value = value_at(row, name)
            if value is not None:
                row[name] = _by_pattern(value, told[1]) if told else read(value)
    return rows


def _by_pattern(value: Any, pattern: str) -> datetime | None:
    words = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    try:
        return datetime.strptime(words.strip(), pattern.replace("%L", "%f").replace("%Z", "%z").replace("%e", "%d")).replace(tzinfo=None)
    except (ValueError, OverflowError, re.error):
        return moment(value)


_READS: dict[str, Any] = {
    "number": figure,
    "boolean": lambda value: value not in {"false", "0", 0, ""},
    "string": lambda value: str(int(value)) if isinstance(value, float) and value.is_integer() else str(value),
    "date": moment,
    "utc": moment,
}
