"""A school on the emulator, driven through the handlers as clients and the cloud's own events do."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from functions.campaigns import wiring as campaigns_wiring
from functions.campaigns.app import handler as campaigns
from functions.count_campaign_stats import wiring as stats_wiring
from functions.count_campaign_stats.app import handler as count_campaign_stats
from functions.import_pupils import wiring as import_wiring
from functions.import_pupils.app import handler as import_pupils
from functions.project_participations import wiring as project_participations_wiring
from functions.track_participations import wiring as track_wiring
from functions.track_participations.app import handler as track_participations
from jalon.edge import aws, secrets
from jalon.kernel.ids import Uai
from local.siecle_sample import Sample, SamplePupil, siecle_sample
from tests import cloud as test_cloud
from tests.assessment import content
from tests.cloud import Cloud
from tests.events import CONTEXT, body_of, http_event

EVENTS = Path(__file__).parent.parent.parent / "events"
UAI = Uai("0990001N")
OTHER_UAI = Uai("0990002P")


@dataclass
class School:
    """The handlers with an account of the emulator behind them, and one school's sample list."""

    cloud: Cloud
    sample: Sample = field(default_factory=lambda: siecle_sample(UAI, seed=1))
    admin: str = ""
    met: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for cached in (
            campaigns_wiring.parts,
            campaigns_wiring.accounts,
            import_wiring.importing,
            stats_wiring.parts,
            track_wiring.parts,
            project_participations_wiring.parts,
        ):
            cached.cache_clear()

    def call(self, method: str, path: str, body: Any = None, **event: Any) -> tuple[int, Any]:
        """Status and body of one request to the API function."""
        answer = campaigns(http_event(method, path, body, **event), CONTEXT)
        return answer["statusCode"], body_of(answer) if answer.get("body") else None

    def as_admin(self, method: str, path: str, body: Any = None, uai: str = UAI, **event: Any) -> tuple[int, Any]:
        return self.call(method, f"/v1/organisations/{uai}{path}", body, subject=self.admin, roles="teacher", **event)

    def as_pupil(self, user_id: str, method: str, path: str, body: Any = None, **event: Any) -> tuple[int, Any]:
        return self.call(method, path, body, subject=user_id, roles="pupil", **event)

    def create(self, uai: str = UAI) -> Any:
        body = {"uai": uai, "name": "Collège des Exemples", "official_email": f"ce.{uai.lower()}@ac-exemple.example"}
        return self.call("POST", "/v1/organisations", body, subject="cli_operator", scope="organisations:write")

    def activate(self, uai: str = UAI, email: str = "principale@exemple.example", **changes: Any) -> tuple[int, Any]:
        status, created = self.create(uai)
        assert status == 201, created
        body = activation(created["activation_code"], email=email) | changes
        return self.call("POST", f"/v1/organisations/{uai}/activation", body)

    def open(self) -> "School":
        """With its space activated."""
        status, member = self.activate()
        assert status == 201, member
        self.admin = member["user_id"]
        return self

    def with_pupils(self) -> "School":
        """With its list in force too."""
        self.open()
        assert self.import_list(self.sample.xml)["status"] == "IMPORTED"
        return self

    def with_content(self) -> "School":
        """With its list in force and the tests' release published."""
        self.with_pupils().publish_content()
        return self

    def request_import(self) -> Any:
        status, requested = self.as_admin("POST", "/imports")
        assert status == 202, requested
        return requested

    def upload(self, requested: Any, data: bytes) -> None:
        upload = requested["upload"]
        assert httpx.request(upload["method"], upload["url"], headers=upload["headers"], content=data, timeout=60).status_code == 200

    def deliver(self, import_id: str, uai: str = UAI, receive_count: int = 1) -> list[str]:
        """Hand the bucket's notice to the worker, as the queue does; returns the ids of the messages that failed."""
        event = json.loads((EVENTS / "import_pupils" / "upload.json").read_text())
        (record,) = event["Records"]
        notice = json.loads(record["body"])
        notice["Records"][0]["s3"]["object"]["key"] = f"imports/{uai}/{import_id}"
        record["body"] = json.dumps(notice)
        record["attributes"]["ApproximateReceiveCount"] = str(receive_count)
        return [failure["itemIdentifier"] for failure in import_pupils(event, CONTEXT)["batchItemFailures"]]

    def read_import(self, import_id: str) -> Any:
        status, stored = self.as_admin("GET", f"/imports/{import_id}")
        assert status == 200
        return stored

    def import_list(self, data: bytes) -> Any:
        """Request, upload, deliver; the import as it ended."""
        requested = self.request_import()
        self.upload(requested, data)
        assert self.deliver(requested["id"]) == []
        return self.read_import(requested["id"])

    def newcomer(self) -> str:
        """The account of a pupil of the list who was not met before, reconciled."""
        number = len(self.met)
        self.met.append(f"usr_{number + 1:032x}")
        assert self.reconcile(self.sample.pupils[number], self.met[number])[0] == 200
        return self.met[number]

    def pupil_of(self, user_id: str) -> SamplePupil:
        return self.sample.pupils[self.met.index(user_id)]

    def reconcile(self, pupil: SamplePupil, user_id: str, **changes: Any) -> tuple[int, Any]:
        body = {"uai": UAI, "first_name": pupil.first_name, "last_name": pupil.last_name, "birth_date": pupil.birth_date.isoformat()}
        return self.as_pupil(user_id, "POST", "/v1/reconciliations", body | changes)

    def publish_content(self) -> None:
        """The small release of the assessment's tests, as the current one."""
        s3, bucket = self.cloud.client("s3"), self.cloud.environment["CONTENT_BUCKET"]
        public, _ = content.bundles()
        s3.put_object(Bucket=bucket, Key=f"releases/{content.VERSION}/public.json.gz", Body=public)
        s3.put_object(Bucket=bucket, Key="releases/current.json", Body=json.dumps({"version": content.VERSION}).encode())

    def create_campaign(self, kind: str = "assessment", **changes: Any) -> Any:
        body: dict[str, Any] = {"type": kind, "name": "Rentrée"}
        if kind == "assessment":
            body["target_profile_id"] = content.CAMPAIGN_PROFILE
        status, campaign = self.as_admin("POST", "/campaigns", body | changes)
        assert status == 201, campaign
        return campaign

    def track(self) -> dict[str, Any]:
        """Hand every assessment as it stands to the stream worker."""
        records = [
            {"eventName": "MODIFY", "dynamodb": {"SequenceNumber": str(number), "NewImage": _as_streamed(item)}}
            for number, item in enumerate(self.cloud.items("assessments"), start=1)
        ]
        return track_participations({"Records": records}, CONTEXT)

    def count(self) -> dict[str, Any]:
        """Hand a change of every participation to the stream worker."""
        records = [
            {
                "eventName": "MODIFY",
                "dynamodb": {"SequenceNumber": str(number), "Keys": {name: item[name] for name in ("campaign_shard", "user_id")}},
            }
            for number, item in enumerate(self.cloud.items("participations"), start=1)
        ]
        return count_campaign_stats({"Records": records}, CONTEXT)


@contextmanager
def own_account(emulator: str) -> Iterator[Cloud]:
    """What the fixture ``cloud`` gives, for as long as the caller needs it."""
    with pytest.MonkeyPatch.context() as environment:
        built = test_cloud.build(emulator)
        for name, value in built.environment.items():
            environment.setenv(name, value)
        aws.forget_clients()
        secrets.forget_secrets()
        yield built
    aws.forget_clients()
    secrets.forget_secrets()


def activation(code: str, email: str = "principale@exemple.example") -> dict[str, str]:
    return {
        "activation_code": code,
        "first_name": "Camille",
        "last_name": "Exemple",
        "email": email,
        "password": "un-mot-de-passe-assez-long-42",
    }


def _as_streamed(item: dict[str, Any]) -> dict[str, Any]:
    """An item in the form a stream's event has it in Lambda: binary values as base64 text."""

    def form(value: Any) -> Any:
        if isinstance(value, bytes):
            return base64.b64encode(value).decode()
        if isinstance(value, dict):
            return {key: form(each) for key, each in value.items()}
        return [form(each) for each in value] if isinstance(value, list) else value

    return {name: form(value) for name, value in item.items()}
