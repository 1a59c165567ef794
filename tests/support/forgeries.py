"""Access tokens as attackers make them, by name: each differs in one thing from a token that is accepted."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from joserfc.jwk import ECKey, Key, RSAKey
from joserfc.jws import JWSRegistry

Json = dict[str, Any]
EVIL = "http://evil.test/jwks.json"


@dataclass(frozen=True)
class Forger:
    """`key` is the issuer's own and private, `claims` are those of a good token, `other_key` is of another issuer
    (whose kid and name are real, too).
    """

    key: ECKey
    claims: Json
    other_key: RSAKey
    other_issuer: str

    @property
    def header(self) -> Json:
        return {"alg": "ES256", "kid": self.key.kid, "typ": "at+jwt"}

    def good(self) -> str:
        return self.signed()

    def signed(
        self,
        header: Mapping[str, Any] | None = None,
        claims: Mapping[str, Any] | None = None,
        key: Key | None = None,
    ) -> str:
        """Sign with the issuer's key, or `key`; a None takes a header parameter or a claim out."""
        head, body = self.header | dict(header or {}), self.claims | dict(claims or {})
        return compact(_without_none(head), _without_none(body), key or self.key)


def compact(header: Any, payload: Any, key: Key, alg: str | None = None) -> str:
    """Sign whatever it is, with no rule of any library in the way."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    text = f"{_part(json.dumps(header).encode())}.{_part(body)}"
    algorithm = JWSRegistry.algorithms[alg or ("RS256" if isinstance(key, RSAKey) else _curve_algorithm(key))]
    return f"{text}.{_part(algorithm.sign(text.encode(), key))}"


def _curve_algorithm(key: Key) -> str:
    return {"P-256": "ES256", "P-384": "ES384"}[str(key["crv"])]


def _without_none(told: Json) -> Json:
    return {name: value for name, value in told.items() if value is not None}


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _hmac(forger: Forger, secret: bytes, alg: str = "HS256") -> str:
    text = f"{_part(json.dumps(forger.header | {'alg': alg}).encode())}.{_part(json.dumps(forger.claims).encode())}"
    digest = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}[alg]
    return f"{text}.{_part(hmac.new(secret, text.encode(), digest).digest())}"


def _unsigned(forger: Forger, alg: str, signature: str = "") -> str:
    head = _part(json.dumps(forger.header | {"alg": alg}).encode())
    return f"{head}.{_part(json.dumps(forger.claims).encode())}.{signature}"


def _own_key(**header: Any) -> Callable[[Forger], str]:
    """Signed by a key of the attacker's, which the header offers, under the issuer's kid."""

    def forge(forger: Forger) -> str:
        mine = ECKey.generate_key("P-256", {"kid": str(forger.key.kid)})
        offered = {
            name: mine.as_dict(private=False) if value == "the key" else value
            for name, value in header.items()
        }
        return forger.signed(offered, key=mine)

    return forge


def _header(**header: Any) -> Callable[[Forger], str]:
    """Signed by the issuer's own key: the header alone is wrong."""
    return lambda forger: forger.signed(header)


def _claims(**claims: Any) -> Callable[[Forger], str]:
    """Signed by the issuer's own key: the claims alone are wrong."""
    return lambda forger: forger.signed(claims=claims)


def _from_now(claim: str, seconds: int) -> Callable[[Forger], str]:
    return lambda forger: forger.signed(claims={claim: int(time.time()) + seconds})


def _replaced(part: int, content: bytes) -> Callable[[Forger], str]:
    """A good token with one of its three parts replaced, and its signature as it was."""

    def forge(forger: Forger) -> str:
        parts = forger.good().split(".")
        parts[part] = _part(content)
        return ".".join(parts)

    return forge


def _der_signature(forger: Forger) -> str:
    text, _, signature = forger.good().rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    r, s = (int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    return f"{text}.{_part(encode_dss_signature(r, s))}"


ALGORITHMS: dict[str, Callable[[Forger], str]] = {
    "none": lambda forger: _unsigned(forger, "none"),
    "none in another writing": lambda forger: _unsigned(forger, "nOnE"),
    "none with a good signature": lambda f: _unsigned(f, "none", f.good().split(".")[2]),
    "es256 without a signature": lambda forger: _unsigned(forger, "ES256"),
    "hs256 by the public pem": lambda forger: _hmac(forger, forger.key.as_pem(private=False)),
    "hs256 by the public pem without its last line end": lambda f: _hmac(
        f, f.key.as_pem(private=False).strip()
    ),
    "hs256 by the public der": lambda forger: _hmac(forger, forger.key.as_der(private=False)),
    "hs256 by the jwk": lambda f: _hmac(f, json.dumps(f.key.as_dict(private=False)).encode()),
    "hs256 by the compact jwk": lambda f: _hmac(
        f, json.dumps(f.key.as_dict(private=False), sort_keys=True, separators=(",", ":")).encode()
    ),
    "hs256 by the x coordinate": lambda f: _hmac(f, str(f.key.as_dict(private=False)["x"]).encode()),
    "hs256 by nothing": lambda forger: _hmac(forger, b""),
    "hs384 by the public pem": lambda f: _hmac(f, f.key.as_pem(private=False), "HS384"),
    "hs512 by the public pem": lambda f: _hmac(f, f.key.as_pem(private=False), "HS512"),
    "rs256 by an rsa key under our kid": lambda f: f.signed({"alg": "RS256"}, key=f.other_key),
    "es256 stated, rsa key": lambda forger: forger.signed(key=forger.other_key),
    "rs256 stated, ec key": _header(alg="RS256"),
    "ps256 stated": _header(alg="PS256"),
    "es512 stated": _header(alg="ES512"),
    "es256k stated": _header(alg="ES256K"),
    "es384 by a key of that curve": lambda f: f.signed(
        {"alg": "ES384"}, key=ECKey.generate_key("P-384", {"kid": str(f.key.kid)})
    ),
    "a list of algorithms": _header(alg=["ES256"]),
    "no algorithm": _header(alg=None),
    "zeros for a signature": _replaced(2, bytes(64)),
    "a signature in der": _der_signature,
    "a key of the same name": _own_key(),
}
KEY_NAMES: dict[str, Callable[[Forger], str]] = {
    "kid a path": _header(kid="../../../../dev/null"),
    "kid a file": _header(kid="file:///proc/self/environ"),
    "kid sql": _header(kid="' UNION SELECT 'secret' -- "),
    "kid a command": _header(kid="x|/bin/true"),
    "kid with nul": _header(kid="k\0"),
    "kid an address": _header(kid=EVIL),
    "kid of 400 characters": _header(kid="k" * 400),
    "kid empty": _header(kid=""),
    "kid missing": _header(kid=None),
    "kid a number": _header(kid=7),
    "kid a list": lambda forger: forger.signed({"kid": [forger.key.kid]}),
    "kid an object": _header(kid={"$ne": None}),
    "kid of another issuer": lambda forger: forger.signed({"kid": forger.other_key.kid}),
    "jku": _own_key(jku=EVIL),
    "x5u": _own_key(x5u=EVIL),
    "embedded jwk": _own_key(jwk="the key"),
    "x5c": _own_key(x5c=["MIIB"]),
    "jku beside a good signature": _header(jku=EVIL),
    "embedded jwk beside a good signature": lambda f: f.signed({"jwk": f.key.as_dict(private=False)}),
    "crit of something unknown": _header(crit=["x"], x=1),
    "crit of what we know": _header(crit=["kid"]),
    "crit empty": _header(crit=[]),
    "crit a number": _header(crit=7),
    "crit a text": _header(crit="kid"),
    "payload not encoded": _header(b64=False, crit=["b64"]),
    "b64 without crit": _header(b64=False),
    "zip": _header(zip="DEF"),
    "an unknown header": _header(evil=True),
}
CLAIMS: dict[str, Callable[[Forger], str]] = {
    "expired": _from_now("exp", -60),
    "exp missing": _claims(exp=None),
    "exp a text": _claims(exp="2999-01-01"),
    "exp nan": lambda f: compact(f.header, json.dumps(f.claims | {"exp": float("nan")}).encode(), f.key),
    "not yet": _from_now("nbf", 600),
    "nbf a text": _claims(nbf="now"),
    "issued in the future": _from_now("iat", 600),
    "iat missing": _claims(iat=None),
    "aud another": _claims(aud="another"),
    "aud missing": _claims(aud=None),
    "aud empty": _claims(aud=[]),
    "aud a longer name": _claims(aud="laudo2"),
    "aud an object": _claims(aud={"laudo": True}),
    "iss another": _claims(iss="https://evil.test"),
    "iss missing": _claims(iss=None),
    "iss with a slash more": lambda f: f.signed(claims={"iss": f.claims["iss"] + "/"}),
    "iss in capitals": lambda f: f.signed(claims={"iss": f.claims["iss"].upper()}),
    "iss a list": lambda f: f.signed(claims={"iss": [f.claims["iss"]]}),
    "iss another trusted one's, our key": lambda f: f.signed(claims={"iss": f.other_issuer}),
    "another issuer's token": lambda f: f.signed(
        {"alg": "RS256", "kid": f.other_key.kid}, {"iss": f.other_issuer}, f.other_key
    ),
    "another issuer's token that claims to be ours": lambda f: f.signed(
        {"alg": "RS256", "kid": f.other_key.kid}, key=f.other_key
    ),
    "sub missing": _claims(sub=None),
    "sub no id": _claims(sub="1 OR 1=1"),
    "a role nobody has": _claims(roles=["emperor"]),
}
TYPES: dict[str, Callable[[Forger], str]] = {
    "id token": _header(typ="JWT"),
    "typ missing": _header(typ=None),
    "refresh token as jwt": _header(typ="rt+jwt"),
    "logout token": _header(typ="logout+jwt"),
    "proof of possession": _header(typ="dpop+jwt"),
    "typ a list": _header(typ=["at+jwt"]),
    "refresh token": lambda _: "q" * 43,
}
GARBAGE: dict[str, Callable[[Forger], str]] = {
    "nothing": lambda _: "",
    "one letter": lambda _: "x",
    "dots": lambda _: "..",
    "four parts": lambda forger: forger.good() + ".x",
    "five parts, as encrypted ones have": lambda forger: forger.good() + ".x.y",
    "two parts": lambda forger: forger.good().rpartition(".")[0],
    "a token and a half": lambda forger: forger.good() + forger.good(),
    "padding": lambda forger: forger.good() + "==",
    "cut": lambda forger: forger.good()[:-2],
    "json serialization": lambda f: json.dumps(
        dict(zip(("protected", "payload", "signature"), f.good().split("."), strict=True))
    ),
    "oversized with a good signature": _claims(more="x" * 9_000),
    "hundred thousand letters": lambda _: "x" * 100_000,
    "a header of its own": _replaced(0, b'{"alg":"ES256"}'),
    "a header that is a list": _replaced(0, b'["alg","b64"]'),
    "a header that is a text": _replaced(0, b'"alg"'),
    "a header that is a number": _replaced(0, b"7"),
    "a header that is nested": _replaced(0, b"[" * 300),
    "a header that is no json": _replaced(0, b"{"),
    "a header that is no text": _replaced(0, b"\xff\xfe"),
    "other claims under the signature": _replaced(1, b'{"roles":["administrator"]}'),
    "claims that are a list": lambda forger: compact(forger.header, [1], forger.key),
    "claims that are no json": lambda forger: compact(forger.header, b"{", forger.key),
    "claims that are nested": lambda forger: compact(forger.header, b"[" * 4_000, forger.key),
    "claims that are nothing": lambda forger: compact(forger.header, b"", forger.key),
}
FORGERIES = ALGORITHMS | KEY_NAMES | CLAIMS | TYPES | GARBAGE
