"""``python -m local run | dev | stop``: what the Makefile calls."""

import argparse
import sys


def main() -> int:
    """Parse the command line and do the one thing it asks."""
    parser = argparse.ArgumentParser(prog="python -m local", description="Jalon on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    run_parser = commands.add_parser("run", help="start everything, play the journey, stay up")
    run_parser.add_argument("--port", type=int, default=4566, help="port of the embedded cloud")
    run_parser.add_argument("--site-port", type=int, default=4580, help="port of the static site")
    run_parser.add_argument("--no-journey", action="store_true", help="start without playing the journey")
    dev_parser = commands.add_parser("dev", help="serve the handlers in one process against the running embedded cloud")
    dev_parser.add_argument("--port", type=int, default=4566, help="port of the embedded cloud")
    dev_parser.add_argument("--dev-port", type=int, default=4590, help="port to serve on")
    logs_parser = commands.add_parser("logs", help="show what the functions wrote")
    logs_parser.add_argument("--port", type=int, default=4566, help="port of the embedded cloud")
    logs_parser.add_argument("name", nargs="?", default="", help="part of a function's name")
    commands.add_parser("stop", help="stop what run started")
    arguments = parser.parse_args()
    if arguments.command == "run":
        from local.run import run

        return run(arguments.port, arguments.site_port, play_journey=not arguments.no_journey)
    if arguments.command == "dev":
        from local.dev import serve

        return serve(arguments.port, arguments.dev_port)
    if arguments.command == "logs":
        from local.emulator import HOST
        from local.logs import show

        return show(f"http://{HOST}:{arguments.port}", arguments.name)
    from local.run import stop

    return stop()


if __name__ == "__main__":
    sys.exit(main())
