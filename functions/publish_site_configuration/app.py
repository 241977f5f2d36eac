"""CloudFormation custom resource: keeps the tokens' public keys and the discovery document on the static site."""

from typing import Any

from functions.publish_site_configuration.answer import send_answer
from functions.publish_site_configuration.publication import Site, publish
from jalon.edge.observability import logger
from jalon.edge.settings import Settings

SERVICE = "publish_site_configuration"


def handler(event: dict[str, Any], _context: Any) -> None:
    """Publish on Create and Update. On Delete the documents stay: tokens already issued are still checked against them."""
    attributes: dict[str, str] = {}
    reason = ""
    try:
        if event["RequestType"] != "Delete":
            settings = Settings.from_environment()
            attributes = publish(Site(settings.value("SITE_BUCKET")), event["RequestId"], event["ResourceProperties"])
            logger(SERVICE).info("SITE_CONFIGURATION_PUBLISHED", part=event["ResourceProperties"].get("Part"))
    except Exception as error:  # noqa: BLE001 - CloudFormation waits an hour for an answer that never comes
        reason = f"{type(error).__name__}: see the log of this function"
        logger(SERVICE).exception("SITE_CONFIGURATION_FAILED", error=type(error).__name__)
    send_answer(event, attributes, reason)
