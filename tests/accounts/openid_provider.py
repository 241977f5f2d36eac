"""A real OpenID provider, on Authlib's authorization server and uvicorn: what a school's ENT is to us.

It checks what a provider checks (client, exact redirect address, PKCE, codes used once). :class:`Mischief` makes it do what
a provider must not, for the tests of what we refuse.
"""

import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit

import uvicorn
from authlib.oauth2.rfc6749 import AuthorizationServer, OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

CLIENT_ID = "jalon-at-the-ent"
CLIENT_SECRET = "s3cret-of-jalon-at-the-ent"
REDIRECT_URI = "https://ecrans.example/retour"
SIGNED_OUT_URI = "https://ecrans.example/au-revoir"
LEA: Mapping[str, Any] = {"sub": "lea-1", "given_name": "Léa", "family_name": "Martin", "birthdate": "2010-03-12"}


@dataclass
class Mischief:
    """How the provider misbehaves, or merely differs."""

    metadata: dict[str, Any] = field(default_factory=dict)
    id_token: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    names_in_userinfo_only: bool = False
    signed_userinfo: bool = False
    forged: bool = False
    nameless_keys: bool = False
    #: The parameters it knows at its authorization endpoint; any other is a 400, as at ProConnect.
    only_parameters: frozenset[str] | None = None
    #: It knows who signed in on this computer before, and asks again only if it is asked to.
    keeps_session: bool = False
    auth_time_when_asked: bool = False
    algorithm: str = "RS256"
    statuses: dict[str, int] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)


class _Client:
    client_id = CLIENT_ID

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == REDIRECT_URI

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in {"client_secret_basic", "client_secret_post"}

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass(frozen=True)
class _Code:
    person: Mapping[str, Any]
    parameters: Mapping[str, str]
    authenticated_at: int | None

    @property
    def code_challenge(self) -> str | None:
        return self.parameters.get("code_challenge")

    @property
    def code_challenge_method(self) -> str | None:
        return self.parameters.get("code_challenge_method")

    def get_redirect_uri(self) -> str:
        return self.parameters["redirect_uri"]

    def get_scope(self) -> str:
        return self.parameters["scope"]

    def get_nonce(self) -> str | None:
        return self.parameters.get("nonce")

    def get_auth_time(self) -> int | None:
        return self.authenticated_at

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class _Request(OAuth2Request):
    def __init__(self, method: str, parameters: Mapping[str, str], headers: Mapping[str, str]) -> None:
        super().__init__(method, "https://provider.example/", headers=headers)
        self._parameters = parameters
        self.payload = BasicOAuth2Payload(parameters)

    @property
    def form(self) -> Mapping[str, str]:
        return self._parameters

    @property
    def args(self) -> Mapping[str, str]:
        return self._parameters


class OpenIdProvider(AuthorizationServer):
    """The provider; ``person`` is who sits at the screen and has typed their password there."""

    def __init__(self) -> None:
        super().__init__()
        self.issuer = ""
        self.person: Mapping[str, Any] = LEA
        self.mischief = Mischief()
        #: Who signed in on this computer, and when.
        self.session: tuple[Mapping[str, Any], int] | None = None
        self.codes: dict[str, _Code] = {}
        self.tokens: dict[str, Mapping[str, Any]] = {}
        self.seen: list[str] = []
        self.keys = [_new_key()]
        self.register_grant(_code_grant(self), [CodeChallenge(required=True), _IdTokens(self)])

    def rotate(self) -> None:
        """Sign with a new key from now on, and publish it."""
        self.keys.insert(0, _new_key())

    # What Authlib asks of a framework.

    def query_client(self, client_id: str) -> _Client | None:
        return _Client() if client_id == CLIENT_ID else None

    def create_oauth2_request(self, request: OAuth2Request) -> OAuth2Request:
        return request

    def generate_token(self, grant_type: str, client: Any, user: Any = None, scope: str = "", **_: Any) -> dict[str, Any]:
        access_token = secrets.token_urlsafe(16)
        self.tokens[access_token] = user
        return {"access_token": access_token, "token_type": "Bearer", "expires_in": 60, "scope": scope}

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        pass

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        pass

    def handle_response(self, status: int, body: Any, headers: Any) -> Response:
        if isinstance(body, dict):
            return JSONResponse(body, status_code=status, headers=dict(headers))
        return Response(body, status_code=status, headers=dict(headers))

    # Its pages.

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/end-session?theme=sobre",
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            **self.mischief.metadata,
        }

    def published_keys(self) -> list[dict[str, Any]]:
        """All of them; without names the latest alone, since nothing would tell them apart (Core §10.1)."""
        if not self.mischief.nameless_keys:
            return [key.as_dict(private=False) for key in self.keys]
        return [{name: value for name, value in self.keys[0].as_dict(private=False).items() if name != "kid"}]

    def authorize(self, request: Request) -> Response:
        known = self.mischief.only_parameters
        if known is not None and not set(request.query_params) <= known:
            return JSONResponse({"error": "Y000400"}, status_code=400)
        asked = _Request("GET", dict(request.query_params), request.headers)
        person = self._signed_in(asked.args)
        grant = self.get_consent_grant(asked, end_user=person)
        return self.create_authorization_response(asked, grant_user=person, grant=grant)

    def _signed_in(self, asked: Mapping[str, str]) -> Mapping[str, Any]:
        """Whoever has a session, unless they shall be asked anew; else who sits at the screen, and has one from now on."""
        anew = asked.get("prompt") == "login" or asked.get("max_age") == "0"
        if self.session is None or anew or not self.mischief.keeps_session:
            self.session = (self.person, int(time.time()))
        return self.session[0]

    def code_of(self, person: Mapping[str, Any], asked: Mapping[str, str]) -> _Code:
        """What a code stands for; some providers say when they asked the person only if they are asked for it."""
        says = not self.mischief.auth_time_when_asked or "max_age" in asked or "auth_time" in asked.get("claims", "")
        return _Code(person, asked, self.session[1] if self.session and says else None)

    def end_session(self, request: Request) -> Response:
        """RP-Initiated Logout 1.0 §2: for a token that it signed for this client, and back to a registered address alone."""
        asked = request.query_params
        claims = jwt.decode(asked["id_token_hint"], KeySet(list(self.keys))).claims
        back, state = asked.get("post_logout_redirect_uri"), asked.get("state")
        if claims["aud"] != CLIENT_ID or asked["client_id"] != CLIENT_ID or back not in {None, SIGNED_OUT_URI}:
            return JSONResponse({"error": "invalid_request"}, status_code=400)
        if self.session and self.session[0]["sub"] == claims["sub"]:
            self.session = None
        if back is None:
            return Response("Vous êtes déconnecté.", media_type="text/plain")
        return Response(status_code=303, headers={"Location": back + (f"?{urlencode({'state': state})}" if state else "")})

    def token(self, request: Request, body: bytes) -> Response:
        return self.create_token_response(_Request("POST", dict(parse_qsl(body.decode())), request.headers))

    def userinfo(self, request: Request) -> Response:
        person = self.tokens.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        if person is None:
            return JSONResponse({"error": "invalid_token"}, status_code=401)
        said = {**person, **self.mischief.userinfo}
        if not self.mischief.signed_userinfo:
            return JSONResponse(said)
        return Response(self.sign({**said, "iss": self.issuer, "aud": CLIENT_ID}), media_type="application/jwt")

    def sign(self, claims: dict[str, Any]) -> str:
        key: Any = _new_key(self.keys[0].kid) if self.mischief.forged else self.keys[0]
        algorithm = self.mischief.algorithm
        if algorithm == "HS256":
            key = OctKey.import_key(CLIENT_SECRET)
        name = {} if self.mischief.nameless_keys else {"kid": self.keys[0].kid}
        return jwt.encode({"alg": algorithm, **name}, claims, key, algorithms=[algorithm])

    async def serve(self, request: Request) -> Response:
        """Every page, by its path; what :class:`Mischief` says of a page comes first."""
        path = request.url.path
        self.seen.append(path)
        if path in self.mischief.statuses:
            return Response(status_code=self.mischief.statuses[path], headers={"Location": "https://elsewhere.example/"})
        if path in self.mischief.bodies:
            return Response(self.mischief.bodies[path], media_type="application/json")
        pages = {
            "/.well-known/openid-configuration": lambda: JSONResponse(self.metadata()),
            "/keys": lambda: JSONResponse({"keys": self.published_keys()}),
            "/authorize": lambda: self.authorize(request),
            "/end-session": lambda: self.end_session(request),
            "/userinfo": lambda: self.userinfo(request),
        }
        if path == "/token":
            return self.token(request, await request.body())
        return pages[path]()


def _new_key(key_id: str | None = None) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": key_id or secrets.token_hex(4), "use": "sig", "alg": "RS256"})


def _code_grant(provider: OpenIdProvider) -> type[AuthorizationCodeGrant]:
    class Grant(AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS: ClassVar = ["client_secret_basic", "client_secret_post"]

        def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
            provider.codes[code] = provider.code_of(request.user, dict(request.payload.data))

        def query_authorization_code(self, code: str, client: _Client) -> _Code | None:
            return provider.codes.pop(code, None)

        def delete_authorization_code(self, authorization_code: _Code) -> None:
            """Done when it was looked up."""

        def authenticate_user(self, authorization_code: _Code) -> Mapping[str, Any]:
            return authorization_code.person

    return Grant


class _IdTokens(OpenIDCode):
    def __init__(self, provider: OpenIdProvider) -> None:
        super().__init__(require_nonce=True)
        self._provider = provider

    def exists_nonce(self, nonce: str, request: OAuth2Request) -> bool:
        return any(code.get_nonce() == nonce for code in self._provider.codes.values())

    def generate_user_info(self, user: Mapping[str, Any], scope: str) -> UserInfo:
        return UserInfo(user)

    def encode_id_token(self, token: dict[str, Any], request: OAuth2Request) -> str:
        now, mischief = int(time.time()), self._provider.mischief
        person = {"sub": request.user["sub"]} if mischief.names_in_userinfo_only else dict(request.user)
        claims = {"iss": self._provider.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 60, **person}
        claims |= self.get_authorization_code_claims(request.authorization_code)
        claims |= mischief.id_token
        return self._provider.sign({name: value for name, value in claims.items() if value is not None})


@contextmanager
def running() -> Iterator[OpenIdProvider]:
    """The provider on a port of this machine."""
    provider = OpenIdProvider()
    app = Starlette(routes=[Route("/{path:path}", provider.serve, methods=["GET", "POST"])])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    provider.issuer = f"http://{host}:{port}"
    yield provider
    server.should_exit = True
    thread.join(5)


def visit(authorization_url: str) -> dict[str, str]:
    """Go where a screen was told to, as a browser does, and come back with what the provider added to the redirect address."""
    import httpx

    answer = httpx.get(authorization_url, timeout=60)
    assert answer.status_code == 302, answer.text
    location = urlsplit(answer.headers["location"])
    assert f"{location.scheme}://{location.netloc}{location.path}" == REDIRECT_URI
    return dict(parse_qsl(location.query))
