"""Figures in words, as many languages write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipchart.renderers.figures import figures, read


@pytest.mark.parametrize(
    ("words", "lang", "values"),
    [
        ("120k in Jan, 135k in Feb", "en", [120000, 135000]),
        ("€3,4 Mio Umsatz, 1.234,5 kg, 33 %", "de", [3400000, 1234.5, 33]),
        ("grew 33% to $1,234.56", "en", [33, 1234.56]),
        ("销售额12万元，增长33%", "zh", [120000, 33]),
        ("٣٣٪ و ١٢٠ ألف", "ar", [33, 120000]),
        ("1 234 567 € et 12,5 %", "fr", [1234567, 12.5]),
        ("5M users at −3 °C", "en", [5000000, -3]),
        ("3 crore rupees", "en", [30000000]),
        ("₹12,34,567 of 5 lakh", "en", [1234567, 500000]),
        ("1,234,567 kg", "de", [1234567]),
        ("5 mm thick, 3 Bio kg", "de", [5]),
    ],
)
def test_quantities_are_read_as_their_language_writes_them(words: str, lang: str, values: list[float]) -> None:
    assert [figure.value for figure in figures(words, lang) if figure.measured] == pytest.approx(values)


@pytest.mark.parametrize("words", ["in 2024", "5 tips", "the 1st", "v2.3.1", "24/7", "2024-05-06", "page 12"])
def test_years_counts_and_dates_are_no_figures(words: str) -> None:
    assert not [figure for figure in figures(words) if figure.measured]


@pytest.mark.parametrize(
    ("words", "value"), [("120k", 120000), ("12 %", 12), ("(5)", -5), ("€3", 3), ("-5", -5), ("n/a", None), ("3 4", None), ("", None)]
)
def test_one_number_is_read_or_nothing(words: str, value: float | None) -> None:
    assert read(words) == value


@given(st.text())
def test_places_lie_within_the_words(words: str) -> None:
    for figure in figures(words):
        assert 0 <= figure.start < figure.end <= len(words)


@given(st.floats(0, 1e12, allow_nan=False).map(lambda n: round(n, 2)))
def test_what_is_written_plainly_is_read_back(value: float) -> None:
    assert read(f"${value:,.2f}") == pytest.approx(value)
