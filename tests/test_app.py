"""Mini-apps: formulas are worked out, never run as code; what they show is what they compute."""

import json
import math
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipchart import assets
from flipchart.gui.gallery import examples
from flipchart.renderers import formula, render
from flipchart.renderers.app import App, Input, confirm, corrected, curve_points, findings, ordered, resolve, results, span, trees
from flipchart.renderers.app_ranges import sensible
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.registry import form


def calculator(**formulas: str) -> App:
    inputs = [{"name": "rate", "label": "Rate", "value": 6, "min": 0, "max": 12, "unit": "%"}, {"name": "a", "label": "A", "value": 200}]
    outputs = [{"name": name, "label": name, "formula": words} for name, words in formulas.items()]
    return App.model_validate({"title": "T", "inputs": inputs, "outputs": outputs})


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("1 + 2 * 3", 7),
        ("2 ^ 3 ^ 2", 512),
        ("−5 × 2 ÷ 4", -2.5),
        ("= max(1, min(9, 4))", 4),
        ("if(a > 100, 1, 2)", 1),
        ("a >= 200 and a < 300", 1),
        ("10 if a == 1 else 20", 20),
        ("round(2.5) + round(1.256, 2)", 4.26),
        ("Math.sqrt(A) * 0 + A", 200),
        ("pmt(0.005, 360, 200000)", 1199.10),
        ("fv(0, 10, 5)", 50),
        ("pi * e / (pi * e)", 1),
    ],
)
def test_a_formula_is_worked_out(words: str, value: float) -> None:
    assert formula.value(formula.read(words), {"a": 200.0}) == pytest.approx(value, abs=0.01)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "a +",
        "__import__('os')",
        "open('x')",
        "a.b",
        "[1]",
        "lambda: 1",
        "a = 1",
        "'x' * 9",
        "f(1)",
        "x" * 700,
    ],
)
def test_what_is_no_formula_is_refused_with_a_sentence(words: str) -> None:
    with pytest.raises(SpecProblem):
        formula.read(words)


@given(st.text(max_size=60))
def test_no_words_break_the_reader(words: str) -> None:
    try:
        tree = formula.read(words)
    except SpecProblem:
        return
    formula.value(tree, dict.fromkeys(formula.names(tree), 2.0))


@pytest.mark.parametrize("words", ["1 / 0", "sqrt(-1)", "(-8) ^ 0.5", "10 ^ 10 ^ 10", "log(0)", "min()"])
def test_what_cannot_be_worked_out_is_not_a_number(words: str) -> None:
    assert math.isnan(formula.value(formula.read(words), {}))


def test_a_percent_is_a_share_unless_the_formula_divides_by_a_hundred() -> None:
    assert results(calculator(tax="a * rate"))["tax"] == pytest.approx(12)
    assert results(calculator(tax="a * rate / 100"))["tax"] == pytest.approx(12)
    assert results(calculator(month="a * rate / 1200"))["month"] == pytest.approx(1)


def test_a_percent_written_as_a_share_becomes_a_percent() -> None:
    spec = App.model_validate(
        {
            "inputs": [{"name": "r", "label": "Rate", "value": 0.05, "min": 0, "max": 1, "unit": "%"}],
            "outputs": [{"name": "x", "label": "X", "formula": "r * 200"}],
        }
    )
    mended = resolve(spec, {})
    assert (mended.inputs[0].value, mended.inputs[0].max) == (5, 100)
    assert results(mended)["x"] == pytest.approx(10)


@pytest.mark.parametrize("words", ["pmt(rate, years, loan)", "pmt(rate / 12, years * 12, loan)", "pmt(rate / 1200, years * 12, loan)"])
def test_a_monthly_payment_over_years_is_monthly(words: str) -> None:
    inputs = [
        {"name": "rate", "label": "Rate", "value": 6, "unit": "%"},
        {"name": "years", "label": "Term", "value": 30, "unit": "years"},
        {"name": "loan", "label": "Loan", "value": 200000, "unit": "$"},
    ]
    spec = App.model_validate({"inputs": inputs, "outputs": [{"name": "m", "label": "Monthly payment", "formula": words}]})
    assert results(spec)["m"] == pytest.approx(1199.10, abs=0.01)


def test_outputs_may_use_each_other_in_any_order() -> None:
    spec = calculator(total="a + tax", tax="a * rate")
    assert ordered(trees(spec)) == ["tax", "total"]
    assert results(spec)["total"] == pytest.approx(212)


@pytest.mark.parametrize(
    ("formulas", "says"),
    [
        ({"x": "y + 1", "y": "x + 1"}, "each other"),
        ({"x": "nobody * 2"}, "neither an input nor an output"),
        ({"x": "a / (rate - rate)"}, "no result"),
        ({"x": "1 + 1"}, "no input changes it"),
        ({"x": "a +"}, "cannot be read"),
    ],
)
def test_a_faulty_app_is_found(formulas: dict[str, str], says: str) -> None:
    assert says in " ".join(finding.found for finding in findings(calculator(**formulas)))


QUIZ = {
    "title": "Q",
    "questions": [{"question": "1+1?", "options": ["2", "3"], "answer": 1}, {"question": "2+2?", "options": ["5", "4"], "answer": 1}],
}


def test_a_question_whose_key_is_not_agreed_on_is_dropped() -> None:
    kept = confirm(App.model_validate(QUIZ), lambda question, schema: json.dumps({"1": "2", "2": "4"}))
    assert [q.question for q in kept.questions] == ["1+1?"]
    assert kept.confirmed


def test_a_quiz_nobody_agrees_with_is_refused() -> None:
    with pytest.raises(SpecProblem, match="contradict"):
        confirm(App.model_validate(QUIZ), lambda question, schema: json.dumps({"1": "3", "2": "4"}))


@pytest.mark.parametrize("name", examples("app"))
def test_every_example_is_sound_in_every_width(name: str) -> None:
    spec = examples("app")[name]
    assert form("app").findings(spec) == []
    assert render.check(spec) == []


def test_the_browser_works_formulas_out_as_we_do(tmp_path: object) -> None:
    source = assets.text("web/app.js")
    start, end = source.index("  const pmt"), source.index("  const currencies")
    cases = [
        "a ^ 2 / 7",
        "if(a > 3, round(a / 3, 2), -a)",
        "-7 % 3",
        "pmt(0.01, 12, a)",
        "fv(0.02, 10, a, 5)",
        "a // 2.5",
        "log(a) + mean(1, a)",
    ]
    read = [formula.read(words) for words in cases]
    code = f"const data={{}};{source[start:end]};console.log(JSON.stringify({json.dumps(read)}.map(t => work(t, {{a: 8}}))))"
    node = shutil.which("node")
    browser = shutil.which("chromium")
    if node:
        told = subprocess.run([node, "-e", code], capture_output=True, text=True, check=True).stdout
    else:
        assert browser, "a JavaScript engine is needed: install chromium"
        page = "data:text/html,<body><script>console.log=t=>document.body.textContent=t;" + code.replace("#", "%23") + "</script>"
        done = subprocess.run([browser, "--headless", "--no-sandbox", "--dump-dom", page], capture_output=True, text=True, check=True)
        told = done.stdout[done.stdout.index("[") : done.stdout.rindex("]") + 1]
    assert json.loads(told) == pytest.approx([formula.value(tree, {"a": 8.0}) for tree in read])


@pytest.mark.parametrize(
    ("value", "unit", "called", "range_"),
    [
        (6.5, "%", "Interest rate", (0, 15, 0.1)),
        (4, "%", "Zinssatz", (0, 10, 0.1)),
        (6.75, "%", "rate", (0, 15, 0.05)),
        (15, "%", "Tip", (0, 30, 0.5)),
        (300000, "$", "Loan amount", (30000, 600000, 5000)),
        (30, "years", "Term", (5, 40, 1)),
        (42, "years", "Age", (0, 100, 1)),
        (175, "cm", "Altura", (120, 220, 1)),
        (4, "", "Guests", (1, 10, 1)),
        (20, "°C", "Outside", (-20, 50, 1)),
    ],
)
def test_an_input_without_a_range_gets_a_sensible_one(value: float, unit: str, called: str, range_: tuple[float, float, float]) -> None:
    assert sensible(value, unit, called) == pytest.approx(range_)


@given(st.floats(-1e300, 1e300), st.sampled_from(["", "%", "$", "years", "kg", "m", "°C", "parsecs"]))
def test_any_input_lies_in_its_range_and_on_a_step(value: float, unit: str) -> None:
    low, high, step = span(Input(name="x", label="X", value=value, unit=unit))
    assert low <= value <= high
    assert low < high
    assert step > 0


def test_a_weak_model_is_not_asked_for_ranges() -> None:
    from flipchart.models.compose import Scope, instructions

    assert "Lowest number" not in instructions("app")
    assert "Lowest number" in instructions("app", Scope(strong=True))


def test_names_that_are_used_twice_are_found() -> None:
    inputs = [{"name": "far", "label": "Moon", "value": 384400}, {"name": "far", "label": "Sun", "value": 149600000}]
    spec = App.model_validate({"inputs": inputs, "outputs": [{"name": "sum", "label": "Sum", "formula": "far * 2"}]})
    assert "named `far`" in findings(spec)[0].found
    assert render.check(spec) == []


def test_a_quiz_is_written_only_where_one_is_asked_for() -> None:
    from flipchart.models.compose import narrowed
    from flipchart.models.wishes import wishes

    for question in ("a quiz with 5 questions about the solar system", "5 preguntas sobre volcanes", "关于太阳系的测验"):
        assert [way["required"] for way in narrowed("app", wishes(question), question=question)["anyOf"]] == [["title", "questions"]]
    assert "questions" not in str(narrowed("app", question="a mortgage calculator")["anyOf"][0]["required"])


def well_known(inputs: list[tuple[str, str, float, str]], outputs: list[tuple[str, str, str]]) -> dict[str, float]:
    spec = App.model_validate(
        {
            "inputs": [{"name": name, "label": label, "value": value, "unit": unit} for name, label, value, unit in inputs],
            "outputs": [{"name": name, "label": label, "formula": words} for name, label, words in outputs],
        }
    )
    return results(corrected(spec))


LOAN = [("loan", "Loan amount", 200000.0, "$"), ("rate", "Interest rate", 6.0, "%"), ("years", "Term", 30.0, "years")]


@pytest.mark.parametrize(
    ("inputs", "outputs", "right"),
    [
        (LOAN, [("payment", "Monthly payment", "loan * rate / 12")], {"payment": 1199.10}),
        (LOAN, [("p", "Payment", "loan / years"), ("t", "Total interest", "p * years")], {"p": 1199.10, "t": 231676.38}),
        ([("principal", "Principal amount", 100000.0, "$"), ("rate", "Interest", 0.05, "%"), ("periods", "Periods", 30.0, "years")],
         [("payment", "Monthly payment", "pmt(rate, periods, principal)")], {"payment": 536.82}),
        ([("betrag", "Darlehen", 200000.0, "€"), ("zins", "Zinssatz", 6.0, "%"), ("jahre", "Laufzeit", 30.0, "Jahre")],
         [("rate", "Monatliche Rate", "betrag * zins")], {"rate": 1199.10}),
        ([("price", "Home price", 250000.0, "$"), ("down", "Down payment", 20.0, "%"), ("rate", "Interest", 6.0, "%"),
          ("years", "Years", 30.0, "years")], [("payment", "Monthly payment", "price / years")], {"payment": 1199.10}),
        ([("initial", "Starting balance", 1000.0, "$"), ("monthly", "Monthly contribution", 100.0, "$"), ("rate", "Return", 6.0, "%"),
          ("years", "Years", 10.0, "years")], [("balance", "Final balance", "initial * rate")], {"balance": 18207.33}),
        ([("weight", "Weight", 70.0, "kg"), ("height", "Height", 175.0, "cm")], [("bmi", "BMI", "weight / height ^ 2")], {"bmi": 22.857}),
        ([("bill", "Bill", 80.0, "$"), ("tip", "Tip", 15.0, "%"), ("people", "People", 4.0, "")],
         [("each", "Each person pays", "bill / people"), ("amount", "Tip", "bill * tip")], {"each": 23.0, "amount": 12.0}),
        ([("price", "Price", 80.0, "$"), ("off", "Discount", 25.0, "%")], [("total", "Total price", "price + off")], {"total": 60.0}),
    ],
)  # fmt: skip
def test_a_well_known_calculator_is_put_right(
    inputs: list[tuple[str, str, float, str]], outputs: list[tuple[str, str, str]], right: dict[str, float]
) -> None:
    found = well_known(inputs, outputs)
    assert {name: found[name] for name in right} == pytest.approx(right, rel=1e-3)


@pytest.mark.parametrize("name", examples("app"))
def test_formulas_that_are_right_stay_as_they_are_written(name: str) -> None:
    spec = examples("app")[name]
    assert corrected(spec) == spec


def test_a_calculator_nobody_knows_is_left_alone() -> None:
    inputs = [("price", "Price", 80.0, "$"), ("off", "Discount", 25.0, "%"), ("luck", "Luck", 3.0, "")]
    assert well_known(inputs, [("total", "Total price", "price * luck")])["total"] == 240


def test_the_curve_leaves_out_ends_that_would_flatten_the_rest() -> None:
    years = {"name": "years", "label": "Years", "value": 25, "min": 1, "max": 40, "step": 1}
    paid = {"name": "paid", "label": "Paid", "formula": "pmt(0.04 / 12, years * 12, 240000)"}
    spec = App.model_validate({"title": "Loan", "inputs": [years], "outputs": [paid]})
    points = curve_points(spec, spec.inputs[0])
    assert all(n == int(n) for n, _ in points)
    assert points[0][0] > 1 and points[-1][0] == 40
    assert max(abs(value) for _, value in points) <= 4 * abs(results(spec)["paid"])
    km = {"name": "km", "label": "Km", "value": 1, "min": 0, "max": 500}
    fare = App.model_validate({"title": "Fare", "inputs": [km], "outputs": [{"name": "fare", "label": "Fare", "formula": "2 + km"}]})
    assert curve_points(fare, fare.inputs[0])[-1][0] == 500  # of a straight line all is told


def test_results_that_cannot_be_worked_out_are_left_out_where_there_are_others() -> None:
    spec = App.model_validate(
        {
            "kind": "app",
            "title": "BMI",
            "inputs": [
                {"name": "mass", "label": "Mass", "value": 75, "unit": "kg"},
                {"name": "height", "label": "Height", "value": 1.8, "unit": "m"},
            ],
            "outputs": [
                {"name": "bmi", "label": "BMI", "formula": "mass / height^2"},
                {"name": "class", "label": "Class", "formula": "if(bmi > healthy_from, 1, 0)"},
                {"name": "twice", "label": "Twice the class", "formula": "class * 2"},
                {"name": "odd", "label": "Odd", "formula": "mass * / 2"},
            ],
        }
    )
    assert [one.name for one in corrected(spec).outputs] == ["bmi"]
    assert not findings(corrected(spec))


def test_the_only_result_stays_and_is_told_to_be_wrong() -> None:
    spec = App.model_validate(
        {
            "kind": "app",
            "title": "Fuel",
            "inputs": [{"name": "way", "label": "Way", "value": 75, "unit": "km"}],
            "outputs": [{"name": "cost", "label": "Cost", "formula": "way * price"}],
        }
    )
    assert [one.name for one in corrected(spec).outputs] == ["cost"]
    assert "price" in findings(corrected(spec))[0].found
