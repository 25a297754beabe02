"""Small see-through pictures made large and crisp: their shapes are traced as curves, and drawn anew at any size."""

import io
from typing import Any

TRACED = 4  # times as large as the picture is what its curves are traced on
SMALLEST = 4  # px of a shape there, below which it is noise


def enlarged(picture: Any, width: int, height: int) -> Any:
    """The picture in the middle of width x height, see-through around it. It is RGBA whose colours are multiplied by its alpha already."""
    from PIL import Image
    from resvg_py import svg_to_bytes

    side = min(width, height)
    png = bytes(svg_to_bytes(svg_string=traced(picture), skip_system_fonts=True, width=side))
    whole = Image.new("RGBA", (width, height))
    whole.paste(Image.open(io.BytesIO(png)).convert("RGBA"), ((width - side) // 2, (height - side) // 2))
    return whole


def traced(picture: Any) -> str:
    """The picture's shapes as SVG, stacked, each in one colour."""
    import vtracer
    from PIL import Image

    large = straight(picture, TRACED)
    solid = large.getchannel("A").point(lambda alpha: 255 if alpha > 127 else 0)
    large.putalpha(solid)
    out = io.BytesIO()
    Image.composite(large, Image.new("RGBA", large.size), solid).save(out, "PNG", compress_level=1)
    return str(
        vtracer.convert_raw_image_to_svg(
            out.getvalue(), img_format="png", colormode="color", hierarchical="stacked", mode="spline", color_precision=6,
            layer_difference=16, filter_speckle=SMALLEST, path_precision=2,
        )
    )  # fmt: skip


def straight(picture: Any, times: int = 1) -> Any:
    """The picture `times` as large, with its colours no longer multiplied by its alpha."""
    from PIL import Image, ImageChops

    red, green, blue, alpha = picture.split()
    # A model may make a colour a little brighter than its alpha allows.
    held = Image.merge("RGBA", (*(ImageChops.darker(one, alpha) for one in (red, green, blue)), alpha))
    premultiplied = Image.frombytes("RGBa", held.size, held.tobytes())
    large = premultiplied.resize((held.width * times, held.height * times), Image.Resampling.BICUBIC)
    return large.convert("RGBA")
