"""The forms an author can give a challenge, and what each becomes for the pupil and for the grader.

| key in the file | type in the release | what the author writes |
|---|---|---|
| ``choose_one`` | QCU | a pool of right and wrong choices, one right shown |
| ``choose_several`` | QCM | a pool, several right shown |
| ``answer`` | QROC | one answer, typed or picked from ``options`` |
| ``fields`` | QROCM-ind | several fields, each with its answer |
| ``classify`` | QROCM-ind | items to put under categories |
| ``match`` | QROCM-ind | pairs to bring together |
| ``order`` | QROC | steps to put in order, as letters |
| ``unordered`` | QROCM-dep | several answers in any order |

Types and matching: docs/domain.md §2.
"""

import re
from collections.abc import Callable
from typing import Any

from tools.content.chance import Draw
from tools.content.model import Shown

# How often a blind answer is right where nothing is listed to choose from. A word to spot in the text shown is easier.
TYPED_CHANCE = 0.01
SPOTTED_CHANCE = 0.05

Part = dict[str, Any]


class FormError(ValueError):
    """A challenge whose form cannot be made into a question; the message says what is missing."""


def make(part: Part, draw: Draw) -> tuple[str, Shown]:
    """The type and the shown variant of one rendered challenge. Raises :class:`FormError`."""
    present = [key for key in FORMS if key in part]
    if len(present) != 1:
        raise FormError(f"one form is needed among {', '.join(FORMS)}; found {', '.join(present) or 'none'}")
    return FORMS[present[0]](part, draw)


def _letters(count: int) -> list[str]:
    return [chr(ord("a") + rank) for rank in range(count)]


def _texts(values: Any) -> list[str]:
    return [_plain(value) for value in (values if isinstance(values, list | tuple) else [values])]


def _plain(value: Any) -> str:
    """The text of a value as a pupil would type it (12.0 → "12")."""
    if isinstance(value, bool) or value is None:
        raise FormError(f"{value!r} is no answer; write it between quotes")
    if isinstance(value, float):
        return repr(round(value, 10)).removesuffix(".0")
    return str(value)


# -- choices ---------------------------------------------------------------------------------------------------------


def _choices(part: Part, draw: Draw, right: list[str], wrong: list[str], type_: str) -> tuple[str, Shown]:
    texts = draw.shuffled([*right, *wrong])
    if len(set(texts)) != len(texts):
        raise FormError(f"the same choice appears twice among {texts}")
    ids = dict(zip(texts, _letters(len(texts)), strict=True))
    solution = sorted(ids[text] for text in right)
    wrong_ids = [ids[text] for text in wrong]
    if type_ == "QCU":
        refused = [[id_] for id_ in wrong_ids]
        chance = 1 / len(texts)
    else:
        refused = [solution[1:], sorted([*solution, *wrong_ids[:1]]), sorted(ids.values()) if wrong_ids else [], wrong_ids]
        chance = 1 / (2 ** len(texts) - 1)
    return type_, Shown(
        instruction=part["instruction"],
        choices=tuple({"id": ids[text], "text": text} for text in texts),
        solution={"choices": solution},
        blind_chance=chance,
        right=({"choices": solution},),
        wrong=tuple({"choices": answer} for answer in refused if answer and answer != solution),
    )


def _choose_one(part: Part, draw: Draw) -> tuple[str, Shown]:
    pool = part["choose_one"]
    wrong = _texts(pool["wrong"])
    shown = draw.sample(wrong, min(pool.get("of", 4), len(wrong) + 1) - 1)
    return _choices(part, draw, [draw.pick(_texts(pool["right"]))], shown, "QCU")


def _choose_several(part: Part, draw: Draw) -> tuple[str, Shown]:
    pool = part["choose_several"]
    right, wrong, total = _texts(pool["right"]), _texts(pool["wrong"]), pool.get("of", 6)
    low, high = max(1, total - len(wrong)), min(len(right), total - 1)
    wanted = pool.get("take", [2, 3] if total < 6 else [2, 3, 4])
    counts = [count for count in (wanted if isinstance(wanted, list) else [wanted]) if low <= count <= high]
    if not counts:
        raise FormError(f"{len(right)} right and {len(wrong)} wrong choices do not make {total}")
    count = draw.pick(counts)
    return _choices(part, draw, draw.sample(right, count), draw.sample(wrong, total - count), "QCM")


# -- typed or selected fields ----------------------------------------------------------------------------------------


def _kind(answer: Any, part: Part) -> str:
    first = answer[0] if isinstance(answer, list | tuple) and answer else answer
    if "options" in part:
        return "select"
    return "number" if isinstance(first, int | float) and not isinstance(first, bool) else "text"


def _treatments(accepted: list[str], kind: str, part: Part) -> list[str]:
    """What the author wrote, else: words bear a spelling mistake, codes and formulas only spaces, capitals and accents."""
    if "tolerance" in part:
        return list(part["tolerance"])
    if kind != "text":
        return []
    words = all(re.fullmatch(r"[^\W\d_]+(?:[ '’-][^\W\d_]+)*", text) and len(text) >= 4 for text in accepted)
    return ["t1", "t2", "t3"] if words else ["t1"]


def _field(part: Part, id_: str, draw: Draw) -> tuple[dict[str, Any], dict[str, Any], float]:
    """The shown field, its solution and its blind chance."""
    kind = _kind(part["answer"], part)
    accepted = list(dict.fromkeys(_texts(part["answer"])))
    shown: dict[str, Any] = {"id": id_, "label": part.get("label", "Votre réponse"), "kind": kind}
    chance = SPOTTED_CHANCE if part.get("spotted") else TYPED_CHANCE
    if kind == "select":
        options = _texts(part["options"])
        if not set(accepted) <= set(options) or len(set(options)) != len(options):
            raise FormError(f"the answer {accepted} is not among the options, or an option is written twice: {options}")
        shown["options"] = options if part.get("keep_order") else draw.shuffled(options)
        chance = len(accepted) / len(options)
    treatments = _treatments(accepted, kind, part)
    if "t2" not in treatments and kind == "text":
        accepted += [text.replace("’", "'") for text in accepted if "’" in text]  # what keyboards type
    return shown, {"accepted": accepted, "kind": kind, "treatments": treatments}, part.get("guess", chance)


def _wrong_texts(part: Part) -> list[str]:
    listed = _texts(part["wrong"]) if "wrong" in part else []
    others = [text for text in _texts(part.get("options", [])) if text not in _texts(part["answer"])]
    return [text for text in [*listed, *others] if text not in _texts(part["answer"])]


def _answer(part: Part, draw: Draw) -> tuple[str, Shown]:
    shown, solution, chance = _field(part, "text", draw)
    wrong = _wrong_texts(part)
    if not wrong:
        raise FormError("at least one wrong answer is needed (`wrong`), the one a pupil would plausibly give")
    return "QROC", Shown(
        instruction=part["instruction"],
        fields=(shown,),
        solution=solution,
        blind_chance=chance,
        right=tuple({"text": text} for text in solution["accepted"]),
        wrong=tuple({"text": text} for text in wrong),
    )


def _independent(instruction: str, parts: list[Part], draw: Draw) -> tuple[str, Shown]:
    shown, solutions, chance = [], {}, 1.0
    for rank, part in enumerate(parts, start=1):
        field, solution, field_chance = _field(part, f"f{rank}", draw)
        shown.append(field)
        solutions[field["id"]] = solution
        chance *= field_chance
    right = {id_: solution["accepted"][0] for id_, solution in solutions.items()}
    wrong = [{**right, f"f{rank}": text} for rank, part in enumerate(parts, start=1) for text in _wrong_texts(part)]
    if not wrong:
        raise FormError("at least one field needs a wrong answer (`wrong`)")
    return "QROCM-ind", Shown(
        instruction=instruction,
        fields=tuple(shown),
        solution={"fields": solutions},
        blind_chance=chance,
        right=({"fields": right},),
        wrong=tuple({"fields": answer} for answer in wrong),
    )


def _fields(part: Part, draw: Draw) -> tuple[str, Shown]:
    return _independent(part["instruction"], part["fields"], draw)


def _classify(part: Part, draw: Draw) -> tuple[str, Shown]:
    spec = part["classify"]
    categories: dict[str, list[str]] = {name: _texts(items) for name, items in spec["categories"].items()}
    take = spec.get("take", 5)
    names = list(categories)
    first = [(draw.pick(categories[name]), name) for name in draw.shuffled(names)[:take]]
    rest = [(item, name) for name in names for item in categories[name] if (item, name) not in first]
    drawn = draw.shuffled([*first, *draw.sample(rest, take - len(first))])
    parts = [{"label": item, "answer": name, "options": names, "keep_order": True} for item, name in drawn]
    return _independent(part["instruction"], parts, draw)


def _match(part: Part, draw: Draw) -> tuple[str, Shown]:
    spec = part["match"]
    drawn = draw.sample(list(spec["pairs"].items()), spec.get("take", min(4, len(spec["pairs"]))))
    options = draw.shuffled([_plain(right) for _, right in drawn])
    extra = draw.sample(_texts(spec["decoys"]), min(2, len(spec["decoys"]))) if "decoys" in spec else []
    shown = draw.shuffled([*options, *extra])
    parts = [{"label": _plain(left), "answer": _plain(right), "options": shown, "keep_order": True} for left, right in drawn]
    return _independent(part["instruction"], parts, draw)


def _order(part: Part, draw: Draw) -> tuple[str, Shown]:
    spec = part["order"]
    steps = _texts(spec["steps"])
    kept = sorted(draw.sample(range(len(steps)), min(spec.get("take", 5), len(steps))))
    shuffled = draw.shuffled(kept)
    if shuffled == kept:
        shuffled = [*shuffled[1:], shuffled[0]]
    letters = dict(zip(shuffled, (letter.upper() for letter in _letters(len(shuffled))), strict=True))
    listing = "\n".join(f"- **{letters[rank]}.** {steps[rank]}" for rank in shuffled)
    answer = "".join(letters[rank] for rank in kept)
    chance = 1.0
    for rank in range(2, len(kept) + 1):
        chance /= rank
    return "QROC", Shown(
        instruction=f"{part['instruction'].rstrip()}\n\n{listing}",
        fields=({"id": "text", "label": part.get("label", "Les lettres dans l’ordre"), "kind": "text"},),
        solution={"accepted": [answer], "kind": "text", "treatments": ["t1", "t2"]},
        blind_chance=chance,
        right=({"text": answer}, {"text": " - ".join(answer.lower())}),
        wrong=({"text": answer[::-1]}, {"text": "".join(sorted(answer))}),
    )


def _unordered(part: Part, _draw: Draw) -> tuple[str, Shown]:
    spec = part["unordered"]
    groups = [_texts(group) for group in spec["groups"]]
    kind = _kind(spec["groups"][0], {})
    ids = [f"f{rank}" for rank in range(1, len(groups) + 1)]
    label = spec.get("label", "Réponse")
    right = {id_: group[0] for id_, group in zip(ids, groups, strict=True)}
    turned = dict(zip(ids, [group[0] for group in groups[1:] + groups[:1]], strict=True))
    wrong: list[dict[str, str]] = [{**right, ids[0]: text} for text in _texts(spec.get("wrong", []))]
    wrong.append({**right, ids[-1]: groups[0][0]})
    flat = [text for group in groups for text in group]
    chance = part.get("guess", (SPOTTED_CHANCE if part.get("spotted") else TYPED_CHANCE) ** len(groups))
    return "QROCM-dep", Shown(
        instruction=part["instruction"],
        fields=tuple({"id": id_, "label": f"{label} {rank}", "kind": kind} for rank, id_ in enumerate(ids, start=1)),
        solution={"fields": ids, "groups": groups, "kind": kind, "treatments": _treatments(flat, kind, part)},
        blind_chance=chance,
        right=({"fields": right}, {"fields": turned}),
        wrong=tuple({"fields": answer} for answer in wrong),
    )


FORMS: dict[str, Callable[[Part, Draw], tuple[str, Shown]]] = {
    "choose_one": _choose_one,
    "choose_several": _choose_several,
    "answer": _answer,
    "fields": _fields,
    "classify": _classify,
    "match": _match,
    "order": _order,
    "unordered": _unordered,
}
