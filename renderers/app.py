"""Mini-apps by declaration: a calculator (inputs, formulas, outputs) or a quiz. No code is written by a model, so none is run."""

import contextlib
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field, FiniteFloat, field_validator, model_validator
from pydantic.config import JsonDict

from flipchart import assets
from flipchart.renderers import formula, illustration, logo
from flipchart.renderers.app_formulas import MONEY, contradictions, quantity
from flipchart.renderers.app_formulas import corrected as corrected_formulas
from flipchart.renderers.app_ranges import sensible
from flipchart.renderers.app_skeletons import quiz
from flipchart.renderers.check import Finding
from flipchart.renderers.content import Content, Thing
from flipchart.renderers.drawing import Box, Drawing, Group, Item, Path
from flipchart.renderers.icons import Scores
from flipchart.renderers.illustration import Art
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.registry import Form
from flipchart.renderers.sheet import finish, foot, head
from flipchart.renderers.spec import Part, Spec
from flipchart.renderers.style import Style
from flipchart.renderers.typeset import place
from flipchart.renderers.words import THIN, number, say

_PLAIN: JsonDict = {"figure": False}  # what a person sets is no figure
_STRONG: JsonDict = {"figure": False, "strong": True}
_QUIZ = (
    r"\b(?:quiz|quizz|trivia|flash ?cards?|exam|test|questions?|cuestionario|preguntas|questionário|perguntas|questionnaire|fragen)\b"
    r"|测验|问答|测试|クイズ|問題|प्रश्नोत्तरी|क्विज़|اختبار|مسابقة"
)
STEPS = 40  # points of the curve
STEEP = 4.0  # times the result as it opens, past which an end of the curve is not shown


def _starts(schema: dict[str, Any]) -> None:
    """A model must say where an input starts, though one from elsewhere is read without."""
    schema["required"] = ["name", "label", "value"]


class Input(Part):
    """Something the person sets."""

    model_config = ConfigDict(json_schema_extra=_starts)

    name: str = Field(description="One short word for formulas, such as rate.")
    label: str = Field(description="What it is called on the screen.")
    value: FiniteFloat = Field(default=0.0, description="The number it starts with.", json_schema_extra=_PLAIN)
    min: FiniteFloat | None = Field(default=None, description="Lowest number.", json_schema_extra=_STRONG)
    max: FiniteFloat | None = Field(default=None, description="Highest number.", json_schema_extra=_STRONG)
    step: FiniteFloat | None = Field(default=None, description="Size of one step.", json_schema_extra=_STRONG)
    unit: str = Field(default="", description="Such as $, %, years, kg.")


class Output(Part):
    """Something worked out from the inputs."""

    name: str = Field(description="One short word for other formulas.")
    label: str = Field(description="What it is called on the screen.")
    formula: str = Field(
        description="Arithmetic over names: + - * / ^, min, max, round, sqrt, if(test, a, b), pmt(rate, periods, principal)."
    )
    unit: str = Field(default="", description="Such as $, %, kg.")

    @field_validator("formula", mode="before")
    @classmethod
    def _right_side(cls, given: Any) -> Any:
        """Of "miles = km * 0.62", what is behind the sign."""
        return re.sub(r"^\s*[A-Za-z_]\w*\s*=(?!=)\s*", "", given) if isinstance(given, str) else given


class Question(Part):
    """One question of a quiz."""

    question: str
    options: tuple[str, ...] = Field(min_length=2, max_length=6, description="Answers to pick from, one of them right.")
    answer: int = Field(ge=1, le=6, description="Number of the right option, counted from 1.", json_schema_extra=_PLAIN)
    why: str = Field(default="", description="Why it is right, in one sentence.")

    @model_validator(mode="after")
    def _is_there(self) -> "Question":
        if self.answer > len(self.options):
            raise ValueError(f"answer {self.answer} is not one of the {len(self.options)} options")
        return self


class App(Spec):
    """Something to try: a calculator, estimator or simulator (inputs and outputs), or a quiz (questions)."""

    ALTERNATIVES: ClassVar[tuple[tuple[str, ...], ...]] = (("inputs", "outputs"), ("questions",))

    CUES: ClassVar[tuple[str, ...]] = ("", _QUIZ)

    kind: Literal["app"] = "app"
    inputs: tuple[Input, ...] = Field(default=(), max_length=12, description="For a calculator: what the person sets.")
    outputs: tuple[Output, ...] = Field(default=(), max_length=12, description="For a calculator: what is worked out, the main one first.")
    questions: tuple[Question, ...] = Field(default=(), max_length=20, description="For a quiz: its questions.")
    confirmed: Annotated[bool, Field(json_schema_extra={"ours": True})] = False
    """True once the quiz's keys were answered again blind and agreed."""
    art: Annotated[Art | None, Field(json_schema_extra={"ours": True})] = None
    """The illustration beside its title."""

    @model_validator(mode="after")
    def _does_something(self) -> "App":
        if not self.questions and not (self.inputs and self.outputs):
            raise ValueError("an app needs inputs and outputs, or questions")
        return self


def trees(spec: App) -> dict[str, formula.Tree]:
    """Each output's tree by name, percent inputs as the formulas mean them; raises SpecProblem for the first that is wrong."""
    called = [*(formula.slug(one.name) for one in spec.inputs), *(formula.slug(one.name) for one in spec.outputs)]
    twice = next((name for name in called if called.count(name) > 1), None)
    if twice is not None:
        raise SpecProblem(f"two of the inputs and outputs are named `{twice}`; give each a name of its own")
    percents = {formula.slug(i.name) for i in spec.inputs if i.unit.strip() == "%"}
    read = {formula.slug(output.name): formula.read(output.formula) for output in spec.outputs}
    known = {formula.slug(i.name) for i in spec.inputs}
    for name, tree in read.items():
        for used in formula.names(tree):
            if used not in known and used not in read:
                raise SpecProblem(f"the formula of `{name}` uses `{used}`, which is neither an input nor an output; add it")
    years = {formula.slug(i.name) for i in spec.inputs if i.unit.strip().casefold() in _YEARS}
    read = {name: _monthly(tree, years) if _MONTHLY.search(f"{label} {name}") else tree for (name, tree), label in
            zip(read.items(), (output.label for output in spec.outputs), strict=True)}  # fmt: skip
    # "6.5 %" is 6.5 where some formula divides it by 100, and 0.065 where none does: models write both.
    shares = {name for name in percents if not any(formula.divides_by_hundred(tree, name) for tree in read.values())}
    return {name: _shared(tree, shares) for name, tree in read.items()}


# Words for a month in a label, and for years as a unit, in the languages of the program.
_MONTHLY = re.compile(r"month|mensual|mensal|mensuel|monat|mes\b|mês|mois|месяц|月|महीन|मासिक|شهر", re.I)
_YEARS = set("year years yr yrs año años ano anos an ans jahr jahre год лет года 年 साल वर्ष سنة سنوات".split())


def _monthly(tree: formula.Tree, years: set[str]) -> formula.Tree:
    """A yearly repayment said to be monthly, made so: pmt(rate, years, sum) becomes pmt(rate / 12, years * 12, sum)."""
    if not isinstance(tree, list):
        return tree
    if tree[:2] == ["call", "pmt"] and len(tree) == 5 and set(formula.names(tree[3])) & years and 12.0 not in _numbers(tree):
        return ["call", "pmt", ["/", tree[2], 12.0], ["*", tree[3], 12.0], tree[4]]
    return [tree[0], *(part if isinstance(part, str) else _monthly(part, years) for part in tree[1:])]


def _numbers(tree: formula.Tree) -> set[float]:
    if isinstance(tree, float):
        return {tree}
    return {number for part in tree[1:] for number in _numbers(part)} if isinstance(tree, list) else set()


def _shared(tree: formula.Tree, shares: set[str]) -> formula.Tree:
    if not isinstance(tree, list):
        return tree
    if tree[0] == "var":
        return ["/", tree, 100.0] if tree[1] in shares else tree
    return [tree[0], *(part if isinstance(part, str) else _shared(part, shares) for part in tree[1:])]


def ordered(read: Mapping[str, formula.Tree]) -> list[str]:
    """The outputs' names, each after those it uses; raises SpecProblem where they go in a circle."""
    out: list[str] = []

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise SpecProblem(f"the formulas of {' and '.join(dict.fromkeys(above))} use each other; work one out without the other")
        if name in read and name not in out:
            for used in formula.names(read[name]):
                visit(used, (*above, name))
            out.append(name)

    for name in read:
        visit(name, ())
    return out


def results(spec: App, given: Mapping[str, float] | None = None) -> dict[str, float]:
    """What each output comes to at the inputs' own values, `given` ones replaced; nan where it cannot be worked out."""
    read = trees(spec)
    known = {formula.slug(i.name): i.value for i in spec.inputs} | dict(given or {})
    for name in ordered(read):
        known[name] = formula.value(read[name], known)
    return {name: known[name] for name in read}


def span(one: Input, lang: str = "en") -> tuple[float, float, float]:
    """The lowest and highest number of an input and its step, sensible ones where none are written."""
    low, high, step = sensible(one.value, one.unit, f"{one.name} {one.label}", lang)
    if one.min is not None or one.max is not None:
        low = one.min if one.min is not None else min(low, one.max or 0.0)
        high = one.max if one.max is not None else max(high, low)
        step = 10 ** math.floor(math.log10((high - low) / 100)) if high > low else step
    low, high = min(low, high, one.value), max(low, high, one.value)
    high = high if high > low else low + 1.0
    return low, high, one.step if one.step and 0 < one.step <= high - low else step


def findings(spec: App) -> list[Finding]:
    """Formulas that cannot be read or worked out, and outputs that no input changes."""
    try:
        now = results(spec)
        ends = [results(spec, {formula.slug(i.name): end}) for i in spec.inputs for end in span(i, spec.lang)[:2]]
    except SpecProblem as problem:
        return [Finding("spec", spec.id, str(problem), "mend the formula")]
    used = {name for tree in trees(spec).values() for name in formula.names(tree)}
    out = [
        Finding("spec", i.id, f"no result uses `{formula.slug(i.name)}`", "use it in the formulas it belongs in, or leave it out")
        for i in spec.inputs
        if formula.slug(i.name) not in used
    ]
    told = {formula.slug(o.name): o for o in spec.outputs}
    for name, found in contradictions([(quantity(o.name, o.label, o.unit), now[name]) for name, o in told.items()]):
        out.append(Finding("spec", f"{told[name].id}.formula", found, "mend the formula"))
    for output in spec.outputs:
        name = formula.slug(output.name)
        if not math.isfinite(now[name]):
            out.append(Finding("spec", f"{output.id}.formula", "it has no result at the values it starts with", "mend the formula"))
        elif all(end[name] == now[name] for end in ends):
            out.append(Finding("spec", f"{output.id}.formula", "no input changes it", "use the inputs in it"))
    return out


def corrected(spec: App) -> App:
    """The app as a model wrote it, made right by rule: percents that are shares, the formulas of calculators everyone knows, currencies;
    without results that cannot be worked out, where there are others."""
    spec = resolve(spec, {})
    inputs = [quantity(i.name, i.label, i.unit, i.value) for i in spec.inputs]
    told = corrected_formulas(inputs, [(quantity(o.name, o.label, o.unit), o.formula) for o in spec.outputs])
    money = {i.unit.strip() for i in spec.inputs if i.unit.strip().casefold() in MONEY}
    outputs = []
    for one in spec.outputs:
        right = told.get(formula.slug(one.name))
        fresh: dict[str, Any] = {"formula": right} if right else {}
        if right and not one.unit and len(money) == 1:
            fresh["unit"] = next(iter(money))
        outputs.append(one.model_copy(update=fresh))
    return spec.model_copy(update={"outputs": _workable(outputs, {formula.slug(i.name) for i in spec.inputs}) or tuple(outputs)})


def _workable(outputs: Sequence[Output], inputs: set[str]) -> tuple[Output, ...]:
    """The outputs whose formulas can be read and use nothing but inputs and each other."""
    used = {}
    for one in outputs:
        with contextlib.suppress(SpecProblem):
            used[formula.slug(one.name)] = set(formula.names(formula.read(one.formula)))
    while any(lost := [name for name, names in used.items() if not names <= inputs | used.keys()]):
        for name in lost:
            del used[name]
    return tuple(one for one in outputs if formula.slug(one.name) in used)


def settled(spec: App) -> App:
    """The app without the inputs that no result uses, as long as one is left."""
    try:
        used = {name for tree in trees(spec).values() for name in formula.names(tree)}
    except SpecProblem:
        return spec
    kept = tuple(i for i in spec.inputs if formula.slug(i.name) in used)
    return spec.model_copy(update={"inputs": kept}) if kept else spec


def resolve(spec: App, tables: Mapping[str, Any]) -> App:
    """Percent inputs that were written as shares (0.05 of 1) written as percents (5 of 100)."""
    inputs = []
    for one in spec.inputs:
        most = one.max if one.max is not None else one.value / 0.3
        if one.unit.strip() == "%" and 0 < abs(one.value) <= 1 and abs(one.min or 0.0) <= 1 and most <= 1:
            scaled = {name: round(value * 100, 6) for name in ("value", "min", "max", "step") if (value := getattr(one, name)) is not None}
            one = one.model_copy(update=scaled)
        inputs.append(one)
    return spec.model_copy(update={"inputs": tuple(inputs)})


def confirm(spec: App, ask: Callable[[str, dict[str, Any]], str]) -> App:
    """The quiz without the questions whose key is not agreed on when they are answered again without it."""
    if not spec.questions or spec.confirmed:
        return spec
    listed = "\n".join(f"{n}. {q.question} ({' / '.join(q.options)})" for n, q in enumerate(spec.questions, 1))
    # In words, each with its number: a small model knows the answer, but not which of four places it stands at.
    options = {str(n): {"enum": list(dict.fromkeys(q.options))} for n, q in enumerate(spec.questions, 1)}
    schema = {"type": "object", "properties": options, "required": list(options), "additionalProperties": False}
    told = ask(f"Answer each question with one of the answers behind it.\n{listed}", schema)
    try:
        answers = dict(json.loads(told))
    except (ValueError, TypeError):
        return spec
    kept = tuple(q for n, q in enumerate(spec.questions, 1) if answers.get(str(n)) == q.options[q.answer - 1])
    if not kept:
        raise SpecProblem("the quiz's keys contradict themselves; write questions whose answers are certain")
    return spec.model_copy(update={"questions": kept, "confirmed": True})


def layout(spec: App, style: Style, width: float, height: float | None = None) -> Drawing:
    """The app as it is when it opens."""
    items, room, _ = head(spec, style, width, art=spec.art)
    y = room.y
    if spec.inputs:
        drawn, y = _calculator(spec, style, room.x, y, room.w)
        items += drawn
    if spec.questions:
        drawn, y = _quiz(spec, style, room.x, y + (24 if spec.inputs else 0), room.w)
        items += drawn
    below, tall = foot(spec, style, width, y)
    return finish(spec, style, width, max(tall, height or 0.0), [*items, *below], alt(spec))


def _calculator(spec: App, style: Style, x: float, y: float, w: float) -> tuple[list[Item], float]:
    wide = w >= 560
    gap = 24.0
    left = (w - gap) * 0.46 if wide else w
    items, end = _inputs(spec, style, x, y, left)
    rx, ry, rw = (x + left + gap, y, w - left - gap) if wide else (x, end + gap, w)
    shown, bottom = _outputs(spec, style, rx, ry, rw)
    return [*items, *shown], max(end, bottom)


def _inputs(spec: App, style: Style, x: float, y: float, w: float) -> tuple[list[Item], float]:
    items: list[Item] = []
    size = style.size(1, 720)
    for step, one in enumerate(spec.inputs, 1):
        low, high, _ = span(one, spec.lang)
        figure = place(_shown(one.value, one.unit, spec.lang), x + w * 0.55, y, w * 0.45, size=size, weight=style.bold, fill=style.ink,
                       family=style.sans, align="end", part=one.id, field="value", step=step)  # fmt: skip
        label = place(one.label, x, y, w * 0.53, size=size, fill=style.ink, family=style.sans, part=one.id, field="label", step=step)
        y += max(label.h, figure.h) + 10
        share = (one.value - low) / (high - low)
        track = [
            Box(x, y, w, 6, fill=style.rule, radius=3, step=step),
            Box(x, y, max(6.0, w * share), 6, fill=style.accent, radius=3, step=step),
            Box(x + (w - 18) * share, y - 6, 18, 18, fill=style.sheet, stroke=style.accent, stroke_width=2, shape="ellipse", step=step),
        ]
        items.append(Group((label, figure, *track), part=one.id, step=step))
        y += 32
    return items, y - 14


def _outputs(spec: App, style: Style, x: float, y: float, w: float) -> tuple[list[Item], float]:
    try:
        now = results(spec)
    except SpecProblem:
        now = {}
    items: list[Item] = []
    pad = 24.0
    top = y
    y += pad
    for step, output in enumerate(spec.outputs, len(spec.inputs) + 1):
        words = _shown(now.get(formula.slug(output.name), math.nan), output.unit, spec.lang)
        if step == len(spec.inputs) + 1:
            label = place(
                output.label,
                x + pad,
                y,
                w - 2 * pad,
                size=style.size(1, 720),
                fill=style.quiet,
                family=style.sans,
                part=output.id,
                field="label",
            )
            figure = place(words, x + pad, y + label.h + 2, w - 2 * pad, 52, size=37, smallest=16, most_lines=1,
                           weight=style.bold, fill=_ink(style), family=style.heading, role="value",
                           part=output.id, field="formula")  # fmt: skip
            y += label.h + 60
        else:
            figure = place(words, x + w * 0.55, y, w * 0.45 - pad, size=style.size(1, 720), smallest=11, weight=style.bold, fill=style.ink,
                           family=style.sans, align="end", role="value", part=output.id)  # fmt: skip
            label = place(
                output.label,
                x + pad,
                y,
                w * 0.55 - pad - 8,
                size=style.size(1, 720),
                fill=style.quiet,
                family=style.sans,
                part=output.id,
                field="label",
            )
            y += max(label.h, figure.h) + 10
        items.append(Group((label, figure), part=output.id, step=step))
    curve, y = _curve(spec, style, x + pad, y + 6, w - 2 * pad)
    y += pad - 8
    card = Box(
        x, top, w, y - top, fill=style.soft if style.fills else None, stroke=None if style.fills else style.rule, radius=style.radius
    )
    return [card, *items, *curve], y


def _ink(style: Style) -> str:
    from flipchart.renderers.style import readable

    return readable(style.accent, style.soft if style.fills else style.sheet)


def lever(spec: App) -> Input | None:
    """The input that moves the main output most over its span; None where none does."""
    if not spec.outputs:
        return None
    main = formula.slug(spec.outputs[0].name)
    moves = []
    for one in spec.inputs:
        low, high, _ = span(one, spec.lang)
        a, b = (results(spec, {formula.slug(one.name): end})[main] for end in (low, high))
        if math.isfinite(a) and math.isfinite(b):
            moves.append((abs(b - a), one))
    best = max(moves, key=lambda move: move[0], default=None)
    return best[1] if best and best[0] > 0 else None


def curve_points(spec: App, one: Input) -> list[tuple[float, float]]:
    """The main output over the span of an input, without ends where it is so large that nothing is to be seen of the rest."""
    main, name = formula.slug(spec.outputs[0].name), formula.slug(one.name)
    low, high, step = span(one, spec.lang)
    every = dict.fromkeys(min(high, low + round((high - low) * i / STEPS / step) * step) for i in range(STEPS + 1))  # where it can be set
    points = [(n, results(spec, {name: n})[main]) for n in every]
    points = [(n, value) for n, value in points if math.isfinite(value)]
    most = STEEP * abs(results(spec)[main])
    seen = [i for i, (n, value) in enumerate(points) if abs(value) <= most or n == one.value]
    return points[seen[0] : seen[-1] + 1] if len(seen) > len(points) / 2 else points


def _curve(spec: App, style: Style, x: float, y: float, w: float) -> tuple[list[Item], float]:
    """The main output over the input that moves it most, with where it stands."""
    try:
        one = lever(spec)
    except SpecProblem:
        one = None
    if one is None:
        return [], y
    main = formula.slug(spec.outputs[0].name)
    points = curve_points(spec, one)
    if not points:
        return [], y
    low, high = points[0][0], points[-1][0]
    floor, ceiling = min(v for _, v in points), max(v for _, v in points)
    if len(points) < 3 or not math.isfinite(ceiling - floor) or ceiling <= floor:
        return [], y
    tall = 84.0

    def at(n: float, value: float) -> tuple[float, float]:
        return x + w * (n - low) / (high - low), y + tall * (ceiling - value) / (ceiling - floor)

    line = Path(tuple(("M" if i == 0 else "L", at(*point)) for i, point in enumerate(points)), None, style.accent, 2.0)
    here = at(one.value, results(spec)[main])
    dot = Box(here[0] - 5, here[1] - 5, 10, 10, fill=style.accent, stroke=style.sheet, stroke_width=2, shape="ellipse")
    base = Path((("M", (x, y + tall + 4)), ("L", (x + w, y + tall + 4))), None, style.quiet, 1.0)
    size = style.size(0, 720)
    ends = [
        place(_shown(low, one.unit, spec.lang), x, y + tall + 8, w * 0.24, size=size, fill=style.quiet, family=style.sans, most_lines=1),
        place(one.label, x + w * 0.26, y + tall + 8, w * 0.48, size=size, fill=style.quiet, family=style.sans, align="middle"),
        place(
            _shown(high, one.unit, spec.lang),
            x + w * 0.76,
            y + tall + 8,
            w * 0.24,
            size=size,
            fill=style.quiet,
            family=style.sans,
            align="end",
            most_lines=1,
        ),
    ]
    return [Group((base, line, dot, *ends))], y + tall + 14 + max(end.h for end in ends)


def _quiz(spec: App, style: Style, x: float, y: float, w: float) -> tuple[list[Item], float]:
    items: list[Item] = []
    size = style.size(1, 720)
    for n, one in enumerate(spec.questions, 1):
        mark = place(f"{n}", x, y, 28, size=size, weight=style.bold, fill=style.accent, family=style.sans)
        ask = place(
            one.question, x + 28, y, w - 28, size=size, weight=style.bold, fill=style.ink, family=style.sans, part=one.id, field="question"
        )
        group: list[Item] = [mark, ask]
        y += ask.h + 10
        for m, option in enumerate(one.options):
            text = place(option, x + 68, y + 9, w - 84, size=size - 1, fill=style.ink, family=style.sans, part=one.id, field=f"options.{m}")
            card = Box(x + 28, y, w - 28, text.h + 18, fill=None, stroke=style.rule, radius=8)
            ring = Box(x + 42, y + 9 + (text.size * 1.32 - 14) / 2, 14, 14, stroke=style.quiet, shape="ellipse")
            group += [card, ring, text]
            y += card.h + 8
        items.append(Group(tuple(group), part=one.id, step=n))
        y += 18
    return items, y - 18


_CENTS = {"$", "€", "£", "R$"}  # sums of money that are told to the cent where they are small
_CLOCK = re.compile(r"(h:mm:ss|m:ss)(.*)")


def _shown(value: float, unit: str, lang: str) -> str:
    """A figure with its unit; seconds whose unit is h:mm:ss or m:ss (also m:ss/km) as a clock shows them."""
    clock = _CLOCK.fullmatch(unit.strip())
    if clock and math.isfinite(value) and value >= 0:
        minutes, seconds = divmod(math.floor(value + 0.5), 60)
        told = f"{minutes // 60}:{minutes % 60:02}:{seconds:02}" if clock[1] == "h:mm:ss" else f"{minutes}:{seconds:02}"
        return f"{told}\u00a0{clock[2]}" if clock[2] else told
    cents = unit.strip() in _CENTS
    small = abs(value) < (1000 if cents else 100) and value != int(value) if math.isfinite(value) else False
    places = 2 if small else 0 if math.isfinite(value) and abs(value) < 1e15 else None
    return number(value, lang or "en", unit.strip(), digits=places, fixed=small and cents)


def opening(spec: App) -> list[tuple[str, str]]:
    """The results as they open: what each is called, and its value with its unit. Raises SpecProblem where one cannot be worked out."""
    now = results(spec)
    return [(one.label, _shown(now[formula.slug(one.name)], one.unit, spec.lang)) for one in spec.outputs]


def alt(spec: App) -> str:
    """What it does, and its main result as it opens."""
    if spec.questions:
        return f"{spec.title}: {len(spec.questions)} ?"
    try:
        label, value = opening(spec)[0]
        return f"{spec.title}: {label} {value}"
    except SpecProblem:
        return spec.title


def markdown(spec: App) -> str:
    """Inputs, results and formulas as tables; questions with their answers."""
    lines = [f"# {spec.title}"]
    if spec.inputs:
        try:
            now = results(spec)
        except SpecProblem:
            now = {}
        lines += ["", "| | |", "|---|---:|"]
        lines += [f"| {i.label} | {_shown(i.value, i.unit, spec.lang)} |" for i in spec.inputs]
        lines += [
            f"| **{o.label}** (`{o.formula}`) | **{_shown(now.get(formula.slug(o.name), math.nan), o.unit, spec.lang)}** |"
            for o in spec.outputs
        ]
    for n, q in enumerate(spec.questions, 1):
        lines += ["", f"{n}. {q.question}"]
        lines += [f"   - {'**' if m == q.answer else ''}{option}{'**' if m == q.answer else ''}" for m, option in enumerate(q.options, 1)]
        lines += [f"   - *{q.why}*"] if q.why else []
    return "\n".join(lines)


def page(spec: App, style: Style, blobs: Mapping[str, bytes]) -> str:
    """The app at work: HTML and our own script, which works the trees out; all words of the spec are escaped."""
    lang = spec.lang or style.lang
    try:
        read = trees(spec)
        order = ordered(read)
        one = lever(spec)
    except SpecProblem:
        read, order, one = {}, [], None
    points = curve_points(spec, one) if one else []
    told = {
        "lang": lang,
        "before": number(1, lang, "$").startswith("$"),
        "thin": THIN in number(1, lang, "%"),
        "inputs": [
            {"id": i.id, "name": formula.slug(i.name), "label": i.label, "value": i.value, "unit": i.unit.strip(), "span": span(i, lang)}
            for i in spec.inputs
        ],
        "outputs": [{"id": o.id, "name": formula.slug(o.name), "label": o.label, "unit": o.unit.strip()} for o in spec.outputs],
        "trees": read,
        "order": order,
        "lever": formula.slug(one.name) if one else None,
        "reach": [points[0][0], points[-1][0]] if points else None,
        "questions": [{"id": q.id, "question": q.question, "options": q.options, "answer": q.answer, "why": q.why} for q in spec.questions],
        "words": {key: say(f"app.{key}", lang) for key in ("right", "wrong", "score", "again")},
    }
    # "<" is the one character that could end the element from inside.
    data = json.dumps(told, ensure_ascii=False).replace("<", "\\u003c")
    picture = illustration.markup(spec.art, style, blobs) if spec.art else ""
    told_of = illustration.credit(spec.art, lang)
    credit = f'<p class="why">{escape(told_of)}</p>' if told_of else ""
    return (
        f"<style>{assets.text('web/app.css')}</style>"
        f'<div class="app" data-app><header><h1 data-part="{escape(spec.id)}" data-field="title">{escape(spec.title)}</h1>'
        f"{picture}</header>"
        f'<div class="calculator"></div><ol class="quiz"></ol>{credit}{logo.markup(style)}</div>'
        f'<script type="application/json" class="app-data">{data}</script><script>{assets.text("web/app.js")}</script>'
    )


def illustrate(spec: App, scores: Scores) -> App:
    """The app with a picture beside its title where one surely fits."""
    return spec.model_copy(update={"art": spec.art or illustration.found(spec.title, scores)})


def content(spec: App) -> Content | None:
    """The results as things with figures, or the questions with their answers."""
    if spec.questions:
        things = tuple(Thing(q.question, q.options[q.answer - 1], id=q.id) for q in spec.questions)
        return Content(spec.title, things, lang=spec.lang)
    try:
        now = results(spec)
    except SpecProblem:
        return None
    things = tuple(
        Thing(o.label, value=round(now[name], 2), unit=o.unit, id=o.id)
        for o in spec.outputs
        if math.isfinite(now[name := formula.slug(o.name)])
    )
    return Content(spec.title, things, lang=spec.lang)


def _fewer(app: App, many: int) -> App | None:
    """A quiz with its first questions."""
    return app.model_copy(update={"questions": app.questions[:many]}) if 0 < many < len(app.questions) else None


FORM = Form(
    spec=App, layout=layout, markdown=markdown, alt=alt, content=content, findings=findings, resolve=resolve, confirm=confirm,
    corrected=lambda app, said: corrected(app), settled=settled, page=page, skeleton=lambda asked: quiz(asked, _QUIZ),
    illustrate=illustrate, paint=illustration.paint, fewer=_fewer,
)  # fmt: skip
