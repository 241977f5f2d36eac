"""The little Markdown that instructions use: paragraphs, lists, tables, code, **bold** and *italic*.

>>> to_html("Ouvrez **notes.txt**.", inline=True)
'Ouvrez <strong>notes.txt</strong>.'
"""

import re
from html import escape


def to_html(text: str, *, inline: bool = False) -> str:
    """HTML of an instruction; ``inline`` for a choice or a label. Whatever is not this Markdown is shown as it is written."""
    return _inline(text) if inline else "\n".join(_block(block) for block in _blocks(text))


def _blocks(text: str) -> list[list[str]]:
    blocks: list[list[str]] = []
    current: list[str] = []
    in_code = False
    for line in text.splitlines():
        if line.startswith("```"):
            if not in_code and current:
                blocks.append(current)
                current = []
            in_code = not in_code
        ends = not in_code and (
            not line.strip() or _kind(line) != _kind(current[0]) if current and not current[0].startswith("```") else False
        )
        if ends:
            blocks.append(current)
            current = []
        if in_code or line.strip():
            current.append(line)
        if not in_code and line.startswith("```"):
            blocks.append(current)
            current = []
    return [*blocks, current] if current else blocks


def _kind(line: str) -> str:
    return "list" if re.match(r"[-*] |\d+\. ", line) else "table" if line.startswith("|") else "text"


def _block(lines: list[str]) -> str:
    if lines[0].startswith("```"):
        return f"<pre><code>{escape(chr(10).join(lines[1:-1]))}</code></pre>"
    if lines[0].startswith("|"):
        return _table(lines)
    if _kind(lines[0]) == "list":
        tag = "ol" if lines[0][0].isdigit() else "ul"
        items = "".join(f"<li>{_inline(re.sub(r'^(?:[-*]|[0-9]+[.]) ', '', line))}</li>" for line in lines)
        return f"<{tag}>{items}</{tag}>"
    return f"<p>{'<br>'.join(_inline(line) for line in lines)}</p>"


def _table(lines: list[str]) -> str:
    rows = [[cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]] for line in lines]
    head = "".join(f"<th>{_inline(cell)}</th>" for cell in rows[0])
    body = "".join(f"<tr>{''.join(f'<td>{_inline(cell)}</td>' for cell in row)}</tr>" for row in rows[2:])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _inline(text: str) -> str:
    parts = re.split(r"(`[^`]+`)", text)
    return "".join(
        f"<code>{escape(part[1:-1])}</code>" if part.startswith("`") and part.endswith("`") and len(part) > 2 else _emphasis(part)
        for part in parts
    )


def _emphasis(text: str) -> str:
    html = escape(text, quote=False)
    html = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", html)
    return re.sub(r"(?<![\w*])\*([^*\s][^*]*?)\*(?![\w*])", r"<em>\1</em>", html)
