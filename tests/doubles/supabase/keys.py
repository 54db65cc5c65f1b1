"""The keys of a project: what it signs tokens with, and the API keys that let a client through its gateway.

Hosted projects have two generations of both, and so has this one: tokens by ES256 with a published key (JWKS) or by the
older shared HS256 secret; API keys that are JWTs (`anon`, `service_role`) or opaque ones (`sb_publishable_…`,
`sb_secret_…`).
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

TOKEN_SECONDS = 3600
Role = Literal["anon", "service_role"]


class BadTokenError(Exception):
    """The token is not one of ours (`PGRST301`), or has expired (`PGRST303`)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Keys:
    """One project's keys. `issuer` is set when the address is known."""

    issuer: str = "http://127.0.0.1/auth/v1"
    kid: str = field(default_factory=lambda: str(uuid4()))
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    legacy_secret: str = field(default_factory=lambda: secrets.token_urlsafe(40))
    publishable: str = field(default_factory=lambda: f"sb_publishable_{secrets.token_urlsafe(24)}")
    secret: str = field(default_factory=lambda: f"sb_secret_{secrets.token_urlsafe(24)}")

    @property
    def anon(self) -> str:
        """The older kind of public key."""
        return self._api_key("anon")

    @property
    def service_role(self) -> str:
        """The older kind of secret key."""
        return self._api_key("service_role")

    def role_of(self, api_key: str) -> Role | None:
        """Whose key this is; None for one of nobody."""
        known: dict[str, Role] = {
            self.anon: "anon", self.publishable: "anon",
            self.service_role: "service_role", self.secret: "service_role",
        }  # fmt: skip
        return known.get(api_key)

    def jwks(self) -> dict[str, Any]:
        """What `/auth/v1/.well-known/jwks.json` publishes."""
        key = ECAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return {"keys": [{**key, "kid": self.kid, "alg": "ES256", "use": "sig", "key_ops": ["verify"]}]}

    def rotate(self) -> None:
        """A new signing key under a new id; tokens of the old one are worth nothing any more."""
        self.kid, self.private = str(uuid4()), ec.generate_private_key(ec.SECP256R1())

    def claims(self, user_id: UUID | str, **more: Any) -> dict[str, Any]:
        """A signed-in user's claims, as GoTrue writes them."""
        now = int(time.time())
        return {
            "iss": self.issuer, "sub": str(user_id), "aud": "authenticated", "role": "authenticated",
            "iat": now, "exp": now + TOKEN_SECONDS, "session_id": str(uuid4()), "aal": "aal1", "is_anonymous": False,
            **more,
        }  # fmt: skip

    def sign(self, claims: dict[str, Any]) -> str:
        """An access token."""
        return jwt.encode(claims, self.private, "ES256", {"kid": self.kid})

    def sign_legacy(self, claims: dict[str, Any]) -> str:
        """An access token of a project that still signs with its shared secret."""
        return jwt.encode(claims, self.legacy_secret, "HS256")

    def verify(self, token: str) -> dict[str, Any]:
        """The claims of a token of this project. Raises BadTokenError."""
        try:
            is_legacy = jwt.get_unverified_header(token).get("alg") == "HS256"
            key = self.legacy_secret if is_legacy else self.private.public_key()
            algorithm = "HS256" if is_legacy else "ES256"
            claims: dict[str, Any] = jwt.decode(token, key, [algorithm], options={"verify_aud": False})
        except jwt.ExpiredSignatureError as error:
            raise BadTokenError("PGRST303", "JWT expired") from error
        except jwt.InvalidTokenError as error:
            raise BadTokenError("PGRST301", "No suitable key or wrong key type") from error
        return claims

    def _api_key(self, role: Role) -> str:
        claims = {"iss": "supabase", "ref": "double", "role": role, "iat": 1_700_000_000, "exp": 4_000_000_000}
        return self.sign_legacy(claims)
