"""Makes the pictures of the README: one of each form from the shipped examples, and the chat in a real browser.

make pictures
"""

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from flipchart.gui.gallery import page_of
from flipchart.renderers import png
from flipchart.renderers.render import draw, pages

HERE = Path(__file__).parent
SHOWN = {
    "chart": ("power-mix", 0), "infographic": ("sleep-tips", 0), "whiteboard": ("shop-services", 0), "slides": ("vaccines", 2),
    "app": ("mortgage", 0), "animation": ("water", 0), "image": ("fox", 0), "text": ("python-rotate", 0),
}  # fmt: skip
"""For each form the example that is shown, and which of its pages."""
WIDTH = 720.0
PORT = 7899


def forms() -> None:
    """docs/gallery/<form>.png, 720 px wide."""
    (HERE / "gallery").mkdir(exist_ok=True)
    for kind, (name, number) in SHOWN.items():
        page = page_of(kind, name, width=WIDTH)
        drawing = (pages(page.main, page.style, WIDTH) if number else [draw(page.main, page.style, WIDTH)])[number]
        (HERE / "gallery" / f"{kind}.png").write_bytes(png.write(drawing, page.blobs, scale=1.25))


def chat() -> None:
    """docs/chat.png: the page as it opens, its finished visuals on it."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as home:
        script = Path(home) / "script.jsonl"
        script.write_text("")
        environment = os.environ | {"FLIPCHART_HOME": home, "FLIPCHART_MODEL": f"scripted:{script}"}
        server = subprocess.Popen([sys.executable, "-m", "flipchart", "serve", "--port", str(PORT)], env=environment)
        try:
            _wait(f"http://127.0.0.1:{PORT}/healthz")
            with sync_playwright() as browsers:
                browser = browsers.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
                page = browser.new_page(viewport={"width": 1280, "height": 900}, device_scale_factor=1)
                page.goto(f"http://127.0.0.1:{PORT}/")
                page.wait_for_load_state("networkidle")
                page.wait_for_timeout(1500)
                page.screenshot(path=str(HERE / "chat.png"))
                browser.close()
        finally:
            server.terminate()
            server.wait(20)


def _wait(address: str, seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise SystemExit(f"{address} does not answer")


if __name__ == "__main__":
    forms()
    chat()
