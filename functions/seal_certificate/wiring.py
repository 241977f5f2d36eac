"""What the function works with, made once per environment."""

from functools import cache

from functions.seal_certificate.pades import KmsSeal
from jalon.edge.secrets import secret
from jalon.edge.settings import Settings
from jalon.kernel.clock import SystemClock


@cache
def seal() -> KmsSeal:
    """The seal for the environment's settings; ``seal.cache_clear()`` wires anew (tests)."""
    settings = Settings.from_environment()
    return KmsSeal(settings.value("SEAL_KEY_ID"), secret(settings, "SEAL_CHAIN"), SystemClock())
