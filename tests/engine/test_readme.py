"""The examples of the engine's README are run as they are written."""

import doctest
from pathlib import Path

README = Path(__file__).parents[2] / "layers" / "engine" / "README.md"


def test_every_example_of_the_readme_runs() -> None:
    result = doctest.testfile(str(README), module_relative=False, encoding="utf-8")
    assert result.attempted > 10
    assert result.failed == 0
