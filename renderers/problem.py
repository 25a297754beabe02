"""What can go wrong, as one tree.

Problem            something the person is told; str() is one plain sentence
├─ SpecProblem     a spec cannot be read or drawn: goes back to the model
│  └─ NoRows       a query is sound, and no row fits it
├─ ModelProblem    a language model or painter failed, refused, timed out, has no key
└─ Missing         an optional package or file is not there: says how to get it
"""


class Problem(Exception):
    """Something the person is told: where, what was found, and what to do, in one sentence."""


class SpecProblem(Problem):
    """A spec cannot be read or drawn; the message is fit to go back to the model."""


class NoRows(SpecProblem):
    """A query finds no row; `query` is what was asked for, in words."""

    def __init__(self, message: str, query: str = "") -> None:
        super().__init__(message)
        self.query = query


class ModelProblem(Problem):
    """A language model or a painter failed, refused, timed out or has no key."""


class Missing(Problem):
    """An optional package, model or file is not there; the message ends with how to get it."""
