"""The Markdown that instructions use, as pages show it: CommonMark with tables, without HTML or links of its own.

>>> to_html("Ouvrez **notes.txt**.", inline=True)
'Ouvrez <strong>notes.txt</strong>.'
"""

from markdown_it import MarkdownIt

#: A new line is kept as one, as authors write it; addresses are part of questions and never become links.
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable(["link", "autolink", "image", "reference"])


def to_html(text: str, *, inline: bool = False) -> str:
    """HTML of an instruction; ``inline`` for a choice or a label. Tags that a question is about are shown as they are written."""
    html: str = _MARKDOWN.renderInline(text) if inline else _MARKDOWN.render(text)
    return html.strip()
