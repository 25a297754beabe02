"""A Vega-Lite spec of any composition as panels with layers: layered, faceted, repeated and concatenated views in a grid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flipchart.renderers.layered import Layered
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.vega_channels import Channel, channel, headed, prepared, signals_of, sorted_keys
from flipchart.renderers.vega_data import Source
from flipchart.renderers.vega_rows import Record, figure, hashed, listed, mapping, value_at
from flipchart.renderers.vega_scales import Draft, laid
from flipchart.renderers.vega_transforms import grouped, transformed
from flipchart.renderers.vega_units import units

MOST_PANELS = 120
FACETS = ("row", "column", "facet")
JOINED = ("hconcat", "vconcat", "concat")


@dataclass
class _Block:
    """Panels in a grid of their own, on their way into a larger one."""

    drafts: list[Draft] = field(default_factory=list)
    rows: int = 1
    columns: int = 1
    wrapped: bool = False


@dataclass(frozen=True, slots=True)
class _Scope:
    """What a view has from those around it."""

    rows: list[Record]
    encoding: Record
    signals: Record
    path: str = ""
    """Which axes are shared: panels with the same path have the same ones."""
    title: str = ""
    facets: tuple[tuple[str, Any], ...] = ()


@dataclass
class Views:
    """A spec on its way to panels."""

    source: Source
    config: Record
    left_out: list[str] = field(default_factory=list)
    count: int = 0

    def layered(self, view: Record) -> Layered:
        """The panels of a whole spec; raises SpecProblem, naming it, for what is not drawn."""
        block = self._block(view, _Scope([], {}, {}), 0)
        return laid(block.drafts, block.wrapped, self.left_out, signals_of(view.get("params"), {}), self.config)

    def _block(self, view: Record, scope: _Scope, depth: int) -> _Block:
        if depth > 12:
            raise SpecProblem("Vega-Lite: the views are nested more than twelve levels deep; flatten them")
        if any(mapping(one).get("select") or mapping(one).get("bind") for one in listed(view.get("params"))) or view.get("selection"):
            self.left_out.append("interaction")
        signals = signals_of(view.get("params"), scope.signals, _merged(scope.encoding, mapping(view.get("encoding"))))
        rows = self._rows(view, scope, signals)
        inner = _Scope(rows, scope.encoding, signals, scope.path, scope.title, scope.facets)
        if "repeat" in view:
            return self._repeated(view, inner, depth)
        for name in JOINED:
            if name in view:
                parts = [mapping(one) for one in listed(view[name])]
                columns = {"hconcat": len(parts), "vconcat": 1}.get(name) or int(figure(view.get("columns")) or len(parts) or 1)
                blocks = [self._block(one, _nested(inner, f"{scope.path}/{at}", _title(one)), depth + 1) for at, one in enumerate(parts)]
                return _joined(blocks, max(1, columns), wrapped=name == "concat")
        if "facet" in view and "spec" in view:
            facet = mapping(view["facet"])
            told = {"facet": {**facet, "columns": view.get("columns")}} if "field" in facet else facet
            return self._faceted(told, mapping(view["spec"]), inner, depth, independent=_independent(view))
        encoding = _merged(scope.encoding, mapping(view.get("encoding")))
        facets = {name: mapping(encoding[name]) for name in FACETS if mapping(encoding.get(name)).get("field")}
        if facets:
            plain = {key: value for key, value in view.items() if key not in {"data", "transform", "encoding", "params"}}
            rest = {key: value for key, value in encoding.items() if key not in FACETS}
            return self._faceted(
                facets, plain, _Scope(rows, rest, signals, scope.path, scope.title, scope.facets), depth, independent=_independent(view)
            )
        if "layer" not in view and "mark" not in view:
            raise SpecProblem("a Vega-Lite view needs a mark, layers, or views beside each other; give one")
        return self._panel(view, _Scope(rows, encoding, signals, scope.path, scope.title, scope.facets), depth)

    def _rows(self, view: Record, scope: _Scope, signals: Record) -> list[Record]:
        """The rows of a view: its own, else those around it; transformed."""
        if "data" in view:
            rows = self.source.rows(view["data"]) if view["data"] is not None else [{}]
            for name, value in scope.facets:
                if any(name in row for row in rows):
                    rows = [row for row in rows if hashed(value_at(row, name)) == value]
        else:
            rows = [dict(row) for row in scope.rows]
        steps = view.get("transform") or []
        if not isinstance(steps, list):
            raise SpecProblem("Vega-Lite's transform is a list; give a list")
        return transformed(rows, steps, self.source, signals) if steps else rows

    # Composition

    def _panel(self, view: Record, scope: _Scope, depth: int) -> _Block:
        """One panel, or one for each of two axes that layers do not share."""
        parts = [mapping(one) for one in listed(view.get("layer"))]
        split = next((name for name in ("y", "x") if name in _independent(view)), "") if len(parts) > 1 else ""
        if split:
            shared = {key: value for key, value in view.items() if key in {"layer", "resolve"}}
            told = [one for one in parts if _uses(one, scope.encoding, split)]
            if len(told) > 1 and shared:
                self.left_out.append(f"two {split} axes on one plot (drawn as two panels)")
                other = "x" if split == "y" else "y"
                blocks = []
                for at, one in enumerate(parts):
                    block = self._panel({"layer": [one]}, scope, depth + 1)
                    for draft in block.drafts:
                        draft.groups[split] = f"{scope.path}/{split}{at}"
                        draft.groups[other] = scope.path
                    blocks.append(block)
                return _joined(blocks, 1)
        self.count += 1
        if self.count > MOST_PANELS:
            raise SpecProblem(f"Vega-Lite: this draws over {MOST_PANELS} panels; facet by less")
        draft = Draft(scope.title, {"x": scope.path, "y": scope.path})
        sizes = {name: figure(view.get(name)) or 300.0 for name in ("width", "height")}
        signals = sizes | _beginnings(view) | scope.signals
        self._units(view, _Scope(scope.rows, scope.encoding, signals, scope.path, scope.title, scope.facets), draft, depth)
        return _Block([draft])

    def _units(self, view: Record, scope: _Scope, draft: Draft, depth: int) -> None:
        if depth > 16:
            raise SpecProblem("Vega-Lite: the layers are nested too deep; flatten them")
        if "layer" in view:
            parts = [mapping(one) for one in listed(view["layer"])]
            for one in parts:
                if any(mapping(each).get("select") for each in listed(one.get("params"))):
                    self.left_out.append("interaction")
                encoding = _merged(scope.encoding, mapping(one.get("encoding")))
                signals = scope.signals | signals_of(one.get("params"), {}, encoding)
                if "data" not in one and one.get("transform") and scope.rows:  # layers that show a part of the rows share the bins of all
                    encoding = {name: _bin_of(given, scope.rows) for name, given in encoding.items()}
                rows = self._rows(one, scope, signals)
                mark = one.get("mark")
                words = mark if isinstance(mark, str) else str(mapping(mark).get("type", ""))
                before = len(draft.units)
                try:
                    self._units(one, _Scope(rows, encoding, signals, scope.path, scope.title, scope.facets), draft, depth + 1)
                except SpecProblem:
                    if words not in {"text", "image"} or len(parts) < 2:
                        raise
                    del draft.units[before:]
                    self.left_out.append(f"layer: {words}")
            if not draft.units:
                raise SpecProblem("this Vega-Lite spec has no layer that is drawn; give a mark")
            return
        draft.units += units(
            view, scope.rows, {key: value for key, value in scope.encoding.items() if key not in FACETS}, scope.signals, self.left_out
        )

    def _faceted(self, facets: Mapping[str, Any], view: Record, scope: _Scope, depth: int, independent: Sequence[str]) -> _Block:
        """A panel for each value of a field; rows and columns where there are two."""
        made: dict[str, Channel] = {}
        keys: dict[str, list[Any]] = {}
        rows = [dict(row) for row in scope.rows]
        view, inner_encoding = _alike(view, rows), mapping(_alike({"encoding": scope.encoding}, rows)["encoding"])
        for name, given in facets.items():
            told = mapping(given)
            columns = told.pop("columns", None)
            one = prepared(
                rows,
                channel(
                    name, {key: value for key, value in told.items() if key not in {"align", "spacing", "center", "bounds"}}, scope.signals
                ),
            )
            held = grouped(rows, [one.field])
            keys[name] = sorted_keys(one, [key for (key,) in held], rows, {})
            made[name] = one
            if name == "facet":
                wide = int(figure(columns) or 0) or min(len(keys[name]), 4)
        blocks = []
        order = [name for name in ("row", "column", "facet") if name in made]
        chosen = [[]] if not order else [[key] for key in keys[order[0]]]
        for name in order[1:]:
            chosen = [[*before, key] for before in chosen for key in keys[name]]
        if len(chosen) > MOST_PANELS:
            raise SpecProblem(f"Vega-Lite: this draws {len(chosen)} panels; at most {MOST_PANELS} are; facet by less")
        for at, values in enumerate(chosen):
            own = [
                row for row in rows if all(hashed(value_at(row, made[name].field)) == key for name, key in zip(order, values, strict=True))
            ]
            if not own:
                blocks.append(_Block([], 1, 1))
                continue
            words = " · ".join(headed(made[name], key, self.left_out) for name, key in zip(order, values, strict=True))
            path = scope.path
            inner = _Scope(
                own,
                inner_encoding,
                scope.signals,
                path,
                words,
                (*scope.facets, *((made[n].field, k) for n, k in zip(order, values, strict=True))),
            )
            block = self._block(view, inner, depth + 1)
            for draft in block.drafts:
                for name in independent:
                    if name in draft.groups:
                        draft.groups[name] = f"{draft.groups[name]}#{at}"
            blocks.append(block)
        if "facet" in made:
            return _joined(blocks, max(1, wide), wrapped=True)
        return _joined(blocks, len(keys["column"]) if "column" in made else 1)

    def _repeated(self, view: Record, scope: _Scope, depth: int) -> _Block:
        """The view once for each field, or each pair of fields."""
        told, spec = view["repeat"], mapping(view.get("spec"))
        if isinstance(told, Mapping) and "layer" in told:
            layers = [_put(spec, {"layer": str(one)}) for one in listed(told["layer"])]
            return self._block({"layer": layers} | ({"title": view["title"]} if "title" in view else {}), scope, depth + 1)
        pairs: list[dict[str, str]]
        if isinstance(told, Mapping):
            down, across = listed(told.get("row")) or [None], listed(told.get("column")) or [None]
            pairs = [{name: str(one) for name, one in (("row", a), ("column", b)) if one is not None} for a in down for b in across]
            columns = len(across)
        else:
            pairs = [{"repeat": str(one)} for one in listed(told)]
            columns = int(figure(view.get("columns")) or 0) or min(len(pairs), 3)
        if len(pairs) > MOST_PANELS:
            raise SpecProblem(f"Vega-Lite: this draws {len(pairs)} panels; at most {MOST_PANELS} are; repeat over less")
        blocks = []
        for pair in pairs:
            inner = _Scope(
                [dict(row) for row in scope.rows],
                scope.encoding,
                scope.signals,
                f"{scope.path}/{'/'.join(pair.values())}",
                scope.title,
                scope.facets,
            )
            block = self._block(_put(spec, pair), inner, depth + 1)
            for draft in block.drafts:
                if isinstance(told, Mapping):  # a matrix shares its columns' x and its rows' y
                    draft.groups = {"x": f"{scope.path}/x{pair.get('column', '')}", "y": f"{scope.path}/y{pair.get('row', '')}"}
            blocks.append(block)
        return _joined(blocks, max(1, columns), wrapped=not isinstance(told, Mapping))


def _beginnings(view: Record, depth: int = 0) -> Record:
    """What the parameters of any layer begin with: other layers may ask for it."""
    out: Record = {}
    for one in map(mapping, listed(view.get("layer")) if depth < 12 else []):
        out |= signals_of(one.get("params"), {}, mapping(one.get("encoding"))) | _beginnings(one, depth + 1)
    return out


def _merged(around: Record, own: Record) -> Record:
    """A layer's encoding within the one around it: a channel of both has what either says of it."""
    out = dict(around)
    for name, given in own.items():
        outer = around.get(name)
        both = isinstance(outer, Mapping) and isinstance(given, Mapping) and not ("value" in given and "condition" not in given)
        out[name] = {**outer, **given} if both and outer is not None else given
    return out


def _alike(view: Record, rows: Sequence[Record], depth: int = 0) -> Record:
    """A view whose bins are those of all its facets together."""
    out = dict(view)
    if isinstance(view.get("encoding"), Mapping):
        out["encoding"] = {name: _bin_of(given, rows) for name, given in view["encoding"].items()}
    for key in ("layer", *JOINED):
        if key in view and depth < 12:
            out[key] = [_alike(mapping(one), rows, depth + 1) for one in listed(view[key])]
    return out


def _bin_of(given: Any, rows: Sequence[Record]) -> Any:
    told = mapping(given)
    how = told.get("bin")
    if not how or how == "binned" or "extent" in mapping(how) or not told.get("field"):
        return given
    values = [v for row in rows if (v := figure(value_at(row, str(told["field"])))) is not None]
    return told | {"bin": mapping(how) | {"extent": [min(values), max(values)]}} if values else given


def _nested(scope: _Scope, path: str, title: str) -> _Scope:
    words = " · ".join(part for part in (scope.title, title) if part)
    return _Scope(scope.rows, scope.encoding, scope.signals, path, words, scope.facets)


def _title(view: Record) -> str:
    """A view's title in words."""
    given = view.get("title")
    given = given.get("text") if isinstance(given, Mapping) else given
    return " ".join(str(line) for line in given) if isinstance(given, list) else given if isinstance(given, str) else ""


def _independent(view: Record) -> list[str]:
    """The axes that a view's panels or layers do not share."""
    scales = mapping(mapping(view.get("resolve")).get("scale"))
    return [name for name in ("x", "y") if scales.get(name) == "independent"]


def _uses(view: Record, around: Record, name: str) -> bool:
    encoding = {**around, **mapping(view.get("encoding"))}
    return bool(name in encoding or any(_uses(mapping(one), encoding, name) for one in listed(view.get("layer"))))


def _joined(blocks: Sequence[_Block], columns: int, *, wrapped: bool = False) -> _Block:
    """Blocks set in a grid of `columns`."""
    lines = [blocks[at : at + columns] for at in range(0, len(blocks), columns)]
    widths = [max((line[c].columns for line in lines if c < len(line)), default=1) for c in range(min(columns, len(blocks) or 1))]
    out: list[Draft] = []
    top = 0
    for line in lines:
        left = 0
        for block, wide in zip(line, widths, strict=False):
            for draft in block.drafts:
                draft.row, draft.column = draft.row + top, draft.column + left
                out.append(draft)
            left += wide
        top += max(block.rows for block in line)
    return _Block(out, max(1, top), max(1, sum(widths)), wrapped or any(block.wrapped for block in blocks))


def _put(node: Any, fields: Mapping[str, str], depth: int = 0) -> Any:
    """A view with the fields it is repeated over in place of {"repeat": …}."""
    if depth > 30:
        raise SpecProblem("Vega-Lite: the repeated view is nested too deep; flatten it")
    if isinstance(node, Mapping):
        if set(node) == {"repeat"} and isinstance(node["repeat"], str):
            if node["repeat"] not in fields:
                return dict(node)
            return fields[node["repeat"]]
        return {key: _put(value, fields, depth + 1) for key, value in node.items()}
    return [_put(one, fields, depth + 1) for one in node] if isinstance(node, list) else node
