"""What a cold start costs: ``make bench NAME=cold_start``.

CPU time to import each API function and construct its handler, as it is shipped (`.pyc` beside every module, layers on the path), over
a bare interpreter; in the same run, interleaved, that of Powertools' resolver with validation alone, the peer. Then the CPU time of the
parts that make the difference. Each figure is the mean of the lowest quarter of its rounds: whatever else the machine does only adds to a
cold start, and no single round decides. Times are this machine's: read the ratios. The last line is the figures as JSON; the exit status is
1 when a function takes more than :data:`MOST` times the peer.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
from statistics import fmean

from local.build import ARTIFACTS, build_all
from local.paths import RUNTIME_PYTHON
from local.rewrite import load

#: The budget of the design, which not every function meets (docs/decisions/0007).
TARGET = 1.3
#: What fails the run: where we stand at worst, 1.82, and a tenth for noise.
MOST = 2.0
PEER = """
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
app = APIGatewayHttpResolver(enable_validation=True)
"""
#: What a function of resolver and tables has before the first line of its own: the peer, PynamoDB and :mod:`jalon.edge`.
GROUND = """
import jalon.edge.quiet_start
from jalon.edge import http, idempotency
http.lambda_handler("ground", http.api("ground"))
"""
#: Parts, each alone: the ground; PynamoDB, which stands on botocore, which stands on urllib3.
PARTS = {
    "ground": GROUND,
    "pynamodb": "import pynamodb.models",
    "botocore": "import botocore.session, botocore.client",
    "urllib3": "import urllib3",
}


def main() -> int:
    """Build, measure and report; 1 when the limit is missed."""
    parser = argparse.ArgumentParser(prog="cold_start", description="Measure what a cold start costs.")
    parser.add_argument("--rounds", type=int, default=24, help="cold starts of each function (default: 24)")
    rounds = parser.parse_args().rounds
    build_all(lambda title: print(f"building {title}", file=sys.stderr))
    cases = {"nothing": ("pass", ""), "peer": (PEER, "")}
    cases |= {name: (f"import {module}", logical_id) for name, (module, logical_id) in api_functions().items()}
    cases |= {name: (code, "") for name, code in PARTS.items()}
    taken: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, case in cases.items():
            taken[name].append(cpu_ms(*case))
    nothing = undisturbed(taken["nothing"])
    cost = {name: undisturbed(each) - nothing for name, each in taken.items() if name != "nothing"}
    return report(cost)


def api_functions() -> dict[str, tuple[str, str]]:
    """Name → (handler's module, logical id) of every function behind the HTTP API, from the template."""
    found = {}
    for logical_id, item in load()["Resources"].items():
        properties = item.get("Properties", {})
        if item["Type"] == "AWS::Serverless::Function" and any(
            event["Type"] == "HttpApi" for event in (properties.get("Events") or {}).values()
        ):
            module = properties["Handler"].rpartition(".")[0]
            found[module.removeprefix("functions.").removesuffix(".app")] = (module, logical_id)
    return found


def cpu_ms(code: str, logical_id: str) -> float:
    """CPU time, user and system, of one interpreter that runs ``code`` with a function's path."""
    layers = [ARTIFACTS / "JalonLayer" / "python", ARTIFACTS / "EngineLayer" / "python"]
    path = ([str(ARTIFACTS / logical_id)] if logical_id else []) + [str(layer) for layer in layers]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(path), "PYTHONDONTWRITEBYTECODE": "1"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([RUNTIME_PYTHON, "-c", code], env=environment, cwd=ARTIFACTS, check=True)  # noqa: S603 - our own code
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def undisturbed(taken: list[float]) -> float:
    """The mean of the lowest quarter: of 24 rounds, 6."""
    return fmean(sorted(taken)[: max(1, len(taken) // 4)])


def report(cost: dict[str, float]) -> int:
    """Print the figures; 1 when a function is above the limit."""
    peer = cost.pop("peer")
    ratios = {name: round(taken / peer, 2) for name, taken in cost.items()}
    print(f"{'':22}{'CPU ms':>8}{'× peer':>8}")
    print(f"{'peer':22}{peer:8.0f}{1.0:8.2f}   Powertools' resolver with validation alone")
    for name, taken in cost.items():
        print(f"{name:22}{taken:8.0f}{ratios[name]:8.2f}{'   alone' if name in PARTS else ''}")
    functions = {name: ratio for name, ratio in ratios.items() if name not in PARTS}
    print(f"target {TARGET}: met by {sum(ratio <= TARGET for ratio in functions.values())} of {len(functions)}; limit {MOST}")
    figures = {
        "peer_ms": round(peer),
        "functions": functions,
        "parts": {name: ratios[name] for name in PARTS},
        "target": TARGET,
        "limit": MOST,
    }
    print(json.dumps(figures))
    return int(max(functions.values()) > MOST)


if __name__ == "__main__":
    sys.exit(main())
