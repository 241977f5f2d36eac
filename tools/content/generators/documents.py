"""Files attached to challenges, written byte for byte the same at each build."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from typing import Any

_EPOCH = (2026, 1, 1, 8, 0, 0)

MEDIA_TYPES = {
    "csv": "text/csv",
    "txt": "text/plain",
    "md": "text/markdown",
    "html": "text/html",
    "css": "text/css",
    "py": "text/x-python",
    "json": "application/json",
    "xml": "application/xml",
    "ics": "text/calendar",
    "vcf": "text/vcard",
    "srt": "application/x-subrip",
    "log": "text/plain",
    "eml": "message/rfc822",
    "zip": "application/zip",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "wav": "audio/wav",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odt": "application/vnd.oasis.opendocument.text",
}


def text_file(text: str, encoding: str = "utf-8") -> bytes:
    """A plain text file."""
    return text.encode(encoding)


def csv_file(rows: Sequence[Sequence[Any]], separator: str = ";") -> bytes:
    """A CSV file (UTF-8, French separator)."""
    lines = [separator.join(_csv_cell(value, separator) for value in row) for row in rows]
    return ("\n".join(lines) + "\n").encode()


def _csv_cell(value: Any, separator: str) -> str:
    text = str(value).replace(".", ",") if isinstance(value, float) else str("" if value is None else value)
    return '"' + text.replace('"', '""') + '"' if separator in text or '"' in text or "\n" in text else text


def zip_file(members: Mapping[str, Any], *, stored: Sequence[str] = ()) -> bytes:
    """An archive; a text member is written in UTF-8, a member whose name ends with ``/`` is an empty folder."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, body in members.items():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.external_attr = (0o755 if name.endswith("/") else 0o644) << 16
            info.compress_type = zipfile.ZIP_STORED if name in stored or name.endswith("/") else zipfile.ZIP_DEFLATED
            archive.writestr(info, body if isinstance(body, bytes) else str(body).encode())
    return buffer.getvalue()


_NAMESPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" '
    'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


def _open_document(media_type: str, content: str, author: str, title: str) -> bytes:
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
        f'manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:media-type="{media_type}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        '<manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    meta = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-meta {_NAMESPACES} office:version="1.3"><office:meta>'
        f"<meta:initial-creator>{escape(author)}</meta:initial-creator><dc:creator>{escape(author)}</dc:creator>"
        f"<dc:title>{escape(title)}</dc:title><dc:date>2026-01-01T08:00:00</dc:date></office:meta></office:document-meta>"
    )
    members = {"mimetype": media_type, "content.xml": content, "meta.xml": meta, "META-INF/manifest.xml": manifest}
    return zip_file(members, stored=["mimetype"])


def ods_file(sheets: Mapping[str, Sequence[Sequence[Any]]], author: str = "Jalon", title: str = "", *, hidden: Sequence[str] = ()) -> bytes:
    """A spreadsheet; a cell that starts with ``=`` is a formula in OpenFormula (``of:=SUM([.A1:.A3])`` is written ``=SUM([.A1:.A3])``)."""
    body = "".join(_ods_sheet(name, rows, hidden=name in hidden) for name, rows in sheets.items())
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMESPACES} office:version="1.3"><office:automatic-styles>'
        '<style:style style:name="hidden" style:family="table"><style:table-properties table:display="false"/></style:style>'
        f"</office:automatic-styles><office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    )
    return _open_document(MEDIA_TYPES["ods"], content, author, title)


def _ods_sheet(name: str, rows: Sequence[Sequence[Any]], *, hidden: bool) -> str:
    lines = "".join(f"<table:table-row>{''.join(_ods_cell(value) for value in row)}</table:table-row>" for row in rows)
    style = ' table:style-name="hidden"' if hidden else ""
    return f'<table:table table:name="{escape(name)}"{style}>{lines}</table:table>'


def _ods_cell(value: Any) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, int | float):
        shown = str(value).replace(".", ",")
        return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{shown}</text:p></table:table-cell>'
    if str(value).startswith("="):
        return f'<table:table-cell table:formula="of:{escape(str(value))}" office:value-type="float"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'


def odt_file(blocks: Sequence[Any], author: str = "Jalon", title: str = "") -> bytes:
    """A text document: a string is a paragraph, ``[level, text]`` a heading."""
    body = "".join(
        f"<text:p>{escape(block)}</text:p>"
        if isinstance(block, str)
        else f'<text:h text:outline-level="{block[0]}">{escape(str(block[1]))}</text:h>'
        for block in blocks
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMESPACES} office:version="1.3">'
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    return _open_document(MEDIA_TYPES["odt"], content, author, title)


def html_file(body: str, title: str = "Page", head: str = "", lang: str = "fr") -> bytes:
    """A web page that stands alone."""
    page = (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n{head}\n</head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )
    return page.encode()


def eml_file(headers: Mapping[str, str], body: str, attachments: Mapping[str, Any] | None = None) -> bytes:
    """A saved e-mail, to open in a mail program or a text editor; headers are written in the order given."""
    message = EmailMessage(policy=SMTP)
    for name, value in headers.items():
        message[name] = value
    message.set_content(body, cte="8bit")
    for name, content in (attachments or {}).items():
        data = content if isinstance(content, bytes) else str(content).encode()
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    if message.is_multipart():
        message.set_boundary("=====jalon-boundary=====")
    return message.as_bytes()


def ics_file(events: Sequence[Mapping[str, str]]) -> bytes:
    """A calendar file; each event gives ``start`` and ``end`` (20260112T140000), ``summary``, ``location`` …"""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Jalon//Contenu//FR"]
    for rank, event in enumerate(events, start=1):
        lines += ["BEGIN:VEVENT", f"UID:{rank}@exemple.test", "DTSTAMP:20260101T080000Z"]
        names = {"start": "DTSTART", "end": "DTEND", "summary": "SUMMARY", "location": "LOCATION", "rule": "RRULE"}
        lines += [f"{names[key]}:{value}" for key, value in event.items()]
        lines.append("END:VEVENT")
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()
