"""Which system calls: a partner's client by its OAuth token, with the scopes that it was granted.

Sessions never open the API: the token says who acts, and nothing else does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, cast

from allauth.core.internal.httpkit import extract_basic_auth
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from oauth2_provider import views
from oauth2_provider.models import AccessToken, Application
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import BaseScopes
from oauth2_provider.settings import oauth2_settings
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from mobiliz.accounts.actors import Actor
from mobiliz.accounts.devices import shared_address_of
from mobiliz.lib.limits import Limit
from partners.models import ApiClient

REALM = "api"


class ClientAuthentication(BaseAuthentication):
    """A bearer token of an active client; `request.actor` is then that client."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, AccessToken] | None:
        scheme, _, token = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        known = _known(token.strip(), request)
        client = known.application.api_client
        request._request.actor = Actor.api_client(client, frozenset(known.scope.split()) & client.granted_scopes)
        return AnonymousUser(), known

    def authenticate_header(self, request: Request) -> str:
        """The challenge of a 401, as RFC 6750 words it."""
        refused = ', error="invalid_token"' if get_authorization_header(request) else ""
        return f'Bearer realm="{REALM}"{refused}'


def _known(token: bytes, request: Request) -> AccessToken:
    """The token with its client, in one query; refused when anything about it does not hold."""
    try:
        known = AccessToken.objects.select_related("application__api_client").get(
            token_checksum=hashlib.sha256(token).hexdigest()
        )
        client = known.application.api_client
    except (AccessToken.DoesNotExist, AttributeError, ApiClient.DoesNotExist):
        raise AuthenticationFailed from None
    if not client.is_active or known.is_expired() or not known.allows_audience(request.build_absolute_uri()):
        raise AuthenticationFailed
    return known


class ClientScheme(OpenApiAuthenticationExtension):
    """What the OpenAPI document says of it."""

    target_class = ClientAuthentication
    name = "client"

    def get_security_requirement(self, auto_schema: Any) -> dict[str, list[str]]:
        return {self.name: [auto_schema.view.required_scopes[auto_schema.method]]}

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        scopes = {name: str(words) for name, words in GrantedScopes().get_all_scopes().items()}
        return {
            "type": "oauth2",
            "description": "OAuth 2 client credentials: id and secret from your pilot, a token for an hour.",
            "flows": {"clientCredentials": {"tokenUrl": "/o/token/", "scopes": scopes}},
        }


class ClientValidator(OAuth2Validator):
    """Only applications of active clients get a token."""

    def _load_application(self, client_id: str, request: Any) -> Application | None:
        application = super()._load_application(client_id, request)
        if application is None or not ApiClient.objects.active().of_application(application).exists():
            request.client = None
        return request.client


class GrantedScopes(BaseScopes):
    """A client may ask for what it was granted, and gets all of it when it names nothing."""

    def get_all_scopes(self) -> dict[str, str]:
        return dict(oauth2_settings.SCOPES)

    def get_available_scopes(
        self, application: Application | None = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> Sequence[str]:
        return sorted(application.api_client.granted_scopes) if application else []

    get_default_scopes = get_available_scopes


class _OAuthView(View):
    """OAuth's errors are JSON, those that the library leaves to others included."""

    @method_decorator([csrf_exempt, login_not_required])  # a system has neither cookie nor session
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return _refused("Only POST is allowed.", status=405, headers={"Allow": "POST"})
        if request.META.get("QUERY_STRING"):
            return _refused("URL query parameters are not allowed.", status=400)
        failures = failures_of(request)
        if any(limit.is_reached(key) for limit, key in failures):
            return _too_many()
        response = cast(HttpResponse, super().dispatch(request, *args, **kwargs))
        if response.status_code == 401:
            for limit, key in failures:
                limit.count(key)
        return response


# Wrong secrets: of one client from one address, so that one system does not close the door to another behind the same
# address, and of all clients from one address, so that nobody tries the ids in turn.
CLIENT_FAILURES = Limit("oauth-client-failures", 10, 60)
ADDRESS_FAILURES = Limit("oauth-address-failures", 60, 60)


def failures_of(request: HttpRequest) -> list[tuple[Limit, str]]:
    """Under which keys a wrong secret of this request counts."""
    address = shared_address_of(request)
    client_id, _secret = extract_basic_auth(dict(request.headers))
    claimed = client_id or request.POST.get("client_id", "")
    return [(CLIENT_FAILURES, f"{address} {claimed}"), (ADDRESS_FAILURES, address)]


def _too_many() -> HttpResponse:
    """In the words of RFC 8628, which has the only ones that OAuth knows for it."""
    wait = CLIENT_FAILURES.seconds_left
    words = f"Too many failed attempts. Check the client id and its secret, and try again in {wait} seconds."
    return _refused(words, status=429, error="slow_down", headers={"Retry-After": str(wait)})


def _refused(
    words: str, *, status: int, error: str = "invalid_request", headers: dict[str, str] | None = None
) -> HttpResponse:
    body = {"error": error, "error_description": words}
    return JsonResponse(body, status=status, headers={"Cache-Control": "no-store", **(headers or {})})


class TokenView(_OAuthView, views.TokenView):
    """The client-credentials grant alone: the library's other flows are not offered."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.authorization_flow_token_response(request)


class RevokeTokenView(_OAuthView, views.RevokeTokenView):
    """A client gives back a token of its own."""
