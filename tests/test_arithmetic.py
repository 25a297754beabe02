"""Sums and percents are reckoned exactly and without a model, and nothing else is taken for one."""

import math
import operator
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipchart.models import arithmetic, calculators
from flipchart.models.arithmetic import reckoned
from flipchart.models.events import Drawn, Request, Said


@pytest.mark.parametrize(
    ("words", "result"),
    [
        ("what is 17.5% of 2,480?", "434"),
        ("20% off $85", "$68"),
        ("How much is 15 percent off 240 dollars?", "204"),
        ("$5 + $3", "$8"),
        ("$10 / $2 =", "5"),
        ("45 is what percent of 60?", "75%"),
        ("what percent of 80 is 20", "25%"),
        ("12 × (3 + 4)", "84"),
        ("what's 15 + 27 / 3", "24"),
        ("-5 + 3 =", "−2"),
        ("what is the square root of 144", "12"),
        ("5 squared is?", "25"),
        ("2^10", "1,024"),
        ("was sind 19,5 % von 1.250 €?", "243,75 €"),
        ("Wie viel ist 7 mal 8?", "56"),
        ("combien font 15 % de 60 ?", "9"),
        ("cuánto es el 21% de 350", "73,5"),
        ("quanto é 9 vezes 12", "108"),
        ("2480的17.5%是多少", "434"),
        ("2480の17.5%はいくら", "434"),
        ("2480 का 17.5% कितना होता है", "434"),
        ("كم يساوي 17.5% من 2480", "434"),
        ("99999999 * 99999999", "9,999,999,800,000,001"),
    ],
)
def test_a_sum_is_reckoned(words: str, result: str) -> None:
    told = reckoned(words)
    assert told is not None and told.endswith(f"= **{result}**".replace(" €", "\u00a0€"))


@pytest.mark.parametrize("words", ["1/3 =", "sqrt 2", "what is 10 divided by 7"])
def test_a_result_without_an_end_is_said_to_be_about_so_much(words: str) -> None:
    assert "≈" in (reckoned(words) or "")


@pytest.mark.parametrize(
    "words",
    [
        "what is 2024",
        "$5 + €3", "10-20", "2023-2024", "24/7", "call 555-1234", "5 reasons to smile", "how many days are in 2024?", "10% of nothing",
        "what is 9 divided by 0", "9**9**9", "100 - 20%", "v2.0 + 3", "is 2+2 5?", "compare 3 and 5", "what's 1e5 * 3",
        "2 + 2 in the style of Orwell",
        "__import__('os') + 1", "what is 3 plus x", "",
    ],
)  # fmt: skip
def test_what_is_no_sum_is_left_alone(words: str) -> None:
    assert reckoned(words) is None


@given(st.integers(-9999, 9999), st.sampled_from("+-*/"), st.integers(1, 9999), st.sampled_from("+-*"), st.integers(0, 99))
def test_any_sum_of_three_is_right(a: int, first: str, b: int, then: str, c: int) -> None:
    told = reckoned(f"what is {a} {first} {b} {then} {c}?")
    ways = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
    late = then == "*" and first in "+-"  # what is multiplied comes first
    right = ways[first](Fraction(a), b * c) if late else ways[then](ways[first](Fraction(a), b), c)
    assert told is not None
    shown = told.rpartition("**")[0].rpartition("**")[2].replace(",", "").replace("−", "-")
    assert math.isclose(float(shown), float(right), rel_tol=1e-6, abs_tol=1e-9)


def _said(words: str) -> tuple[str, list[str]]:
    events = list(arithmetic.answer(Request(words)) or calculators.answer(Request(words)) or ())
    return "".join(one.delta for one in events if isinstance(one, Said)), [one.spec.title for one in events if isinstance(one, Drawn)]


@pytest.mark.parametrize(
    ("words", "result", "title"),
    [
        ("I want to borrow 18000 for a car over 4 years at 6.9%, what do I pay each month?", "$430.20", "Loan"),
        ("If I borrow $250,000 at 5.5% for 30 years, what's the monthly payment?", "$1,419", "Loan"),
        ("how much will I have if I save 200 a month for 10 years at 4%", "$29,450", "Compound interest"),
        ("What's my BMI if I weigh 82 kg and I'm 1.78 m tall?", "25.88", "Body mass index"),
        ("I earn 52000 a year, how much is that per hour?", "$25", "Salary to hourly"),
        ("split a bill of 120 between 5 people with 10% tip", "$26.40", "Tip"),
        ("how many kilometers is 26 miles", "41.84", "Miles → kilometres"),
        ("Ich leihe mir 10000 Euro zu 5% für 3 Jahre, wie hoch ist die Rate im Monat?", "299,71", "Kredit"),
        ("Si ahorro 200 al mes durante 10 años al 4%, ¿cuánto tendré?", "29.450", "Interés compuesto"),
    ],
)
def test_a_question_with_every_value_is_answered_in_words_and_with_the_calculator(words: str, result: str, title: str) -> None:
    said, drawn = _said(words)
    assert result in said.split(" · ")[0] and drawn == [title]


@pytest.mark.parametrize(
    "words",
    [
        "I borrow 18000 for 4 years at 6.9% and pay weekly, how much is it?",
        "compare a 15 year and a 30 year loan of 200000 at 4%",
        "draw a circle with radius 5",
        "I borrow 18000 at 6.9%, how long until it is paid when I pay 500 a month?",
        "explain why I pay 430 a month on an 18000 loan over 4 years at 6.9%",
        "If I save 200 a month for 10 years at 4% after 2% inflation, what will I have?",
    ],
)
def test_a_sum_of_another_kind_is_not_answered_by_a_near_one(words: str) -> None:
    assert _said(words) == ("", [])
