"""Everything that is data: themes, fonts, icons, examples, prompts, browser code."""

from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent


def path(name: str) -> Path:
    """Where the asset `name` lies, e.g. "fonts/Inter-Regular.ttf"; it need not exist."""
    return ROOT / name


@cache
def data(name: str) -> bytes:
    """The bytes of the asset `name`; raises FileNotFoundError where there is none."""
    return path(name).read_bytes()


@cache
def text(name: str) -> str:
    """The text of the asset `name` (UTF-8); raises FileNotFoundError where there is none."""
    return path(name).read_text("utf-8")


def names(folder: str, ending: str = "") -> list[str]:
    """The assets in `folder` that end with `ending`, sorted, e.g. names("themes", ".json")."""
    return sorted(f"{folder}/{p.name}" for p in path(folder).iterdir() if p.name.endswith(ending))
