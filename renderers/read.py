"""Reading a spec: our JSON, or another program's format told by its ending or its first words."""

from base64 import b64decode
from collections.abc import Callable, Mapping
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from flipchart.renderers.problem import Missing, Problem, SpecProblem
from flipchart.renderers.registry import form
from flipchart.renderers.spec import LONGEST, Spec, explain, parse_json

# One line a foreign format: by ending, the file of this folder that reads it with `read(text: str) -> Spec`.
READERS = {
    "mmd": "mermaid",
    "mermaid": "mermaid",
    "md": "marp",
    "infographic": "antv",
    "excalidraw": "excalidraw",
    "vl.json": "vega",
}


def read(given: object) -> Spec:
    """The spec in `given`: one of our classes, a dict, text, or the path of a file. Raises SpecProblem, one sentence, where it is none."""
    if isinstance(given, Spec):
        return given
    if isinstance(given, Path):
        return read_file(given)
    if isinstance(given, Mapping):
        return _from_values(dict(given))
    if isinstance(given, str):
        return read_text(given)
    raise SpecProblem(f"a spec is one of our classes, a dict, text or a path, not {type(given).__name__}")


def read_file(file: Path) -> Spec:
    """The spec in `file`; raises Missing where there is none, SpecProblem where it cannot be read as one."""
    if not file.exists():
        raise Missing(f"there is no file {file}; check the name")
    if file.is_dir():
        raise SpecProblem(f"{file} is a directory; give a file")
    try:
        if file.stat().st_size > LONGEST * 4:
            raise SpecProblem(f"{file} has {file.stat().st_size:,} bytes; at most {LONGEST * 4:,} are read")
        words = file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise SpecProblem(f"{file} is not UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise Problem(f"{file} cannot be read: {error.strerror}") from None
    for ending, module in READERS.items():
        if file.name.lower().endswith(f".{ending}"):
            return _foreign(module, words, file.parent)
    return read_text(words, file.parent)


def blobs_in(file: Path) -> dict[str, bytes]:
    """The pixels that exported JSON carries beside its spec, or a Markdown deck as data; none for other files."""
    words = file.read_text("utf-8-sig") if file.suffix in {".json", ".md"} else ""
    return blobs_of(parse_json(words) if file.suffix == ".json" else words)


def blobs_of(value: object) -> dict[str, bytes]:
    """The pixels in a mapping's `blobs`, or as data in a Markdown deck, by "sha256:…".

    Raises SpecProblem where they are not what their name says.
    """
    if isinstance(value, str):
        found: dict[str, bytes] = import_module("flipchart.renderers.marp").blobs(value)
        return found
    held = value.get("blobs") if isinstance(value, Mapping) else None
    out = {}
    for name, data in (held if isinstance(held, Mapping) else {}).items():
        try:
            pixels = b64decode(str(data), validate=True)
        except ValueError:
            raise SpecProblem(f"the blob {str(name)[:19]!r} is not base64") from None
        if name != f"sha256:{sha256(pixels).hexdigest()}":
            raise SpecProblem(f"the blob {str(name)[:19]!r} does not hold what its hash says")
        out[str(name)] = pixels
    return out


def read_text(words: str, folder: Path | None = None) -> Spec:
    """The spec in `words`: JSON of ours, Vega-Lite or Excalidraw; else Mermaid, Marp or AntV syntax by its first words.

    `folder` is where its file lies: data that it names beside it is read from there.
    """
    bare = words.strip()
    if not bare:
        raise SpecProblem("this is empty; give a spec")
    if bare.startswith(("{", "[")):
        value = parse_json(bare)
        if not isinstance(value, dict):
            raise SpecProblem(f"a spec is a JSON object, not {type(value).__name__}")
        return _from_values(value, folder)
    if bare.startswith("infographic"):
        return _foreign("antv", words)
    if bare.startswith("---\n") and "marp:" in bare[:400]:
        return _foreign("marp", words)
    mermaid = import_module("flipchart.renderers.mermaid")
    if mermaid.starts(bare):
        return _foreign("mermaid", words)
    raise SpecProblem("this is neither JSON nor a format that is read (Mermaid, Marp Markdown, AntV infographic syntax)")


def _foreign(module: str, words: str, folder: Path | None = None) -> Spec:
    reader: Callable[..., Spec] = import_module(f"flipchart.renderers.{module}").read
    return reader(words, folder) if module == "vega" else reader(words)


_VIEWS = ("mark", "layer", "hconcat", "vconcat", "concat", "repeat", "facet")


def _from_values(value: dict[str, Any], folder: Path | None = None) -> Spec:
    if "kind" not in value:
        if value.get("type") == "excalidraw":
            return import_module("flipchart.renderers.excalidraw").read_values(value)  # type: ignore[no-any-return]
        viewed = any(key in value for key in _VIEWS) and any(key in value for key in ("encoding", "data", "spec"))
        if "vega" in str(value.get("$schema", "")) or viewed:
            return import_module("flipchart.renderers.vega").read_values(value, folder)  # type: ignore[no-any-return]
        raise SpecProblem('the JSON has no `kind`; add one, such as "kind": "chart"')
    kind = value["kind"]
    if not isinstance(kind, str):
        raise SpecProblem(f'kind: {kind!r} is not a word; name a form such as "chart"')
    model = form(kind).spec
    try:
        return model.model_validate({k: v for k, v in value.items() if k != "blobs"})
    except ValidationError as error:
        raise SpecProblem(f"this {kind} cannot be read: {explain(error)}") from None
    except (RecursionError, ValueError) as error:
        raise SpecProblem(f"this {kind} cannot be read: {error}") from None
