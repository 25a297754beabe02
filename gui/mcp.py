"""Other programs' door: an MCP server whose tools answer with text for the model and a view (MCP Apps) for the person."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from flipchart import __version__, assets
from flipchart.gui.asked import Asked
from flipchart.gui.session import Session
from flipchart.renderers.problem import Problem
from flipchart.renderers.registry import form
from flipchart.renderers.render import Page, read, write
from flipchart.renderers.sheet import told
from flipchart.renderers.spec import Spec, dump
from flipchart.renderers.text import to_html

if TYPE_CHECKING:
    from mcp.server import MCPServer
    from mcp_types import CallToolResult

VIEW = "ui://flipchart/view.html"

Form = Literal["text", "chart", "infographic", "slides", "whiteboard", "app", "image", "animation"]


def server(session: Session) -> "MCPServer[Any]":
    """The MCP server over a session: tools `draw` and `ask`."""
    from mcp.server import MCPServer
    from mcp.server.apps import Apps, ResourceCsp
    from mcp.server.mcpserver.exceptions import ToolError
    from mcp_types import CallToolResult

    apps = Apps()
    nothing = ResourceCsp(connect_domains=[], resource_domains=[], frame_domains=[], base_uri_domains=[])
    apps.add_html_resource(VIEW, view(), title="Flipchart", csp=nothing, prefers_border=True)

    @apps.tool(resource_uri=VIEW, name="draw", title="Draw a spec", structured_output=False)
    async def draw(spec: dict[str, Any] | str, theme: str = "light") -> CallToolResult:
        """Draw a chart, infographic, deck, whiteboard or other visual from its spec: Flipchart's JSON, Vega-Lite, Mermaid, Marp Markdown,
        AntV infographic syntax or Excalidraw. The person sees the picture."""
        try:
            given = read(spec)
            return await asyncio.to_thread(_shown, "", (given,), Page((given,), session.style(theme)), {})
        except Problem as problem:
            raise ToolError(str(problem)) from None

    @apps.tool(resource_uri=VIEW, name="ask", title="Ask Flipchart", structured_output=False)
    async def ask(question: str, form: Form | None = None, theme: str = "light") -> CallToolResult:
        """Ask a question; a model on the person's machine answers it with what shows it best: words, a chart, an infographic, slides, a
        whiteboard, a mini-app or a picture. The person sees it."""
        try:
            answer = await asyncio.to_thread(session.ask, Asked(text=question[:10_000], form=form, theme=theme))
            if answer.failed and not answer.visuals:
                raise ToolError(answer.failed)
            ids = {"conversation": answer.conversation, "run": answer.run}
            return await asyncio.to_thread(_shown, answer.text, answer.visuals, answer.page(), ids)
        except Problem as problem:
            raise ToolError(str(problem)) from None

    return MCPServer("flipchart", title="Flipchart", version=__version__, extensions=[apps], log_level="WARNING")


def _shown(text: str, specs: Sequence[Spec], page: Page, ids: dict[str, str]) -> "CallToolResult":
    """A tool's result: in words for the model, as pictures for the view."""
    from mcp_types import CallToolResult, TextContent

    visuals, words = [], [text] if text.strip() else []
    for spec in specs:
        drawn = write(Page((spec,), page.style, page.blobs), "svg")[0].decode()
        visuals.append({"form": spec.kind, "svg": drawn, "alt": form(spec.kind).alt(spec), "spec": dump(spec)})
        words.append("\n\n".join(filter(None, [form(spec.kind).markdown(spec), told(spec)])))
    structured = {"text": text, "html": to_html(text) if text.strip() else "", "visuals": visuals} | ids
    return CallToolResult(content=[TextContent(type="text", text="\n\n".join(words))], structured_content=structured)


def view() -> str:
    """The page a host shows: it draws what a tool answered, and reaches nothing."""
    return (
        '<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Flipchart</title><style>{assets.text('web/view.css')}</style></head>"
        f'<body><main id="shown"></main><script>{assets.text("web/view.js")}</script></body></html>'
    )
