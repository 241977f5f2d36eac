"""What the tests of this context share."""

import pytest

from tests.certification.centre import Centre


@pytest.fixture
def centre() -> Centre:
    """A certification centre on in-memory stores."""
    return Centre()
