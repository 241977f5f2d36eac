"""``python -m tests.assessment.faults``: the model check, the fault run and the mutants; the last line is JSON.

Exit status 0 when every figure that must be 0 is 0 and every mutant was noticed.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable

from tests.assessment.faults.fault_run import run
from tests.assessment.faults.faulty_stores import Tally
from tests.assessment.faults.model_check import Bounds, ModelCheck
from tests.assessment.faults.mutants import killed_mutants

#: What must be 0, in the model check and in the fault run alike.
FIGURES = ("lost", "doubled", "changed", "stale_writes", "two_holders", "unfinished")


def main() -> int:
    parser = argparse.ArgumentParser(prog="faults", description="Check the answer protocol exhaustively and under faults.")
    parser.add_argument("--faults", type=int, default=300_000, help="faults to inject (default: 300000)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the fault run (default: 1)")
    parser.add_argument("--questions", type=int, default=3, help="questions in the model check (default: 3)")
    chosen = parser.parse_args()
    started = time.monotonic()
    _say("every state of two devices, a network, an invigilator and a clock …")
    model = ModelCheck(Bounds(questions=chosen.questions, in_flight=2, epochs=3)).run()
    _say(f"{model.states} states of a certification; every state of a test that any device may read …")
    model.add(ModelCheck(Bounds(questions=min(2, chosen.questions), in_flight=2, epochs=2, open_to_all=True)).run())
    _say(f"{model.states} states, {model.steps} steps, {model.violations} violations")
    _say("whole tests of 48 questions while everything around them fails …")
    tally = run(chosen.faults, chosen.seed, tell=_every(chosen.faults // 10))
    _say(f"{tally.faults} faults in {tally.sessions} tests of 48 questions, {tally.violations} violations")
    mutants = {}
    for name, killed in killed_mutants():
        mutants[name] = killed
        _say(f"{name}: {'noticed' if killed else 'NOT NOTICED'}")
    figures = {
        "states": model.states,
        "faults": tally.faults,
        "sessions": tally.sessions,
        **{name: getattr(model, name) + getattr(tally, name) for name in FIGURES},
        "mutants": len(mutants),
        "mutants_killed": sum(mutants.values()),
    }
    _say(f"{tally.forged} forged tickets taken, {time.monotonic() - started:.0f} s in all")
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0 if not model.violations and not tally.violations and all(mutants.values()) else 1


def _every(step: int) -> Callable[[Tally], None]:
    """Say where the fault run is, each time another ``step`` faults were injected."""
    told = 0

    def tell(tally: Tally) -> None:
        nonlocal told
        if step and tally.faults // step > told:
            told = tally.faults // step
            _say(f"  {tally.faults} faults, {tally.sessions} tests, {tally.violations} violations")

    return tell


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
