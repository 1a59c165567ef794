"""WebAuthn by py_webauthn (W3C Web Authentication Level 3). No attestation is asked for: any authenticator will do."""

from collections.abc import Sequence
from urllib.parse import urlsplit
from uuid import UUID

import orjson
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from services.accounts.application.sign_in_ports import Json, NewPasskey
from services.accounts.domain.passkey import Passkey

_NAME = "Laudo"
_TIMEOUT_MS = 120_000
_UNREADABLE = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError)
_TRANSPORTS = {transport.value for transport in AuthenticatorTransport}


class WebAuthnCeremonies:
    """`public_url`: what people type; its host is the relying party, its origin the only one accepted."""

    def __init__(self, public_url: str) -> None:
        parts = urlsplit(public_url)
        self._host = parts.hostname or ""
        self._origin = f"{parts.scheme}://{parts.netloc}"

    def registration(self, person: UUID, name: str, known: Sequence[Passkey], challenge: bytes) -> Json:
        """The user handle is the account's id: 16 bytes that tell nothing. The passkey can be found without a login."""
        options = generate_registration_options(
            rp_id=self._host,
            rp_name=_NAME,
            user_id=person.bytes,
            user_name=name,
            user_display_name=name,
            challenge=challenge,
            timeout=_TIMEOUT_MS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[_descriptor(passkey) for passkey in known],
        )
        return _json(options_to_json(options))

    def registered(self, credential: Json, challenge: bytes) -> NewPasskey | None:
        try:
            found = verify_registration_response(
                credential=dict(credential),
                expected_challenge=challenge,
                expected_rp_id=self._host,
                expected_origin=self._origin,
                require_user_verification=True,
            )
        except _UNREADABLE:
            return None
        named = credential.get("response", {}).get("transports") or []
        transports = tuple(one for one in named if isinstance(one, str) and one in _TRANSPORTS)
        return NewPasskey(
            found.credential_id, found.credential_public_key, found.sign_count, tuple(sorted(set(transports)))
        )

    def authentication(self, known: Sequence[Passkey], challenge: bytes, *, verify_user: bool) -> Json:
        options = generate_authentication_options(
            rp_id=self._host,
            challenge=challenge,
            timeout=_TIMEOUT_MS,
            allow_credentials=[_descriptor(passkey) for passkey in known],
            user_verification=_wanted(verify_user),
        )
        return _json(options_to_json(options))

    def credential_id(self, credential: Json) -> bytes | None:
        try:
            return base64url_to_bytes(str(credential["rawId"]))
        except _UNREADABLE:
            return None

    def proved(
        self, credential: Json, challenge: bytes, passkey: Passkey, *, verify_user: bool
    ) -> int | None:
        """Check origin, relying party, challenge, presence, signature, and that the counter grew (section 7.2)."""
        try:
            found = verify_authentication_response(
                credential=dict(credential),
                expected_challenge=challenge,
                expected_rp_id=self._host,
                expected_origin=self._origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=verify_user,
            )
        except _UNREADABLE:
            return None
        return found.new_sign_count


def _descriptor(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(
        id=passkey.credential_id,
        transports=[AuthenticatorTransport(transport) for transport in passkey.transports] or None,
    )


def _wanted(verify_user: bool) -> UserVerificationRequirement:
    return UserVerificationRequirement.REQUIRED if verify_user else UserVerificationRequirement.PREFERRED


def _json(text: str) -> Json:
    parsed: Json = orjson.loads(text)
    return parsed
