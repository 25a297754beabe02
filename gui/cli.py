"""The same session in a terminal: one command a verb. Exit codes: 0 done, 1 the answer has errors, 2 the call was wrong."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

from flipchart.renderers.problem import Problem

if TYPE_CHECKING:
    from flipchart.gui.asked import Answer
    from flipchart.models.router import Query
    from flipchart.renderers.style import Style

app = typer.Typer(add_completion=False, no_args_is_help=False, pretty_exceptions_enable=False, rich_markup_mode=None)
Effort = Literal["quick", "standard", "deep"]
Out = Annotated[Path | None, typer.Option("-o", "--out", help="Where to; the ending picks the format.")]
Model = Annotated[str | None, typer.Option("--model", help="A language model, such as embedded or openai:NAME.")]


def run() -> None:
    """Run the command line and exit. A Problem is one sentence on standard error and exit code 2 (1 where an answer failed)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        code = app(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except typer.Abort:
        sys.exit(130)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader went away (`flipchart list | head`): nothing is wrong, and nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Problem as problem:
        _stop(str(problem))
    except typer._click.exceptions.ClickException as error:
        _stop(error.format_message())


def _stop(sentence: str, code: int = 2) -> NoReturn:
    print(f"flipchart: {sentence}", file=sys.stderr)
    sys.exit(code)


@app.callback(invoke_without_command=True)
def main(context: typer.Context) -> None:
    """Answers drawn: charts, decks, boards, mini-apps. Without a command, serves the web chat."""
    if context.invoked_subcommand is None:
        serve()


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Where to listen; anything but this machine needs FLIPCHART_TOKEN.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 picks a free one.")] = 7860,
    model: Model = None,
    open: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
) -> None:
    """Serve the web chat."""
    from flipchart.gui import server

    server.serve(host=host, port=port, model=model, browse=open)


@app.command()
def ask(
    question: str,
    file: Annotated[list[Path] | None, typer.Option("--file", help="A file to answer from; may be given again.")] = None,
    as_form: Annotated[str | None, typer.Option("--as", metavar="FORM", help="Show the answer as this form.")] = None,
    autonomy: Annotated[int, typer.Option(min=0, max=3, help="0 text only, 1 offer, 2 decide, 3 direct.")] = 2,
    effort: Effort = "standard",
    model: Model = None,
    out: Annotated[str | None, typer.Option("-o", "--out", help="A file, whose ending picks the format, or a folder/.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON.")] = False,
) -> None:
    """Ask one question; the answer goes to the terminal, or to OUT (a file, or a folder for one file per visual)."""
    from flipchart.gui import session

    if not question.strip():
        raise Problem("the question is empty; say what you want to see")
    folder = out is not None and _folder(out)
    if out is not None and not folder:
        from flipchart.renderers.render import ending_of, free

        free(Path(out))
        ending_of(Path(out))
    quiet = as_json or out is not None
    answer = session.ask(
        question,
        files=[str(one) for one in file or []],
        form=as_form,
        autonomy=autonomy,
        effort=effort,
        model=model,
        on_event=None if quiet else _tell,
    )
    if as_json:
        print(json.dumps(answer.as_dict(), ensure_ascii=False))
    if answer.failed and not answer.visuals and not answer.text:
        _stop(answer.failed, 1)
    if out is not None:
        for line in _saved(answer, Path(out), folder):
            print(line, file=sys.stderr)
    elif not as_json:
        _show(answer)
    if answer.failed:
        _stop(answer.failed, 1)
    if answer.errors:
        raise typer.Exit(1)


def _tell(event: Any) -> None:
    """Words appear in the terminal as they come."""
    from flipchart.models.events import Said

    if isinstance(event, Said):
        print(event.delta, end="", flush=True)


def _show(answer: "Answer") -> None:
    from flipchart.renderers.registry import form
    from flipchart.renderers.sheet import told

    if answer.text:
        print()
    for spec in answer.visuals:
        print(form(spec.kind).markdown(spec))
        if told(spec):
            print(f"\n{told(spec)}")
    if answer.visuals:
        print("\nTo see it drawn, add -o answer.svg (or .png, .pptx, .html).", file=sys.stderr)


def _folder(out: str) -> bool:
    return Path(out).is_dir() or out.endswith(("/", os.sep))


def _saved(answer: "Answer", out: Path, folder: bool) -> Iterator[str]:
    """Write the answer and say where, a line a file."""
    from flipchart.renderers.render import Page, ending_of, save, write

    page = answer.page()
    if folder:
        out.mkdir(parents=True, exist_ok=True)
        for spec in page.specs:
            one = Page((spec,), page.style, page.blobs)
            yield str(save(out / f"{spec.id}.svg", write(one, "svg")[0]))
        if answer.text:
            yield str(save(out / "answer.md", answer.text.encode()))
        return
    ending = ending_of(out, page.main)
    content, _ = write(answer.page(ending), ending)
    yield str(save(out, content))
    if len(page.specs) > 1 and ending in {"svg", "png"}:
        yield f"a .{ending} holds one visual; the other {len(page.specs) - 1} are in a .html or .pptx"


@app.command()
def plan(
    question: Annotated[str | None, typer.Argument()] = None,
    batch: Annotated[Path | None, typer.Option(help="A file of JSON lines; - reads standard input.")] = None,
) -> None:
    """Say which form an answer would take and why, as JSON lines; the language model is not asked."""
    from flipchart.models.router import route

    if (question is None) == (batch is None):
        raise Problem("give either a question or --batch FILE")
    asked: Iterable[tuple[str, dict[str, Any]]] = [("", {"text": question})] if batch is None else _lines(batch)
    for where, one in asked:
        choice = route(_query(one, where))
        told = {
            "id": one.get("id"),
            "form": choice.form,
            "forms": [{"form": name, "probability": round(p, 4)} for name, p in choice.forms],
            "reason": choice.reason,
        }
        print(json.dumps(told, ensure_ascii=False), flush=True)


def _query(one: dict[str, Any], where: str) -> "Query":
    """One line of a batch; a file of an unknown kind is known by its columns or its name's ending."""
    from flipchart.models.router import ENDINGS, KINDS, Attachment, Query

    text, history, files = one.get("text") or "", one.get("history") or None, one.get("files") or []
    if not isinstance(text, str) or not isinstance(history, str | None):
        raise Problem(f"{where}: `text` and `history` are not both words; write them in quotes")
    if not isinstance(files, list) or not all(isinstance(file, dict) for file in files):
        raise Problem(f'{where}: `files` is not a list of objects; write [{{"name": …, "kind": …, "columns": […]}}]')
    attached = []
    for file in files:
        name, kind = str(file.get("name") or ""), str(file.get("kind") or "")
        columns = tuple(map(str, file["columns"])) if isinstance(file.get("columns"), list) else ()
        if kind not in KINDS:
            kind = "table" if columns else ENDINGS.get(Path(name).suffix.lower(), "other")
        attached.append(Attachment(name, kind, columns))
    return Query(text, history, tuple(attached))


def _lines(batch: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each object with where it stands."""
    if str(batch) != "-" and not batch.is_file():
        raise Problem(f"there is no file {batch}; check the name")
    with sys.stdin if str(batch) == "-" else batch.open(encoding="utf-8") as stream:
        for number, line in enumerate(stream, 1):
            if line.strip():
                try:
                    value = json.loads(line)
                except ValueError:
                    raise Problem(f"{batch} line {number} is not JSON; give one object a line") from None
                if not isinstance(value, dict):
                    raise Problem(f"{batch} line {number} is not a JSON object; give one object a line")
                yield f"{batch} line {number}", value


@app.command()
def render(
    spec: Path,
    out: Out = None,
    theme: Annotated[
        str,
        typer.Option(help="A theme by name; or a brand: colours (#0b5678,#c9772b), a logo, a .pptx or a .json; `brand` is the one kept."),
    ] = "light",
    size: Annotated[str, typer.Option(help="landscape, square, portrait or story; else as tall as it takes.")] = "",
) -> None:
    """Draw a spec: our JSON, Vega-Lite, Mermaid, Marp, AntV or Excalidraw; no model is asked. Without OUT, SVG goes to standard output."""
    from flipchart.renderers.read import blobs_in, read_file
    from flipchart.renderers.render import Page, Rendering

    given = read_file(spec)
    page = Page((given,), _look(theme), blobs_in(spec))
    drawn = Rendering(page.sized(size) if size else page)
    if out is None:
        sys.stdout.buffer.write(drawn.bytes("svg"))
        return
    drawn.save(out)


def _look(theme: str) -> "Style":
    """The style that `theme` names: a shipped theme, colours, a file that a brand is read from, or the kept brand."""
    from flipchart.gui import brands
    from flipchart.models.weights import home

    return brands.look(theme, brands.Brands(home()).now if theme == "brand" else None)


@app.command()
def brand(
    what: Annotated[str | None, typer.Argument(help="Colours (#0b5678,#c9772b), a logo (PNG, JPEG, SVG), a .pptx or a .json.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Go back to the brand before.")] = False,
    redo: Annotated[bool, typer.Option("--redo", help="Take the undoing back.")] = False,
    none: Annotated[bool, typer.Option("--none", help="Wear no brand.")] = False,
) -> None:
    """Have every visual, past and to come, wear a brand; without WHAT, say which it is."""
    from flipchart.gui import brands
    from flipchart.models.weights import home

    if sum((what is not None, undo, redo, none)) > 1:
        raise Problem("give one of a brand, --undo, --redo and --none")
    kept = brands.Brands(home())
    if undo or redo:
        kept.step(-1 if undo else 1)
    elif none or what is not None:
        kept.wear(brands.named(what, kept.now) if what is not None else None)
    told = brands.told(kept.now)
    print("no brand" if kept.now is None else json.dumps(told["brand"] | {"logo": bool(told["brand"]["logo"])}, ensure_ascii=False))
    for note in told["notes"]:
        print(note, file=sys.stderr)


@app.command()
def check(spec: Path) -> None:
    """Say what is wrong with a spec as it would be drawn, as JSON lines; exit code 1 where any finding is an error."""
    from flipchart.renderers.read import read_file
    from flipchart.renderers.registry import form
    from flipchart.renderers.render import check as find

    given = read_file(spec)
    findings = [*form(given.kind).findings(given), *find(given)]
    for finding in findings:
        print(json.dumps(finding.as_dict(), ensure_ascii=False))
    if any(finding.level == "error" for finding in findings):
        raise typer.Exit(1)


@app.command()
def schema(form_name: Annotated[str | None, typer.Argument(metavar="FORM")] = None) -> None:
    """Print the JSON Schema of a form, or of all."""
    from flipchart.renderers.registry import KINDS, form

    if form_name:
        told: dict[str, Any] = form(form_name).spec.model_json_schema()
    else:
        told = {kind: form(kind).spec.model_json_schema() for kind in KINDS}
    print(json.dumps(told, ensure_ascii=False, indent=2))


models_app = typer.Typer(add_completion=False, help="Weights: what there is, from where, under which licence, on disk or not.")
app.add_typer(models_app, name="models", invoke_without_command=True)


@models_app.callback(invoke_without_command=True)
def models(context: typer.Context) -> None:
    """Weights: what there is, from where, under which licence, on disk or not."""
    if context.invoked_subcommand is None:
        models_list()


@models_app.command("list")
def models_list() -> None:
    """Say what weights there are."""
    from flipchart.models import weights

    for one in weights.models():
        here = "on disk" if weights.path(one.name) else "not here"
        print(f"{one.name:<22} {one.kind:<10} {one.size / 1e6:>7.0f} MB  {one.licence:<12} {here}")
    from flipchart.models import painter_models

    for name, model in painter_models.models().items():
        print(f"{'diffusers:' + name:<32} {model.memory_gb:>8.3g} GB  {model.licence:<19} {model.repository}")


@models_app.command("pull")
def models_pull(names: list[str]) -> None:
    """Fetch weights; goes on where an earlier fetch stopped."""
    from flipchart.models import painter_models, weights
    from flipchart.models.settings import settings

    for name in names:
        if name.startswith("diffusers:"):
            model = painter_models.find(name.removeprefix("diffusers:"))
            print(painter_models.pull(model, restricted=settings().painter_restricted))
            continue
        there = weights.path(name)
        print(there or weights.pull(name, _progress))


def _progress(progress: Any) -> None:
    if not sys.stderr.isatty():
        return
    left = "" if progress.seconds_left is None else f", {progress.seconds_left / 60:.1f} min left"
    done = f"{progress.done_bytes / 1e6:.0f} of {progress.total_bytes / 1e6:.0f} MB{left}"
    end = "\n" if progress.done_bytes >= progress.total_bytes else ""
    print(f"\r{done:<60}", end=end, file=sys.stderr, flush=True)


@models_app.command("path")
def models_path(name: str) -> None:
    """Print where a model's weights lie; exit code 1 where they are not here."""
    from flipchart.models import weights

    found = weights.path(name)
    if found is None:
        _stop(f"{name} is not on disk; fetch it with `flipchart models pull {name}`", 1)
    print(found)


@app.command("list")
def list_conversations() -> None:
    """List conversations: id, title, when."""
    from datetime import datetime

    from flipchart.gui import session

    for one in session.conversations():
        print(f"{one.id}\t{one.title}\t{datetime.fromtimestamp(one.created):%Y-%m-%d %H:%M}")


@app.command()
def export(
    conversation: Annotated[str, typer.Argument(help="Its id, or `last`.")], out: Annotated[Path, typer.Option("-o", "--out")]
) -> None:
    """Write a whole conversation as a deck (.pptx), or as .html, .pdf or .md."""
    from flipchart.gui import session

    print(session.export(conversation, out), file=sys.stderr)


@app.command()
def learn(undo: Annotated[bool, typer.Option("--undo", help="Go back to what was learned before the last time.")] = False) -> None:
    """Learn from your own choices which form to show; nothing leaves this machine."""
    if undo:
        from flipchart.models.router_learn import forget

        print("The last lesson is undone." if forget() else "Nothing was learned yet, so there is nothing to undo.")
        return
    from flipchart.gui import learning, session

    print(learning.learn(session.mine()))


@app.command("eval")
def evaluate(suite: Annotated[str | None, typer.Argument()] = None, model: Model = None) -> None:
    """Hold the planner's and the renderers' own exam; prints a table."""
    from flipchart.gui import exam

    print(exam.held(suite, model))


@app.command()
def bench(
    name: Annotated[str | None, typer.Argument(help="A bench, or `image` for the painters' ladder.")] = None,
    arch: Annotated[str, typer.Option(help="image: the model's shape.")] = "pixels",
    random_weights: Annotated[bool, typer.Option("--random-weights", help="image: needed; time does not depend on weights.")] = False,
    ladder: Annotated[bool, typer.Option("--ladder", help="image: time each rung on top of those before it.")] = False,
    rungs: Annotated[str, typer.Option(help="image: which rungs, by commas; all where none is named.")] = "",
    tiny: Annotated[bool, typer.Option("--tiny", help="image: the smallest shape, to try the ladder itself.")] = False,
    size: Annotated[int, typer.Option(help="image: px of a side; 0: the model's own.")] = 0,
) -> None:
    """Measure speed; prints medians and ratios to a budget."""
    from flipchart.gui import speed

    if name != "image":
        print(speed.measured(name))
        return
    from flipchart.models import painter_ladder
    from flipchart.models.painter_rungs import RUNGS

    if not random_weights:
        raise Problem("pictures are timed with random weights, since time does not depend on them; add --random-weights")
    chosen = [rung.strip() for rung in rungs.split(",") if rung.strip()] or list(RUNGS)
    print(painter_ladder.measured(arch, chosen, ladder=ladder, tiny=tiny, size=size))


@app.command()
def gallery(out: Annotated[Path, typer.Option("-o", "--out", help="A folder.")] = Path("gallery")) -> None:
    """Draw every shipped example in every theme into a folder of PNGs and one HTML page."""
    from flipchart.gui import gallery as pictures

    print(pictures.write(out))
