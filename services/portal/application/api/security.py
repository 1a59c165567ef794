"""What the portal asks of accounts about signing in step by step and the security of an account."""

from services.portal.application.ports import ApiGateway, Caller, Json, Method


class SecurityApi:
    def __init__(self, gateway: ApiGateway) -> None:
        self._gateway = gateway

    async def begin_sign_in(self, caller: Caller, login: str, password: str, device: str) -> Json:
        """Return `session`, or `pending` with a ticket and the factors that may be proved."""
        body = {"login": login, "password": password, "device": device}
        return await self._post(caller, "/sign-ins", body)

    async def prove_sign_in(self, caller: Caller, ticket: str, proof: Json, device: str) -> Json:
        return await self._post(caller, "/sign-ins/proof", {"ticket": ticket, "device": device} | proof)

    async def send_sign_in_code(self, caller: Caller, ticket: str) -> None:
        await self._post(caller, "/sign-ins/code", {"ticket": ticket})

    async def sign_in_challenge(self, caller: Caller, ticket: str | None) -> Json:
        return await self._post(caller, "/sign-ins/passkey-options", {"ticket": ticket} if ticket else {})

    async def sign_in_with_passkey(self, caller: Caller, ticket: str, credential: Json, device: str) -> Json:
        body = {"ticket": ticket, "credential": credential, "device": device}
        return await self._post(caller, "/sign-ins/passkey", body)

    async def begin_enrolment(self, caller: Caller, ticket: str) -> Json:
        return await self._post(caller, "/sign-ins/totp", {"ticket": ticket})

    async def confirm_enrolment(self, caller: Caller, ticket: str, code: str, device: str) -> Json:
        body = {"ticket": ticket, "code": code, "device": device}
        return await self._post(caller, "/sign-ins/totp/confirmation", body)

    async def ask_reset(self, caller: Caller, login: str, device: str) -> str:
        answer = await self._post(caller, "/password-resets", {"login": login, "device": device})
        return str(answer["ticket"])

    async def reset_password(
        self, caller: Caller, ticket: str, code: str, password: str, device: str
    ) -> None:
        body = {"ticket": ticket, "code": code, "password": password, "device": device}
        await self._post(caller, "/password-resets/completion", body)

    async def step_up(self, caller: Caller, proof: Json) -> Json:
        return await self._post(caller, "/step-up", proof)

    async def step_up_challenge(self, caller: Caller) -> Json:
        return await self._post(caller, "/step-up/passkey-options")

    async def send_step_up_code(self, caller: Caller) -> str:
        return str((await self._post(caller, "/step-up/code"))["ticket"])

    async def overview(self, caller: Caller) -> Json:
        return await self._call(caller, "GET", "/me/security")

    async def change_password(self, caller: Caller, old: str, new: str) -> None:
        await self._call(caller, "PUT", "/me/password", {"old": old, "new": new})

    async def begin_totp(self, caller: Caller) -> Json:
        return await self._post(caller, "/me/totp")

    async def confirm_totp(self, caller: Caller, ticket: str, code: str) -> list[str]:
        answer = await self._post(caller, "/me/totp/confirmation", {"ticket": ticket, "code": code})
        return list(answer["recovery_codes"])

    async def remove_totp(self, caller: Caller) -> None:
        await self._call(caller, "DELETE", "/me/totp")

    async def passkey_challenge(self, caller: Caller) -> Json:
        return await self._post(caller, "/me/passkeys/options")

    async def add_passkey(self, caller: Caller, ticket: str, credential: Json, name: str) -> list[str]:
        body = {"ticket": ticket, "credential": credential, "name": name}
        return list((await self._post(caller, "/me/passkeys", body))["recovery_codes"])

    async def rename_passkey(self, caller: Caller, passkey_id: str, name: str) -> None:
        await self._call(caller, "PUT", f"/me/passkeys/{passkey_id}", {"name": name})

    async def remove_passkey(self, caller: Caller, passkey_id: str) -> None:
        await self._call(caller, "DELETE", f"/me/passkeys/{passkey_id}")

    async def renew_recovery_codes(self, caller: Caller) -> list[str]:
        return list((await self._post(caller, "/me/recovery-codes"))["recovery_codes"])

    async def choose_contact_codes(self, caller: Caller, wanted: bool) -> None:
        await self._call(caller, "PUT", "/me/contact-codes", {"wanted": wanted})

    async def end_session(self, caller: Caller, session_id: str) -> None:
        await self._call(caller, "DELETE", f"/sessions/{session_id}")

    async def end_other_sessions(self, caller: Caller) -> None:
        await self._call(caller, "DELETE", "/sessions/others")

    async def _post(self, caller: Caller, path: str, body: Json | None = None) -> Json:
        return await self._call(caller, "POST", path, body)

    async def _call(self, caller: Caller, method: Method, path: str, body: Json | None = None) -> Json:
        return await self._gateway.call(caller, "accounts", method, path, body=body)
