"""Which language a message is written in, from its letters, its small words and its spelling.

Made for messages, from one word up. It does not tell apart what shares script and vocabulary (Serbian
and Bosnian, Marathi and Hindi in three words), and romanised Hindi or Arabic reads as English.
"""

import re
from collections import Counter, defaultdict
from functools import cache
from typing import Any

from flipchart import assets
from flipchart.renderers.icons import spoken

UNKNOWN = "en"  # what the interface falls back to

# Scripts that belong to one language, or nearly: (first, last code point, language).
SCRIPTS = (
    (0x0370, 0x03FF, "el"),
    (0x1F00, 0x1FFF, "el"),
    (0x0400, 0x052F, "cyrillic"),
    (0x0530, 0x058F, "hy"),
    (0x0590, 0x05FF, "he"),
    (0x0600, 0x06FF, "arabic"),
    (0x0750, 0x077F, "arabic"),
    (0xFB50, 0xFDFF, "arabic"),
    (0xFE70, 0xFEFF, "arabic"),
    (0x0900, 0x097F, "devanagari"),
    (0x0980, 0x09FF, "bn"),
    (0x0A00, 0x0A7F, "pa"),
    (0x0A80, 0x0AFF, "gu"),
    (0x0B80, 0x0BFF, "ta"),
    (0x0C00, 0x0C7F, "te"),
    (0x0C80, 0x0CFF, "kn"),
    (0x0D00, 0x0D7F, "ml"),
    (0x0D80, 0x0DFF, "si"),
    (0x0E00, 0x0E7F, "th"),
    (0x0E80, 0x0EFF, "lo"),
    (0x1000, 0x109F, "my"),
    (0x10A0, 0x10FF, "ka"),
    (0x1200, 0x137F, "am"),
    (0x1780, 0x17FF, "km"),
    (0x1100, 0x11FF, "ko"),
    (0x3130, 0x318F, "ko"),
    (0xAC00, 0xD7AF, "ko"),
    (0x3040, 0x30FF, "kana"),
    (0x31F0, 0x31FF, "kana"),
    (0xFF66, 0xFF9D, "kana"),
    (0x3400, 0x4DBF, "han"),
    (0x4E00, 0x9FFF, "han"),
    (0x20000, 0x2FA1F, "han"),
)
# One sign of these stands for about as much speech as this many Latin letters.
DENSITY = {"han": 3.0, "kana": 2.0, "ko": 2.5}

# Words that are frequent in one language and rare as words of the others: function words, and what people
# say to a program. A word listed for several languages counts for each by its share.
WORDS = {block.split(None, 1)[0]: frozenset(block.split()[1:]) for block in assets.text("languages/words.txt").split("\n\n")}
OWNERS = Counter(word for words in WORDS.values() for word in words)

SPELT = 0.05  # what a unit of log-likelihood of the spelling counts beside a word
MET = 0.6  # what a word that people write counts, beside a small word
SHORTEST = 3  # letters of such a word
ODD = -0.5  # what a word that neither people write nor an icon is called by counts for English
HEARD = {"en": 0.4, "es": 0.3, "pt": 0.3, "fr": 0.3, "de": 0.3}  # a guess, before a word is read, at who writes in Latin letters
FOREIGN = 8.0  # by how much likelier a spelling is another language's than English, where no word of it is known
CLEARLY = 2.0  # the same of a language that many write in
ROWS = tuple(row[::way] for row in ("qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "azertyuiop") for way in (1, -1))
LEAST = -30.0  # no spelling counts for less: names and technical terms are spelt alike everywhere

CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`|https?://\S+|\S+@\S+\.\S+|[\w/\\]+\.\w{2,4}\b|<[^>\n]{1,80}>", re.S)
QUOTED = re.compile(r"“[^”]*”|„[^“”]*[“”]|«[^»]*»|「[^」]*」|『[^』]*』|\"[^\"\n]*\"|(?<!\w)'[^'\n]+'(?!\w)")
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def letters_of(lang: str) -> str:
    """The blocks of letters that `lang` is written in, as they stand in a pattern's class; "" where that is Latin, or not known."""
    short = lang.split("-")[0]
    owner = {"ru": "cyrillic", "uk": "cyrillic", "bg": "cyrillic", "ar": "arabic", "fa": "arabic", "ur": "arabic", "hi": "devanagari",
             "mr": "devanagari", "zh": "han", "ja": "kana"}.get(short, short)  # fmt: skip
    owners = {owner, "han"} if owner == "kana" else {owner}
    return "".join(f"{chr(first)}-{chr(last)}" for first, last, script in SCRIPTS if script in owners and last < 0x10000)


def detect(text: str) -> str:
    """The language `text` is written in, as BCP 47 ("en", "pt", "zh" …); "en" where nothing tells.

    Code and addresses do not count; quoted passages only where there is nothing else.
    """
    bare = CODE.sub(" ", text)
    for words in (QUOTED.sub(" ", bare), bare):
        if WORD.search(words):
            return _of_words(words)
    return UNKNOWN


def _of_words(text: str) -> str:
    weights: defaultdict[str, float] = defaultdict(float)
    for sign in text:
        if sign.isalpha():
            script = _script(ord(sign))
            weights[script] += DENSITY.get(script, 1.0)
    if "kana" in weights:  # Japanese is written in both
        weights["kana"] += weights.pop("han", 0.0)
    script = max(weights, key=lambda name: weights[name], default=UNKNOWN)
    if script == "latin" and len(weights) > 1:
        # Names of programs and error messages stand in Latin letters in every language: who begins in another
        # one, or writes much in it, speaks it.
        other = max((name for name in weights if name != "latin"), key=lambda name: weights[name])
        first = WORD.search(text.lower())
        speaks = first is not None and first[0] in WORDS["en"] | {"translate"}
        if weights["latin"] < 2 * weights[other] and not speaks:
            script = other
    if script == "latin":
        return _latin(text.lower())
    if script == "han":
        return "zh"
    if script == "kana":
        return "ja"
    if script == "cyrillic":
        return "uk" if re.search("[іїєґІЇЄҐ]", text) else "bg" if _is_bulgarian(text.lower()) else "ru"
    if script == "arabic":
        return "ur" if re.search("[ٹڈڑےں]", text) else "fa" if re.search("[پچژگکی]", text) else "ar"
    if script == "devanagari":
        return "mr" if re.search(r"ळ|\b(?:आहे|आहेत|काय|मला|आणि)\b", text) else "hi"
    return script


def _script(point: int) -> str:
    for first, last, script in SCRIPTS:
        if first <= point <= last:
            return script
    return "latin"


def _is_bulgarian(text: str) -> bool:
    small = len(re.findall(r"\b(?:съм|ще|да|се|за|от|със|което|която|моля|направи|покажи ми|има|този|това|ли)\b", text))
    return "ъ" in text and not re.search("[ыэё]", text) and small >= 2


@cache
def _speller() -> Any:
    """Who tells languages by their spelling; opening it takes a third of a second."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    found = LanguageIdentifier.from_model_file(MODEL_FILE)
    found.set_languages(list(WORDS))
    return found


@cache
def _written() -> dict[str, dict[str, float]]:
    """How often each word that people write to us is one of each language, as shares of one."""
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for place in assets.names("router/prompts", ".txt"):
        voice, language, *_ = place.rpartition("/")[2].split(".")
        if voice == "train" and language in WORDS:
            for line in assets.text(place).lower().splitlines():
                if not line.startswith("=="):
                    seen[language].update({word for word in WORD.findall(line.partition(" ++ ")[0]) if len(word) >= SHORTEST})
    every = {word for words in seen.values() for word in words}
    return {word: {language: words[word] / sum(one[word] for one in seen.values()) for language, words in seen.items()} for word in every}


def _latin(text: str) -> str:
    scores: defaultdict[str, float] = defaultdict(float)
    text = WORD.sub(
        lambda word: "" if len(word[0]) > SHORTEST and any(word[0] in row for row in ROWS) else word[0], text
    )  # "asdf" is no German
    likely = _speller().rank(text)  # (language, log-likelihood), the likeliest first
    words = WORD.findall(text)
    if text.isascii() and not any(word in OWNERS or word in _written() or spoken(word) for word in words):
        told = str(likely[0][0])
        return told if dict(likely)[UNKNOWN] < likely[0][1] - (CLEARLY if told in HEARD else FOREIGN) else UNKNOWN
    odd = 0.0 if likely[0][0] == UNKNOWN else ODD  # words spelt wrong look like no language's, all of them together like English
    for word in words:
        for piece in (word, *re.split("['’]", word)) if "'" in word or "’" in word else (word,):
            if piece in OWNERS and (len(piece) > 1 or piece == word):
                for language in WORDS:
                    scores[language] += (piece in WORDS[language]) / OWNERS[piece]
        if word not in OWNERS:
            for language, share in (_written().get(word) or {"en": 1.0 if spoken(word) else odd}).items():
                scores[language] += MET * share
    for language in HEARD:
        scores[language] += HEARD[language]
    for language, likelihood in likely:
        scores[language] += SPELT * max(LEAST, likelihood - likely[0][1])
    best = max(scores.values())
    # Near ties go to English, then to the order of WORDS, which is by number of speakers who write to us.
    return next(language for language in WORDS if scores[language] >= best - (0.2 if language == "en" else 1e-9))
