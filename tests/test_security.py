"""What may not come in does not, and what goes out is dressed for it."""

import asyncio
import http.client
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException

from flipchart.gui import headers, server
from flipchart.gui.asked import Asked
from flipchart.gui.headers import Rules
from flipchart.gui.minds import always
from flipchart.gui.session import Session
from flipchart.gui.store import Store
from flipchart.models.events import Drawn, Event, Request, Said
from flipchart.renderers.problem import Problem
from flipchart.renderers.render import read

SECRET = "sk-live-0123456789abcdef"


class Echo:
    """Says back what it is told and draws it; breaks where it is told to."""

    def answer(self, request: Request) -> Iterator[Event]:
        if request.text == "break":
            raise RuntimeError(SECRET)
        yield Said(request.text)
        yield Drawn(read({"kind": "text", "id": "text1", "title": request.text[:60], "markdown": request.text}))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def session(home: Path) -> Iterator[Session]:
    opened = Session(Store(home), always(Echo()))
    yield opened
    opened.close(0.0)


RULES = Rules.of(["flip.example"], ["https://good.example", "https://*.wide.example:8443"], "")


@pytest.fixture(scope="module")
def address(session: Session, serve: Callable[[Any], str]) -> str:
    return serve(server.app(session, RULES))


@pytest.fixture(scope="module")
def visual(session: Session) -> str:
    run = session.ask(Asked(text="words"), "shown").run
    return next(one.id for one in session.store.visuals("shown") if one.run == run)


class Reply:
    """What came back: status, headers (lower case), body."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.status = answer.status
        self.headers = {name.lower(): value for name, value in answer.getheaders()}
        self.body = answer.read()


def send(address: str, method: str, path: str, body: bytes | None = None, **given_headers: str) -> Reply:
    """A request exactly as written: nothing of the path is tidied."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
    connection.putrequest(method, path, skip_host="host" in given_headers, skip_accept_encoding=True)
    for name, value in given_headers.items():
        connection.putheader(name.replace("_", "-"), value)
    if body is not None and "content_length" not in given_headers:
        connection.putheader("content-length", str(len(body)))
    connection.endheaders(body)
    reply = Reply(connection.getresponse())
    connection.close()
    return reply


READS = [
    "/healthz",
    "/metrics",
    "/api/status",
    "/api/conversations",
    "/api/conversations/shown",
    "/api/conversations/shown/export.md",
    "/api/conversations/nobody",
    "/api/runs/nobody/events",
    "/v/{visual}",
    "/v/{visual}?fragment=1",
    "/v/{visual}.svg",
    "/v/nobody",
    "/embed",
    "/embed?ask=x",
    "/widget.js",
    "/assets/web/frame.js",
    "/assets/fonts.css",
    "/assets/fonts/Inter-Regular.ttf",
    "/assets/none",
    "/mcp",
    "/nothing/at/all",
    "/v/{visual}.exe",
]
CHANGES = [
    ("POST", "/api/ask"),
    ("POST", "/api/files"),
    ("POST", "/api/runs/r/stop"),
    ("POST", "/api/runs/r/again"),
    ("POST", "/api/runs/r/thumb"),
    ("PATCH", "/api/conversations/shown"),
    ("DELETE", "/api/conversations/shown"),
    ("PATCH", "/v/{visual}"),
    ("POST", "/v/{visual}/undo"),
    ("POST", "/v/{visual}/redo"),
    ("POST", "/v/{visual}/as/chart"),
    ("POST", "/v/{visual}/design"),
    ("POST", "/v/{visual}/look"),
    ("POST", "/mcp"),
    ("PUT", "/anything"),
    ("DELETE", "/mcp"),
]

DIRECTIVES = {
    "default-src 'self'",
    "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "media-src 'self' data: blob:",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "frame-src 'self'",
    "manifest-src 'self'",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
}


def assert_dressed(reply: Reply, path: str) -> None:
    bare = path.split("?")[0]
    framed = bare == "/embed" or bare.startswith("/v/")
    ancestors = "frame-ancestors 'self'" + (" https://good.example https://*.wide.example:8443" if framed else "")
    assert {one.strip() for one in reply.headers["content-security-policy"].split(";")} == DIRECTIVES | {ancestors}
    assert reply.headers["connection-allowlist"] == "(response-origin)"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["referrer-policy"] == "no-referrer"
    assert reply.headers["cross-origin-opener-policy"] == "same-origin"
    assert reply.headers["cross-origin-resource-policy"] == ("cross-origin" if bare == "/widget.js" else "same-origin")
    assert reply.headers["permissions-policy"].startswith("camera=(), microphone=(), geolocation=()")
    assert "access-control-allow-origin" not in reply.headers
    assert "x-frame-options" not in reply.headers


@pytest.mark.parametrize("path", READS)
def test_every_answer_wears_the_headers(address: str, visual: str, path: str) -> None:
    path = path.format(visual=visual)
    for method in ("GET", "HEAD"):
        assert_dressed(send(address, method, path), path)


def test_failures_and_refusals_wear_them_too(address: str, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(session, "conversations", broken)
    failed = send(address, "GET", "/api/conversations")
    assert failed.status == 500
    assert SECRET.encode() not in failed.body
    assert_dressed(failed, "/api/conversations")
    refused = send(address, "GET", "/healthz", host="evil.example")
    assert refused.status == 403
    assert_dressed(refused, "/healthz")


EVIL_HOSTS = [
    "evil.example",
    "evil.example:7860",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "evil.example#localhost",
    "evil@localhost",
    "",
    "[",
    "localhost:port",
    "flip.example.evil.example",
    "xn--localhst-w4a",
    "localhost\\.evil.example",
    "2130706433.evil.example",
    "localhost/evil",
]


@pytest.mark.parametrize("host", EVIL_HOSTS)
def test_a_name_that_is_not_ours_is_refused(address: str, visual: str, host: str) -> None:
    for path in ("/healthz", "/api/conversations", f"/v/{visual}", "/widget.js"):
        assert send(address, "GET", path, host=host).status in (400, 403)


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:9", "LOCALHOST", "127.0.0.1:1", "[::1]:7860", "flip.example", "192.168.1.7:80", "localhost."]
)
def test_our_own_names_are_let_in(address: str, host: str) -> None:
    assert send(address, "GET", "/healthz", host=host).status == 200


@pytest.mark.parametrize(("method", "path"), CHANGES)
def test_another_site_changes_nothing(address: str, visual: str, session: Session, method: str, path: str) -> None:
    path = path.format(visual=visual)
    before = (session.store.visual(visual), session.conversations())
    strangers: list[dict[str, str]] = [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost.evil.example"},
        {"origin": "file://"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": "https://good.example"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"origin": "", "sec_fetch_site": "cross-site"},
        {"origin": f"chrome-extension://{urlsplit(address).netloc}"},
    ]
    for stranger in strangers:
        reply = send(address, method, path, b"{}", content_type="application/json", **stranger)
        assert reply.status == 403, stranger
        assert_dressed(reply, path)
    assert (session.store.visual(visual), session.conversations()) == before


def test_our_own_page_and_programs_may_change_things(address: str, visual: str) -> None:
    for stranger in ({"origin": address}, {"sec_fetch_site": "same-origin"}, {}):
        assert send(address, "POST", f"/v/{visual}/undo", b"", **stranger).status == 200


def test_no_site_is_ever_told_that_it_may_read(address: str) -> None:
    for origin in ("https://evil.example", "null", "https://good.example", address):
        for method, more in (("GET", {}), ("OPTIONS", {"access_control_request_method": "POST"})):
            reply = send(address, method, "/api/conversations", None, origin=origin, **more)
            assert not [name for name in reply.headers if name.startswith("access-control-allow-origin")]
            assert "access-control-allow-credentials" not in reply.headers


TRAVERSALS = [
    "../flipchart.db",
    "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/etc/passwd",
    "....//....//etc/passwd",
    "..\\..\\etc\\passwd",
    "/etc/passwd",
    "//etc/passwd",
    "web/../__init__.py",
    "web/%2e%2e/__init__.py",
    "web/..%5c__init__.py",
    "fonts/../../pyproject.toml",
    "fonts/Inter-Regular.ttf%00.css",
    "file:///etc/passwd",
    "web/frame.js/",
    "web//frame.js",
    "WEB/frame.js",
    "models.json",
    "__init__.py",
    "examples/../models.json",
    "~root/.bashrc",
    "web/frame.js?../../x",
]


@pytest.mark.parametrize("path", TRAVERSALS)
def test_nothing_but_what_is_listed_is_served(address: str, home: Path, path: str) -> None:
    for before in ("/assets/", "/v/", "/api/conversations/", "/api/conversations/shown/export.", "/api/runs/"):
        reply = send(address, "GET", before + path)
        known = before == "/assets/" and path.startswith("web/frame.js?")
        assert reply.status in ((200,) if known else (307, 400, 404, 405, 422)), (before, reply.status)
        assert b"root:" not in reply.body
        assert b"SQLite format" not in reply.body
        assert b"build-system" not in reply.body


def test_too_large_a_body_is_refused_however_it_is_announced(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headers, "LARGEST_BODY", 1000)
    assert send(address, "POST", "/api/ask", b"{}", content_length="2000").status == 413
    # Without a body: one that is not read makes the server's hanging up overtake its refusal.
    assert send(address, "POST", "/api/ask", b"", content_length="many").status in (400, 413)
    with pytest.raises(HTTPException) as refused:
        asyncio.run(swallowed(300, 300, 300, 300))
    assert refused.value.status_code == 413
    assert asyncio.run(swallowed(300, 300, 300)) == 900


async def swallowed(*sizes: int) -> int:
    """How many bytes of a body in pieces of these sizes come through."""
    pieces = [{"type": "http.request", "body": b"x" * size, "more_body": True} for size in sizes]

    async def receive() -> Any:
        return pieces.pop(0)

    counted = headers.bounded(receive)
    return sum([len((await counted())["body"]) for _ in sizes])


def test_what_breaks_tells_nothing_of_what_was_inside(address: str) -> None:
    asked = {"threadId": "b", "runId": "b", "messages": [{"id": "m", "role": "user", "content": "break"}]}
    told = send(address, "POST", "/api/ask", json.dumps(asked).encode(), content_type="application/json").body
    assert b"RUN_ERROR" in told
    assert SECRET.encode() not in told
    assert SECRET.encode() not in send(address, "GET", "/api/conversations/b").body


@given(st.text(max_size=200))
def test_no_file_name_can_add_a_header(title: str) -> None:
    value = server._attachment(title, "svg")["content-disposition"]
    assert not re.search(r"[\x00-\x1f\x7f]", value)
    value.encode("latin-1")
    assert value.startswith("attachment; filename=")
    assert "/" not in value
    assert "\\" not in value.replace('\\"', "")


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "https://*",
        "https://a.example/path",
        "javascript:alert(1)",
        "https://a.example; script-src *",
        "'none'",
        "data:",
        "https://a b",
    ],
)
def test_only_an_origin_may_embed(origin: str) -> None:
    with pytest.raises(Problem, match="is no origin"):
        Rules.of((), (origin,), "")


# -- with a token -------------------------------------------------------------------------------------------------------------

TOKEN = "a-secret-of-many-letters"


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Any], str]) -> str:
    inner = Session(Store(tmp_path_factory.mktemp("locked")), always(Echo()))
    return serve(server.app(inner, Rules.of((), (), TOKEN)))


def test_without_the_token_nothing_of_anyone_s_is_told(locked: str) -> None:
    for path in ("/", "/api/conversations", "/api/status", "/metrics", "/api/runs/r/events", "/api/conversations/last/export.md", "/mcp"):
        reply = send(locked, "GET", path)
        assert reply.status == 401, path
        assert_token_hidden(reply)
    for method, path in (
        ("POST", "/api/ask"),
        ("PATCH", "/v/x"),
        ("POST", "/mcp"),
        ("DELETE", "/api/conversations/x"),
        ("POST", "/v/x/undo"),
    ):
        assert send(locked, method, path, b"{}").status == 401, path
    for path in ("/healthz", "/widget.js", "/embed", "/assets/fonts.css"):
        assert send(locked, "GET", path).status == 200, path
    assert send(locked, "GET", "/v/x").status == 404


def assert_token_hidden(reply: Reply) -> None:
    assert TOKEN.encode() not in reply.body
    assert TOKEN not in str(reply.headers)


def test_the_token_opens_once_and_the_browser_remembers(locked: str) -> None:
    opened = send(locked, "GET", f"/api/status?x=1&token={TOKEN}")
    assert (opened.status, opened.headers["location"]) == (303, "/api/status?x=1")
    cookie = opened.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert_token_hidden(opened)
    assert send(locked, "GET", "/api/status", cookie=cookie.split(";")[0]).status == 200
    assert send(locked, "GET", "/api/status", authorization=f"Bearer {TOKEN}").status == 200


@pytest.mark.parametrize("wrong", ["", "x", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "é"])
def test_a_wrong_token_opens_nothing(locked: str, wrong: str) -> None:
    assert send(locked, "GET", "/api/status", authorization=f"Bearer {wrong}".encode().decode("latin-1")).status == 401
    assert send(locked, "GET", "/api/status", cookie=f"flipchart={wrong}".encode().decode("latin-1")).status == 401
    assert send(locked, "GET", f"/api/status?token={wrong.encode().hex()}").status == 401


def test_the_way_in_leads_nowhere_else(locked: str) -> None:
    for path in ("//evil.example/", "/\\evil.example", "///evil.example"):
        reply = send(locked, "GET", f"{path}?token={TOKEN}")
        assert not reply.headers.get("location", "/").startswith(("//", "/\\", "http"))


@pytest.mark.parametrize(
    ("path", "site", "referer", "told"),
    [
        ("/v/x", "cross-site", "https://bad.example/", "https://bad.example"),
        ("/embed", "cross-site", "https://good.example.bad.example/", "https://good.example.bad.example"),
        ("/embed", "same-site", "https://good.example/", ""),
        ("/v/x", "cross-site", "https://a.wide.example:8443/", ""),
        ("/v/x", "cross-site", "https://a.wide.example/", "https://a.wide.example"),
        ("/v/x", "cross-site", "", ""),  # an allowed page that hides where it is: its browser decides
        ("/v/x", "cross-site", 'https://"><script>/', ""),
        ("/v/x", "same-origin", "https://flip.example/", ""),
        ("/api/conversations", "cross-site", "https://bad.example/", ""),
    ],
)
def test_a_page_that_may_not_frame_a_visual_is_told_what_to_set(path: str, site: str, referer: str, told: str) -> None:
    framed = {"sec-fetch-dest": "iframe", "sec-fetch-site": site, "referer": referer}
    assert RULES.stranger(path, framed) == told
    assert RULES.stranger(path, framed | {"sec-fetch-dest": "document"}) == ""
    nobody = Rules.of((), (), "").stranger(path, framed)
    assert nobody.startswith(("https://", "another site")) == (site != "same-origin" and path != "/api/conversations")
    assert "<" not in nobody
