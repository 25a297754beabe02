import json
import threading
import time
from pathlib import Path

import pytest

from flipchart.models.llm import Message, open_llm
from flipchart.models.llm_scripted import Line, Scripted
from flipchart.renderers.problem import ModelProblem


def said(model: Scripted, text: str, label: str = "") -> str:
    return model.stream([Message("system", "tips"), Message("user", text)], label=label).read()


def test_the_first_line_that_fits_answers() -> None:
    model = Scripted(
        [
            Line(when="sleep", label="chart", answer="a chart"),
            Line(when="7 tips|sleep", answer={"kind": "infographic", "title": "Schlaf ä"}),
            Line(answer="anything"),
        ]
    )
    assert said(model, "SLEEP by month", "chart") == "a chart"
    assert json.loads(said(model, "Give me 7 tips")) == {"kind": "infographic", "title": "Schlaf ä"}
    assert said(model, "hello") == "anything"


def test_an_answer_may_be_given_once() -> None:
    model = Scripted([Line(answer="first", once=True), Line(answer="then")])
    assert [said(model, "x") for _ in range(3)] == ["first", "then", "then"]


def test_an_answer_comes_in_chunks_with_its_delay_and_usage() -> None:
    reply = Scripted([Line(answer="abcdefg", chunk=3, delay=0.05, finish="length")]).stream([Message("user", "x y")])
    began = time.monotonic()
    assert list(reply) == ["abc", "def", "g"]
    assert time.monotonic() - began >= 0.15
    assert reply.finish_reason == "length"
    assert reply.usage is not None and (reply.usage.prompt_tokens, reply.usage.completion_tokens) == (2, 2)


def test_a_delayed_answer_is_cancelled_at_once() -> None:
    reply = Scripted([Line(answer="abcdefg", chunk=3, delay=30)]).stream([Message("user", "x")])
    threading.Timer(0.1, reply.cancel).start()
    began = time.monotonic()
    assert list(reply) == []
    assert time.monotonic() - began < 20


def test_a_question_without_an_answer_is_told() -> None:
    with pytest.raises(ModelProblem, match="has no answer to 'why' with the label `chart`"):
        said(Scripted([Line(when="how", answer="so")]), "why", "chart")


def test_a_script_is_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "demo.jsonl"
    file.write_text('{"when": "tips", "answer": "ok"}\n\n{"answer": {"a": 1}}\n', "utf-8")
    model = open_llm(f"scripted:{file}")
    assert model.name == "scripted:demo.jsonl"
    assert model.stream([Message("user", "any")]).read() == '{"a":1}'


@pytest.mark.parametrize("line", ['{"when": "("}', '{"when": "(", "answer": ""}', '{"answr": ""}', "x"])
def test_a_broken_line_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "demo.jsonl"
    file.write_text(f'{{"answer": "ok"}}\n{line}\n', "utf-8")
    with pytest.raises(ModelProblem, match="line 2 is no scripted answer"):
        open_llm(f"scripted:{file}")
