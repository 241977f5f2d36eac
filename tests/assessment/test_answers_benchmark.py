"""What the benchmark of answers makes of its counts: dollars at list prices, and whether the budgets are met."""

from dataclasses import replace
from datetime import date

import pytest

from benchmarks.answers.__main__ import Budget
from benchmarks.answers.prices import INVOCATION_S, MOST_USD, PRICES, Counted, cost_of
from benchmarks.answers.units import item_bytes, read_units, write_units

NOTHING = replace(PRICES, **{name: 0 for name in PRICES.__slots__ if name not in {"region", "as_of"}})
MILLION = Counted(requests=1_000_000, batches=500_000, write_units=2_000_000, read_units=4_000_000)


@pytest.mark.parametrize(
    ("price", "part", "usd"),
    [
        ({"million_write_units": 3}, "dynamodb", 6),
        ({"million_read_units": 3}, "dynamodb", 12),
        ({"million_http_requests": 3}, "http_api", 3),
        ({"million_invocations": 3}, "lambda", 4.5),
        ({"gb_second_arm64": 3}, "lambda", 4_500_000 * INVOCATION_S),
        ({"gb_of_logs": 3}, "logs", 9),
    ],
)
def test_each_price_is_for_what_it_is_charged_for(price: dict[str, float], part: str, usd: float) -> None:
    cost = cost_of(MILLION, replace(NOTHING, **price))
    assert (cost[part], cost["usd"]) == (pytest.approx(usd), pytest.approx(usd))


def test_prices_have_a_day_and_a_place() -> None:
    cost = cost_of(MILLION)
    assert (date.fromisoformat(cost["as_of"]), cost["region"]) == (date(2026, 11, 22), "us-east-1")


@pytest.mark.parametrize(
    ("budget", "met"),
    [
        (Budget(1, 2, MOST_USD), True),
        (Budget(2, 2, MOST_USD), False),
        (Budget(1, 2.01, MOST_USD), False),
        (Budget(1, 2, MOST_USD * 1.01), False),
    ],
)
def test_a_budget_is_met_or_the_command_fails(budget: Budget, met: bool) -> None:
    assert budget.is_met is met


def test_units_begin_at_each_kilobyte_written_and_each_four_read() -> None:
    item = {"id": {"S": "é"}, "n": {"N": "12345"}, "l": {"L": [{"B": b"123"}]}, "set": {"NS": ["5", "123"]}}
    assert (item_bytes(item), write_units(1024, 1025), read_units(4097), read_units(0)) == (25, 2, 2, 1)
