"""Renders challenges as pages to look at: what the pupil sees, then (for authors) what is right."""

import random
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from tools.content.markdown import to_html
from tools.content.model import Compiled, CompiledChallenge, Shown

_STYLE = """
body { font: 17px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b2f; background: #fff }
article { border: 1px solid #c9cfe0; border-radius: .6rem; padding: 1rem 1.4rem; margin: 1.2rem 0 }
table { border-collapse: collapse; margin: .6rem 0 } td, th { border: 1px solid #aab; padding: .2rem .6rem; text-align: left }
pre { background: #f2f4fa; padding: .7rem 1rem; overflow-x: auto; border-radius: .3rem }
code { background: #f2f4fa; padding: 0 .2rem } pre code { padding: 0 }
label { display: block; margin: .5rem 0 } input[type=text], select { font: inherit; padding: .2rem .4rem; margin-left: .5rem }
.facts { color: #556; font-size: .85rem } .right { color: #0b6b3a; font-size: .9rem } img { max-width: 100%; border: 1px solid #dde }
"""


def choose(compiled: Compiled, ids: Sequence[str], count: int) -> list[CompiledChallenge]:
    """The challenges whose identifier, skill, tube or competence is named, plus ``count`` at random."""
    competence_of = {tube["id"]: tube["competence"] for tube in compiled.tubes}
    tube_of = {skill["id"]: skill["tube"] for skill in compiled.skills}
    wanted = set(ids)
    chosen = [c for c in compiled.challenges if wanted & {c.id, c.skill, tube_of[c.skill], competence_of[tube_of[c.skill]]}]
    return chosen + random.sample(compiled.challenges, min(count, len(compiled.challenges)))


def write(compiled: Compiled, chosen: Sequence[CompiledChallenge], out: Path, *, with_solutions: bool) -> Path:
    """One page per challenge, an index and the attached files; returns the folder."""
    out.mkdir(parents=True, exist_ok=True)
    names = {skill["id"]: skill["name"] for skill in compiled.skills}
    links = []
    for challenge in chosen:
        for variant in challenge.variants:
            for file in variant.files:
                path = out / "attachments" / file.sha256 / file.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(file.body)
        (out / f"{challenge.id}.html").write_text(page(challenge, names[challenge.skill], with_solutions=with_solutions), encoding="utf-8")
        links.append(f'<li><a href="{challenge.id}.html">{challenge.id}</a> — {escape(names[challenge.skill])}</li>')
    (out / "index.html").write_text(_document("Épreuves", f"<h1>Épreuves</h1><ul>{''.join(links)}</ul>"), encoding="utf-8")
    return out


def page(challenge: CompiledChallenge, skill_name: str, *, with_solutions: bool) -> str:
    """The page of one challenge, every variant one below the other."""
    facts = [challenge.type, f"niveau {challenge.level}", challenge.locale, f"hasard {challenge.guess:g}"]
    facts += [f"{challenge.timer_s} s"] if challenge.timer_s else []
    facts += ["mode focus"] if challenge.focused else []
    variants = "".join(_variant(variant, number, with_solutions) for number, variant in enumerate(challenge.variants, start=1))
    head = f"<h1>{escape(challenge.id)}</h1><p>{escape(skill_name)}</p><p class=facts>{escape(' · '.join(facts))}</p>"
    return _document(challenge.id, head + variants)


def _variant(variant: Shown, number: int, with_solutions: bool) -> str:
    parts = [f"<article><p class=facts>Jeu de valeurs {number}</p>", to_html(variant.instruction)]
    for file in variant.files:
        address = f"attachments/{file.sha256}/{escape(file.name)}"
        parts.append(
            f'<p><img src="{address}" alt="{escape(file.alt or "")}"></p>'
            if file.is_image_shown
            else f'<p>Fichier à ouvrir : <a href="{address}" download>{escape(file.name)}</a> ({len(file.body)} octets)</p>'
        )
    kind = "radio" if variant.blind_chance * len(variant.choices) >= 0.99 else "checkbox"
    parts += [f'<label><input type={kind} name="v{number}"> {to_html(choice["text"], inline=True)}</label>' for choice in variant.choices]
    parts += [_field(field) for field in variant.fields]
    if with_solutions:
        parts.append(f"<p class=right>Juste : {escape(_solution(variant))}</p>")
    return "".join(parts) + "</article>"


def _field(field: dict[str, Any]) -> str:
    label = to_html(field["label"], inline=True)
    if field["kind"] != "select":
        return f"<label>{label} <input type=text></label>"
    options = "".join(f"<option>{escape(option)}</option>" for option in ["", *field["options"]])
    return f"<label>{label} <select>{options}</select></label>"


def _solution(variant: Shown) -> str:
    if "choices" in variant.solution:
        texts = {choice["id"]: choice["text"] for choice in variant.choices}
        return " ; ".join(texts[id_] for id_ in variant.solution["choices"])
    if isinstance(variant.solution.get("fields"), dict):
        return " ; ".join(" ou ".join(field["accepted"]) for field in variant.solution["fields"].values())
    if "groups" in variant.solution:
        return " ; ".join(" ou ".join(group) for group in variant.solution["groups"])
    return " ou ".join(variant.solution["accepted"])


def _document(title: str, body: str) -> str:
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title><style>{_STYLE}</style>'
    return f'<!doctype html><html lang="fr"><head>{head}</head><body>{body}</body></html>\n'
