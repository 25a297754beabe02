"""The shipped fonts: what is listed is there, small enough, readable, and speaks the world's scripts."""

import json
import re
from pathlib import Path

import pytest
import uharfbuzz
from fontTools.ttLib import TTFont

from flipchart.renderers.html import fonts_for
from flipchart.renderers.style import style

FONTS = Path(__file__).parent.parent / "assets" / "fonts"
LISTED = json.loads((FONTS / "fonts.json").read_text(encoding="utf-8"))
MEGABYTE = 1 << 20

SAMPLES = {
    "Latin": "Größe, naïve, façade, Łódź, İstanbul, Tiếng Việt “quoted” – 12 €",
    "Greek": "Αθήνα, λόγος",
    "Cyrillic": "Москва, Київ, Қазақстан",
    "simplified Chinese": "我们的客户满意度提高了，数据库与网络安全。",
    "traditional Chinese": "我們的客戶滿意度提高了，資料庫與網路安全。",
    "Japanese": "お客様の満足度が上がりました。データベースと経済の円グラフ",
    "Korean": "고객 만족도가 높아졌습니다 뷁",
    "Arabic": "رضا العملاء، ٢٠٢٦",
    "Persian and Urdu": "گفتگو پچژ ٹڈڑ ے",
    "Hebrew": "שביעות רצון הלקוחות",
    "Devanagari": "ग्राहक संतुष्टि क्षत्रिय",
    "Thai": "ความพึงพอใจของลูกค้า",
    "Bengali": "গ্রাহক সন্তুষ্টি",
    "Tamil": "வாடிக்கையாளர் திருப்தி",
    "Telugu": "వినియోగదారు సంతృప్తి",
    "Gujarati": "ગ્રાહક સંતોષ",
    "Gurmukhi": "ਗਾਹਕ ਸੰਤੁਸ਼ਟੀ",
    "Kannada": "ಗ್ರಾಹಕ ತೃಪ್ತಿ",
    "Malayalam": "ഉപഭോക്തൃ സംതൃപ്തി",
    "Sinhala": "පාරිභෝගික තෘප්තිය",
    "Odia": "ଗ୍ରାହକ ସନ୍ତୁଷ୍ଟି",
    "Khmer": "ការពេញចិត្ត",
    "Lao": "ຄວາມພໍໃຈ",
    "Myanmar": "ဖောက်သည်",
    "Georgian": "კმაყოფილება",
    "Armenian": "Գոհունակություն",
    "Ethiopic": "የደንበኛ እርካታ",
    "Tibetan": "བོད་སྐད",
    "emoji": "😀🚀👩❤🎉🇩🇪",
    "signs": "→ ⇒ ↗ ✓ ✗ ★ ☎ ∑ ∫ ≤ ≠ ∞ √ ℝ ½ ² ₂ ■ ◆ ①",
}


@pytest.fixture(scope="module")
def faces() -> dict[str, uharfbuzz.Face]:
    """Every listed file, opened."""
    return {font["file"]: uharfbuzz.Face(uharfbuzz.Blob.from_file_path(FONTS / font["file"])) for font in LISTED}


def test_the_list_names_exactly_the_files_that_are_there() -> None:
    assert sorted(font["file"] for font in LISTED) == sorted(path.name for path in FONTS.glob("*.ttf"))


def test_every_font_comes_with_its_licence() -> None:
    for font in LISTED:
        assert "SIL OPEN FONT LICENSE" in (FONTS / font["licence"]).read_text(encoding="utf-8").upper()


def test_fonts_stay_within_their_budget() -> None:
    sizes = [(FONTS / font["file"]).stat().st_size for font in LISTED]
    assert max(sizes) <= 20 * MEGABYTE
    assert sum(sizes) <= 45 * MEGABYTE


def test_family_and_weight_of_every_file_are_the_listed_ones() -> None:
    for font in LISTED:
        with TTFont(FONTS / font["file"], lazy=True) as opened:
            names = opened["name"]
            assert (names.getDebugName(16) or names.getDebugName(1)) == font["family"]
            assert opened["OS/2"].usWeightClass == font["weight"]


def test_each_family_and_weight_is_listed_once() -> None:
    pairs = [(font["family"], font["weight"]) for font in LISTED]
    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize("office", ["Arial", "Calibri"])
def test_office_faces_have_a_twin_in_regular_and_bold(office: str) -> None:
    assert sorted(font["weight"] for font in LISTED if font["office"] == office) == [400, 700]


@pytest.mark.parametrize("script", SAMPLES)
def test_no_character_of_the_sample_is_a_box(script: str, faces: dict[str, uharfbuzz.Face]) -> None:
    drawable = set().union(*(face.unicodes for face in faces.values()))
    assert [sign for sign in SAMPLES[script] if ord(sign) not in drawable] == []


@pytest.mark.parametrize("script", ["simplified Chinese", "traditional Chinese", "Japanese"])
def test_everyday_chinese_and_japanese_are_there_in_bold(script: str, faces: dict[str, uharfbuzz.Face]) -> None:
    bold = set().union(*(faces[font["file"]].unicodes for font in LISTED if font["weight"] == 700))
    assert [sign for sign in SAMPLES[script] if ord(sign) not in bold] == []


def test_kana_and_hangul_find_the_faces_made_for_them(faces: dict[str, uharfbuzz.Face]) -> None:
    def first(sign: str) -> object:
        return next(font["family"] for font in LISTED if ord(sign) in faces[font["file"]].unicodes)

    assert {first(sign) for sign in "かなカナ"} == {"Noto Sans JP"}
    assert {first(sign) for sign in "한글"} == {"Noto Sans KR"}
    assert {first(sign) for sign in "汉字漢"} == {"Noto Sans SC"}


@pytest.mark.parametrize("words", ["複利", "चक्रवृद्धि", "مرحبا"])
def test_a_page_on_its_own_brings_every_script_at_every_weight_it_is_set_in(words: str) -> None:
    look = style()
    rules = re.findall(r"font-family:'([^']+)';font-weight:(\d+);[^}]*?unicode-range:([^}]+)", fonts_for(words, look))
    for family, weight in ((look.sans, 400), (look.sans, look.bold), (look.heading, look.bold)):
        reached = {point for name, heavy, spread in rules if (name, int(heavy)) == (family, weight) for point in spread.split(",")}
        assert {f"U+{ord(letter):X}" for letter in words} <= reached
