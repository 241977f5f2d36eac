"""Addresses, pages, selectors, networks and search requests: what the challenges ask, computed."""

import ipaddress
import re
import urllib.parse
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any


def url_part(url: str, part: str) -> str:
    """One part of an address: ``scheme``, ``host``, ``path``, ``query``, ``fragment``, ``file`` or ``domain`` (last two labels)."""
    split = urllib.parse.urlsplit(url)
    host = split.hostname or ""
    parts = {
        "scheme": split.scheme,
        "host": host,
        "path": split.path,
        "query": split.query,
        "fragment": split.fragment,
        "file": split.path.rsplit("/", 1)[-1],
        "domain": ".".join(host.split(".")[-2:]),
    }
    return parts[part]


def url_parameter(url: str, name: str) -> str:
    """The value of one parameter of an address."""
    return urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)[name][0]


def url_joined(base: str, relative: str) -> str:
    """Where a relative link leads from a page."""
    return urllib.parse.urljoin(base, relative)


def percent_encoded(text: str) -> str:
    """A text as it appears in an address."""
    return urllib.parse.quote(text, safe="")


def hosts(network: str) -> int:
    """How many devices a network can hold: ``hosts("192.168.1.0/24")`` → 254."""
    return ipaddress.ip_network(network).num_addresses - 2


def netmask(prefix: int) -> str:
    """``netmask(24)`` → ``255.255.255.0``."""
    return str(ipaddress.ip_network(f"0.0.0.0/{prefix}").netmask)


def same_network(one: str, other: str, prefix: int) -> bool:
    """True when two addresses belong to one network."""
    return ipaddress.ip_address(other) in ipaddress.ip_network(f"{one}/{prefix}", strict=False)


def broadcast(address: str, prefix: int) -> str:
    """The last address of a network."""
    return str(ipaddress.ip_network(f"{address}/{prefix}", strict=False).broadcast_address)


def network_of(address: str, prefix: int) -> str:
    """The first address of a network."""
    return str(ipaddress.ip_network(f"{address}/{prefix}", strict=False).network_address)


# -- search requests -------------------------------------------------------------------------------------------------


def found_pages(request: str, pages: Iterable[str]) -> list[str]:
    """The pages (title or text) a request finds. Words all count; ``"a b"`` exact phrase, ``-a`` without, ``a OU b`` either one."""
    return [page for page in pages if _found(request, page.lower())]


def _found(request: str, page: str) -> bool:
    words = re.findall(r'-?"[^"]+"|\S+', request.lower())
    groups: list[list[str]] = []
    rank = 0
    while rank < len(words):
        if words[rank] == "ou" and groups and rank + 1 < len(words):
            groups[-1].append(words[rank + 1])
            rank += 1
        else:
            groups.append([words[rank]])
        rank += 1
    return all(any(_holds(word, page) for word in group) for group in groups)


def _holds(word: str, page: str) -> bool:
    if word.startswith("-"):
        return not _holds(word[1:], page)
    return re.search(rf"(?<!\w){re.escape(word.strip(chr(34)))}(?!\w)", page) is not None


# -- selectors -------------------------------------------------------------------------------------------------------


class _Tree(HTMLParser):
    """Each element with its ancestors: (tag, attributes, parent)."""

    VOID = frozenset({"img", "br", "hr", "input", "meta", "link"})

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[dict[str, Any]] = []
        self._open: list[dict[str, Any]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Record the element under its parent."""
        element = {"tag": tag, "attributes": {k: v or "" for k, v in attrs}, "parent": self._open[-1] if self._open else None, "text": ""}
        self.elements.append(element)
        if tag not in self.VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost open element of that name."""
        while self._open and self._open.pop()["tag"] != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Text belongs to the innermost open element."""
        if self._open:
            self._open[-1]["text"] += data.strip()


def selected(html: str, selector: str) -> list[str]:
    """The texts of the elements a CSS selector takes: tag, ``.class``, ``#id``, descendants (space) and children (``>``)."""
    tree = _Tree()
    tree.feed(html)
    steps = re.sub(r"\s*>\s*", " >", selector).split()
    return [element["text"] for element in tree.elements if _matches(element, steps)]


def _matches(element: dict[str, Any], steps: list[str]) -> bool:
    last = steps[-1]
    if not _simple(element, last.lstrip(">")):
        return False
    if len(steps) == 1:
        return True
    parent = element["parent"]
    while parent is not None:
        if _matches(parent, steps[:-1]):
            return True
        if last.startswith(">"):
            return False
        parent = parent["parent"]
    return False


def _simple(element: dict[str, Any], selector: str) -> bool:
    attributes = element["attributes"]
    for sign, name in re.findall(r"([.#]?)([\w-]+)", selector):
        if sign == "." and name not in attributes.get("class", "").split():
            return False
        if sign == "#" and attributes.get("id") != name:
            return False
        if not sign and element["tag"] != name:
            return False
    return True
