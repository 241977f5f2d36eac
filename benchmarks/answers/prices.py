"""What a certification of 48 questions costs in US dollars, from what was counted.

Budget: 0.001 at list prices (docs/architecture.md, *Budgets*).
"""

from dataclasses import dataclass
from typing import Any

MOST_USD = 0.001


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars at list, beyond every free tier and before every rebate, of one region on one day."""

    region: str
    as_of: str
    million_write_units: float
    million_read_units: float
    million_http_requests: float
    million_invocations: float
    gb_second_arm64: float
    gb_of_logs: float


#: DynamoDB on demand (standard class), HTTP API (first tier), Lambda on arm64 (first tier), CloudWatch Logs (ingestion), as their price
#: pages say. Paris (eu-west-3) takes about a fifth more for DynamoDB, the API and logs.
PRICES = Prices(
    region="us-east-1",
    as_of="2026-11-22",
    million_write_units=0.625,
    million_read_units=0.125,
    million_http_requests=1.00,
    million_invocations=0.20,
    gb_second_arm64=0.0000133334,
    gb_of_logs=0.50,
)

#: What is not counted here but assumed: how long an invocation lasts (docs/scale.md) in a gigabyte (``MemorySize`` in template.yaml), and
#: what it and the gateway write to their logs.
INVOCATION_S = 0.025
MEMORY_GB = 1.0
LOG_BYTES = 2_000


@dataclass(frozen=True, slots=True)
class Counted:
    """What one certification asks for: its requests, the stream's batches behind them, and the units of both."""

    requests: int
    batches: int
    write_units: int
    read_units: int


def cost_of(counted: Counted, prices: Prices = PRICES) -> dict[str, Any]:
    """The cost in US dollars, by what is charged, with the sum as ``usd``.

    >>> cost_of(Counted(requests=1_000_000, batches=0, write_units=1_000_000, read_units=0))["dynamodb"]
    0.625
    """
    invocations = counted.requests + counted.batches
    parts = {
        "http_api": counted.requests * prices.million_http_requests / 1e6,
        "lambda": invocations * (prices.million_invocations / 1e6 + INVOCATION_S * MEMORY_GB * prices.gb_second_arm64),
        "dynamodb": (counted.write_units * prices.million_write_units + counted.read_units * prices.million_read_units) / 1e6,
        "logs": invocations * LOG_BYTES * prices.gb_of_logs / 1e9,
    }
    rounded = {name: round(usd, 6) for name, usd in parts.items()}
    return rounded | {"usd": round(sum(parts.values()), 6), "region": prices.region, "as_of": prices.as_of}
