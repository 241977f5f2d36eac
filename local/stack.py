"""The whole system on this machine: the embedded cloud, the deployed stack, its content and its site."""

import contextlib
import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path

from local import deploy, emulator, site
from local.deploy import Deployed
from local.emulator import Emulator
from local.paths import CONTENT_RELEASE, ROOT
from local.progress import step
from tools import publish
from tools.sources import python_environment


class StackError(RuntimeError):
    """The system cannot be brought up; the message is for the person at the keyboard."""


@dataclass(frozen=True, slots=True)
class Up:
    """A system that stands."""

    cloud: Emulator
    deployed: Deployed
    site_url: str

    @property
    def api_url(self) -> str:
        return self.deployed.outputs["ApiUrl"]


@contextlib.contextmanager
def bring_up(work_dir: Path, port: int, site_port: int, *, keep_state: bool) -> Iterator[Up]:
    """Start, build, deploy and publish; stop on the way out. ``work_dir`` holds the emulator's data.

    Raises :class:`StackError`, ``EmulatorError``, ``BuildError`` or ``DeployError``, each with a sentence that says what to do.
    """
    if emulator.port_in_use(site_port):
        raise StackError(f"Port {site_port} is in use: choose another with `make run SITE_PORT={site_port + 1}`.")
    site_url = f"http://{emulator.HOST}:{site_port}"
    with contextlib.ExitStack() as stack:
        with step("Start the embedded cloud"):
            cloud = emulator.start(port, work_dir, keep_state=keep_state)
        stack.callback(_stop, cloud)
        with step("Build the learning content"):
            build_content()
        with step("Build and deploy template.yaml") as tell:
            deployed = deploy.deploy(cloud.endpoint, site_url, tell)
        with step("Publish the site and the content"):
            s3 = deploy.client("s3", cloud.endpoint)
            publish.publish_site(s3, deployed.outputs["SiteBucketName"])
            publish.publish_content(s3, deployed.outputs["ContentBucketName"], CONTENT_RELEASE)
        _start_what_was_lost(cloud.endpoint)
        server = _serve_site(site_port, port, deployed)
        stack.callback(server.server_close)
        stack.callback(server.shutdown)
        yield Up(cloud, deployed, site_url)


def _stop(cloud: Emulator) -> None:
    with step("Save the data and stop"):
        cloud.stop()


def build_content() -> None:
    """Build the release into ``.jalon/build/content``, unless it was made of the same sources (the build is deterministic)."""
    stamp, made_of = CONTENT_RELEASE.with_suffix(".stamp"), _content_sources()
    if (CONTENT_RELEASE / publish.CURRENT).exists() and stamp.exists() and stamp.read_text() == made_of:
        return
    command = [sys.executable, "-m", "tools.content", "build", "--out", str(CONTENT_RELEASE)]
    result = subprocess.run(command, cwd=ROOT, env=python_environment(), capture_output=True, text=True, check=False)
    if result.returncode:
        raise StackError(f"The learning content cannot be built:\n{result.stdout}{result.stderr}")
    stamp.write_text(made_of)


def _content_sources() -> str:
    """A digest of everything a release is made of: the content, the tool, and the engine that proves the solutions."""
    digest = hashlib.sha256(sys.version.encode())
    for folder in (ROOT / "content", ROOT / "tools" / "content", ROOT / "layers" / "engine" / "engine"):
        for file in sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
            digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _serve_site(site_port: int, emulator_port: int, deployed: Deployed) -> ThreadingHTTPServer:
    server = site.serve(site_port, emulator_port, deployed.outputs["SiteDistributionDomain"])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def _start_what_was_lost(endpoint: str) -> None:
    """The emulator forgets running executions when it stops: ask the stack's own sweep to start them again."""
    functions = deploy.client("lambda", endpoint)
    for page in functions.get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            if "ResumeFinalisations" in function["FunctionName"]:
                functions.invoke(FunctionName=function["FunctionName"], Payload=b"{}")


def operator_client(endpoint: str) -> tuple[str, str]:
    """The operator's client id and secret, which the stack generated and only its owner can read."""
    secrets = deploy.client("secretsmanager", endpoint)
    arn = next(item["ARN"] for item in secrets.list_secrets(MaxResults=100)["SecretList"] if "OperatorClient" in item["Name"])
    value = json.loads(secrets.get_secret_value(SecretId=arn)["SecretString"])
    return str(value["client_id"]), str(value["client_secret"])
