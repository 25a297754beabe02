"""Diffusion models by name: an alias, a hub repository or a folder; how each is run well, under which licence, and where it lies.

Nothing is fetched here unless `pull` is called. What is opened is a folder of safetensors whose parts are classes of diffusers and
transformers: no pickle, no code.
"""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from flipchart import assets
from flipchart.renderers.problem import Missing, ModelProblem

SHIPPED = "assets:"  # before a folder among the assets, in place of a repository
LIBRARIES = ("diffusers", "transformers")  # whose classes a pipeline may be made of
WANTED = (".json", ".safetensors", ".txt", ".model", ".jinja", ".md")  # endings that are fetched
_RESTRICTED = re.compile(r"non-?commercial|research|cc-by-nc|kommunity|openrail-?nc", re.I)
_CONDITIONAL = re.compile(r"community|openrail|gemma|nvidia|other", re.I)


class Model(BaseModel):
    """A diffusion model and how it is run well; None leaves a measure to the pipeline's own default."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    repository: str
    """An id on the hub, or a folder."""
    pipeline: str = ""
    """The class of diffusers that it needs; empty: what its folder says."""
    steps: int | None = Field(default=None, gt=0)
    guidance: float | None = None
    guided_by: str = "guidance_scale"
    negative: str = ""
    """What is not wanted, where nothing is said; some models switch guidance off without it."""
    batch: int = Field(default=1, gt=0)
    """Pictures painted in one go on a GPU: more than one only where a step is shorter than starting it."""
    memory_gb: float = 0.0
    """GPU memory it takes in bfloat16; 0: not known."""
    licence: str = ""
    side: int = 0
    """It paints see-through squares of so many px, whose colours are multiplied by their alpha, and which are enlarged; 0: any size."""
    text: str = ""
    """The weights that read its prompts, where its own folder has none."""

    @property
    def folder(self) -> Path | None:
        """Where it lies, for a model that is shipped or named by a path."""
        if self.repository.startswith(SHIPPED):
            return assets.path(self.repository.removeprefix(SHIPPED))
        given = Path(self.repository).expanduser()
        return given if given.is_absolute() or given.exists() or self.repository.startswith((".", "~")) else None


@dataclass(frozen=True, slots=True)
class Found:
    """A model's folder on this machine, looked through: its pipeline's class, weights in bytes, licence, what to know of that, and the
    names of its parts."""

    folder: Path
    pipeline: str
    size: int
    licence: str
    warning: str = ""
    parts: frozenset[str] = frozenset()


@cache
def _listed() -> tuple[dict[str, str], dict[str, Model]]:
    held = json.loads(assets.text("painters.json"))
    models = [Model.model_validate(one) for one in held["models"]]
    return held["aliases"], {one.name: one for one in models}


def models() -> dict[str, Model]:
    """The known models by their names, and by the aliases they are also called."""
    aliases, known = _listed()
    return {alias: known[name] for alias, name in aliases.items()} | known


def find(name: str) -> Model:
    """The model called `name`: an alias, a known name, a hub id, or a folder. Raises Missing for anything else."""
    known = models()
    if name in known:
        return known[name]
    for one in known.values():
        if one.repository.lower() == name.lower():
            return one
    unknown = Model(name=Path(name).name, repository=name)
    if unknown.folder is None and not re.fullmatch(r"[A-Za-z0-9][\w.-]*/[\w.-]+", name):
        raise Missing(f"there is no picture model {name!r}; use {', '.join(known)}, a hub id such as OWNER/NAME, or a folder")
    return unknown


def located(model: Model) -> Path:
    """The model's folder on this machine; nothing is fetched. Raises Missing where it is not here."""
    if model.folder is not None:
        if not model.folder.is_dir():
            raise Missing(f"there is no folder {str(model.folder)!r} for the picture model; correct its path")
        return model.folder
    hub = _hub()
    try:
        return Path(hub.snapshot_download(model.repository, local_files_only=True))
    except (hub.errors.LocalEntryNotFoundError, OSError, ValueError):
        size = f" (about {model.memory_gb:.0f} GB)" if model.memory_gb else ""
        raise Missing(
            f"the picture model {model.repository} is not on this machine; fetch it{size} with "
            f"`flipchart models pull diffusers:{model.name if models().get(model.name) == model else model.repository}`"
        ) from None


def opened(model: Model, *, restricted: bool = False) -> Found:
    """The model's folder, found fit to be loaded. `restricted` allows licences that forbid commercial use.

    Raises Missing where it is not here, ModelProblem where it is no pipeline, is not safetensors, brings code, or may not be used.
    """
    folder = located(model)
    name = model.name
    index = _index(folder, name)
    pipeline = index.get("_class_name")
    if not isinstance(pipeline, str):
        raise ModelProblem(f"the picture model {name!r} brings a pipeline of its own code, which is never run; choose one of diffusers")
    for part, made in index.items():
        if not part.startswith("_") and isinstance(made, list):
            _fit(folder, name, part, made)
    size = sum(file.stat().st_size for file in folder.glob("**/*.safetensors"))
    licence = model.licence or _card(folder)
    if _RESTRICTED.search(licence) and not restricted:
        raise ModelProblem(
            f"the licence of the picture model {name!r} ({licence}) forbids commercial use; choose another, or set "
            "FLIPCHART_PAINTER_RESTRICTED=1 if your use is allowed"
        )
    warning = ""
    if not licence:
        warning = "its licence is not known"
    elif _RESTRICTED.search(licence) or _CONDITIONAL.search(licence):
        warning = f"its licence, {licence}, sets conditions"
    return Found(folder, pipeline, size, licence, warning, frozenset(index))


def _index(folder: Path, name: str) -> dict[str, Any]:
    place = folder / "model_index.json"
    try:
        index = json.loads(place.read_text("utf-8"))
    except FileNotFoundError:
        held = sorted(file.suffix for file in folder.iterdir() if file.is_file() and file.suffix)
        what = f"it holds {', '.join(dict.fromkeys(held))} files" if held else "it is empty"
        raise ModelProblem(
            f"the picture model {name!r} cannot be loaded: its folder is not a diffusers pipeline (no model_index.json; {what}); "
            "choose a folder written by save_pretrained"
        ) from None
    except (OSError, ValueError) as error:
        raise ModelProblem(f"the picture model {name!r} cannot be loaded: model_index.json cannot be read ({error})") from None
    return index if isinstance(index, dict) else {}


def _fit(folder: Path, name: str, part: str, made: list[Any]) -> None:
    """Raises ModelProblem where a part of the pipeline is code, or has weights that are not safetensors."""
    library = made[0] if made else None
    if library is not None and library not in LIBRARIES and not _of_diffusers(str(library)):
        raise ModelProblem(
            f"the picture model {name!r} needs code of its own for its {part} ({library}), which is never run; choose another"
        )
    place = folder / part
    weights = {file.suffix for file in place.glob("*") if file.suffix in {".bin", ".ckpt", ".pt", ".pth", ".pkl", ".safetensors"}}
    if weights and ".safetensors" not in weights:
        raise ModelProblem(
            f"the picture model {name!r} has its {part} as {', '.join(sorted(weights))}, which can hold code; choose one in safetensors"
        )


def _of_diffusers(library: str) -> bool:
    """True for a folder of diffusers' own pipelines, which an index may name as a library."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", library):
        return False
    import importlib.util

    return importlib.util.find_spec(f"diffusers.pipelines.{library}") is not None


def _card(folder: Path) -> str:
    """The licence that the model's card tells, or ""."""
    place = folder / "README.md"
    if not place.is_file():
        return ""
    head = place.read_text("utf-8", "replace").split("---")
    told = dict(re.findall(r"^(license(?:_name)?):\s*[\"']?([^\"'\n]+)", head[1], re.M)) if len(head) > 2 else {}
    return str(told.get("license_name") or told.get("license") or "").strip()


def pull(model: Model, *, restricted: bool = False) -> Path:
    """Fetch the model from the hub into the hub's own cache: safetensors and what describes them. Its folder.

    Raises Missing where the hub cannot be reached, ModelProblem where there is no such model, no room, or its licence forbids it.
    """
    if model.folder is not None:
        return opened(model, restricted=restricted).folder
    if _RESTRICTED.search(model.licence) and not restricted:
        raise ModelProblem(
            f"the licence of {model.repository} ({model.licence}) forbids commercial use; "
            "set FLIPCHART_PAINTER_RESTRICTED=1 if yours is allowed"
        )
    hub = _hub()
    try:
        info = hub.HfApi().model_info(model.repository, files_metadata=True)
        wanted = dict(_wanted(info.siblings or ()))
        if "model_index.json" not in wanted:
            raise ModelProblem(f"{model.repository} is not a diffusers pipeline (it has no model_index.json); choose another")
        here = Path(hub.constants.HF_HUB_CACHE)
        room = shutil.disk_usage(next(place for place in (here, *here.parents) if place.exists())).free
        size = sum(wanted.values())
        if size > room:
            raise ModelProblem(f"{model.repository} needs {size / 1e9:.1f} GB, and {here} has {room / 1e9:.1f} GB left; make room there")
        hub.snapshot_download(model.repository, allow_patterns=list(wanted))
    except (hub.errors.RepositoryNotFoundError, hub.errors.GatedRepoError):
        raise ModelProblem(
            f"the hub shows no model {model.repository}; check its name, or accept its terms there and log in (`hf auth login`)"
        ) from None
    except (hub.errors.HfHubHTTPError, hub.errors.LocalEntryNotFoundError, OSError) as error:
        raise Missing(f"{model.repository} cannot be fetched ({type(error).__name__}); connect to the internet and try again") from None
    return opened(model, restricted=restricted).folder


def _wanted(files: Any) -> Iterator[tuple[str, int]]:
    """The files of a repository that are fetched, with their bytes: parts' weights once, no single checkpoint, no copies in other forms."""
    for file in files:
        name = str(file.rfilename)
        loose = "/" not in name and name.endswith(".safetensors")
        variant = re.search(r"\.(fp16|bf16|non_ema|ema_only)[.-]", name)
        if name.endswith(WANTED) and not loose and not variant:
            yield name, int(file.size or 0)


def _hub() -> Any:
    try:
        import huggingface_hub
        import huggingface_hub.constants
        import huggingface_hub.errors
    except ImportError:
        raise Missing("painting by diffusion needs torch and diffusers; pip install 'flipchart[images]'") from None
    return huggingface_hub
