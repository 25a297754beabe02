"""The session over HTTP: asking, watching, editing and exporting, beside the chat page; and the server that serves them."""

import asyncio
import contextlib
import hashlib
import json
import logging
import re
import socket
import threading
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from email.message import Message
from functools import partial
from ipaddress import ip_address
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flipchart import __version__
from flipchart.gui import brands, editor, frames, widget
from flipchart.gui.asked import NAME, About, Asked
from flipchart.gui.headers import LOCAL, Guard, Rules
from flipchart.gui.jobs import ENDS, POLL_SECONDS, Busy
from flipchart.gui.minds import Warming
from flipchart.gui.session import Session, surviving
from flipchart.gui.store import Conversation, Run, Stored, Visual
from flipchart.renderers.problem import Missing, ModelProblem, Problem
from flipchart.renderers.render import write
from flipchart.renderers.spec import explain
from flipchart.renderers.style import Brand, style

if TYPE_CHECKING:
    from fastapi import FastAPI, Request, Response
    from starlette.types import ASGIApp, Receive, Scope, Send
    from starlette.types import Message as ASGIMessage

QUIET_SECONDS = 10.0  # a stream says that it lives after so long
ASKS, WITHIN = 30, 10.0  # questions one client may ask in so many seconds
BACKLOG = 2048  # connections that may wait to be taken
DRAIN_SECONDS = 10.0  # how long answers may go on once the server is told to end
FOREVER = "public, max-age=31536000, immutable"
AGAIN = "no-cache"

log = logging.getLogger("flipchart")


class Settings(BaseModel):
    """What `forwardedProps` may say about a question."""

    model_config = ConfigDict(extra="ignore")

    form: str | None = None
    autonomy: int = Field(default=2, ge=0, le=3)
    effort: Literal["quick", "standard", "deep"] = "standard"
    model: str | None = None
    files: tuple[str, ...] = ()
    theme: str = "light"
    lang: str = ""
    renews: str = ""
    about: About | None = None


class Flip(BaseModel):
    """Which design: the next, the previous, or one by name."""

    model_config = ConfigDict(extra="forbid")
    design: str = "next"


class Title(BaseModel):
    """A conversation's title."""

    model_config = ConfigDict(extra="forbid")
    title: str = Field(min_length=1, max_length=200)


class Thumb(BaseModel):
    """What a person thought of an answer."""

    model_config = ConfigDict(extra="forbid")
    thumb: Literal["up", "down", ""]


class TooMany(Problem):
    """One client asks too much; `after` is when to try again, in seconds."""

    after = int(WITHIN)


def app(session: Session, rules: Rules | None = None, *, chat: "Callable[[FastAPI, Session], object] | None" = None) -> "FastAPI":
    """The ASGI app over a session. `chat` adds a page at "/", last, so that it takes only what is left."""
    from fastapi import FastAPI
    from fastapi.exceptions import RequestValidationError
    from starlette.exceptions import HTTPException
    from starlette.middleware.cors import CORSMiddleware

    from flipchart.gui import mcp

    # Before the MCP library sets up a log of its own making.
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    tools = mcp.server(session)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        session.minds.of().begin()
        threading.Thread(target=_warm, args=(session,), name="flipchart-warm", daemon=True).start()
        async with tools.session_manager.run():
            yield
        await asyncio.to_thread(session.close, DRAIN_SECONDS)

    web = FastAPI(title="Flipchart", version=__version__, docs_url=None, redoc_url=None, openapi_url=None, lifespan=life)
    web.add_middleware(CORSMiddleware, allow_origins=[])
    web.add_middleware(Surviving)
    web.add_middleware(Guard, rules=rules or Rules())
    web.add_exception_handler(Problem, _told)
    web.add_exception_handler(RequestValidationError, _told)
    web.add_exception_handler(HTTPException, _told)
    _asking(web, session)
    _visuals(web, frames.Frames(session))
    _conversations(web, session)
    _around(web, session)
    _branding(web, session)
    web.router.routes.extend(tools.streamable_http_app(streamable_http_path="/mcp", stateless_http=True, json_response=True).routes)
    if chat is not None:
        chat(web, session)
    return web


def _warm(session: Session) -> None:
    """Load what the first answer needs, so that it need not wait for it."""
    import ag_ui.core  # noqa: F401

    frames.font_css()
    mind = session.minds.of()
    try:
        for _ in mind.wait(threading.Event()):
            pass
    except Problem:
        return  # whoever asks is told
    if isinstance(mind.planner, Warming):
        mind.planner.warm()


async def _told(request: "Request", error: Exception) -> "Response":
    """A failure that is told, as a status and one sentence."""
    from fastapi.exceptions import RequestValidationError
    from starlette.exceptions import HTTPException

    accept = request.headers.get("accept", "")
    if isinstance(error, RequestValidationError):
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"] if step != "body")
        return _sentence(accept, 422, f"{where or 'the body'}: {first['msg']}")
    if isinstance(error, HTTPException):
        return _sentence(accept, error.status_code, str(error.detail), error.headers)
    if isinstance(error, Busy | TooMany):
        return _sentence(accept, 503 if isinstance(error, Busy) else 429, str(error), {"retry-after": str(error.after)})
    return _sentence(accept, 404 if isinstance(error, Missing) else 502 if isinstance(error, ModelProblem) else 422, str(error))


def _sentence(accept: str, status: int, sentence: str, headers: Mapping[str, str] | None = None) -> "Response":
    """One sentence: a page for who looks at one, JSON for programs."""
    from fastapi.responses import HTMLResponse, JSONResponse

    if "text/html" in accept:
        return HTMLResponse(frames.sorry(sentence), status, headers=headers)
    return JSONResponse({"error": sentence}, status, headers=headers)


class Surviving:
    """ASGI middleware: a failure nobody expected is one sentence for the person and one line, without their words, in the log."""

    def __init__(self, app: "ASGIApp") -> None:
        self.app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass a request on; answer it here where that fails before anything was sent."""
        begun = False
        sentences: list[str] = []

        async def noted(message: "ASGIMessage") -> None:
            nonlocal begun
            begun = True
            await send(message)

        with surviving(sentences.append):
            await self.app(scope, receive, noted)
        if sentences and not begun and scope["type"] == "http":
            accept = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"accept"), "")
            await _sentence(accept, 500, sentences[0])(scope, receive, send)


# -- asking and watching ----------------------------------------------------------------------------------------------------


def _asking(web: "FastAPI", session: Session) -> None:
    from fastapi import Body, Request, UploadFile
    from fastapi.responses import JSONResponse, Response, StreamingResponse

    asked_lately: defaultdict[str, deque[float]] = defaultdict(deque)

    def paced(client: str) -> None:
        """Raises TooMany where the client asks faster than anyone reads."""
        lately, now = asked_lately[client], time.monotonic()
        while lately and now - lately[0] > WITHIN:
            lately.popleft()
        if len(lately) >= ASKS:
            raise TooMany(f"more than {ASKS} questions in {WITHIN:.0f} s; wait a moment")
        lately.append(now)
        if len(asked_lately) > 10_000:
            asked_lately.clear()

    def streamed(run: str, after: int) -> StreamingResponse:
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(_events(session, run, after), media_type="text/event-stream", headers=headers)

    @web.post("/api/ask")
    async def ask(request: Request, given: Annotated[dict[str, Any], Body()]) -> Response:
        paced(request.client.host if request.client else "")
        asked, conversation, run = _asked(given)
        _may_be_named(asked.model, session.minds.default)
        begun = await asyncio.to_thread(session.start, asked, conversation, run)
        return streamed(begun.id, 0)

    @web.get("/api/runs/{id}/events")
    async def events(request: Request, id: str, after: int = 0) -> Response:
        await asyncio.to_thread(session.store.run, id)
        last = request.headers.get("last-event-id", "")
        return streamed(id, int(last) if last.isdigit() else after)

    @web.get("/api/runs/{id}")
    def run(id: str) -> dict[str, Any]:
        return session.turn(id)

    @web.post("/api/runs/{id}/stop")
    def stop(id: str) -> Response:
        session.jobs.stop(id)
        return Response(status_code=204)

    @web.post("/api/runs/{id}/again")
    def again(request: Request, id: str) -> dict[str, str]:
        paced(request.client.host if request.client else "")
        return _begun(session.again(id))

    @web.post("/api/runs/{id}/thumb")
    def thumb(id: str, given: Thumb) -> Response:
        session.rate(id, given.thumb)
        return Response(status_code=204)

    @web.post("/api/files")
    def files(file: UploadFile, lang: str = "en") -> Response:
        kept = session.attach(file.filename or "file", file.file.read(), lang)
        told = {"columns": [], "rows": None, "notes": []} | dict(kept.about)
        return JSONResponse({"id": kept.id, "name": kept.name, "kind": kept.kind} | told, 201)


def _asked(given: dict[str, Any]) -> tuple[Asked, str, str]:
    """The question, conversation and run in a RunAgentInput; raises Problem where it cannot be read as one."""
    from ag_ui.core import RunAgentInput

    try:
        wanted = RunAgentInput.model_validate(given)
        settings = Settings.model_validate(wanted.forwarded_props or {})
        said = [message for message in wanted.messages if message.role == "user"]
        if not said:
            raise Problem("messages: there is no message of the user in it; add one")
        asked = Asked(text=_words(said[-1].content), **settings.model_dump())
    except ValidationError as error:
        raise Problem(f"this is no RunAgentInput: {explain(error)}") from None
    for name, value in (("threadId", wanted.thread_id), ("runId", wanted.run_id)):
        if not re.match(NAME, value):
            raise Problem(f"{name}: {value[:40]!r} is not made of 1 to 80 letters, digits, - and _; make another")
    return asked, wanted.thread_id, wanted.run_id


def _may_be_named(model: str | None, default: str | None) -> None:
    """Raises Problem for a model that would open a file or an address of the asker's choice."""
    if model and model != default and re.match(r"(?:https?|scripted|file)\b", model, re.IGNORECASE):
        raise Problem(f"model: {model[:40]!r} can be chosen where Flipchart is started, not from a page; name one of its models")


def _words(content: Any) -> str:
    """The text of a message, which may come in pieces."""
    if isinstance(content, str):
        return content
    return "\n".join(str(getattr(piece, "text", "")) for piece in content or ())


async def _events(session: Session, run: str, after: int) -> AsyncIterator[str]:
    """The run's events as server-sent events, numbered by `id:`, to its end."""
    loop, fresh = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed when the server is
            loop.call_soon_threadsafe(fresh.set)

    ours = (await asyncio.to_thread(session.store.run, run)).process == session.jobs.process
    with session.jobs.watching(run, wake):
        quiet = time.monotonic()
        while True:
            fresh.clear()
            for event in await asyncio.to_thread(session.store.events, run, after):
                yield _sent(event)
                after, quiet = event.seq, time.monotonic()
                if event.type in ENDS:
                    return
            if await asyncio.to_thread(session.jobs.ended, run, after):
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(fresh.wait(), QUIET_SECONDS / 4 if ours else POLL_SECONDS)
            if time.monotonic() - quiet > QUIET_SECONDS:
                quiet = time.monotonic()
                yield ": still here\n\n"


def _sent(event: Stored) -> str:
    return f"id: {event.seq}\ndata: {json.dumps(event.payload, ensure_ascii=False, separators=(',', ':'))}\n\n"


def _begun(run: Run) -> dict[str, str]:
    return {"run": run.id, "conversation": run.conversation}


# -- visuals ----------------------------------------------------------------------------------------------------------------


def _visuals(web: "FastAPI", shown: frames.Frames) -> None:
    from fastapi import Body, Request, UploadFile
    from fastapi.responses import HTMLResponse, JSONResponse, Response

    session = shown.session

    @web.get("/v/{name}")
    def visual(
        request: Request,
        name: str,
        width: float | None = None,
        theme: str = "",
        fragment: bool = False,
        size: str = "",
        tall: float | None = None,
    ) -> Response:
        id, _, ending = name.partition(".")
        if theme:
            style(theme)
        if ending:
            page = session.page(id, theme)
            content, mime = write(page.sized(size) if size else page, ending)
            return Response(content, media_type=mime, headers={"cache-control": AGAIN} | _attachment(page.title or page.main.kind, ending))
        view = shown.view(id, width, theme, tall)
        dress = hashlib.sha256(view["style"].encode()).hexdigest()[:8]
        tag = f'"{view["key"]}-{dress}-{view["n"]}-{view["newest"]}-{view["status"]}-{__version__}{"-f" if fragment else ""}"'
        headers = {"etag": tag, "cache-control": AGAIN}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return JSONResponse(view, headers=headers) if fragment else HTMLResponse(shown.page(view), headers=headers)

    @web.get("/v/{id}/edit")
    def board(id: str, theme: str = "") -> Response:
        if theme:
            style(theme)
        return HTMLResponse(editor.page(shown.view(id, theme=theme)), headers={"cache-control": AGAIN})

    @web.put("/v/{id}")
    async def redraw(request: Request, id: str, seen: int) -> dict[str, Any]:
        drawn = (await request.body()).decode("utf-8", "replace")
        return _state(await asyncio.to_thread(session.redraw, id, drawn, seen=seen))

    @web.patch("/v/{id}")
    def edit(id: str, edits: Annotated[list[dict[str, Any]], Body(max_length=200)]) -> dict[str, Any]:
        done = session.edit(id, edits)
        return _state(done) | {"findings": [finding.as_dict() for finding in session.doubts(id)]}

    @web.get("/v/{id}/mark")
    def picture(id: str) -> Response:
        return Response(session.picture(id), media_type="image/png", headers={"cache-control": AGAIN})

    @web.post("/v/{id}/mark", status_code=201)
    def mark(id: str, file: UploadFile) -> dict[str, Any]:
        return session.mark(id, file.file.read()).model_dump()

    @web.post("/v/{id}/undo")
    def undo(id: str) -> dict[str, Any]:
        return _state(session.undo(id))

    @web.post("/v/{id}/redo")
    def redo(id: str) -> dict[str, Any]:
        return _state(session.redo(id))

    @web.post("/v/{id}/as/{kind}")
    def convert(id: str, kind: str) -> Response:
        done = session.convert(id, kind)
        return JSONResponse(_begun(done), 202) if isinstance(done, Run) else JSONResponse(_state(done))

    @web.post("/v/{id}/design")
    def design(id: str, given: Flip | None = None) -> dict[str, Any]:
        return _state(session.flip(id, (given or Flip()).design))

    @web.post("/v/{id}/look")
    def look(id: str, given: Annotated[dict[str, Any], Body()]) -> dict[str, Any]:
        return _state(session.restyle(id, given))


def _state(visual: Visual) -> dict[str, Any]:
    """A visual for those who hold it, without its drawing."""
    return {
        "id": visual.id,
        "url": f"/v/{visual.id}",
        "form": visual.kind,
        "title": visual.title,
        "status": visual.status,
        "n": visual.n,
        "newest": visual.newest,
        "design": dict(visual.spec.get("look") or {}).get("design", ""),
        "spec": visual.spec,
    }


def _attachment(title: str, ending: str) -> dict[str, str]:
    """The header that has a browser save the file, under a name made of the title."""
    name = " ".join(re.sub(r"[\x00-\x1f\x7f/\\:*?\"<>|]+", " ", title).split()).strip(" .")[:80] or "flipchart"
    plain = name.encode("ascii", "ignore").decode().strip() or "flipchart"
    header = Message()
    header.add_header("content-disposition", "attachment", filename=f"{plain}.{ending}")
    return {"content-disposition": f"{header['content-disposition']}; filename*=UTF-8''{quote(f'{name}.{ending}')}"}


# -- conversations ----------------------------------------------------------------------------------------------------------


def _conversations(web: "FastAPI", session: Session) -> None:
    from fastapi.responses import Response

    @web.get("/api/conversations")
    def listed() -> list[dict[str, Any]]:
        return [_listed(conversation) for conversation in session.conversations()]

    @web.get("/api/conversations/{id}")
    def one(id: str) -> dict[str, Any]:
        conversation = session.latest(id)
        visuals = session.store.visuals(conversation.id)
        held = {visual.id: {name: value for name, value in _state(visual).items() if name != "spec"} for visual in visuals}
        return _listed(conversation) | {"turns": session.history(conversation.id), "visuals": held}

    @web.get("/api/conversations/{id}/renewable/{file}")
    def renewable(id: str, file: str) -> dict[str, str]:
        kept = session.renewable(id, file)
        return {"file": kept.id, "name": kept.name} if kept else {}

    @web.patch("/api/conversations/{id}")
    def rename(id: str, given: Title) -> dict[str, Any]:
        return _listed(session.store.rename(id, given.title))

    @web.delete("/api/conversations/{id}")
    def forget(id: str) -> Response:
        for run in session.store.runs(id):
            if run.status in ("queued", "running"):
                session.jobs.stop(run.id)
        session.store.forget(id)
        return Response(status_code=204)

    @web.get("/api/conversations/{id}/export.{ending}")
    def export(id: str, ending: str) -> Response:
        content, mime = session.export(id, ending)
        return Response(content, media_type=mime, headers={"cache-control": AGAIN} | _attachment(session.latest(id).title, ending))


def _listed(conversation: Conversation) -> dict[str, Any]:
    visual = conversation.visual
    return {
        "id": conversation.id,
        "title": conversation.title,
        "created": conversation.created,
        "changed": conversation.changed,
        "lang": conversation.lang,
        "visual": visual,
        "thumbnail": f"/v/{visual}.svg" if visual else "",
    }


# -- the brand --------------------------------------------------------------------------------------------------------------


def _branding(web: "FastAPI", session: Session) -> None:
    from fastapi import Body, UploadFile
    from fastapi.responses import Response

    def state(theme: str, lang: str, draft: Brand | None = None) -> dict[str, Any]:
        now, (back, forth) = session.brands.now, session.brands.steps
        return brands.told(draft or now, theme, lang) | {"mark": brands.mark(now), "undo": back > 0, "redo": forth > 0}

    @web.get("/api/brand")
    def brand(theme: str = "light", lang: str = "en", colours: str = "") -> dict[str, Any]:
        """The brand that is worn, or, of `colours`, how they would look: nothing is kept."""
        return state(theme, lang, brands.edited(session.brands.now, {"colours": colours}) if colours.strip() else None)

    @web.get("/api/brand/preview.svg")
    def preview(theme: str = "light", lang: str = "en", colours: str = "", form: Literal["chart", "slides"] = "chart") -> Response:
        now = session.brands.now
        drawn = brands.preview(brands.edited(now, {"colours": colours}) if colours.strip() else now, theme, lang, form)
        return Response(drawn, media_type="image/svg+xml", headers={"cache-control": AGAIN})

    @web.post("/api/brand", status_code=201)
    def give(file: UploadFile, theme: str = "light", lang: str = "en") -> dict[str, Any]:
        """Wear what a logo, a .pptx or a .json says."""
        session.brands.wear(brands.given(file.filename or "file", file.file.read(), session.brands.now))
        return state(theme, lang)

    @web.patch("/api/brand")
    def edit(given: Annotated[dict[str, Any], Body()], theme: str = "light", lang: str = "en") -> dict[str, Any]:
        """Wear the brand with these fields set."""
        session.brands.wear(brands.edited(session.brands.now, given))
        return state(theme, lang)

    @web.delete("/api/brand")
    def none(theme: str = "light", lang: str = "en") -> dict[str, Any]:
        session.brands.wear(None)
        return state(theme, lang)

    @web.post("/api/brand/{way}")
    def step(way: Literal["undo", "redo"], theme: str = "light", lang: str = "en") -> dict[str, Any]:
        session.brands.step(-1 if way == "undo" else 1)
        return state(theme, lang)


# -- the rest ---------------------------------------------------------------------------------------------------------------


def _around(web: "FastAPI", session: Session) -> None:
    from fastapi import Request
    from fastapi.responses import HTMLResponse, PlainTextResponse, Response

    began = time.time()

    @web.get("/api/status")
    def status() -> dict[str, Any]:
        running, waiting = session.jobs.load()
        return session.minds.of().readiness.as_dict() | {"running": running, "queue": waiting, "version": __version__}

    @web.get("/healthz")
    async def healthz() -> PlainTextResponse:
        return PlainTextResponse("ok\n", headers={"cache-control": "no-store"})

    @web.get("/metrics")
    def metrics() -> PlainTextResponse:
        return PlainTextResponse(_metrics(session, began), media_type="text/plain; version=0.0.4; charset=utf-8")

    @web.get("/assets/{name:path}")
    def asset(request: Request, name: str, v: str = "") -> Response:
        kind = frames.served().get(name)
        if kind is None:
            raise Missing(f"there is no asset {name[:80]!r}")
        tag = f'"{frames.mark(name)}"'
        headers = {"cache-control": FOREVER if v == frames.mark(name) else AGAIN, "etag": tag}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(frames.asset(name), media_type=kind, headers=headers)

    @web.get("/widget.js")
    def script() -> Response:
        return Response(widget.script(), media_type="text/javascript; charset=utf-8", headers={"cache-control": AGAIN})

    @web.get("/embed")
    def embed(request: Request) -> Response:
        return HTMLResponse(widget.page(request.query_params, session), headers={"cache-control": AGAIN})


def _metrics(session: Session, began: float) -> str:
    """Prometheus text."""
    running, waiting = session.jobs.load()
    ready = session.minds.of().readiness.state == "ready"
    lines = [
        "# HELP flipchart_runs Answers kept, by how they stand.",
        "# TYPE flipchart_runs gauge",
        *(f'flipchart_runs{{status="{status}"}} {count}' for status, count in sorted(session.store.counts().items())),
    ]
    gauges = {
        "running": (running, "Answers being written by this process."),
        "waiting": (waiting, "Answers waiting in this process."),
        "model_ready": (int(ready), "1 where the model can answer."),
        "memory_bytes": (_memory(), "Resident memory of this process."),
        "started_seconds": (round(began), "When this process began, in seconds since 1970."),
    }
    for name, (value, words) in gauges.items():
        lines += [f"# HELP flipchart_{name} {words}", f"# TYPE flipchart_{name} gauge", f"flipchart_{name} {value}"]
    return "\n".join(lines) + "\n"


def _memory() -> int:
    import resource

    with contextlib.suppress(OSError), open("/proc/self/statm") as statm:  # noqa: PTH123  (a kernel interface)
        return int(statm.read().split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


# -- serving ----------------------------------------------------------------------------------------------------------------


def serve(host: str = "127.0.0.1", port: int = 7860, model: str | None = None, browse: bool = False) -> None:
    """Serve until told to stop. Raises Problem where that cannot begin: the port is taken, or the machine would stand open."""
    import uvicorn

    from flipchart.gui.minds import Minds, open_planner
    from flipchart.gui.store import Store
    from flipchart.models.painter import open_painter
    from flipchart.models.settings import raw
    from flipchart.models.weights import home

    settings = raw()
    token = str(settings.get("token") or "")
    if not _is_local(host) and len(token) < 16:
        raise Problem(f"{host} can be reached by others; set FLIPCHART_TOKEN to a secret of 16 or more letters first, or use 127.0.0.1")
    hosts = [host, *_listed_in(settings.get("hosts")), *([] if _is_local(host) else [socket.gethostname()])]
    rules = Rules.of(hosts, _listed_in(settings.get("embed_origins")), token)
    listening = _listen(host, port)
    session = Session(Store(home(), settings.get("database")), Minds(open_planner, model), painter=open_painter())
    from flipchart.gui import chat

    address = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}"
    config = uvicorn.Config(
        app(session, rules, chat=chat.mount), log_level="warning", server_header=False, date_header=False, access_log=False,
        proxy_headers=False, timeout_graceful_shutdown=int(DRAIN_SECONDS),
    )  # fmt: skip
    print(f"Flipchart is at {address}", flush=True)
    if browse:
        import webbrowser

        threading.Timer(1.0, partial(webbrowser.open, address)).start()
    server = uvicorn.Server(config)
    heed = server.handle_exit

    def told(sig: int, frame: FrameType | None) -> None:
        server.force_exit = server.should_exit  # whoever says it twice means it
        heed(sig, frame)

    server.handle_exit = told  # type: ignore[method-assign]
    server.run(sockets=[listening])


def _is_local(host: str) -> bool:
    if host.lower() in LOCAL:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _listed_in(setting: Any) -> list[str]:
    """A setting that is a list, or words between commas."""
    return [str(one) for one in setting] if isinstance(setting, list) else [one for one in str(setting or "").split(",") if one.strip()]


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(BACKLOG)  # at once: until then another server could be started on the same port
    except OSError as error:
        listening.close()
        raise Problem(f"{host}:{port} cannot be listened on ({error.strerror or error}); choose another with --port") from None
    return listening
