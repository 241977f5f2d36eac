"""Everything that must hold before content is published, in one list of findings."""

from dataclasses import dataclass

from tools.content.checks import proof, schemas, structure, wording
from tools.content.compiling import compile_source
from tools.content.model import Compiled
from tools.content.reading import Source
from tools.content.release import bundle


@dataclass(frozen=True, slots=True)
class Findings:
    """What is to be mended, and the compiled content when the files could be understood."""

    listed: tuple[str, ...]
    compiled: Compiled | None


def findings_of(source: Source) -> Findings:
    """Check schemas first: a file that breaks its schema is not compiled, and the rest would make no sense."""
    broken = list(schemas.check(source))
    if broken:
        return Findings(tuple(broken), None)
    compiled = compile_source(source)
    listed = [*compiled.problems, *structure.check(source, compiled), *wording.check(source, compiled)]
    if not compiled.problems:
        listed += proof.check(bundle(compiled), compiled)
    return Findings(tuple(listed), compiled)
