"""What the template tells a function, read once when it is wired (never at import)."""

import os
from collections.abc import Mapping
from dataclasses import dataclass


class MissingSettingError(RuntimeError):
    """The template did not give a value this function needs: a fault of the deployment, never of a caller."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The environment variables ``template.yaml`` sets, by name.

    Tables are ``TABLE_<NAME>`` (their physical names) and secrets ``SECRET_<NAME>`` (their ARNs).
    """

    values: Mapping[str, str]

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        return cls(dict(os.environ if environ is None else environ))

    def value(self, name: str) -> str:
        """The value of ``name``; raises :class:`MissingSettingError` when it is unset or empty."""
        value = self.values.get(name, "")
        if not value:
            raise MissingSettingError(f"the environment variable {name} is not set")
        return value

    def optional(self, name: str, default: str = "") -> str:
        return self.values.get(name) or default

    def table(self, logical_name: str) -> str:
        """The physical name of a table from its logical one (``"assessments"`` → ``TABLE_ASSESSMENTS``)."""
        return self.value(f"TABLE_{logical_name.upper()}")
