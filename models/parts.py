"""A visual that a small model fills in part by part, each in an answer of its own: in one long answer it says again what it has said."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from flipchart.models.compose import fields
from flipchart.models.llm import Message, Reply, Usage
from flipchart.renderers.check import Finding
from flipchart.renderers.skeleton import Schema, Skeleton, clipped
from flipchart.renderers.spec import Spec, prefix, walk

Stream = Callable[..., Reply]  # (messages, schema=…)


class Parts:
    """The list `name` of a visual, whose parts are known but for what `schemas` ask of each."""

    def __init__(self, name: str, known: Sequence[Mapping[str, Any]], schemas: Sequence[Schema]) -> None:
        self.name, self.known, self.schemas = name, known, schemas
        self.kept: dict[int, str] = {}
        """Parts that need not be written again."""

    def skeleton(self) -> Skeleton:
        """How what was written of the parts is read."""

        def read(so_far: Mapping[str, Any]) -> dict[str, Any]:
            written = so_far.get(self.name)
            if not isinstance(written, list):
                return {}
            each = zip(self.known, written, self.schemas, strict=False)
            return {self.name: [{**known, **clipped(part, schema)} for known, part, schema in each if isinstance(part, dict)]}

        return Skeleton({}, read)

    def messages(self, system: Message, about: str, number: int) -> list[Message]:
        """What is asked for one part, of a visual that is `about` something."""
        headings = "; ".join(str(part["heading"]) for part in self.known)
        told = f"Now write number {number + 1} of the {self.name} alone: {self.known[number]['heading']}"
        asked = f"{about}\n\nIts {self.name}: {headings}.\n\n{told}"
        return [system, Message("user", f"{asked}\n{fields(self.schemas[number])}")]

    def stream(self, send: Stream, system: Message, about: str) -> "Growing":
        """All parts, those written anew that are not kept."""
        left = [number for number in range(len(self.known)) if number not in self.kept]
        replies = {number: send(self.messages(system, about, number), schema=self.schemas[number]) for number in left}
        return Growing(self, [replies.get(number) for number in range(len(self.known))])

    def again(self, written: "Growing", findings: Sequence[Finding], spec: Spec) -> None:
        """Keep what was written of all parts of `spec` in which nothing was found."""
        found = {finding.where.partition(".")[0] for finding in findings if finding.level == "error"}
        parts = [{part.id for part in walk(part)} for part in getattr(spec, self.name)]
        self.kept = {number: words for number, (words, ids) in enumerate(zip(written.texts, parts, strict=False)) if not ids & found}


class Growing:
    """The parts as one answer: what `Reply` is for a single one."""

    def __init__(self, parts: Parts, replies: Sequence[Reply | None]) -> None:
        self._parts, self._replies = parts, replies
        self._begun = 0

    def __iter__(self) -> Iterator[str]:
        for number, reply in enumerate(self._replies):
            self._begun = number + 1
            if reply is not None:
                yield from reply
                if reply.finish_reason == "cancelled":
                    return

    @property
    def texts(self) -> list[str]:
        """What has come of each part."""
        begun = enumerate(self._replies[: self._begun])
        return [self._parts.kept[number] if reply is None else reply.text for number, reply in begun]

    @property
    def text(self) -> str:
        """What has come, as one JSON object."""
        return json.dumps({self._parts.name: [prefix(words) for words in self.texts]}, ensure_ascii=False)

    @property
    def usage(self) -> Usage | None:
        """What all of them cost."""
        told = [reply.usage for reply in self._replies if reply is not None and reply.usage is not None]
        if not told:
            return None
        return Usage(
            sum(one.prompt_tokens for one in told),
            sum(one.completion_tokens for one in told),
            sum(one.seconds for one in told),
            sum(one.cached_tokens for one in told),
            sum(one.first_token_seconds for one in told),
            any(one.estimated for one in told),
        )
