"""What importing the engine costs: nothing outside the standard library, and little of it where a cold start pays."""

import subprocess
import sys
from pathlib import Path

import pytest

LAYER = Path(__file__).parents[2] / "layers" / "engine"
HEAVY = {"json", "random", "re", "typing", "dataclasses", "decimal", "fractions", "statistics", "gzip", "hashlib", "asyncio", "datetime"}


def loaded_by(*modules: str) -> set[str]:
    """The modules a bare interpreter holds after these imports."""
    program = f"import sys; sys.path.insert(0, {str(LAYER)!r}); import {', '.join(modules)}; print(*sys.modules)"
    return set(subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True).stdout.split())


def test_the_two_parameter_engine_imports_next_to_nothing() -> None:
    assert not loaded_by("engine.two_pl", "engine.item_bank", "engine.chance") & HEAVY


@pytest.mark.parametrize(
    "module", ["engine.content", "engine.grading", "engine.positioning", "engine.certification_profile", "engine.packing"]
)
def test_what_the_functions_use_reads_no_json_and_draws_no_random(module: str) -> None:
    assert not loaded_by(module) & {"json", "random", "decimal", "fractions", "statistics", "gzip", "hashlib", "asyncio", "datetime"}


def test_no_module_needs_more_than_the_standard_library() -> None:
    modules = [f"engine.{path.stem}" for path in sorted((LAYER / "engine").glob("*.py")) if path.stem != "__init__"]
    loaded = {name.partition(".")[0] for name in loaded_by(*modules)}
    assert loaded <= set(sys.stdlib_module_names) | {"engine", "__main__", "__mp_main__"}
