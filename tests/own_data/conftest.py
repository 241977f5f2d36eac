"""What all tests of one's own data are held to."""

from tests.documented import refusals_are_documented

__all__ = ["refusals_are_documented"]
