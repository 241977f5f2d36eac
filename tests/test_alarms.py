"""Every alarm tells somebody, nothing is left unwatched, and the operators' page says of each what to do."""

import importlib
import json
import re
import sys
from pathlib import Path
from typing import Any, NoReturn

import pytest

from jalon.edge.settings import Settings
from tests.alarms import Metric, alarms, measured_in, watched_by
from tests.cloud import template
from tests.events import CONTEXT, http_event

ROOT = Path(__file__).parent.parent
RESOURCES: dict[str, Any] = template()["Resources"]
FUNCTIONS: dict[str, Any] = {
    name: resource["Properties"] for name, resource in RESOURCES.items() if resource["Type"] == "AWS::Serverless::Function"
}
TOPIC = {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]}
#: CloudWatch's quota of metrics that one alarm may compute with.
MOST_METRICS = 10


def events(function: str, kind: str) -> list[dict[str, Any]]:
    """What calls a function, of one kind."""
    return [event["Properties"] for event in (FUNCTIONS[function].get("Events") or {}).values() if event["Type"] == kind]


def called_by(kind: str) -> list[str]:
    return [function for function in FUNCTIONS if events(function, kind)]


def watched(namespace: str, name: str) -> set[str]:
    """The resources of which some alarm watches this metric."""
    return {
        metric.of for alarm in alarms().values() for metric in watched_by(alarm) if (metric.namespace, metric.name) == (namespace, name)
    }


@pytest.mark.parametrize("name", alarms())
def test_an_alarm_tells_the_topic(name: str) -> None:
    assert alarms()[name]["AlarmActions"] == TOPIC


@pytest.mark.parametrize("name", alarms())
def test_an_alarm_on_a_state_tells_when_it_is_over(name: str) -> None:
    """One on an event does not: that five minutes have passed since says nothing."""
    alarm = alarms()[name]
    statistics = {alarm.get("Statistic"), *(query["MetricStat"]["Stat"] for query in alarm.get("Metrics", ()) if "MetricStat" in query)}
    if statistics & {"Maximum", "Average", "SampleCount"} or "DatapointsToAlarm" in alarm:
        assert alarm["OKActions"] == TOPIC
    else:
        assert alarm.get("OKActions", TOPIC) == TOPIC


@pytest.mark.parametrize("name", [name for name, alarm in alarms().items() if "Metrics" in alarm])
def test_a_computed_alarm_is_one_that_cloudwatch_takes(name: str) -> None:
    queries = [query["Fn::If"][1] if "Fn::If" in query else query for query in alarms()[name]["Metrics"]]
    (expression,) = [query for query in queries if "Expression" in query]
    metrics = [query for query in queries if "MetricStat" in query]
    assert 1 < len(metrics) <= MOST_METRICS
    assert all(query["ReturnData"] is False for query in metrics)
    assert len({query["Id"] for query in queries}) == len(queries)
    assert len({query["MetricStat"]["Period"] for query in metrics}) == 1
    named = set(re.findall(r"\b[a-z_]+\b", expression["Expression"]))
    assert named <= {query["Id"] for query in metrics}
    assert named or "METRICS()" in expression["Expression"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_that_crashes_rings(function: str) -> None:
    assert function in watched("AWS/Lambda", "Errors")


@pytest.mark.parametrize("function", called_by("HttpApi"))
def test_a_route_that_is_throttled_rings(function: str) -> None:
    assert function in watched("AWS/Lambda", "Throttles")


@pytest.mark.parametrize("function", called_by("DynamoDB"))
def test_a_stream_worker_that_is_behind_rings(function: str) -> None:
    assert function in watched("AWS/Lambda", "IteratorAge")


@pytest.mark.parametrize("queue", [name for name, resource in RESOURCES.items() if resource["Type"] == "AWS::SQS::Queue"])
def test_a_queue_that_nobody_empties_rings(queue: str) -> None:
    """Dead letters at the first; work when it has waited."""
    metric = "ApproximateAgeOfOldestMessage" if "RedrivePolicy" in RESOURCES[queue]["Properties"] else "ApproximateNumberOfMessagesVisible"
    assert queue in watched("AWS/SQS", metric)


def test_requests_that_fail_ring_by_their_share() -> None:
    assert watched("AWS/ApiGateway", "5xx") == watched("AWS/ApiGateway", "Count") == {"HttpApi"}


@pytest.mark.parametrize("function", called_by("HttpApi"))
def test_an_error_that_nobody_foresaw_rings(function: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """It is provoked in each function, and what was measured is what the alarm watches."""
    module = importlib.import_module(FUNCTIONS[function]["Handler"].removesuffix(".handler"))

    def broken(*_: object) -> NoReturn:
        raise RuntimeError("broken")

    _forget_parts(module.__name__.rsplit(".", 1)[0])
    monkeypatch.setattr(Settings, "from_environment", broken)
    capsys.readouterr()
    paths = [event["Path"] for event in events(function, "HttpApi") if event["Method"] == "GET"]
    path = re.sub(r"\{\w+\}", "12345678", min(paths, key=lambda path: path.count("{")))
    answer = module.handler(http_event("GET", path, None, subject="usr_x", roles="pupil"), CONTEXT)
    assert answer["statusCode"] == 500
    told = {measured_in(json.loads(line)) for line in capsys.readouterr().out.splitlines() if line.startswith('{"_aws"')}
    service = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", function.removesuffix("Function")).lower()
    assert told & set(watched_by(alarms()["ApisFailingAlarm"])) == {Metric("Jalon", "UnexpectedError", frozenset({("service", service)}))}


def _forget_parts(package: str) -> None:
    """Have what was wired before be wired again at the next request."""
    for name, module in list(sys.modules.items()):
        if name.startswith(package) and name.endswith("wiring"):
            for member in vars(module).values():
                if hasattr(member, "cache_clear") and member.__module__ == name:
                    member.cache_clear()


def test_the_operators_page_says_of_every_alarm_what_to_do() -> None:
    page = (ROOT / "docs" / "deploy.md").read_text().split("## Alarms")[1].split("\n## ")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \|(.*)\|$", page, re.MULTILINE))
    assert set(rows) == set(alarms())
    assert all(len(said.split("|")) == 2 and all(cell.strip() for cell in said.split("|")) for said in rows.values())
