"""Arithmetic over columns, read by us and written as SQL: numbers, names, + - * / and parentheses."""

import re
from collections.abc import Callable

from flipchart.renderers.problem import SpecProblem


class Formula:
    """One formula, token by token."""

    def __init__(self, words: str, field: Callable[[str], str], name: str) -> None:
        self.tokens = [token for found in _TOKEN.finditer(words) if (token := found.group().strip())]
        self.words, self.field, self.name, self.at = words, field, name, 0
        if len(words) > 200 or len(self.tokens) > 60 or "".join(self.tokens).replace(" ", "") != words.replace(" ", ""):
            raise SpecProblem(f"query.derive: {words[:60]!r} is not arithmetic; use column names, numbers, + - * / and parentheses")

    def sql(self) -> str:
        """The formula as SQL; raises SpecProblem where it is no arithmetic over columns there are."""
        out = self._sum()
        if self.at < len(self.tokens):
            raise SpecProblem(f"query.derive: {self.words[:60]!r} does not end where it should; check near {self.tokens[self.at]!r}")
        return out

    def _peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        self.at += 1
        return token

    def _sum(self, depth: int = 0) -> str:
        if depth > 12:
            raise SpecProblem(f"query.derive: {self.words[:60]!r} is nested too deep")
        out = self._product(depth)
        while self._peek() in {"+", "-"}:
            out = f"({out} {self._next()} {self._product(depth)})"
        return out

    def _product(self, depth: int) -> str:
        out = self._atom(depth)
        while self._peek() in {"*", "/"}:
            out = f"({out} * {self._atom(depth)})" if self._next() == "*" else f"({out} / nullif({self._atom(depth)}, 0))"
        return out

    def _atom(self, depth: int) -> str:
        token = self._next()
        if token == "(":
            out = self._sum(depth + 1)
            if self._next() != ")":
                raise SpecProblem(f"query.derive: a parenthesis of {self.words[:60]!r} is not closed")
            return out
        if token == "-":
            return f"(-{self._atom(depth + 1)})"
        if re.fullmatch(r"\d+(?:\.\d+)?", token):
            return f"{float(token)!r}::DOUBLE"
        if not token or token in "+*/)":
            raise SpecProblem(f"query.derive: something is missing in {self.words[:60]!r}")
        return self.field(token.strip("`\"'[]"))


_TOKEN = re.compile(r"`[^`]+`|\"[^\"]+\"|\[[^\]]+\]|\d+(?:\.\d+)?(?![\w.])|[-+*/()]|[^\W\d][\w ]*(?<! )|\s+|[^\s]")
