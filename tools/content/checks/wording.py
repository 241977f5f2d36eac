"""What pupils read: no solution in it, plain French with « vous », no brand, every image with its alternative text."""

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from tools.content.markdown import to_html
from tools.content.model import Compiled, CompiledChallenge, Shown
from tools.content.reading import Source, TubeFile

LONGEST_SENTENCE = {"fr": 32, "en": 32, "fr-simple": 16}  # words
EASIEST = {"fr": 40.0, "fr-simple": 60.0}  # lowest readability accepted, see readability()

_FAMILIAR = re.compile(r"(?<!\w)(?:tu|toi|t’as|t’es|clique|choisis|écris)(?!\w)", re.IGNORECASE)
_BRANDS = re.compile(
    r"(?<!\w)(?:Google|Gmail|Chrome|Android|You[Tt]ube|Microsoft|Windows|Excel|Power[Pp]oint|Outlook|One[Dd]rive|Teams|Apple|iPhone|iPad|macOS|iOS|"
    r"Facebook|Instagram|WhatsApp|Snapchat|TikTok|Twitter|LinkedIn|Discord|Amazon|Netflix|Spotify|Photoshop|Adobe|Canva|"
    r"ChatGPT|OpenAI|Copilot|Gemini|Word|Bing|Samsung|Huawei|Uber|Airbnb)(?!\w)"
)
_TORN_EMPHASIS = re.compile(r"\w(?:<em>|<strong>)\w+|\w+(?:</em>|</strong>)\w|[*]{2}|(?<=[\w=])[*](?=[\w=])")
_CODE_TAG = re.compile(r"<code.*?</code>", re.DOTALL)
_MARKED = re.compile(r"`|\*\*")
_CODE = re.compile(r"```.*?```|`[^`]*`|«[^»]*»|^\|.*\|$|^>.*$|https?://\S+", re.DOTALL | re.MULTILINE)


def check(source: Source, compiled: Compiled) -> Iterator[str]:
    """One line per breach; variants of a challenge share their wording, so each rule speaks once a challenge."""
    for tube in source.tubes:
        if len(tube.data["name"]) > 80:
            yield f"{tube.id}: the name is longer than 80 characters"
        yield from _unused(tube)
        yield from (f"{tube.id}: « {text} » looks torn from its neighbour; put the whole text between quotes" for text in _torn(tube.data))
    for challenge in compiled.challenges:
        breaches = {breach for variant in challenge.variants for breach in _variant(challenge, variant)}
        yield from (f"{challenge.id}: {breach}" for breach in sorted(breaches))


def _torn(data: Any, *, in_pool: bool = False) -> Iterator[str]:
    """Items of a list that YAML cut at a comma: a bracket left open, or a small initial among capital ones."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _torn(value, in_pool=in_pool or key in {"choose_one", "choose_several", "classify", "order"})
    elif isinstance(data, list):
        texts = [item for item in data if isinstance(item, str) and "{{" not in item and "`" not in item]
        yield from (text for text in texts if any(text.count(one) != text.count(other) for one, other in ("()", "«»", "“”")))
        if in_pool and any(text[:1].isupper() for text in texts):
            yield from (text for text in texts if text[:1].islower())
        for item in data:
            yield from _torn(item, in_pool=in_pool)


def _unused(tube: TubeFile) -> Iterator[str]:
    """Values computed for nothing: often the trace of an answer that forgot to use them."""
    for level, skill in tube.data["skills"].items():
        for key, challenge in skill.items():
            for name in challenge.get("given", {}) if isinstance(challenge, dict) else ():
                texts = json.dumps({**challenge, "given": {k: v for k, v in challenge["given"].items() if k != name}}, ensure_ascii=False)
                if not re.search(rf"(?<!\w){name}(?!\w)", texts):
                    yield f"{tube.id}-{level}-{key}: `{name}` is given but never used"


def _variant(challenge: CompiledChallenge, variant: Shown) -> Iterator[str]:
    prose = plain(variant.instruction)
    if challenge.locale != "en" and (found := _FAMILIAR.search(prose)):
        yield f"« {found[0]} » is familiar; address pupils with « vous »"
    shown = " ".join([variant.instruction, *(f["label"] for f in variant.fields), *(c["text"] for c in variant.choices)])
    for brand in sorted({found[0] for found in _BRANDS.finditer(shown)} - challenge.brands):
        yield f"« {brand} » is a brand; name what it is, or list it under `brands`"
    longest = max((len(words(sentence)) for sentence in sentences(prose)), default=0)
    if longest > LONGEST_SENTENCE[challenge.locale]:
        yield f"a sentence of {longest} words; {LONGEST_SENTENCE[challenge.locale]} at most"
    if challenge.locale in EASIEST and (score := readability(prose)) < EASIEST[challenge.locale]:
        yield f"readability {score:.0f}, {EASIEST[challenge.locale]:.0f} at least: shorter sentences, shorter words"
    if not challenge.spotted:
        yield from _leaks(variant, shown)
    for file in variant.files:
        if file.alt is not None and len(file.alt) < 10:
            yield f"the image {file.name} needs an alternative text"
    yield from _signs(variant)
    if len(variant.instruction) < 20:
        yield "the instruction is too short to be understood"


def _signs(variant: Shown) -> Iterator[str]:
    """Signs of Markdown that would show, or that would emphasise what they were not meant to."""
    inline = [*(field["label"] for field in variant.fields), *(choice["text"] for choice in variant.choices)]
    for html in (to_html(variant.instruction), *(to_html(text, inline=True) for text in inline)):
        if found := _TORN_EMPHASIS.search(_CODE_TAG.sub("", html)):
            yield f"« {found[0]} » is emphasised inside a word, or its signs are left over; put formulas and code between backquotes"
    for option in sorted({option for field in variant.fields for option in field.get("options") or () if _MARKED.search(option)}):
        yield f"the option « {option} » would show its signs: a dropdown list knows no Markdown, write it plain"


def _leaks(variant: Shown, shown: str) -> Iterator[str]:
    """A typed answer that stands as a word of its own in what is shown."""
    if "choices" in variant.solution:
        return
    solutions = variant.solution.get("fields", {}).values() if isinstance(variant.solution.get("fields"), dict) else [variant.solution]
    for solution in solutions:
        if solution["kind"] != "text":
            continue
        accepted = solution["accepted"] if "accepted" in solution else [text for group in solution["groups"] for text in group]
        for text in accepted:
            if re.search(rf"(?<!\w){re.escape(_folded(text))}(?!\w)", _folded(shown)):
                yield f"the answer « {text} » can be read in the question; if it is to be spotted there, say `spotted: true`"


def _folded(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))


# -- readability -----------------------------------------------------------------------------------------------------


def plain(markdown: str) -> str:
    """The prose of an instruction: code, quotations, tables and addresses left out."""
    return re.sub(r"[*_#>]", "", _CODE.sub("X", markdown))


def sentences(text: str) -> list[str]:
    """Sentences; a line of a list or a line break after a colon ends one."""
    return [part for part in re.split(r"[.!?…:;]+\s|\n+\s*-?\s*", text) if words(part)]


def words(text: str) -> list[str]:
    """Words, elisions apart."""
    return re.findall(r"[^\W\d_]+", text)


def syllables(word: str) -> int:
    """Roughly how many syllables a French word has: groups of vowels, the mute final e left out."""
    groups = len(re.findall(r"[aeiouyàâäéèêëîïôöùûüœ]+", word.lower()))
    return max(1, groups - (1 if groups > 1 and re.search(r"[^aeiouyé]e(?:s|nt)?$", word.lower()) else 0))


def readability(text: str) -> float:
    """Kandel and Moles's adaptation of Flesch's formula to French (1958): about 100 very easy, 50 difficult, below 30 very difficult."""
    parts, found = sentences(text), words(text)
    if len(found) < 8:
        return 100.0
    return 207 - 1.015 * len(found) / len(parts) - 73.6 * sum(map(syllables, found)) / len(found)
