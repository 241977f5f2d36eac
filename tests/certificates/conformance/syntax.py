"""ISO 19005-3 §6.1: how the file is written."""

import re
from collections.abc import Iterator

import pikepdf

from tests.certificates.conformance.document import File

_DEVICES = {"/LZWDecode", "/Crypt"}
_LARGEST_INTEGER, _LONGEST_STRING, _LONGEST_NAME, _MOST_OBJECTS, _DEEPEST_Q = 2**31 - 1, 32767, 127, 8388607, 28


def check(file: File) -> Iterator[str]:
    yield from _header_and_trailer(file)
    yield from _streams(file)
    yield from _limits(file)
    if "/Perms" in file.root and set(file.root.Perms.keys()) - {"/DocMDP", "/UR3"}:
        yield "6.1.12: a permission other than DocMDP and UR3"
    for forbidden in ("/Requirements", "/NeedsRendering", "/OCProperties", "/AA", "/OpenAction"):
        if forbidden in file.root:
            yield f"6.5/6.9/6.11: {forbidden} in the catalog"


def _header_and_trailer(file: File) -> Iterator[str]:
    first, second = file.raw.split(b"\n", 2)[:2]
    if not re.fullmatch(rb"%PDF-1\.[0-7]", first):
        yield "6.1.2: the header is not %PDF-1.n at the first byte"
    if not (second[:1] == b"%" and len(second) >= 5 and min(second[1:5]) > 127):
        yield "6.1.2: no comment of four bytes above 127 after the header"
    if "/Version" in file.root and str(file.root.Version) > "/1.7":
        yield "6.1.2: the catalog raises the version above 1.7"
    if "/ID" not in file.pdf.trailer or len(file.pdf.trailer.ID) != 2:
        yield "6.1.3: no file identifier"
    if "/Encrypt" in file.pdf.trailer:
        yield "6.1.3: encrypted"
    if not re.search(rb"%%EOF(\r|\n|\r\n)?\Z", file.raw):
        yield "6.1.3: data after the last %%EOF"
    if re.search(rb"\d+ \d+ obj(?![\r\n])|(?<![\r\n])endobj", _without_streams(file.raw)):
        yield "6.1.9: obj or endobj without its line end"


def _without_streams(raw: bytes) -> bytes:
    return re.sub(rb"stream\r?\n.*?\r?\nendstream", b"stream\nendstream", raw, flags=re.DOTALL)


def _streams(file: File) -> Iterator[str]:
    for start in re.finditer(rb"(?<!end)stream(\r\n|\n|.)", file.raw):
        if start[1] not in {b"\r\n", b"\n"} and file.raw[start.start() - 2 : start.start()] in {b">>", b">\n"}:
            yield "6.1.7.1: stream without its line end"
    for item in file.pdf.objects:
        if not isinstance(item, pikepdf.Stream):
            continue
        said = item.stream_dict
        if {"/F", "/FFilter", "/FDecodeParms"} & set(said.keys()):
            yield "6.1.7.1: a stream outside the file"
        filters = said.get("/Filter", pikepdf.Array())
        names = {str(name) for name in (filters if isinstance(filters, pikepdf.Array) else [filters])}
        if names & _DEVICES:
            yield f"6.1.7.2: {names & _DEVICES}"
        if len(item.read_raw_bytes()) != int(said.Length):
            yield "6.1.7.1: the length of a stream is wrong"


def _limits(file: File) -> Iterator[str]:
    if len(file.pdf.objects) > _MOST_OBJECTS:
        yield "6.1.13: too many objects"
    for item in file.objects():
        if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            keys = (item.stream_dict if isinstance(item, pikepdf.Stream) else item).keys()
            if any(len(key.encode()) - 1 > _LONGEST_NAME for key in keys):
                yield "6.1.13: a name is too long"
        if isinstance(item, pikepdf.String) and len(bytes(item)) > _LONGEST_STRING:
            yield "6.1.13: a string is too long"
        if isinstance(item, int) and abs(item) > _LARGEST_INTEGER:
            yield "6.1.13: an integer is too large"
    depth = deepest = 0
    for _, operator in file.instructions:
        depth += {"q": 1, "Q": -1}.get(operator, 0)
        deepest = max(deepest, depth)
    if depth or deepest > _DEEPEST_Q:
        yield "6.1.13: q and Q are not paired, or nested too deep"
