"""The door every request passes: which hosts and origins may knock, how much they may bring, and the headers each answer wears.

The content policy keeps pages from reaching other hosts; it does not keep scripts out ('unsafe-inline' and 'unsafe-eval' are what
Gradio needs). What keeps scripts out is that nothing a model, a file or a page wrote is sent as HTML unless sanitised or sandboxed.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from flipchart.renderers.problem import Problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 32_000_000  # bytes
COOKIE = "flipchart"
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FRAMES = frozenset({"iframe", "frame", "embed", "object"})  # what a browser says that a page of another site frames by
# What may be had without the token: nothing in it is anyone's, or its address cannot be guessed.
OPEN = ("/healthz", "/widget.js", "/embed", "/assets/", "/v/")

POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' data: blob:; connect-src 'self'; worker-src 'self' blob:; "
    "frame-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors {ancestors}"
)
FIXED = {
    "connection-allowlist": "(response-origin)",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": (
        "camera=(), microphone=(), geolocation=(), display-capture=(), clipboard-read=(), usb=(), serial=(), hid=(), bluetooth=(), "
        "payment=(), publickey-credentials-get=()"
    ),
}
_HOST = re.compile(r"(?:(?P<name>[A-Za-z0-9._-]{1,253})|\[(?P<address>[0-9a-fA-F:.]{2,45})\])(?::\d{1,5})?")
_TOO_LARGE = f"this is more than {LARGEST_BODY // 1_000_000} MB; send less"
_ORIGIN = re.compile(r"https?://(?:\*\.)?[A-Za-z0-9.-]+(?::\d{1,5})?|https?://\[[0-9a-fA-F:]+\](?::\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Rules:
    """Who may reach the server: host names besides this machine's own, origins that may embed it, and the token others need."""

    hosts: frozenset[str] = frozenset()
    embedders: tuple[str, ...] = ()
    token: str = ""

    @classmethod
    def of(cls, hosts: Iterable[str], embedders: Iterable[str], token: str) -> "Rules":
        """The rules as configured; raises Problem where an origin cannot be one."""
        origins = tuple(origin.strip().rstrip("/") for origin in embedders if origin.strip())
        for origin in origins:
            if not _ORIGIN.fullmatch(origin):
                raise Problem(f"FLIPCHART_EMBED_ORIGINS: {origin!r} is no origin; write it like https://example.com")
        return cls(frozenset(host.strip().lower() for host in hosts if host.strip()), origins, token)

    def ancestors(self, path: str) -> str:
        """Who may frame what is at `path`, as a source list."""
        return " ".join(["'self'", *self.embedders]) if _framable(path) else "'self'"

    def stranger(self, path: str, headers: Mapping[str, str]) -> str:
        """The site whose page is about to frame `path` and may not, as far as its browser tells ("another site"); empty where none is.

        This only decides which page is told; what keeps a visual out of a frame is `ancestors`.
        """
        framed = headers.get("sec-fetch-dest") in FRAMES and headers.get("sec-fetch-site") in ("cross-site", "same-site")
        if not framed or not _framable(path):
            return ""
        parts = urlsplit(headers.get("referer", ""))
        origin = f"{parts.scheme}://{parts.netloc}" if _ORIGIN.fullmatch(f"{parts.scheme}://{parts.netloc}") else ""
        allowed = any(fnmatchcase(origin, one) for one in self.embedders) if origin else bool(self.embedders)
        return "" if allowed else origin or "another site"


class Guard:
    """ASGI middleware: refuses what may not come in, and dresses what goes out."""

    def __init__(self, app: "ASGIApp", rules: Rules) -> None:
        self.app, self.rules = app, rules

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass a request on, or answer it here."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
                return
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        dressed = self._dressed(scope["path"], send)
        refusal, stranger = self._refusal(scope["method"], scope["path"], headers), self.rules.stranger(scope["path"], headers)
        if stranger and not refusal:
            await _turned_away(self._dressed(scope["path"], send, "*"), stranger)
        elif refusal:
            await _answer(dressed, *refusal)
        elif self.rules.token and not self._known(scope, headers):
            await self._unknown(scope, dressed)
        else:
            await self.app(scope, bounded(receive), dressed)

    def _refusal(self, method: str, path: str, headers: dict[str, str]) -> tuple[int, str] | None:
        host = headers.get("host", "")
        if not self._is_ours(host):
            return 403, f"this server is not {host[:80]!r}; open it by its own name, or add that one to FLIPCHART_HOSTS"
        if method not in SAFE and not _same_origin(headers, host):
            return 403, "another site may not change anything here; use the page this server serves"
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > LARGEST_BODY:
            return 413, _TOO_LARGE
        return None

    def _is_ours(self, host: str) -> bool:
        """True for this machine, configured names, and bare addresses: only names can be made to point elsewhere."""
        found = _HOST.fullmatch(host)
        if found is None:
            return False
        name = (found["name"] or found["address"]).rstrip(".").lower()
        if name in LOCAL or name in self.rules.hosts:
            return True
        try:
            ip_address(name)
        except ValueError:
            return False
        return True

    def _known(self, scope: "Scope", headers: dict[str, str]) -> bool:
        path = scope["path"]
        if scope["method"] in SAFE and any(path == one or (one.endswith("/") and path.startswith(one)) for one in OPEN):
            return True
        given = headers.get("authorization", "")
        if given.lower().startswith("bearer "):
            return hmac.compare_digest(given[7:].strip().encode(), self.rules.token.encode())
        cookies = dict(part.strip().partition("=")[::2] for part in headers.get("cookie", "").split(";"))
        return hmac.compare_digest(cookies.get(COOKIE, "").encode(), _mark(self.rules.token).encode())

    async def _unknown(self, scope: "Scope", send: "Send") -> None:
        """Let a person in who opens the page with its token once; tell the others."""
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = dict(query).get("token", "")
        if scope["method"] == "GET" and hmac.compare_digest(given.encode(), self.rules.token.encode()):
            rest = urlencode([pair for pair in query if pair[0] != "token"])
            where = (quote(re.sub(r"^/+", "/", scope["path"])) + (f"?{rest}" if rest else "")).encode()
            cookie = f"{COOKIE}={_mark(self.rules.token)}; HttpOnly; SameSite=Strict; Path=/; Max-Age=31536000"
            await send({"type": "http.response.start", "status": 303, "headers": [(b"location", where), (b"set-cookie", cookie.encode())]})
            await send({"type": "http.response.body", "body": b""})
            return
        await _answer(send, 401, "this Flipchart asks for its token; open it with ?token=… once, or send it as a bearer token")

    def _dressed(self, path: str, send: "Send", ancestors: str = "") -> "Send":
        """`send`, every answer wearing the headers."""
        worn = FIXED | {
            "content-security-policy": POLICY.format(ancestors=ancestors or self.rules.ancestors(path)),
            "cross-origin-resource-policy": "cross-origin" if path == "/widget.js" else "same-origin",
        }

        async def dressed(message: "Message") -> None:
            if message["type"] == "http.response.start":
                kept = [(name, value) for name, value in message.get("headers", ()) if name.decode("latin-1").lower() not in worn]
                message = {**message, "headers": [*kept, *((name.encode(), value.encode()) for name, value in worn.items())]}
            await send(message)

        return dressed


def _framable(path: str) -> bool:
    return path == "/embed" or path.startswith("/v/")


def _same_origin(headers: dict[str, str], host: str) -> bool:
    """True where the request is from a page of this server, or from no page at all (a program)."""
    origin = headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc.lower() == host.lower() and urlsplit(origin).scheme in ("http", "https")
    return headers.get("sec-fetch-site", "none") in ("same-origin", "none")


def _mark(token: str) -> str:
    """What the cookie holds: it lets in like the token, but does not tell it."""
    return hashlib.sha256(b"flipchart cookie " + token.encode()).hexdigest()


def bounded(receive: "Receive") -> "Receive":
    """`receive`, which refuses a body that grows past LARGEST_BODY without having said so."""
    from starlette.exceptions import HTTPException

    come = 0

    async def counted() -> "Message":
        nonlocal come
        message = await receive()
        if message["type"] == "http.request":
            come += len(message.get("body", b""))
            if come > LARGEST_BODY:
                raise HTTPException(413, _TOO_LARGE)
        return message

    return counted


async def _turned_away(send: "Send", site: str) -> None:
    """Say in the frame itself why it stays empty; nothing of anyone's is in it."""
    from flipchart.gui.frames import sorry

    name = site if "://" in site else "its origin, like https://example.com,"
    body = sorry(f"Flipchart is not shown here: {site} is not allowed to frame it. Add {name} to FLIPCHART_EMBED_ORIGINS "
                 "where Flipchart runs, and start it again.").encode()  # fmt: skip
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _answer(send: "Send", status: int, sentence: str) -> None:
    body = json.dumps({"error": sentence}, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
