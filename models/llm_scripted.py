"""A language model that replays answers written beforehand: for demos, tests and load.

A script is JSON lines, one answer each:

    {"when": "tips", "label": "infographic", "answer": {…} or "text", "delay": 0.02, "chunk": 12}

`when` is a regular expression searched for in the last user message, regardless of case (left out: any
message), `label` the kind of question (left out: any). The first line that fits answers; one with `"once": true`
answers once and is then passed over.
"""

import json
import re
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from flipchart.models.llm import LLM, Ask, Connection, Fault, Piece
from flipchart.renderers.problem import Missing, ModelProblem


class Line(BaseModel):
    """One answer and when it is given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer: str | dict[str, Any] | list[Any]
    when: str = ""
    label: str | None = None
    once: bool = False
    delay: float = Field(default=0.0, ge=0)  # seconds before each chunk
    chunk: int = Field(default=12, gt=0)  # letters
    finish: str = Field(default="stop", pattern="^(stop|length)$")

    @field_validator("when")
    @classmethod
    def _compiles(cls, when: str) -> str:
        re.compile(when)
        return when

    @property
    def text(self) -> str:
        """The answer as it is written."""
        if isinstance(self.answer, str):
            return self.answer
        return json.dumps(self.answer, ensure_ascii=False, separators=(",", ":"))


class Scripted(LLM):
    """Answers from lines; raises ModelProblem where none fits."""

    def __init__(self, lines: Iterable[Line], name: str = "scripted") -> None:
        self.name = name
        self._lines = list(lines)
        self._lock = threading.Lock()

    @classmethod
    def from_file(cls, file: str) -> Self:
        """The script in `file`; raises Missing where there is none, ModelProblem naming the line that is wrong."""
        try:
            text = Path(file).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Missing(f"There is no script {file!r} ({error}); give scripted:FILE.jsonl.") from None
        lines = []
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                try:
                    lines.append(Line.model_validate_json(line))
                except (ValidationError, re.error) as error:
                    told = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
                    raise ModelProblem(f"{file}, line {number} is no scripted answer: {told}.") from None
        return cls(lines, f"scripted:{Path(file).name}")

    def send(self, ask: Ask, connection: Connection) -> Iterator[Piece]:
        ended = threading.Event()
        connection.on_close(ended.set)
        line = self._line_for(ask)
        text = line.text
        for start in range(0, len(text), line.chunk):
            if line.delay and ended.wait(line.delay):
                return
            yield Piece(text[start : start + line.chunk])
        words = sum(len(message.content.split()) for message in ask.messages)
        yield Piece(
            finish="length" if line.finish == "length" else "stop",
            prompt_tokens=words,
            completion_tokens=-(-len(text) // 4),
        )

    def _line_for(self, ask: Ask) -> Line:
        asked = next((message.content for message in reversed(ask.messages) if message.role == "user"), "")
        with self._lock:
            for line in self._lines:
                if line.label in (None, ask.label) and re.search(line.when, asked, re.IGNORECASE):
                    if line.once:
                        self._lines.remove(line)
                    return line
        about = f" with the label `{ask.label}`" if ask.label else ""
        raise Fault(
            f"The script `{self.name}` has no answer to {asked[:80]!r}{about}; add a line whose `when` fits.",
            retry=False,
        )
