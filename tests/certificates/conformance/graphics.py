"""ISO 19005-3 §6.2.2 to §6.2.10: colours, states, and what may be drawn at all."""

from collections.abc import Iterator

import pikepdf

from tests.certificates.conformance.document import File

_PATHS = set("m l c v y h re S s f F f* B B* b b* n W W*".split())  # noqa: SIM905 - PDF's operators
_STATES = set("q Q cm w J j M d ri i gs".split())  # noqa: SIM905 - PDF's operators
_TEXT = set("BT ET Tc Tw Tz TL Tf Tr Ts Td TD Tm T* Tj TJ ' \"".split())  # noqa: SIM905 - PDF's operators
_COLOURS = set("rg RG g G".split())  # noqa: SIM905 - PDF's operators
_MARKS = {"BDC", "BMC", "EMC"}
_INVISIBLE = 3


def check(file: File) -> Iterator[str]:
    used = {operator for _, operator in file.instructions}
    if unknown := used - _PATHS - _STATES - _TEXT - _COLOURS - _MARKS:
        yield f"6.2.2/6.2.4.3: operators that a certificate has no use for: {sorted(unknown)}"
    if "/Resources" not in file.page:
        yield "6.2.2: the page inherits its resources"
    for operands, operator in file.instructions:
        if operator == "Tr" and int(operands[0]) == _INVISIBLE:
            yield "invisible text"
    yield from _resources(file)
    group = file.page.get("/Group")
    if group is not None and str(group.get("/CS", "")) != "/DeviceRGB":
        yield "6.2.10: a transparency group without a colour space"
    yield from _output_intent(file)


def _resources(file: File) -> Iterator[str]:
    resources = file.page.get("/Resources", pikepdf.Dictionary())
    for kind in ("/XObject", "/Shading", "/Pattern", "/ColorSpace"):
        if resources.get(kind):
            yield f"6.2.4/6.2.8/6.2.9: {kind} in the resources"
    for state in resources.get("/ExtGState", pikepdf.Dictionary()).values():
        if (
            set(state.keys()) & {"/TR", "/TR2", "/HTP", "/HTO", "/SMask"}
            or float(state.get("/ca", 1)) < 1
            or float(state.get("/CA", 1)) < 1
        ):
            yield "6.2.5/6.2.10: a transfer function, a halftone or transparency"
        if str(state.get("/BM", "/Normal")) not in {"/Normal", "/Compatible"}:
            yield "6.2.10: a blend mode"


def _output_intent(file: File) -> Iterator[str]:
    intents = [intent for intent in file.root.get("/OutputIntents", []) if str(intent.S) == "/GTS_PDFA1"]
    if len(intents) != 1:
        yield "6.2.3: not one output intent"
        return
    (intent,) = intents
    if "/DestOutputProfileRef" in intent or not str(intent.get("/OutputConditionIdentifier", "")):
        yield "6.2.3: a profile elsewhere, or no identifier"
    profile = intent.DestOutputProfile
    icc = profile.read_bytes()
    sound = len(icc) == int.from_bytes(icc[:4], "big") and icc[36:40] == b"acsp" and icc[8] <= 4
    if not (sound and icc[12:16] in {b"mntr", b"prtr", b"spac"} and icc[16:20] == b"RGB " and int(profile.N) == 3):
        yield "6.2.3: the profile is not one of ICC version 4 at most for three colours"
