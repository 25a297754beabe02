"""Type is measured with the shipped fonts, fits its room, and is cut only when nothing else helps."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipchart.renderers.typeset import _pieces, break_lines, clean, font_for, measure, missing, place, rtl

SAMPLES = {
    "en": "The evening gets darker and cooler than the day was",
    "el": "Το βράδυ γίνεται πιο σκοτεινό και πιο δροσερό",
    "ru": "Вечером становится темнее и прохладнее, чем днём",
    "zh": "晚上更暗、更凉爽、更安静时，睡眠会改善。",
    "ja": "夜が暗く涼しく静かになると、眠りは良くなります。",
    "ko": "저녁이 어둡고 시원하고 조용하면 잠이 좋아집니다.",
    "ar": "ينام الناس أفضل عندما يكون المساء أهدأ",
    "he": "אנשים ישנים טוב יותר כשהערב שקט",
    "hi": "शाम जितनी शांत और ठंडी हो, नींद उतनी ही अच्छी",
    "th": "ผู้คนนอนหลับได้ดีขึ้นเมื่อตอนเย็นเงียบสงบ",
}


@pytest.mark.parametrize("words", SAMPLES.values(), ids=SAMPLES)
def test_no_script_lacks_a_glyph(words: str) -> None:
    assert missing(words) == ""


@pytest.mark.parametrize("words", SAMPLES.values(), ids=SAMPLES)
@pytest.mark.parametrize("width", [60, 140, 400])
def test_every_line_is_as_narrow_as_asked(words: str, width: float) -> None:
    assert all(wide <= width + 0.1 for _, wide in break_lines(words, width, 16))


@pytest.mark.parametrize(
    "words", ["12.19/10 מפה 40/8.5 לפני 7.75 שיוצאים", "١٢ رحلة 12.5/40 قبل (8:30) السفر", "room 4/12 חדר 11.5/90 open"]
)
def test_digits_among_right_to_left_letters_stay_within_the_line(words: str) -> None:
    for width in range(60, 340):
        assert all(wide <= width + 0.1 for _, wide in break_lines(words, width, 16)), width


@pytest.mark.parametrize("words", SAMPLES.values(), ids=SAMPLES)
def test_no_character_is_lost_in_breaking(words: str) -> None:
    joined = "".join(line for line, _ in break_lines(words, 120, 16))
    assert joined.replace(" ", "") == words.replace(" ", "")


# A syllable starts only where a bar stands, as a reader of the language would divide it.
SYLLABLES = {
    "การเรียนรู้ภาษาไทย": "การ|เรียน|รู้|ภาษา|ไทย",
    "ประเทศ": "ประ|เทศ",
    "จันทร์": "จันทร์",
    "ความสุข": "ความ|สุข",
    "นอนหลับ": "นอน|หลับ",
    "ປະເທດລາວ": "ປະ|ເທດ|ລາວ",
    "ភាសាខ្មែរ": "ភា|សា|ខ្មែរ",
    "မြန်မာဘာသာ": "မြန်|မာ|ဘာ|သာ",
}


@pytest.mark.parametrize("word", SYLLABLES)
def test_scripts_without_spaces_break_before_syllables(word: str) -> None:
    allowed = set(itertools.accumulate(len(part) for part in SYLLABLES[word].split("|")))
    # Every reading of a longer syllable as two is a fault; a break that is not offered is none.
    inner = {"ภาษา": 2}
    ends = set(itertools.accumulate(len(piece) for piece in _pieces(word)))
    assert ends <= allowed | {word.find(part) + at for part, at in inner.items() if part in word}
    assert len(ends) >= len(allowed) * 0.6


def test_chinese_lines_never_start_with_a_full_stop() -> None:
    lines = [line for width in range(40, 200, 7) for line, _ in break_lines(SAMPLES["zh"], width, 16)]
    assert not [line for line in lines if line[:1] in "。、，"]


@given(st.text(max_size=80), st.floats(20, 300))
def test_any_text_is_set_within_its_room_or_marked_as_cut(words: str, width: float) -> None:
    text = place(words, 0, 0, width, 60, size=20, smallest=11, fill="#000000")
    assert all(line.width <= width + 0.1 or len(line.text) <= 2 for line in text.lines)
    assert text.cut or len(text.lines) * text.size <= 62


def test_a_long_text_shrinks_before_it_is_cut() -> None:
    shrunk = place("word " * 12, 0, 0, 200, 60, size=20, smallest=11, fill="#000000")
    assert 11 <= shrunk.size < 20
    assert not shrunk.cut
    assert place("word " * 80, 0, 0, 200, 60, size=20, smallest=11, fill="#000000").cut


def test_measuring_agrees_with_the_font() -> None:
    # Inter's advance of "n" is known from its horizontal metrics: widths add up.
    assert measure("nn", 100) == pytest.approx(2 * measure("n", 100), rel=0.02)
    assert measure("n", 32) == pytest.approx(2 * measure("n", 16))


def test_bold_is_wider_than_regular() -> None:
    assert measure("measure", 20, "Inter", 600) > measure("measure", 20, "Inter", 400)


def test_control_characters_and_overrides_are_removed() -> None:
    assert clean("a\x00b\u202ec\ud800d\x0be") == "abcde"


def test_the_first_strong_letter_gives_the_direction() -> None:
    assert rtl("123 שלום abc")
    assert not rtl("123 abc שלום")


def test_an_unknown_character_has_no_font() -> None:
    assert font_for("\U000e0100", "Inter", 400) is None


@pytest.mark.parametrize("words", ["Antibodies form", "Responsibilities begin", "Größenverhältnisse zeigen", "Multiplication is"])
@pytest.mark.parametrize("width", [90.0, 110.0, 130.0, 160.0, 220.0])
@pytest.mark.parametrize("balance", [True, False])
def test_words_that_fit_stay_whole_and_apart(words: str, width: float, balance: bool) -> None:
    text = place(words, 0.0, 0.0, width, size=20, fill="#000", weight=700, balance=balance)
    told = [line.text for line in text.lines]
    assert "".join(told).replace(" ", "") == words.replace(" ", "")
    # What is broken are words wider than the room, and the next word does not run into them.
    for word in words.split():
        if measure(word, 20, "Inter", 700) <= width:
            assert any(word in line.split() for line in told)


@pytest.mark.parametrize("size", [13.0, 16.0, 20.0])
def test_no_short_word_stands_alone_on_the_last_line_of_a_sentence(size: float) -> None:
    said = "The word vaccine comes from vacca, and that is the Latin word for cow"
    for words in (said.rsplit(" ", cut)[0] + " cow." for cut in range(1, 5)):
        for w in range(260, 420, 8):
            plain, made = (place(words, 0, 0, w, size=size, fill="#000000", role=role) for role in ("label", "body"))
            assert len(made.lines) == len(plain.lines)
            if len(made.lines) > 1:
                assert made.lines[-1].text != "cow."


def test_no_line_begins_with_the_percent_of_a_number() -> None:
    words = "Mittelwert von NO2: +6,2\u2009% von März 2004 bis April 2005"
    for width in range(120, 700, 20):
        assert not any(line.lstrip().startswith("%") for line, _ in break_lines(words, width, 24, "Inter", 700))
