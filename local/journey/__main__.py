"""``python -m local.journey``: the whole journey as a client of the HTTPS API only, one line per step with its time.

Exit status 1 when a step fails. The last line is one line of JSON with the figures.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from local.journey import classroom, examination, read_back, school, verification
from local.journey.answer_key import AnswerKey
from local.journey.api import Api, JourneyError, Meter
from local.journey.contract import ContractError, contract
from local.journey.record import record_of
from local.journey.story import Story
from local.paths import CONTENT_RELEASE
from local.running import endpoint, running

Step = tuple[str, Callable[[Story], str]]

STEPS: tuple[Step, ...] = (
    ("A school activates its space", school.activate_school),
    ("The operator appoints the jury", school.appoint_jury),
    ("A SIECLE file is imported", school.import_pupils),
    ("Campaigns give their codes", school.create_campaigns),
    ("Pupils sign in and are reconciled", classroom.seat_pupils),
    ("Wrong codes and strangers are refused", classroom.refuse_wrong_codes),
    ("Pupils take the campaign's test", classroom.take_campaign),
    ("Pupils position themselves", classroom.position),
    ("A certification session is created", examination.create_session),
    ("Candidates come in and are authorised", examination.sit_down),
    ("The test is taken", examination.take_test),
    ("The session is finalised and scored", examination.finalise),
    ("The jury decides and publishes", examination.judge_and_publish),
    ("Certificates and tables are collected", examination.collect),
    ("The jury revokes one certificate", examination.revoke),
    ("Anyone checks them on the static page", verification.verify),
)


def main() -> int:
    """Play the journey, or read back what the last one made."""
    parser = argparse.ArgumentParser(prog="python -m local.journey", description="Play the whole journey against an API.")
    parser.add_argument("--base-url", help="address of the API; that of the system that runs here unless given")
    parser.add_argument("--verify-url", default=os.environ.get("JALON_VERIFY_URL"), help="address of the verification page")
    parser.add_argument("--release", type=Path, default=CONTENT_RELEASE, help="the content release that is current there (the answer key)")
    parser.add_argument("--pupils", type=int, default=24, help="how many pupils take part (6 to 30)")
    parser.add_argument(
        "--uai",
        default="",
        help="number of the school; who its pupils are and what they know follows from it. Another each time unless given",
    )
    parser.add_argument("--record", type=Path, help="where to write what was made; a file of this address's own unless given")
    parser.add_argument("--read-back", action="store_true", help="play nothing: read back what the record says was made")
    arguments = parser.parse_args()
    here = running()
    base_url = (arguments.base_url or (here.api_url if here else "")).rstrip("/")
    operator, verify_url = _operator(base_url), arguments.verify_url or _verify_url(base_url)
    if operator is None or verify_url is None:
        print(
            f"Nothing of ours runs {f'at {base_url}' if base_url else 'here'}: start it with `make run`, or, for an API elsewhere, name "
            "the operator's client (JALON_OPERATOR_ID, JALON_OPERATOR_SECRET) and the verification page (JALON_VERIFY_URL).",
            file=sys.stderr,
        )
        return 2
    record, meter = arguments.record or record_of(base_url), Meter()
    with httpx.Client(timeout=30, limits=httpx.Limits(max_connections=16)) as http:
        anyone = Api(base_url, contract(), meter, http)
        if arguments.read_back:
            return _read_back(anyone, verify_url, record)
        folder = record.with_suffix("")
        folder.mkdir(parents=True, exist_ok=True)
        pupils = max(6, min(30, arguments.pupils))
        story = Story(anyone, operator, AnswerKey.read(arguments.release), verify_url, folder, pupils, uai=arguments.uai)
        return _play(story, meter, record)


def _operator(base_url: str) -> tuple[str, str] | None:
    """The operator's credentials: from the environment, or from the embedded cloud when it runs here."""
    given = os.environ.get("JALON_OPERATOR_ID"), os.environ.get("JALON_OPERATOR_SECRET")
    if given[0] and given[1]:
        return given[0], given[1]
    here = running()
    if here is None or not here.serves(base_url):
        return None
    from local.stack import operator_client

    return operator_client(endpoint(here.port))


def _verify_url(base_url: str) -> str | None:
    here = running()
    return f"{here.site_url}/v" if here and here.serves(base_url) else None


def _play(story: Story, meter: Meter, record: Path) -> int:
    began = time.monotonic()
    done = 0
    for title, step in STEPS:
        step_began = time.monotonic()
        try:
            said = step(story)
        except (JourneyError, ContractError) as error:
            print(f"✗ {title:<40} {time.monotonic() - step_began:6.1f} s  {error}", flush=True)
            break
        done += 1
        print(f"✓ {title:<40} {time.monotonic() - step_began:6.1f} s  {said}", flush=True)
    passed = done == len(STEPS)
    if passed:
        record.write_text(json.dumps(read_back.record_of(story), ensure_ascii=False, indent=1))
        record.chmod(0o600)
    figures = {
        "steps": done,
        "requests": meter.requests,
        "answers": meter.answers,
        "errors": meter.errors,
        "p50_ms": meter.percentile_ms(50),
        "p99_ms": meter.percentile_ms(99),
        "seconds": round(time.monotonic() - began, 1),
    }
    print(json.dumps(figures), flush=True)
    return 0 if passed and meter.errors == 0 else 1


def _read_back(anyone: Api, verify_url: str, record: Path) -> int:
    try:
        said = read_back.read_back(anyone, verify_url, json.loads(record.read_text()))
    except (JourneyError, ContractError) as error:
        print(f"✗ What the last journey made is not all there: {error}")
        return 1
    print(f"✓ What the last journey made is there: {said}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
