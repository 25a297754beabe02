"""Arithmetic over columns, read by us and written as SQL: numbers, names, + - * / and parentheses; a date minus a date is days."""

import re
from collections.abc import Callable

from flipchart.renderers.problem import SpecProblem


class Formula:
    """One formula, token by token."""

    def __init__(self, words: str, field: Callable[[str], str], date: Callable[[str], str]) -> None:
        """`field` gives the SQL of a column of figures, `date` that of one of dates, "" where it holds none."""
        self.tokens = [token for found in _TOKEN.finditer(words) if (token := found.group().strip())]
        self.words, self.field, self.date, self.at = words, field, date, 0
        self.dates: set[str] = set()
        if len(words) > 200 or len(self.tokens) > 60 or "".join(self.tokens).replace(" ", "") != words.replace(" ", ""):
            raise SpecProblem(f"query.derive: {words[:60]!r} is not arithmetic; use column names, numbers, + - * / and parentheses")

    def sql(self) -> str:
        """The formula as SQL; raises SpecProblem where it is no arithmetic over columns there are."""
        out = self._figure(self._sum())
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
            sign, right = self._next(), self._product(depth)
            if sign == "-" and {out, right} <= self.dates:
                out = f"((epoch({out}) - epoch({right})) / 86400.0)"
            else:
                out = f"({self._figure(out)} {sign} {self._figure(right)})"
        return out

    def _figure(self, sql: str) -> str:
        """The same, where it is no date."""
        if sql in self.dates:
            raise SpecProblem(f"query.derive: {self.words[:60]!r} reckons with a date; only a date minus a date can be told, in days")
        return sql

    def _product(self, depth: int) -> str:
        out = self._atom(depth)
        while self._peek() in {"*", "/"}:
            sign, left, right = self._next(), self._figure(out), self._figure(self._atom(depth))
            out = f"({left} * {right})" if sign == "*" else f"({left} / nullif({right}, 0))"
        return out

    def _atom(self, depth: int) -> str:
        token = self._next()
        if token == "(":
            out = self._sum(depth + 1)
            if self._next() != ")":
                raise SpecProblem(f"query.derive: a parenthesis of {self.words[:60]!r} is not closed")
            return out
        if token == "-":
            return f"(-{self._figure(self._atom(depth + 1))})"
        if re.fullmatch(r"\d+(?:\.\d+)?", token):
            return f"{float(token)!r}::DOUBLE"
        if not token or token in "+*/)":
            raise SpecProblem(f"query.derive: something is missing in {self.words[:60]!r}")
        name = token.strip("`\"'[]")
        if found := self.date(name):
            self.dates.add(found)
        return found or self.field(name)


_TOKEN = re.compile(r"`[^`]+`|\"[^\"]+\"|\[[^\]]+\]|\d+(?:\.\d+)?(?![\w.])|[-+*/()]|[^\W\d][\w ]*(?<! )|\s+|[^\s]")
