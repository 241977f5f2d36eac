"""What requests and answers have in common, as pydantic sees them.

``defer_build``: a model's validator is built when the first request needs it. A function knows dozens of models and a request needs a
few; Powertools, too, looks at a route when it is first asked for. So a cold start builds none.
"""

from pydantic import BaseModel, ConfigDict


class RequestSchema(BaseModel):
    """What a caller sends; refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class AnswerSchema(BaseModel):
    """What a caller is told; made by the names of its fields, also where the API calls one otherwise (``class``)."""

    model_config = ConfigDict(populate_by_name=True, defer_build=True)
