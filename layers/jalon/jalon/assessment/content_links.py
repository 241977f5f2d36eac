"""Addresses of a release's files, signed for some hours: the content bucket itself is closed.

An address is signed as of the last whole hour, so that those given within the hour are one, and a browser that has a file (it is
``immutable``) fetches it no more when the page is loaded again or a checkpoint shows it. What signs is the function's role: an
environment that was given other temporary credentials of that role gives other addresses.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from engine.challenge import Attachment
from jalon.assessment.presentation import AttachmentLink
from jalon.kernel.clock import Clock

#: How long the same address is given.
SAME_FOR = timedelta(hours=1)
#: How long an address serves after it is given, at least: the longest test (docs/domain.md §5). Reading the test again gives another.
SERVES_FOR = timedelta(hours=2)


def attachment_links(sign: Callable[[str, datetime, timedelta], str], clock: Clock) -> AttachmentLink:
    """A link maker; ``sign`` gives the address of the object under a key, as of an instant, for a duration from then on."""

    def link(version: str, attachment: Attachment) -> str:
        return sign(f"releases/{version}/attachments/{attachment.sha256}/{attachment.name}", _last_hour(clock.now()), SAME_FOR + SERVES_FOR)

    return link


def _last_hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)
