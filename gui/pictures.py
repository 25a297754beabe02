"""A person's pictures, decoded where a faulty decoder can do no harm: in a process of its own with little memory and time.

`python -m flipchart.gui.pictures` is that process: bytes in, the picture written anew out.
"""

import subprocess
import sys
from typing import NoReturn

from flipchart.renderers.problem import Problem

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MOST_PIXELS = 25_000_000
MEMORY = 1 << 30  # bytes of address space
SECONDS = 15


def redrawn(content: bytes) -> bytes:
    """The picture as PNG (JPEG where it is a photograph), upright, first frame only, without anything else the file held.

    Raises Problem where it is no picture of FORMATS, or too large.
    """
    command = [sys.executable, "-I", "-m", "flipchart.gui.pictures"]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS + 5, check=False, env={})
    except subprocess.TimeoutExpired:
        raise Problem("the picture takes too long to open; save it again as PNG, then attach that") from None
    if done.returncode == 2:
        raise Problem(done.stderr.decode("utf-8", "replace").strip())
    if done.returncode != 0 or not done.stdout:
        raise Problem("the picture cannot be opened; save it again as PNG, then attach that")
    return done.stdout


def main() -> None:
    """Read a picture from standard input, write it anew to standard output; exit code 2 with one sentence where it is refused."""
    import io
    import resource
    import warnings

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=FORMATS) as opened:
            kind = opened.format
            # Exif is read for the way up only; what is written below carries none of it.
            picture = ImageOps.exif_transpose(opened).convert("RGBA" if opened.has_transparency_data else "RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        _refuse(f"the picture has more than {MOST_PIXELS // 1_000_000} million pixels; make it smaller")
    except UnidentifiedImageError:
        _refuse(f"this is no picture that can be read; save it as one of {', '.join(FORMATS)}")
    except (OSError, SyntaxError, ValueError, MemoryError):
        _refuse("the picture is damaged; save it again as PNG, then attach that")
    out = io.BytesIO()
    if kind == "JPEG" or (kind == "WEBP" and picture.mode == "RGB"):
        picture.save(out, "JPEG", quality=90)
    else:
        picture.save(out, "PNG")
    sys.stdout.buffer.write(out.getvalue())


def _refuse(sentence: str) -> NoReturn:
    sys.stderr.write(sentence)
    sys.exit(2)


if __name__ == "__main__":
    main()
