"""The template's alarms, and what each watches, whether one metric or many."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.cloud import template

#: Dimensions by name, as the template writes them; a reference as its JSON text.
Dimensions = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric that an alarm looks at."""

    namespace: str
    name: str
    dimensions: Dimensions

    @property
    def of(self) -> str:
        """The logical id of the resource that the metric is of, or an empty string."""
        for _, value in self.dimensions:
            if value.startswith("{"):
                ((_, target),) = json.loads(value).items()
                return str(target[0] if isinstance(target, list) else target).split(".")[0]
        return ""


def alarms() -> dict[str, Mapping[str, Any]]:
    """The properties of every alarm, by its logical id."""
    resources = template()["Resources"].items()
    return {name: resource["Properties"] for name, resource in resources if resource["Type"] == "AWS::CloudWatch::Alarm"}


def watched_by(alarm: Mapping[str, Any]) -> Iterator[Metric]:
    """Every metric that an alarm looks at, those of optional functions included."""
    if "MetricName" in alarm:
        yield _metric(alarm)
    for query in alarm.get("Metrics", ()):
        asked = query["Fn::If"][1] if "Fn::If" in query else query
        if "MetricStat" in asked:
            yield _metric(asked["MetricStat"]["Metric"])


def _metric(described: Mapping[str, Any]) -> Metric:
    dimensions = [(item["Name"], item["Value"]) for item in described.get("Dimensions", ())]
    written = frozenset((name, value if isinstance(value, str) else json.dumps(value)) for name, value in dimensions)
    return Metric(described["Namespace"], described["MetricName"], written)


def measured_in(line: Mapping[str, Any]) -> Metric:
    """The metric that one embedded line tells."""
    (told,) = line["_aws"]["CloudWatchMetrics"]
    return Metric(told["Namespace"], told["Metrics"][0]["Name"], frozenset((name, line[name]) for name in told["Dimensions"][0]))
