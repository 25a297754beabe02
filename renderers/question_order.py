"""In which order a question wants its labels: along which of its figures or labels, and which way."""

from collections.abc import Sequence
from dataclasses import dataclass

from flipchart.renderers.question_figures import Figures
from flipchart.renderers.question_words import fold

_WAYS = ("rising", "falling", "alphabet")
_ENDS = {",", "and"}


@dataclass
class Order(Figures):
    """Finds the order that a question asks for."""

    def bind_order(self) -> None:
        """ "sorted by average salary from high to low", "list by majors descending", "the x axis in ascending order"."""
        way = "down" if self.has("falling") else "up" if self.has("rising", "alphabet") else ""
        for n in range(2, len(self.items)):
            if [fold(self.items[m].words) for m in (n - 2, n)] == ["in", "order"] and (told := self.items[n - 1].columns):
                self.order = ("down" if self.has("falling") else "up", told[0].name)  # "in grade order"
                self.used |= {n - 1, n}
                return
        opened = self.place("order")
        said = self.place(*_WAYS)
        if not way and opened < 0:
            return
        along = "labels" if self.has("alphabet") else ""
        for n in self.spoken_of(opened, said):
            item = self.items[n]
            if item.says("axis.x", "axis.y"):
                along = "labels" if item.says("axis.x") else "figures"
            elif item.kind == "column" and any(
                m != n and other.kind == "column" and other.columns[0] == item.columns[0] for m, other in enumerate(self.items)
            ):
                along = item.columns[0].name
                self.used.add(n)
            elif item.says("count", "mean", "sum", "max", "min"):
                along = "figures"
                if any(m != n and other.concepts & item.concepts for m, other in enumerate(self.items)):
                    self.used.add(n)
        self.used |= {n for n, item in enumerate(self.items) if item.says("axis.x", "axis.y", *_WAYS, "order")}
        self.order = (way, along)

    def spoken_of(self, opened: int, said: int) -> list[int]:
        """Places of what an order is along: after "sorted by", or around "in descending order of"."""
        if opened >= 0:
            end = next((n for n in range(opened + 1, len(self.items)) if self.items[n].says("which", "where")), len(self.items))
            return list(range(opened + 1, end))
        out = []
        n = said + 1
        while n < len(self.items) and (
            self.items[n].says("stop", "by", "count", "mean", "sum") or self.items[n].kind in {"column", "unknown"}
        ):
            out.append(n)
            if self.items[n].kind == "column":
                break
            n += 1
        before = [m for m in range(max(0, said - 3), said) if self.items[m].says("axis.x", "axis.y")]
        named = said - 1
        while named > 0 and self.items[named].concepts and self.items[named].concepts <= {"stop"}:
            named -= 1
        again = [m for m in range(named) if self.items[m].columns[:1] == self.items[named].columns[:1]] if named > 0 else []
        before += [named] if again and self.items[named].kind == "column" else []  # "show the section name in ascending"
        return [*before, *(out if out and self.items[out[0]].says("stop", "by") else [])]

    def sorting(self, group: Sequence[str], sort: str) -> str:
        """How the labels are sorted: as the question says, else as is usual."""
        way, along = self.order
        if not group or not (way or along):
            return sort
        if along and along not in {"labels", "figures"} and along not in group and not self.measured(along):
            self.assumed = True
        if along == "labels" or along in group:
            return "label down" if way == "down" else "label"
        return way or sort

    def measured(self, name: str) -> bool:
        """Whether the column gives figures."""
        return self.column(name).kind == "number"
