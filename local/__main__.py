"""``python -m local run | dev | logs | command | stop``: what the Makefile calls."""

import argparse
import os
import sys

from local.running import PORT, SITE_PORT, NothingRunsError, endpoint


def main() -> int:
    """Parse the command line and do the one thing it asks."""
    arguments = _parser().parse_args()
    try:
        return _do(arguments)
    except NothingRunsError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description="Jalon on this machine.")
    commands = parser.add_subparsers(dest="do", required=True)
    run = commands.add_parser("run", help="start everything, play the journey, stay up")
    run.add_argument("--port", type=int, default=PORT, help="port of the embedded cloud")
    run.add_argument("--site-port", type=int, default=SITE_PORT, help="port of the static site")
    run.add_argument("--no-journey", action="store_true", help="start without playing the journey")
    dev = commands.add_parser("dev", help="serve the handlers in one process against the running embedded cloud")
    dev.add_argument("--dev-port", type=int, default=4590, help="port to serve on")
    logs = commands.add_parser("logs", help="show what the functions wrote")
    logs.add_argument("--all", action="store_true", help="the whole log, not its end alone")
    logs.add_argument("name", nargs="?", default="", help="part of a function's name")
    command = commands.add_parser("command", help="run an operator's command on the system that runs here")
    for beside in (dev, logs, command):
        beside.add_argument("--port", type=int, help="port of the embedded cloud; where this folder's run is unless given")
    command.add_argument("name", nargs="?", default="", help="the command; without it they are listed")
    command.add_argument("arguments", nargs=argparse.REMAINDER, help="what the command takes")
    commands.add_parser("stop", help="stop what run started")
    return parser


def _do(arguments: argparse.Namespace) -> int:
    """Each command imports what it needs, and no more."""
    match arguments.do:
        case "run":
            from local.run import run

            return run(arguments.port, arguments.site_port, play_journey=not arguments.no_journey)
        case "dev":
            from local.dev import serve

            return serve(endpoint(arguments.port), arguments.dev_port)
        case "logs":
            from local.logs import show

            return show(endpoint(arguments.port), arguments.name, whole=arguments.all)
        case "command":
            from local.deploy import STACK, account_environment
            from tools import in_stack

            os.environ |= account_environment(endpoint(arguments.port))
            return in_stack.run(STACK, arguments.name, arguments.arguments)
    from local.run import stop

    return stop()


if __name__ == "__main__":
    sys.exit(main())
