"""The house: imports point inwards, the wheel holds the tree, every form is whole, and nothing calls out."""

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from flipchart.gui.gallery import examples
from flipchart.renderers.registry import KINDS, form

ROOT = Path(__file__).parent.parent
STAGES = ["assets", "renderers", "models", "gui"]


def modules(stage: str) -> list[Path]:
    return sorted((ROOT / stage).glob("*.py"))


def imported(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [f"{node.module}.{alias.name}" for alias in node.names] if isinstance(node, ast.ImportFrom) and node.module else []
        found |= set(names)
    return found


@pytest.mark.parametrize("stage", STAGES)
def test_imports_point_one_way(stage: str) -> None:
    later = STAGES[STAGES.index(stage) + 1 :]
    wrong = {(file.name, name) for file in modules(stage) for name in imported(file) for up in later if name.startswith(f"flipchart.{up}")}
    assert not wrong


def test_forms_are_told_apart_in_the_registry_alone() -> None:
    wrong = []
    for stage in STAGES:
        for file in modules(stage):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                # A column or a file has a kind too: what counts is the kind of a spec, or of a visual.
                if isinstance(node, ast.Compare) and ast.unparse(node.left) in {"spec.kind", "visual.kind", "self.kind", "page.main.kind"}:
                    told = [c.value for c in node.comparators if isinstance(c, ast.Constant)]
                    if any(value in KINDS for value in told) and f"{stage}/{file.name}" not in {"renderers/registry.py"}:
                        wrong.append((f"{stage}/{file.name}", node.lineno, told))
    assert not wrong


@pytest.mark.parametrize("kind", KINDS)
def test_every_form_is_whole(kind: str) -> None:
    one = form(kind)
    assert one.spec.model_fields["kind"].default == kind
    assert one.spec.__doc__
    assert len(examples(kind)) >= 3, f"assets/examples/{kind} needs examples"


def test_the_wheel_holds_the_tree(tmp_path: Path) -> None:
    made = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", str(tmp_path), str(ROOT)]
    subprocess.run(made, check=True)
    names = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    tracked = subprocess.run(
        ["git", "-c", "core.quotePath=false", "ls-files", "--", "flipchart", *STAGES], cwd=ROOT, capture_output=True, text=True, check=True
    )
    wanted = {name if name.startswith("flipchart/") else f"flipchart/{name}" for name in tracked.stdout.split("\n") if name}
    assert not wanted - names


def test_the_readme_draws_the_tree_as_it_is() -> None:
    tree = (ROOT / "README.md").read_text("utf-8")
    absent = [f"{stage}/{file.name}" for stage in STAGES for file in modules(stage) if file.name != "__init__.py" and file.name not in tree]
    assert not absent


def test_a_chart_is_drawn_with_nothing_it_does_not_need() -> None:
    unneeded = (
        *("duckdb", "sqlalchemy", "pandas", "pptx", "gradio", "fastapi", "resvg_py", "PIL.ImageFont", "sqlite3", "fontTools"),
        *("matplotlib.pyplot", "matplotlib.font_manager", "flipchart.renderers.icons", "flipchart.renderers.pptx"),
    )
    chart = {"kind": "chart", "title": "Up", "mark": "column", "labels": ["North", "South"], "series": [{"name": "s", "values": [1, 2]}]}
    code = (
        f"import sys, flipchart.gui.cli, flipchart; from babel import localedata; flipchart.render({chart}).bytes('svg'); "
        f"print([m for m in {unneeded} if m in sys.modules], len(localedata._cache) <= 4)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] True"


def test_starting_imports_nothing_heavy() -> None:
    heavy = ("torch", "gradio", "matplotlib", "sqlalchemy", "duckdb", "pptx")
    code = f"import sys, flipchart, flipchart.gui.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
