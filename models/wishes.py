"""What a person asks of an answer beside its subject: how many points, how short, how plain; told to the model, then checked."""

import re
from dataclasses import dataclass

_COUNTED = re.compile(
    r"(?<![\d.,:/%$€£¥-])\b([3-9]|1\d|2[0-4])\b(?![\d.,:/%°])[\s-]*([^\W\d_]+)|([3-9]|1\d|2[0-4])\s?[个個条條张張页頁步つ枚選]"
)
_NOT_COUNTED = set(
    """minute minutes min hour hours h day days week weeks month months year years yr yrs pm am percent km kg m cm mm g ml l gb mb tb ms
    usd eur dollars euros k million people degrees old minuten stunden tage wochen monate jahre minutos horas días dias semanas meses
    años anos heures jours semaines mois ans x times th st nd rd o clock bit bits inch inches ft feet miles mile grade bedroom
    sentence sentences word words words satz sätze sätzen frases frase palabras phrases phrase mots wörter palavras""".split()
)
WORDED = {
    **{word: n for n, word in enumerate("three four five six seven eight nine ten eleven twelve".split(), 3)},
    **{word: n for n, word in enumerate("drei vier fünf sechs sieben acht neun zehn".split(), 3)},
    **{word: n for n, word in enumerate("tres cuatro cinco seis siete ocho nueve diez".split(), 3)},
    **{word: n for n, word in enumerate("três quatro cinco seis sete oito nove dez".split(), 3)},
    **{word: n for n, word in enumerate("trois quatre cinq six sept huit neuf dix".split(), 3)},
    **{word: n for n, word in enumerate("तीन चार पाँच छह सात आठ नौ दस".split(), 3)},
}  # fmt: skip
EASTERN = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९０１２３４５６７８９", "0123456789" * 4)
_SMALL = {
    "one": 1,
    "a": 1,
    "two": 2,
    "un": 1,
    "una": 1,
    "uma": 1,
    "une": 1,
    "deux": 2,
    "dos": 2,
    "duas": 2,
    "einem": 1,
    "ein": 1,
    "zwei": 2,
}

_MOST = re.compile(
    r"(?:\b(?:at most|no more than|max(?:imum|\.)?|up to|como máximo|máximo(?: de)?|no máximo|au plus|maximum|höchstens|maximal|"
    r"अधिकतम|بحد أقصى)|最多|最大|多くても)\s*(?:of\s*)?(\d{1,2})(?!\d)", re.I
)  # fmt: skip
_SENTENCES = re.compile(
    r"\b(?:in|with|en|em|avec|mit)\s+(?:just |only |nur |solo |só |juste )?(one|a single|a|two|\d|una?|uma|une"
    r"|deux|dos|duas|ein(?:em)?|zwei)"
    r"\s*(?:sola |única |seule )?(?:sentences?|frases?|phrases?|satz|sätzen?|oración)\b|(一)句话|(一)文で|(एक) वाक्य|(جملة) واحدة",
    re.I,
)
_PLAIN = re.compile(
    r"\b(?:no|without|avoid|less) jargon|plain (?:english|language|words)|simple (?:words|terms|english)|like i'?m (?:5|five|\d+)|\beli5\b|"
    r"for (?:a )?(?:kids?|child|children|beginners?|lay(?:men|people|man)|\d{1,2}[- ]year[- ]olds?)|sin tecnicismos|palabras sencillas|"
    r"sem jarg|palavras simples|sans jargon|mots simples|ohne fachbegriffe|ohne fachchinesisch|einfachen worten|"
    r"通俗|简单的话|大白话|わかりやすく|専門用語(?:なし|を使わず)|सरल (?:भाषा|शब्द)|بدون مصطلحات|بكلمات بسيطة", re.I
)  # fmt: skip
_TABLE = re.compile(
    r"\b(?:as|in|into) an? table\b|\btable (?:of|comparing|with)\b|\b(?:en|como) (?:una )?tabla\b|\b(?:em|como) (?:uma )?tabela\b|"
    r"\b(?:en|sous forme de|dans un) tableau\b|\bals tabelle\b|\bin einer tabelle\b|"
    r"(?:用|做成|列)表格|表(?:で|にして|形式)|तालिका|(?:في|على شكل) جدول",
    re.I,
)
_SHORT = re.compile(
    r"\b(?:briefly|in short|short answer|keep it short|tl;?dr|brevemente|en breve|em resumo|bref|brièvement|kurz|knapp)\b|"
    r"简短|简要|短く|簡潔に|संक्षेप|باختصار",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for; None and False where nothing was."""

    count: int | None = None
    """Exactly so many, three or more."""
    most: int | None = None
    """At most so many."""
    sentences: int | None = None
    plain: bool = False
    """No jargon."""
    table: bool = False
    short: bool = False

    def told(self, main: int | None = None) -> str:
        """The wishes as the model is told them; `main` is how many entries its main list is to have, None where there is no such list."""
        lines = [f"Exactly {main} entries in the main list."] if main else []
        if self.most and not main:
            lines.append(f"At most {self.most} points.")
        if self.sentences:
            lines.append(f"Answer in {'one sentence' if self.sentences == 1 else f'{self.sentences} sentences'} and nothing else.")
        elif self.short:
            lines.append("Be very short.")
        if self.plain:
            lines.append("Use plain everyday words; explain or avoid every technical term.")
        if self.table:
            lines.append("Give it as a table.")
        return " ".join(lines)


NONE = Wishes()


def wishes(words: str) -> Wishes:
    """What `words` ask for, in the languages of the program."""
    plain = words.translate(EASTERN)
    most = _MOST.search(plain)
    count = None if most else asked_count(plain)
    sentences = _SENTENCES.search(plain)
    many = next((group for group in sentences.groups() if group), "") if sentences else ""
    return Wishes(
        count,
        int(most[1]) if most and int(most[1]) else None,
        (int(many) if many.isdecimal() else _SMALL.get(many.casefold(), 1)) if many else None,
        bool(_PLAIN.search(plain)),
        bool(_TABLE.search(plain)),
        bool(_SHORT.search(plain)),
    )


def asked_count(words: str) -> int | None:
    """How many of something, three or more, the person asks for ("7 tips", "a 5-slide deck", "drei Gründe"); None where they do not say."""
    words = words.translate(EASTERN)
    found = [int(m[1] or m[3]) for m in _COUNTED.finditer(words) if m[3] or (m[2].lower() not in _NOT_COUNTED and len(m[2]) > 1)]
    if len(found) == 1:
        return found[0]
    worded = [WORDED[w] for w in re.findall(r"[\u0900-\u097f]+|[^\W\d_]+", words.lower()) if w in WORDED]
    return worded[0] if not found and len(worded) == 1 else None


def sentences_in(words: str) -> int:
    """How many sentences `words` are, at least one."""
    ends = re.findall(r"[.!?。！？।؟]+(?=\s|$)|[。！？]", re.sub(r"\b(?:e\.g|i\.e|z\.B|Dr|Mr|Mrs|St|approx|ca|etc)\.", "", words.strip()))
    return max(1, len(ends))
