"""DynamoDB through PynamoDB: binding models to the deployed tables, and the store's errors in our words.

A model names its table logically (``class Meta(TableMeta): table_name = "assessments"``); :func:`bind` swaps in the
physical name that the template gave, once, when a function is wired.
"""

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any

from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException, VerboseClientError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from jalon.edge.aws import patience, session
from jalon.edge.own_writes import Item, stands
from jalon.edge.settings import Settings
from jalon.kernel.errors import ConflictError, UnavailableError

_BUSY = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "InternalServerError",
        "TransactionInProgressException",
        "TransactionConflictException",
        "LimitExceededException",
    }
)
_CANCELLED = "TransactionCanceledException"
#: Why a transaction is cancelled that may go through a moment later, its conditions being what they are (Amazon DynamoDB API Reference,
#: TransactWriteItems, "Cancellation reasons"). Of the others, ``ConditionalCheckFailed`` is a refusal, the rest are faults of ours.
_PASSING = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_CONDITION = "ConditionalCheckFailed"
_REFUSED = f"{_CONDITION}Exception"
_TELL_ITEM = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}


#: The first of the pauses before tries that double, in seconds; each is drawn at random below it.
_PAUSE_S = 0.1
#: How often a write that meets somebody else's transaction is sent in all, and until when after it was first sent another try begins.
_WRITE_TRIES = 3
_WRITE_PATIENCE_S = 0.5
_PATIENCE = patience("dynamodb")
#: Seconds. What one operation may take, at most: the last of its tries begins at the end of that patience, after a pause.
LONGEST_OPERATION_S = _WRITE_PATIENCE_S + _PAUSE_S * 2 ** (_WRITE_TRIES - 2) + _PATIENCE.longest_s


class ConditionFailedError(ConflictError):
    """Something else changed what the request would change, between its being read and being written."""

    code = "condition_failed"


class StoreUnavailableError(UnavailableError):
    """The tables are throttled, do not answer or hold the same for somebody else; nothing was acknowledged: send the same request again."""

    code = "store_unavailable"


class TableMeta:
    """What every model's ``Meta`` inherits: time-outs of a second, three jittered attempts (:func:`jalon.edge.aws.patience`)."""

    table_name: str
    connect_timeout_seconds = _PATIENCE.connect_s
    read_timeout_seconds = _PATIENCE.read_s
    max_retry_attempts = _PATIENCE.tries - 1
    max_pool_connections = 16


class SharedConnection(Connection):
    """The one DynamoDB client of a function, on the session that the other services' clients have.

    PynamoDB gives each model a client of its own: a session, a service description, a pool and a TLS handshake for each table.
    """

    @property
    def session(self) -> Any:
        return session()


class ModelConnection(Connection):
    """What one model knows of its table, over the shared client."""

    def __init__(self, shared: Connection) -> None:
        super().__init__(region=shared.region)
        self._shared = shared

    @property
    def client(self) -> Any:
        return self._shared.client

    def dispatch(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        """Every operation on a bound table. One that meets a transaction under way is sent again a few times, after a pause.

        Neither botocore nor PynamoDB does, though DynamoDB only says "not now" (Amazon DynamoDB Developer Guide, "Transaction conflict
        handling"). Each time is a request of its own: botocore notes its token in the mapping that it is given, hence the copy.

        A conditional write asks for the item that refuses it. Refused after it was sent more than once, it is answered as done if that
        item is what it leaves (:mod:`jalon.edge.own_writes`): its first answer was lost.
        """
        asked = operation_kwargs | (_TELL_ITEM if "ConditionExpression" in operation_kwargs else {})
        patient_until, attempt, repeated = time.monotonic() + _WRITE_PATIENCE_S, 0, False
        while True:
            attempt += 1
            try:
                return super().dispatch(operation_name, dict(asked))
            except VerboseClientError as error:
                repeated = repeated or _was_repeated(error)
                if repeated and _error_code(error) == _REFUSED and stands(operation_name, asked, _item_of(error)):
                    return {"Attributes": _item_of(error) or {}}
                if attempt == _WRITE_TRIES or not _met_a_transaction(error) or time.monotonic() > patient_until:
                    raise
            pause(attempt)


@cache
def _shared(region: str, *_where: str) -> SharedConnection:
    """The client for a region and whatever else tells one cloud from another: an environment has one, a test run many."""
    return SharedConnection(
        region=region,
        connect_timeout_seconds=TableMeta.connect_timeout_seconds,
        read_timeout_seconds=TableMeta.read_timeout_seconds,
        max_retry_attempts=TableMeta.max_retry_attempts,
        max_pool_connections=TableMeta.max_pool_connections,
    )


def bind(settings: Settings, *models: type[Model]) -> None:
    """Point each model at the physical table of its logical name, over the one client that they share.

    Binding again (another account in a test) drops the model's connection.
    """
    for model in models:
        meta: Any = model.Meta
        logical = getattr(meta, "logical_name", None) or meta.table_name
        meta.logical_name = logical
        meta.table_name = settings.table(logical)
        meta.region = settings.optional("AWS_REGION", settings.optional("AWS_DEFAULT_REGION", "eu-west-3"))
        model._connection = None
        table = model._get_connection()
        connection = ModelConnection(_shared(meta.region, *map(settings.optional, ("AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL"))))
        connection.add_meta_table(table.get_meta_table())
        table.connection = connection


def _error_code(error: BaseException) -> str:
    response = getattr(_cause(error), "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, Mapping) else ""


def _status(error: BaseException) -> int:
    """What the service answered in HTTP's terms; 0 where PynamoDB kept none of it."""
    response = getattr(_cause(error), "response", None)
    return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)) if isinstance(response, Mapping) else 0


def _cause(error: BaseException) -> BaseException | None:
    return error.cause if isinstance(error, PynamoDBException) else error


def _item_of(error: VerboseClientError) -> Item | None:
    """The item that refused a single write; PynamoDB keeps it in the error's cause only."""
    return getattr(error.__cause__, "response", {}).get("Item") or None


def _was_repeated(error: VerboseClientError) -> bool:
    """Whether botocore had sent the request more than once when this was answered."""
    return bool(getattr(error.__cause__, "response", {}).get("ResponseMetadata", {}).get("RetryAttempts"))


def _reasons(error: BaseException) -> frozenset[str]:
    """Why the positions of a transaction were cancelled, those that were."""
    return frozenset(reason.code for reason in getattr(_cause(error), "cancellation_reasons", ()) if reason)


def _is_refused(error: BaseException) -> bool:
    """Whether a condition was found false: of a transaction, whatever else stood in the way of its other positions."""
    return _error_code(error) == _REFUSED or (_error_code(error) == _CANCELLED and _CONDITION in _reasons(error))


def _is_busy(error: BaseException) -> bool:
    """Whether the same request may succeed a moment later: DynamoDB says so by a code, the other services by HTTP's (429, 5xx)."""
    if _error_code(error) == _CANCELLED:
        return _reasons(error) <= _PASSING
    return (
        _error_code(error) in _BUSY or _status(error) == HTTPStatus.TOO_MANY_REQUESTS or _status(error) >= HTTPStatus.INTERNAL_SERVER_ERROR
    )


def _met_a_transaction(error: BaseException) -> bool:
    """Whether somebody else's transaction, or a busy partition, stood in the way: what botocore does not send again by itself."""
    return _is_busy(error) and _error_code(error) in {_CANCELLED, "TransactionConflictException"}


def pause(attempt: int) -> None:
    """Wait after the first try, the second and so on, up to twice as long each time."""
    time.sleep(random.uniform(0, _PAUSE_S * 2 ** (attempt - 1)))  # noqa: S311 - a pause, not a secret


@contextmanager
def translated() -> Iterator[None]:
    """Turn the store's errors into the domain's, once.

    Raises :class:`ConditionFailedError` where a condition was false, and :class:`StoreUnavailableError` for a throttle, a time-out, a
    broken connection or somebody else's transaction on the same items. A transaction that is cancelled for several reasons is refused as
    soon as one of its conditions was false: sending it again would not help. ``DoesNotExist`` and programming errors pass through.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (PynamoDBException, ClientError) as error:
        if _is_refused(error):
            raise ConditionFailedError("What this request would change has changed meanwhile: read it again, then repeat.") from error
        if _is_busy(error) or isinstance(_cause(error), BotoCoreError):
            raise StoreUnavailableError("The service is busy; send the same request again.") from error
        raise
    except BotoCoreError as error:
        raise StoreUnavailableError("The service is busy; send the same request again.") from error


@contextmanager
def transaction(model: type[Model]) -> Iterator[TransactWrite]:
    """Everything written inside happens, or none of it, on leaving the block; over the connection, and so with the time-outs, of ``model``.

    Raises what :func:`translated` does; the refused positions stand in the cause's ``cancellation_reasons``. PynamoDB sends deletions
    first, then puts, then updates, each in the order given.
    """
    with translated(), TransactWrite(connection=model._get_connection().connection) as write:
        yield write


@dataclass(frozen=True, slots=True)
class Applied:
    """The write happened; ``attributes`` is the whole item after it, in DynamoDB's typed form."""

    attributes: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Refused:
    """The condition failed and nothing was written; ``attributes`` is the item as it stands, or None if there is none."""

    attributes: Mapping[str, Mapping[str, Any]] | None


def conditional_update(
    model: type[Model],
    hash_key: Any,
    range_key: Any | None,
    actions: Sequence[Action],
    condition: Condition,
) -> Applied | Refused:
    """One ``UpdateItem`` that answers with the item either way.

    ``ReturnValues=ALL_NEW`` on success and ``ReturnValuesOnConditionCheckFailure=ALL_OLD`` on refusal, so that neither
    outcome costs a read. PynamoDB 6 offers the second only in transactions: it is asked for, and its item read, here in this module.
    Raises :class:`StoreUnavailableError` as :func:`translated` does.
    """
    table = model._get_connection()
    hash_value, range_value = model._serialize_keys(hash_key, range_key)
    request = table.connection.get_operation_kwargs(
        table_name=table.table_name,
        hash_key=hash_value,
        range_key=range_value,
        actions=list(actions),
        condition=condition,
        return_values="ALL_NEW",
    )
    with translated():
        try:
            answer = table.connection.dispatch("UpdateItem", request)
        except VerboseClientError as error:
            if _error_code(error) != _REFUSED:
                raise
            return Refused(_item_of(error))
    return Applied(answer["Attributes"])
