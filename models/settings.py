"""Settings: `FLIPCHART_*` in the environment, else the same names in lower case in `flipchart.toml` in the data
directory."""

import os
import tomllib
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from flipchart.models import weights
from flipchart.renderers.problem import ModelProblem


class Settings(BaseModel):
    """What a person may set about models; the same file holds other settings, which others read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    model: str | None = None
    base_url: str | None = Field(default=None, pattern=r"^https?://\S+$")
    api_key: SecretStr | None = None  # goes to the host of `base_url` and to no other
    openai_api_key: SecretStr | None = None
    painter: str | None = None
    painter_api_key: SecretStr | None = None  # goes to the host of `painter` and to no other
    painter_adult: bool = False  # allows sexual pictures of adults
    painter_rungs: str = ""  # what makes painting faster here, by commas: see `painter_rungs.PAINTING`
    painter_restricted: bool = False  # allows picture models whose licence forbids commercial use
    engine_idle_seconds: float = Field(default=900.0, gt=0)
    turn_seconds: float | None = Field(default=None, gt=0)


def settings() -> Settings:
    """The settings as they are now; raises ModelProblem with the name of the one that cannot be used."""
    values = raw()
    if key := os.environ.get("OPENAI_API_KEY"):
        values.setdefault("openai_api_key", key)
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        name = "FLIPCHART_" + "_".join(str(step) for step in first["loc"]).upper()
        raise ModelProblem(f"The setting {name} cannot be used: {first['msg']}; correct or remove it.") from None


def raw() -> dict[str, Any]:
    """Every setting by its name in lower case, unchecked: the environment's over the file's."""
    place = weights.home() / "flipchart.toml"
    try:
        values = tomllib.loads(place.read_text("utf-8"))
    except FileNotFoundError:
        values = {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ModelProblem(f"The settings {str(place)!r} cannot be read ({error}); mend or remove the file.") from None
    prefix = "FLIPCHART_"
    for name, value in os.environ.items():
        if name.startswith(prefix) and value:
            values[name.removeprefix(prefix).lower()] = value
    return values
