"""What the custom resource does with its properties."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from functions.publish_site_configuration.documents import DISCOVERY_PATHS, JWKS_PATH, discovery, key_set, public_key
from jalon.edge.aws import client

#: Short enough that a new key is everywhere long before it signs, long enough to spare the bucket.
CACHE_CONTROL = "public, max-age=300"


class UnknownPartError(ValueError):
    """The template asks for a part that this function does not publish."""


@dataclass(frozen=True, slots=True)
class Site:
    """The bucket of the static site."""

    bucket: str

    def put(self, path: str, document: Mapping[str, Any]) -> None:
        """Write a JSON document that anyone may read from any page."""
        client("s3").put_object(
            Bucket=self.bucket,
            Key=path,
            Body=json.dumps(document, indent=1).encode(),
            ContentType="application/json",
            CacheControl=CACHE_CONTROL,
        )


def publish(site: Site, request_id: str, properties: Mapping[str, Any]) -> dict[str, str]:
    """Publish one part and return the resource's attributes.

    ``signing-keys`` writes the keys and a discovery document without endpoints, ``endpoints`` the whole one; since each
    publication of the keys has a new ``Publication`` on which the endpoints depend, the whole one is always the last.
    """
    issuer = str(properties["Issuer"])
    match properties.get("Part"):
        case "signing-keys":
            keys = [_key(key_id) for key_id in (str(properties["TokenKeyId"]), *_others(properties))]
            site.put(JWKS_PATH, key_set(keys))
            _put_discovery(site, discovery(issuer, None))
            return {"TokenKeyThumbprint": str(keys[0].kid), "Publication": request_id}
        case "endpoints":
            _put_discovery(site, discovery(issuer, str(properties["ApiUrl"])))
            return {}
        case other:
            raise UnknownPartError(f"there is no part {other!r}")


def _put_discovery(site: Site, document: Mapping[str, Any]) -> None:
    for path in DISCOVERY_PATHS:
        site.put(path, document)


def _others(properties: Mapping[str, Any]) -> list[str]:
    """Keys published beside the present one; an empty parameter reaches us as an empty text or as a list of one."""
    given = properties.get("AlsoPublishedKeyIds") or []
    listed = given.split(",") if isinstance(given, str) else given
    return [str(key_id).strip() for key_id in listed if str(key_id).strip()]


def _key(key_id: str) -> Any:
    return public_key(client("kms").get_public_key(KeyId=key_id)["PublicKey"])
