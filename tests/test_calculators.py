"""Calculators: the catalogue comes to what textbooks say, and is taken where a message is understood whole, never else."""

import json
import math
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipchart import assets
from flipchart.models import calculators
from flipchart.models.calculators import answer, hint, read
from flipchart.models.events import Drawn, Planned, Request
from flipchart.models.llm_scripted import Line, Scripted
from flipchart.models.planner import Planner
from flipchart.renderers import render
from flipchart.renderers.app import App, findings, results, settled
from flipchart.renderers.app_catalogue import catalogue, conversion, drawn, labels, names, outline, units
from flipchart.renderers.app_formulas import contradictions, quantity
from flipchart.renderers.registry import form
from flipchart.renderers.style import style
from flipchart.renderers.words import LANGUAGES

# Worked out elsewhere: loan tables, tax and physics textbooks, the papers that the formulas are from.
KNOWN = [
    ("mortgage", {"price": 200000, "down": 0, "rate": 6, "years": 30}, {"payment": 1199.10, "interest": 231676.38}),
    ("loan", {"loan": 10000, "rate": 5, "years": 3}, {"payment": 299.71}),
    ("car_loan", {"price": 30000, "deposit": 5000, "rate": 4, "months": 60}, {"payment": 460.41}),
    ("lease", {"price": 20000, "residual": 50, "rate": 4.8, "months": 36}, {"payment": 337.78}),
    ("card", {"balance": 5000, "rate": 18, "pay": 200}, {"months_left": 32}),
    ("savings", {"initial": 1000, "monthly": 0, "rate": 12, "years": 1}, {"balance": 1126.83}),
    ("savings", {"initial": 0, "monthly": 100, "rate": 6, "years": 10}, {"balance": 16387.93}),
    ("goal", {"target": 16387.93, "initial": 0, "rate": 6, "years": 10}, {"monthly": 100}),
    ("goal", {"target": 1200, "initial": 0, "rate": 0, "years": 1}, {"monthly": 100}),
    ("simple_interest", {"initial": 2000, "rate": 5, "years": 4}, {"interest": 400}),
    ("retirement", {"age": 57, "retire_age": 67, "initial": 0, "monthly": 100, "rate": 6, "withdrawal": 4}, {"monthly_income": 54.63}),
    ("inflation", {"amount": 100, "rate": 2, "years": 10}, {"future_price": 121.90, "buying_power": 82.03}),
    ("roi", {"invested": 1000, "returned": 1210, "years": 2}, {"roi": 21, "yearly_return": 10}),
    ("cagr", {"start_value": 9000, "end_value": 13000, "years": 3}, {"yearly_growth": 13.04}),
    ("doubling", {"rate": 8}, {"years_to_double": 9.006, "rule_72": 9}),
    ("break_even", {"fixed": 20000, "price": 25, "variable": 15}, {"units": 2000, "revenue": 50000}),
    ("margin", {"cost": 80, "price": 100}, {"margin": 20, "markup": 25}),
    ("markup", {"cost": 80, "markup": 25}, {"price": 100, "margin": 20}),
    ("discount", {"price": 59, "discount": 20}, {"final_price": 47.2}),
    ("vat", {"amount": 119, "rate": 19}, {"without_tax": 100, "tax_contained": 19, "with_tax": 141.61}),
    ("vat_remove", {"amount": 121, "rate": 21}, {"without_tax": 100}),
    ("tip", {"bill": 90, "tip": 20, "people": 3}, {"each": 36, "total": 108}),
    ("split", {"bill": 90, "people": 3}, {"each": 30}),
    ("rent_split", {"rent": 1000, "income_a": 4000, "income_b": 1000}, {"share_a": 800, "share_b": 200}),
    ("hourly_to_salary", {"hourly": 25, "hours_week": 40, "weeks_year": 52}, {"yearly": 52000}),
    ("salary_to_hourly", {"yearly": 83200, "hours_week": 40, "weeks_year": 52}, {"hourly": 40}),
    ("overtime", {"hourly": 10, "hours": 40, "overtime_hours": 10, "factor": 1.5}, {"pay_total": 550}),
    ("day_rate", {"income": 80000, "costs": 20000, "days_off": 60, "unbilled": 50}, {"day_rate": 1000, "hour_rate": 125}),
    ("commission", {"sales": 5000, "rate": 4, "base": 1000}, {"pay_total": 1200}),
    ("rental_yield", {"price": 240000, "rent": 1000, "costs": 2400}, {"gross_yield": 5, "net_yield": 4}),
    ("currency", {"amount": 50, "exchange": 1.25}, {"converted": 62.5, "inverse": 0.8}),
    ("unit_price", {"price_a": 2, "size_a": 400, "price_b": 3, "size_b": 750}, {"per_100_a": 0.5, "per_100_b": 0.4, "a_to_b": 25}),
    ("fuel", {"distance": 500, "consumption": 6, "fuel_price": 2, "people": 4}, {"cost": 60, "fuel_needed": 30, "each": 15}),
    ("fuel_mpg", {"distance": 250, "mpg": 25, "gallon_price": 4}, {"cost": 40}),
    (
        "ev",
        {"battery": 50, "from_level": 10, "to_level": 90, "power_price": 0.25, "charger": 10, "loss": 0},
        {"cost": 10, "charging_time": 4},
    ),
    ("appliance", {"watts": 100, "hours_day": 10, "power_price": 0.2}, {"yearly_cost": 73, "yearly_energy": 365}),
    (
        "solar",
        {"system_cost": 8000, "peak_power": 5, "peak_yield": 1000, "own_use": 50, "power_price": 0.3, "feed_in": 0.1},
        {"payback": 8},
    ),
    ("bmi", {"weight": 80, "height": 180}, {"bmi": 24.69}),
    ("calories", {"weight": 80, "height": 180, "age": 30, "activity": 1.2}, {"bmr_men": 1780, "bmr_women": 1614, "need_men": 2136}),
    ("burn", {"weight": 60, "met": 3.5, "minutes": 60}, {"burned": 210}),
    ("one_rep", {"lifted": 100, "reps": 3}, {"one_rep": 110}),
    ("heart", {"age": 30, "resting": 70}, {"max_heart": 190, "zone_60": 142, "zone_80": 166}),
    ("water", {"weight": 80, "exercise": 1}, {"water_day": 3.3, "glasses": 14}),
    ("pace", {"distance": 5, "hours": 0, "minutes": 25, "seconds": 0}, {"pace": 300, "speed": 12}),
    ("finish", {"distance": 10, "minutes": 4, "seconds": 30}, {"finish_time": 2700}),
    ("speed", {"distance": 90, "hours": 1, "minutes": 15}, {"speed": 72, "speed_ms": 20}),
    ("gpa", {"grade_1": 4, "credits_1": 3, "grade_2": 3, "credits_2": 1, "grade_3": 2, "credits_3": 0, "credits_4": 0}, {"gpa": 3.75}),
    ("final_grade", {"current": 80, "final_weight": 40, "target_grade": 84}, {"needed": 90}),
    ("percent_of", {"percent": 12.5, "amount": 80}, {"part": 10}),
    ("what_percent", {"part": 18, "whole": 24}, {"percent": 75}),
    ("percent_change", {"old_value": 50, "new_value": 40}, {"change": -20}),
    ("paint", {"length": 5, "width": 4, "room_height": 2.5, "openings": 5, "coats": 2, "coverage": 8}, {"paint_needed": 10}),
    ("tiles", {"length": 3, "width": 2, "tile_length": 50, "tile_width": 20, "waste": 0}, {"tiles_needed": 60}),
    ("concrete", {"length": 5, "width": 2, "thickness": 15, "waste": 0}, {"volume": 1.5, "mass": 3600}),
    ("recipe", {"amount": 300, "servings": 4, "servings_wanted": 10}, {"new_amount": 750}),
    ("oven", {"oven_temp": 180}, {"fan_temp": 160, "oven_f": 356}),
    ("download", {"file_size": 45, "bandwidth": 100}, {"download_time": 3600}),
    ("circle", {"radius": 2}, {"area": 12.566, "circumference": 12.566}),
    ("triangle", {"side_a": 5, "side_b": 12}, {"side_c": 13, "area": 30}),
    ("ohm", {"voltage": 230, "resistance": 46}, {"current_amps": 5, "power_watts": 1150}),
]


@pytest.mark.parametrize(("name", "given", "wanted"), KNOWN)
def test_a_calculator_comes_to_what_is_known(name: str, given: dict[str, float], wanted: dict[str, float]) -> None:
    one = catalogue()[name]
    assert one.source
    assert given.keys() <= {i.name for i in one.inputs}
    found = results(drawn(one, "en", given))
    for output, value in wanted.items():
        assert found[output] == pytest.approx(value, rel=0.001, abs=0.005)


def test_every_calculator_is_held_to_a_known_value() -> None:
    assert {name for name, _, _ in KNOWN} | {"body_fat"} == catalogue().keys()


@pytest.mark.parametrize(("height", "waist", "neck", "hip"), [(178, 90, 40, 100), (165, 75, 34, 98), (190, 110, 44, 112)])
def test_body_fat_is_near_the_same_method_in_inches(height: float, waist: float, neck: float, hip: float) -> None:
    found = results(drawn(catalogue()["body_fat"], "en", {"height": height, "waist": waist, "neck": neck, "hip": hip}))
    men = 86.010 * math.log10((waist - neck) / 2.54) - 70.041 * math.log10(height / 2.54) + 36.76
    women = 163.205 * math.log10((waist + hip - neck) / 2.54) - 97.684 * math.log10(height / 2.54) - 78.387
    assert found["fat_men"] == pytest.approx(men, abs=0.8)
    assert found["fat_women"] == pytest.approx(women, abs=0.8)


@pytest.mark.parametrize(
    ("start", "to", "value", "wanted"),
    [
        ("mi", "km", 26.2, 42.165), ("in", "cm", 10, 25.4), ("lb", "kg", 100, 45.359), ("°C", "°F", -40, -40), ("°F", "°C", 212, 100),
        ("K", "°C", 0, -273.15), ("gal", "L", 1, 3.7854), ("cup", "ml", 1, 236.588), ("ac", "m²", 1, 4046.86), ("mph", "km/h", 60, 96.56),
        ("GB", "MB", 2, 2000), ("Mbit", "MB", 100, 12.5), ("kWh", "kJ", 1, 3600), ("psi", "bar", 14.5038, 1), ("hp", "kW", 1, 0.7457),
        ("d", "min", 1, 1440), ("st", "lb", 1, 14),
    ],
)  # fmt: skip
def test_a_unit_converts_by_its_definition(start: str, to: str, value: float, wanted: float) -> None:
    app = drawn(conversion(units()[start], units()[to]), "en", {"x": value})
    assert results(app)[app.outputs[0].name] == pytest.approx(wanted, rel=1e-4)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_calculator_is_whole_in_every_language(lang: str) -> None:
    for one in [*catalogue().values(), *(conversion(unit) for unit in units().values())]:
        app = drawn(one, lang)
        assert not findings(app), (one.name, findings(app))
        assert app.title
        assert all(part.label.strip() for part in (*app.inputs, *app.outputs))
        shown = [part.label for part in app.inputs]
        assert len(set(shown)) == len(shown), one.name


def test_what_was_not_said_beside_what_was_is_left_out_or_alike() -> None:
    loan = {i.name: i.value for i in drawn(catalogue()["mortgage"], "en", {"price": 100000}).inputs}
    assert loan["down"] == 0
    tile = {i.name: i.value for i in drawn(catalogue()["tiles"], "en", {"tile_length": 20}).inputs}
    assert tile["tile_width"] == 20


def test_languages_do_not_fall_back_to_english() -> None:
    for one in catalogue().values():
        for lang in ("zh", "ja", "hi", "ar"):
            said = [labels(part.label, lang)[0] for part in one.inputs] + [labels(part.label, lang)[0] for part in one.outputs]
            assert any(not word.isascii() for word in (*said, *names(one.name, lang))), (one.name, lang)


@pytest.mark.parametrize("name", ["mortgage", "calories", "finish", "solar"])
@pytest.mark.parametrize("lang", ["en", "ar", "ja", "de"])
@pytest.mark.parametrize("width", [390.0, 720.0])
def test_a_drawn_calculator_has_no_faults(name: str, lang: str, width: float) -> None:
    assert not [f for f in render.check(drawn(catalogue()[name], lang), style(), (width,)) if f.level == "error"]


@pytest.mark.parametrize(
    ("text", "name", "given"),
    [
        ("build me a simple car loan calculator", "car_loan", {}),
        (
            "mortgage calculator: $450k, 10% down, 5.1% interest, 30 years",
            "mortgage",
            {"price": 450000, "down": 10, "rate": 5.1, "years": 30},
        ),
        ("savings calculator with 150 a month at 4% for 15 years", "savings", {"monthly": 150, "rate": 4, "years": 15}),
        ("percent increase calculator from 80 to 92", "percent_change", {"old_value": 80, "new_value": 92}),
        ("a BMI calculator for 6 ft 1 in and 190 lb", "bmi", {"height": 185.42, "weight": 86.1826}),
        ("bill splitter for 7 friends", "split", {"people": 7}),
        ("loan calculator for 18 months", "loan", {"years": 1.5}),
        ("rule of 72", "doubling", {}),
        ("cagr calculator from 300 to 450 in 4 years", "cagr", {"start_value": 300, "end_value": 450, "years": 4}),
        ("electricity cost for a 150 W fridge, 8 hours a day", "appliance", {"watts": 150, "hours_day": 8}),
        ("pension calculator for a 52 year old", "retirement", {"age": 52}),
        ("calculadora de empréstimo de R$ 5.000 em 24 meses", "loan", {"loan": 5000, "years": 2}),
        ("yards to meters converter", "length", {}),
        ("calculadora de descuento del 25 % sobre 60 €", "discount", {"discount": 25, "price": 60}),
        ("crie uma calculadora de salário por hora", "hourly_to_salary", {}),
        ("calculateur d'intérêts composés", "savings", {}),
        ("Kreditrechner über 15.000 € mit 6,5 % und 48 Monaten", "loan", {"loan": 15000, "rate": 6.5, "years": 4}),
        ("请做一个折扣计算器", "discount", {}),
        ("割り勘アプリを作ってください 6人", "split", {"people": 6}),
        ("जीएसटी कैलकुलेटर 18%", "vat", {"rate": 18}),
        ("حاسبة ضريبة القيمة المضافة 15%", "vat", {"rate": 15}),
    ],
)
def test_a_calculator_asked_for_is_understood_with_its_values(text: str, name: str, given: dict[str, float]) -> None:
    known = read(text)
    assert known is not None
    assert (known.calculator.name, known.given) == (name, given)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a flash card set about loans",
        "why do mortgages exist",
        "a loan calculator that handles two rate changes",
        "savings calculator with tax on the gains",
        "BMI calculator for dogs",
        "tip calculator with 9 lenders",
        "body fat and salary calculator",
        "inflation in Turkey",
        "a calculator for the rocket equation",
        "loan calculator at -4%",
        "loan calculator at 400%",
        "calculadora de préstamo para comparar bancos",
        "erkläre mir die Hypothek",
        "关于房贷的测验",
        "住宅ローンの歴史",
        "मॉर्गेज क्या है",
        "اشرح الرهن العقاري",
    ],
)
def test_whatever_is_not_understood_whole_is_left_to_the_model(text: str) -> None:
    assert read(text) is None


@given(st.text(max_size=80))
def test_no_words_break_the_reader(text: str) -> None:
    known = read(text)
    assert known is None or not findings(known.app())


@given(st.sampled_from(sorted(catalogue())), st.text(alphabet="bcdfgqxz", min_size=5, max_size=9))
def test_one_strange_word_is_enough_to_be_silent(name: str, word: str) -> None:
    assert read(f"{names(name, 'en')[0]} calculator {word}") is None


def test_the_answer_comes_with_its_reason_and_without_a_model() -> None:
    planned, visual = list(answer(Request("discount calculator")) or ())
    assert isinstance(planned, Planned)
    assert planned.form == "app"
    assert "no model" in planned.reason
    assert isinstance(visual, Drawn)
    assert isinstance(visual.spec, App)
    assert visual.spec.lang == "en"


@pytest.mark.parametrize(
    "request_",
    [
        Request("discount calculator", form="chart"),
        Request("discount calculator", autonomy=1),
        Request("percent increase from 80 to 92 in a bar chart"),
        Request("discount calculator", lang="pl"),
    ],
)
def test_another_form_or_tongue_is_not_taken(request_: Request) -> None:
    assert answer(request_) is None


def test_the_labels_are_in_the_language_asked_for() -> None:
    told = list(answer(Request("discount calculator", lang="de")) or ())
    assert [e.spec.title for e in told if isinstance(e, Drawn)] == ["Rabatt"]


def test_a_model_is_shown_the_nearest_calculator(monkeypatch: pytest.MonkeyPatch) -> None:
    told = hint("app", "a mortgage calculator that compares two banks")
    assert outline(catalogue()["mortgage"]) in told
    assert len(told) < 600
    assert not hint("app", "a quiz about mortgages")
    assert not hint("chart", "a mortgage calculator that compares two banks")


def test_what_is_near_in_meaning_is_found_and_what_is_not_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np

    directions = np.eye(3, dtype=np.float32)
    monkeypatch.setattr(calculators, "_meanings", lambda: (["tip", "bmi"], directions[:2]))
    monkeypatch.setattr("flipchart.models.embeddings.embed", lambda texts: directions[[1 if "heavy" in texts[0] else 2]])
    assert calculators.nearest("am I too heavy") is catalogue()["bmi"]
    assert calculators.nearest("something else") is None


UNUSED = {
    "title": "Trip",
    "inputs": [
        {"name": "km", "label": "Way", "value": 100, "unit": "km"},
        {"name": "dogs", "label": "Dogs", "value": 2},
    ],
    "outputs": [{"name": "hours", "label": "Hours", "formula": "km / 80"}],
}


def test_an_input_that_nothing_uses_is_found_and_left_out() -> None:
    app = App.model_validate(UNUSED)
    assert [f.found for f in findings(app)] == ["no result uses `dogs`"]
    assert [i.name for i in settled(app).inputs] == ["km"]


def test_an_unused_input_costs_one_repair_and_is_then_dropped() -> None:
    wrong = json.dumps(UNUSED)
    llm = Scripted([Line(answer=wrong)])
    events = list(Planner(llm).answer(Request("how long is my way with dogs", form="app")))
    last = [e for e in events if isinstance(e, Drawn)][-1].spec
    assert isinstance(last, App)
    assert [i.name for i in last.inputs] == ["km"]
    assert not [e for e in events if type(e).__name__ == "Noted"]


def test_the_missing_part_of_a_well_known_formula_is_put_in() -> None:
    inputs = [
        {"name": "sum", "label": "Loan amount", "value": 120000, "unit": "€"},
        {"name": "rate", "label": "Interest rate", "value": 4, "unit": "%"},
        {"name": "payments", "label": "Number of payments", "value": 240},
    ]
    app = App.model_validate({"inputs": inputs, "outputs": [{"name": "p", "label": "Monthly payment", "formula": "sum * rate / 12"}]})
    assert results(form("app").corrected(app, ""))["p"] == pytest.approx(727.18, abs=0.01)


def test_a_total_less_than_its_part_is_a_contradiction() -> None:
    monthly, total = quantity("monthly", "Monthly payment", "$"), quantity("all", "Total paid", "$")
    assert contradictions([(monthly, 500.0), (total, 300.0)])
    assert not contradictions([(monthly, 500.0), (total, 9000.0)])
    assert not contradictions([(quantity("i", "Total interest", "$"), 100.0), (monthly, 500.0)])


@pytest.mark.parametrize(
    ("unit", "value", "shown"), [("h:mm:ss", 13924.4, "3:52:04"), ("m:ss/km", 299.6, "5:00\u00a0/km"), ("m:ss", 5, "0:05")]
)
def test_seconds_are_shown_as_a_clock_does_here_and_in_the_browser(unit: str, value: float, shown: str) -> None:
    app = App.model_validate(
        {"inputs": [{"name": "t", "label": "T", "value": value}], "outputs": [{"name": "c", "label": "C", "formula": "t", "unit": unit}]}
    )
    assert shown in form("app").markdown(app)
    if shutil.which("node"):
        code = assets.text("web/app.js")
        start, end = code.index("  const clocked"), code.index("  const figured")
        script = f"const figured = () => '';{code[start:end]};console.log(shown({value}, '{unit}'))"
        assert subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True).stdout.strip() == shown


def test_the_page_holds_the_trees_of_the_catalogue() -> None:
    app = drawn(catalogue()["savings"], "fr", {"monthly": 50})
    assert "fv" in form("app").page(app, style(), {})  # type: ignore[misc]
    assert math.isfinite(results(app)["balance"])


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("tip calculator for a group", "tip"),
        ("make me a tip splitter for a restaurant bill", "tip"),
        ("a mortgage calculator for a house", "mortgage"),
        ("ein Trinkgeldrechner für eine Gruppe", "tip"),
        ("une calculatrice de pourboire pour un groupe", "tip"),
        ("BMI calculator for children", ""),
        ("loan calculator for two loans", ""),
    ],
)
def test_whom_a_calculator_is_for_makes_it_no_other(words: str, name: str) -> None:
    known = calculators.read(words)
    assert (known.calculator.name if known else "") == name
