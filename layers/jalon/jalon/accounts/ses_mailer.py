"""Messages through Amazon SES."""

from jalon.accounts.messages import Message
from jalon.edge.aws import client
from jalon.kernel.errors import InvalidInputError, UnavailableError, Violation

#: What SES answers when the same message may go later.
_PASSING = frozenset({"TooManyRequestsException", "LimitExceededException", "ThrottlingException", "InternalServiceErrorException"})


class MailUnavailableError(UnavailableError):
    """SES is throttled or does not answer; nothing was sent."""

    code = "mail_unavailable"


class SesMailer:
    """:class:`jalon.accounts.messages.Mailer`: plain text, UTF-8, from one sender."""

    def __init__(self, sender: str) -> None:
        self._sender = sender

    def send(self, address: str, message: Message) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        content = {"Subject": {"Data": message.subject, "Charset": "UTF-8"}, "Body": {"Text": {"Data": message.text, "Charset": "UTF-8"}}}
        try:
            client("sesv2").send_email(FromEmailAddress=self._sender, Destination={"ToAddresses": [address]}, Content={"Simple": content})
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code")
            if code == "BadRequestException":
                impossible = Violation("/email", "No message can be sent to this address.", "email")
                raise InvalidInputError("No message can be sent to this address.", (impossible,)) from error
            if code not in _PASSING:
                raise
            raise MailUnavailableError("The mail service is busy; send the same request again.") from error
        except BotoCoreError as error:
            raise MailUnavailableError("The mail service is busy; send the same request again.") from error
