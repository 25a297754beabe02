"""Formulas that people and models write ("price * rate / 12"), read into a small tree that is worked out here and in the browser alike.

Numbers only; nothing is ever executed as code. A tree is JSON: 3.5, ["var", "rate"], ["+", a, b], ["neg", a], ["call", "min", a, b],
["<", a, b], ["if", condition, a, b].
"""

import ast
import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flipchart.renderers.problem import SpecProblem

LONGEST = 600  # characters of one formula
DEEPEST = 60

Tree = Any
"""A number, or a list of an operator and its operands."""


def _payment(rate: float, periods: float, principal: float) -> float:
    """What repays `principal` in equal parts over `periods` at `rate` a period (the annuity formula)."""
    return principal / periods if rate == 0 else principal * rate / (1 - math.pow(1 + rate, -periods))


def _future(rate: float, periods: float, payment: float, present: float = 0.0) -> float:
    """What `present` and a `payment` a period grow to."""
    grown = math.pow(1 + rate, periods)
    return present * grown + (payment * periods if rate == 0 else payment * (grown - 1) / rate)


FUNCTIONS: dict[str, Callable[..., float]] = {
    "min": min, "max": max, "abs": abs, "sqrt": math.sqrt, "exp": math.exp, "log": math.log, "ln": math.log, "log10": math.log10,
    "log2": math.log2, "sin": math.sin, "cos": math.cos, "tan": math.tan, "asin": math.asin, "acos": math.acos, "atan": math.atan,
    "floor": math.floor, "ceil": math.ceil, "pow": math.pow, "sum": lambda *n: math.fsum(n), "mean": lambda *n: math.fsum(n) / len(n),
    # Halves round up, as in the browser.
    "round": lambda n, places=0: math.floor(n * 10**places + 0.5) / 10**places,
    "pmt": _payment, "fv": _future, "radians": math.radians, "degrees": math.degrees,
}  # fmt: skip
CONSTANTS = {"pi": math.pi, "e": math.e, "true": 1.0, "false": 0.0}
_SIGNS = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "≤": "≤", "≥": "≥"})
_BINARY = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "^", ast.Mod: "%", ast.FloorDiv: "//"}
_COMPARED = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


def read(words: str) -> Tree:
    """The tree of a formula; raises SpecProblem, saying what is wrong, where it is none."""
    plain = words.strip().lstrip("= ").translate(_SIGNS).replace("≤", "<=").replace("≥", ">=").replace("^", "**")
    plain = re.sub(r"\bMath\.|\bmath\.", "", re.sub(r"\bif\s*\(", "If(", plain, flags=re.I))
    if len(plain) > LONGEST:
        raise SpecProblem(f"the formula has {len(plain)} characters; at most {LONGEST} are read")
    try:
        return _tree(ast.parse(plain, mode="eval").body, 0)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise SpecProblem(f"the formula {words[:60]!r} cannot be read; write it like price * rate / 12") from None


def _tree(node: ast.expr, depth: int) -> Tree:
    if depth > DEEPEST:
        raise SpecProblem("the formula is nested too deep; split it in two outputs")
    match node:
        case ast.Constant(value=bool() | int() | float() as plain):
            return float(plain)
        case ast.Name():
            return CONSTANTS[node.id.lower()] if node.id.lower() in CONSTANTS else ["var", slug(node.id)]
        case ast.UnaryOp(op=ast.USub()):
            return ["neg", _tree(node.operand, depth + 1)]
        case ast.UnaryOp(op=ast.UAdd()):
            return _tree(node.operand, depth + 1)
        case ast.UnaryOp(op=ast.Not()):
            return ["if", _tree(node.operand, depth + 1), 0.0, 1.0]
        case ast.BinOp() if type(node.op) in _BINARY:
            return [_BINARY[type(node.op)], _tree(node.left, depth + 1), _tree(node.right, depth + 1)]
        case ast.Compare(ops=[op]) if type(op) in _COMPARED:
            return [_COMPARED[type(op)], _tree(node.left, depth + 1), _tree(node.comparators[0], depth + 1)]
        case ast.BoolOp():
            parts = [_tree(value, depth + 1) for value in node.values]
            out = parts[-1]
            for part in reversed(parts[:-1]):
                out = ["if", part, out, 0.0] if isinstance(node.op, ast.And) else ["if", part, 1.0, out]
            return out
        case ast.IfExp():
            return ["if", *(_tree(part, depth + 1) for part in (node.test, node.body, node.orelse))]
        case ast.Call(func=ast.Name(id="If"), args=[test, body, other]):
            return ["if", *(_tree(part, depth + 1) for part in (test, body, other))]
        case ast.Call(func=ast.Name(), keywords=[]) if isinstance(node.func, ast.Name):
            name = node.func.id.lower()
            if name not in FUNCTIONS:
                raise SpecProblem(f"there is no function `{node.func.id}`; there are {', '.join(sorted(FUNCTIONS))}")
            return ["call", name, *(_tree(part, depth + 1) for part in node.args)]
    raise SpecProblem(f"{ast.unparse(node)[:40]!r} has no place in a formula; use numbers, names, + - * / ^ and functions")


def slug(name: str) -> str:
    """A name as formulas write it: "Loan amount" and "loan_amount" are one."""
    return re.sub(r"\W+", "_", name.strip().casefold()).strip("_")


def names(tree: Tree) -> Iterator[str]:
    """The names that a tree refers to."""
    if isinstance(tree, list):
        if tree[0] == "var":
            yield tree[1]
        else:
            for part in tree[1:]:
                yield from names(part)


def value(tree: Tree, known: Mapping[str, float]) -> float:
    """What a tree comes to; nan where it cannot be worked out (a division by zero, a root of less than nothing)."""
    try:
        return float(_value(tree, known))
    except (ZeroDivisionError, OverflowError, ValueError, TypeError, KeyError):
        return math.nan


def _value(tree: Tree, known: Mapping[str, float]) -> float:
    if not isinstance(tree, list):
        return float(tree)
    match tree:
        case ["var", name]:
            return known[name]
        case ["neg", a]:
            return -_value(a, known)
        case ["if", test, a, b]:
            return _value(a if _value(test, known) else b, known)
        case ["call", name, *parts]:
            return FUNCTIONS[name](*(_value(part, known) for part in parts))
    a, b = _value(tree[1], known), _value(tree[2], known)
    match tree[0]:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case "/":
            return a / b
        case "//":
            return math.floor(a / b)
        case "%":
            return a % b
        case "^":
            # A root of a negative number is complex in Python, nothing in the browser: here too.
            return float(a**b) if not (a < 0 and b != int(b)) else math.nan
    return float({"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "==": a == b, "!=": a != b}[tree[0]])


def divides_by_hundred(tree: Tree, name: str) -> bool:
    """True where the tree itself turns the percent `name` into a share (rate / 100, rate / 1200, rate * 0.01)."""
    if not isinstance(tree, list):
        return False
    if tree[0] == "/" and isinstance(tree[2], float) and tree[2] in {100.0, 1200.0, 36500.0, 400.0} and name in names(tree[1]):
        return True
    if tree[0] == "*" and {0.01} & {part for part in tree[1:] if isinstance(part, float)} and name in names(tree):
        return True
    return any(divides_by_hundred(part, name) for part in tree[1:])
