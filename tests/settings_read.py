"""Which of the template's variables each function reads while it is wired: ``python -m tests.settings_read`` prints them as JSON.

A process of its own, since wiring binds the tables' models for good. Nothing is asked of a cloud: tables are bound without a call, and
secrets say what stands here.
"""

import contextlib
import importlib
import inspect
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jalon.edge import secrets
from jalon.edge.settings import Settings
from tests.cloud import template

#: What takes the place of every secret: enough for each that is read when a function is wired.
_SECRET = json.dumps({"providers": [], "client_id": "cli_x", "client_secret": "x"})
#: Functions that share a package, with what each is wired by; and the one that reads its setting in its handler.
_WIRED_BY = {
    "functions.accounts.own_data_app.handler": ("functions.accounts.own_data_wiring", None),
    "functions.certificates.app.handler": ("functions.certificates.wiring", "parts"),
    "functions.certificates.archive_app.handler": ("functions.certificates.wiring", "printing"),
    "functions.publish_site_configuration.app.handler": ("tests.settings_read", "publishing_site_configuration"),
}


class Asked(Mapping[str, str]):
    """An environment that has a value for everything, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return "1"

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def publishing_site_configuration() -> None:
    """What the custom resource's handler reads."""
    Settings.from_environment().value("SITE_BUCKET")


def read_by(handler: str) -> set[str]:
    """The template's variables that a function reads; those of the runtime (AWS_…) are not the template's."""
    module_name, only = _WIRED_BY.get(handler, (f"{handler.rsplit('.', 2)[0]}.wiring", None))
    module = importlib.import_module(module_name)
    asked = Asked()
    setattr(Settings, "from_environment", classmethod(lambda cls, environ=None: cls(asked)))  # noqa: B010 - for this process alone
    for wire in [getattr(module, only)] if only else _parts(module):
        with contextlib.suppress(ValueError):  # what stands for the seal's certificates is none; by then both its settings are read
            wire()
        getattr(wire, "cache_clear", lambda: None)()
    return {name for name in asked.names if not name.startswith("AWS_")}


def _parts(module: Any) -> list[Callable[[], Any]]:
    """The module's own functions that take nothing: they make the parts, or read a setting."""
    own = [member for member in vars(module).values() if callable(member) and getattr(member, "__module__", "") == module.__name__]
    return [member for member in own if not inspect.isclass(member) and not inspect.signature(member).parameters]


def main() -> None:
    """Print what each function reads, by its logical id."""
    secrets._fetch = lambda _arn: _SECRET  # type: ignore[assignment]
    functions = {name: item["Properties"] for name, item in template()["Resources"].items() if item["Type"] == "AWS::Serverless::Function"}
    sys.stdout.write(json.dumps({name: sorted(read_by(properties["Handler"])) for name, properties in functions.items()}))


if __name__ == "__main__":
    main()
