"""The command line: the contract's commands, one sentence for what is wrong, and nothing half-written."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flipchart import __version__
from flipchart.gui.gallery import examples
from flipchart.renderers.registry import KINDS
from flipchart.renderers.spec import dump


def flipchart(*words: object, home: Path, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"FLIPCHART_HOME": str(home), "FLIPCHART_MODEL": ""} | more
    command = [sys.executable, "-m", "flipchart", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, input=stdin, env=environment, timeout=120, check=False)


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    file = tmp_path / "spec.json"
    file.write_text(json.dumps(dump(examples("text")["python-rotate"])))
    return file


def test_the_version_is_told_at_once(tmp_path: Path) -> None:
    assert flipchart("--version", home=tmp_path).stdout.strip() == f"flipchart {__version__}"


@pytest.mark.parametrize("kind", KINDS)
def test_a_spec_of_each_kind_is_drawn_without_a_model(kind: str, tmp_path: Path) -> None:
    name = next(iter(examples(kind)))
    from flipchart import assets

    for ending, begins in (("svg", b"<svg"), ("png", b"\x89PNG"), ("pptx", b"PK")):
        out = tmp_path / f"out.{ending}"
        done = flipchart("render", assets.path(f"examples/{kind}/{name}.json"), "-o", out, home=tmp_path)
        assert done.returncode == 0, done.stderr
        assert out.read_bytes().startswith(begins)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "not JSON"),
        ("", "empty"),
        ("[1, 2]", "JSON object"),
        ('{"kind": "chrat"}', "did you mean `chart`"),
        ('{"title": "no kind"}', "no `kind`"),
        ('{"kind": "text", "markdown": 5}', "markdown"),
        ('{"kind": "text", "markdown": "x", "colour": "red"}', "no such field"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_bad_spec_is_one_sentence_and_leaves_nothing(content: str, says: str, tmp_path: Path) -> None:
    file, out = tmp_path / "bad.json", tmp_path / "out.svg"
    file.write_text(content)
    done = flipchart("render", file, "-o", out, home=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not out.exists()
    assert not list(tmp_path.glob(".out*"))


def test_a_missing_file_a_directory_and_an_unknown_ending_are_told(spec: Path, tmp_path: Path) -> None:
    for words, says in (
        (("render", tmp_path / "none.json"), "there is no file"),
        (("render", tmp_path), "is a directory"),
        (("render", spec, "-o", tmp_path), "is a directory"),
        (("render", spec, "-o", tmp_path / "x.doc"), "does not say a format"),
        (("render", spec, "-o", tmp_path / "no" / "x.svg"), "no folder"),
        (("render", spec, "--theme", "neon"), "no theme `neon`"),
        (("schema", "charts"), "did you mean `chart`"),
        (("bogus",), "bogus"),
        (("plan",), "question"),
        (("ask", " "), "empty"),
        (("models", "path", "minilm2"), "minilm2"),
        (("export", "nobody", "-o", tmp_path / "x.pptx"), "nobody"),
    ):
        done = flipchart(*words, home=tmp_path)
        assert done.returncode in {1, 2}, words
        assert says in done.stderr, (words, done.stderr)
        assert len(done.stderr.strip().splitlines()) == 1, (words, done.stderr)


def test_a_full_disk_is_told_and_leaves_nothing(spec: Path, tmp_path: Path) -> None:
    limited = f"ulimit -f 1; exec {sys.executable} -m flipchart render {spec} -o {tmp_path}/big.png"
    done = subprocess.run(["bash", "-c", f"trap '' XFSZ; {limited}"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert not list(tmp_path.glob("*big*"))


def test_check_tells_findings_as_json_lines(tmp_path: Path) -> None:
    board = {"kind": "whiteboard", "title": "T", "nodes": [{"name": "a"}, {"name": "b"}], "edges": [{"start": "a", "end": "zzz"}]}
    faint = {"kind": "text", "markdown": "hello there", "look": {"ink": "#dddddd"}}
    long = {"kind": "image", "prompt": "a cat", "title": "never ending " * 400}
    for given, code in ((board, "dangling"), (faint, "contrast"), (long, "overflow")):
        file = tmp_path / "planted.json"
        file.write_text(json.dumps(given))
        done = flipchart("check", file, home=tmp_path)
        assert done.returncode == 1, (code, done.stderr)
        assert code in {json.loads(line)["code"] for line in done.stdout.splitlines()}


def test_a_sound_spec_has_no_findings(spec: Path, tmp_path: Path) -> None:
    done = flipchart("check", spec, home=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")


def test_plan_answers_in_json_lines_for_one_and_for_many(tmp_path: Path) -> None:
    one = json.loads(flipchart("plan", "make slides about bees", home=tmp_path).stdout)
    assert one["form"] == "slides"
    assert {entry["form"] for entry in one["forms"]} == set(KINDS)
    assert one["reason"]
    batch = tmp_path / "in.jsonl"
    lines = [
        {"id": 1, "text": "thanks!", "history": None, "files": []},
        {"id": 2, "text": "which region grew most?", "files": [{"name": "s.csv", "kind": "table", "columns": ["region", "sales"]}]},
    ]
    batch.write_text("\n".join(map(json.dumps, lines)))
    out = [json.loads(line) for line in flipchart("plan", "--batch", batch, home=tmp_path).stdout.splitlines()]
    assert [(answer["id"], answer["form"]) for answer in out] == [(1, "text"), (2, "chart")]


def test_plan_reads_whatever_a_batch_may_hold_and_names_the_line_it_cannot(tmp_path: Path) -> None:
    odd = ["", "😀" * 300, "\x00", "x" * 100_000, "{{7*7}}", "<script>alert(1)</script>", "\u202eabc", "表ポあA鷗", "'; DROP TABLE"]
    lines: list[dict[str, object]] = [{"id": i, "text": text} for i, text in enumerate(odd)]
    lines += [
        {"id": "t", "text": "which region sold most?", "files": [{"name": "a.CSV", "kind": "spreadsheet"}], "history": ""},
        {"text": None, "files": None},
    ]
    batch = tmp_path / "in.jsonl"
    batch.write_text("\n".join(map(json.dumps, lines)))
    done = flipchart("plan", "--batch", batch, home=tmp_path)
    out = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, len(out)) == (0, len(lines))
    assert out[-2]["form"] == "chart"
    for line, says in (('{"text": 3}', "`text`"), ('{"text": "a", "files": ["x"]}', "`files`"), ("[1]", "not a JSON object")):
        batch.write_text('{"text": "hi"}\n' + line)
        done = flipchart("plan", "--batch", batch, home=tmp_path)
        assert done.returncode == 2
        assert "line 2" in done.stderr
        assert says in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1


def test_learning_without_anything_to_learn_from_says_so(tmp_path: Path) -> None:
    done = flipchart("learn", home=tmp_path)
    assert done.returncode == 0
    assert "nothing to learn from" in done.stdout
    assert "nothing to undo" in flipchart("learn", "--undo", home=tmp_path).stdout


@pytest.fixture
def script(tmp_path: Path) -> str:
    file = tmp_path / "script.jsonl"
    chart = {"mark": "column", "labels": ["Jan", "Feb"], "series": [{"name": "Sales", "values": [120000, 90000]}]}
    file.write_text(json.dumps({"label": "chart", "answer": chart}) + "\n" + json.dumps({"label": "text", "answer": "With pleasure."}))
    return f"scripted:{file}"


def test_ask_draws_to_a_file_and_remembers_the_conversation(script: str, tmp_path: Path) -> None:
    out = tmp_path / "answer.svg"
    done = flipchart("ask", "Sales were 120k in Jan, 90k in Feb", "--as", "chart", "--model", script, "-o", out, home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "120" in out.read_text()
    listed = flipchart("list", home=tmp_path).stdout.strip().split("\t")
    assert len(listed) == 3
    deck = tmp_path / "deck.pptx"
    done = flipchart("export", "last", "-o", deck, home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert deck.read_bytes().startswith(b"PK")


def test_ask_as_json_tells_everything(script: str, tmp_path: Path) -> None:
    done = flipchart("ask", "Sales were 120k in Jan, 90k in Feb", "--as", "chart", "--model", script, "--json", home=tmp_path)
    answer = json.loads(done.stdout)
    assert {"conversation", "run", "text", "plan", "visuals", "usage"} <= set(answer)
    assert {source["kind"] for source in answer["visuals"][0]["sources"].values()} <= {"quoted", "computed"}


def test_a_text_answer_goes_to_the_terminal_or_is_typeset(script: str, tmp_path: Path) -> None:
    assert "With pleasure." in flipchart("ask", "thanks!", "--model", script, home=tmp_path).stdout
    out = tmp_path / "thanks.png"
    assert flipchart("ask", "thanks!", "--model", script, "-o", out, home=tmp_path).returncode == 0
    assert out.read_bytes().startswith(b"\x89PNG")


def test_a_folder_gets_a_file_for_each_visual(script: str, tmp_path: Path) -> None:
    done = flipchart("ask", "Sales were 120k in Jan", "--as", "chart", "--model", script, "-o", f"{tmp_path}/out/", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [file.suffix for file in (tmp_path / "out").iterdir()] == [".svg"]


def test_a_model_that_fails_is_one_sentence_and_exit_code_one(tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").write_text("")
    done = flipchart("ask", "thanks!", "--model", f"scripted:{tmp_path}/none.jsonl", home=tmp_path)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
