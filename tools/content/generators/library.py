"""The names that the expressions of the content files may call."""

from collections.abc import Callable
from typing import Any

from tools.content.generators import documents, figures, pages, people, programs, sheets, webs

LIBRARY: dict[str, Callable[..., Any]] = {
    name: getattr(module, name)
    for module, names in (
        (figures, ("fr", "euros", "binary", "hexadecimal", "utf8_hex", "utf8_size", "misread", "unaccented", "caesar", "image_bytes",
                   "transfer_seconds", "hours_minutes")),
        (sheets, ("evaluate", "copied", "grid_of", "table", "cell", "address", "column_letters", "column_number")),
        (programs, ("printed", "variable", "blocks_said", "blocks_variable", "blocks_position", "code")),
        (webs, ("url_part", "url_parameter", "url_joined", "percent_encoded", "hosts", "netmask", "same_network", "broadcast", "network_of",
                "found_pages", "selected")),
        (documents, ("text_file", "csv_file", "zip_file", "ods_file", "odt_file", "html_file", "eml_file", "ics_file")),
        (pages, ("pdf_file", "Picture", "bar_chart", "window")),
        (people, ("first_names", "last_names", "towns")),
    )
    for name in names
}  # fmt: skip
