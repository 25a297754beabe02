"""Text answers: safe HTML, and a typeset page that keeps every word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipchart.renderers import render
from flipchart.renderers.check import check
from flipchart.renderers.drawing import Text, flat
from flipchart.renderers.style import style
from flipchart.renderers.text import Prose, content, from_content, layout, to_html
from flipchart.renderers.text_formulas import ended

ANSWER = """## Rotate a list

Use `xs[k:] + xs[:k]`; it gives a **new list**. Costs $5 or $10.

1. **Copy**: simple
2. **Deque**: no copying

```python
def f(x):
    return x
```

| Method | Time |
|---|---:|
| slice | 12 ms |
"""


def test_markdown_becomes_html_with_code_tables_and_math() -> None:
    html = to_html(ANSWER + "\n$x^2$")
    assert "<strong>new list</strong>" in html
    assert '<td class="end">12 ms</td>' in html
    assert '<span class="k">def</span>' in html
    assert "<msup>" in html
    assert "$5 or $10" in html


@pytest.mark.parametrize(
    "hostile",
    [
        "![x](http://evil.example/p.png)",
        "![x][r]\n\n[r]: http://evil.example/p.png",
        "<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        '<svg><image href="http://evil.example/p.png"/></svg>',
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&colon;alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        '<iframe src="http://evil.example"></iframe>',
        "<style>body{background:url(http://evil.example)}</style>",
        "$\\href{javascript:alert(1)}{x}$",
    ],
)
def test_hostile_markdown_loads_and_runs_nothing(hostile: str) -> None:
    import re

    tags = re.findall(r"<[^>]*>", to_html(hostile))
    assert not [tag for tag in tags if re.match(r"<(img|script|svg|iframe|style|image|input|video|object)", tag)]
    assert not [tag for tag in tags if re.search(r"(src|style|on\w+)\s*=|javascript:|data:", tag, re.I)]


def test_the_typeset_page_is_sound_and_keeps_every_word() -> None:
    for width in (390, 720, 1280):
        drawing = layout(Prose(markdown=ANSWER), style(), width)
        assert check(drawing) == []
    said = " ".join(line.text for item in flat(drawing.items) if isinstance(item, Text) for line in item.lines)
    for word in ("Rotate", "xs[k:] + xs[:k]", "new list", "no copying", "return x", "12 ms"):
        assert word in said


@pytest.mark.parametrize("formula", ["\\href{a}{b}", "\\frac", "\\begin{array}", "\\braket", "\\input", "{", "\\left("])
def test_a_formula_that_cannot_be_read_stands_as_it_is(formula: str) -> None:
    spec = render.read({"kind": "text", "markdown": f"Then ${formula}$ and\n\n$${formula}$$"})
    for ending in ("svg", "pptx", "html"):
        assert render.write(render.Page((spec,)), ending)[0]


@given(st.text(max_size=300))
def test_any_markdown_is_set(words: str) -> None:
    layout(Prose(markdown=words), style(), 390)
    to_html(words)


def test_a_list_is_shared_with_other_forms_and_comes_back() -> None:
    shared = content(Prose(markdown=ANSWER))
    assert shared is not None
    assert [thing.label for thing in shared.things] == ["Copy", "Deque"]
    back = from_content(shared)
    assert back is not None
    assert "2. **Deque**: no copying" in back.markdown


def test_every_ending_is_written() -> None:
    page = render.Page((Prose(markdown=ANSWER),))
    for ending in ("svg", "png", "json", "md", "html"):
        written, mime = render.write(page, ending)
        assert written
        assert mime


LOAN = r"""You pay each month:

\[ M = \frac{P \cdot r}{1 - r^{48}} \]

- \( M \) is the payment, about $22 or $23, so \(M > \$20\).
- As code: `\( M \)`

1. With more on it:
\[ n = 4 \times 12 \]

\[
a = b
+ c
\]

$$x_1$$ and $y$."""


def test_formulas_are_set_however_they_are_marked() -> None:
    html = to_html(LOAN)
    assert html.count("<math") == 7 and html.count("<mfrac>") == 1
    assert r"<code>\( M \)</code>" in html and "about $22 or $23" in html and "<li>c" not in html
    said = [line.text for item in flat(layout(Prose(markdown=LOAN), style(), 720).items) if isinstance(item, Text) for line in item.lines]
    assert "M = (P · r)/(1 - r⁴⁸)" in said and "n = 4×12" in " ".join(said).replace(" × ", "×")
    assert [words for words in said if "\\" in words and "( M )" not in words]
    plain = render.write(render.Page((), text=LOAN), "md")[0].decode()
    assert r"$$M = \frac{P \cdot r}{1 - r^{48}}$$" in plain and "- $M$ is" in plain and r"`\( M \)`" in plain


def test_money_is_no_formula() -> None:
    for words in ("$5 and $10", "US$5/US$10", "from $5–$10, not 5$ or 6$", "$5 a day, or 6$", "**$22.16** and $18,000 at 6.9%"):
        assert "<math" not in to_html(words)


@pytest.mark.parametrize("begun", [r"\[ M = \frac{P", r"\( M", "$$x", "\\[\nM"])
def test_a_formula_still_coming_is_not_shown(begun: str) -> None:
    assert ended(rf"Then \(a\) and `\(` and $$b$$: {begun}") == r"Then \(a\) and `\(` and $$b$$: "
    assert ended(f"Never ended {begun}\n\nMore") == f"Never ended {begun}\n\nMore"
