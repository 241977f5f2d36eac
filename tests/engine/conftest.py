"""Property tests of the engine have no deadline: a shared machine may be slow, and none of them measures time."""

from hypothesis import settings

settings.register_profile("engine", deadline=None)
settings.load_profile("engine")
