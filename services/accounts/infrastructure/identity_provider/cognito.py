"""Staff as users of an Amazon Cognito user pool: the account's id is the user's name, roles are groups.

https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/Welcome.html
"""

import asyncio
from contextlib import suppress
from typing import Any
from uuid import UUID

from services.accounts.application.identity_provider import ProvidedUser
from services.shared.kernel.principal import STAFF, Role


class CognitoIdentityProvider:
    """`invites`: Cognito itself writes to a new user, with a first password."""

    def __init__(self, client: Any, user_pool_id: str, *, invites: bool) -> None:
        self._cognito = client
        self._pool = user_pool_id
        self._invites = invites

    async def get(self, account_id: UUID) -> ProvidedUser | None:
        return await asyncio.to_thread(self._get, account_id)

    async def put(self, user: ProvidedUser) -> None:
        await asyncio.to_thread(self._put, user)

    async def remove(self, account_id: UUID) -> None:
        await asyncio.to_thread(self._remove, account_id)

    def _get(self, account_id: UUID) -> ProvidedUser | None:
        try:
            found = self._cognito.admin_get_user(**self._user(account_id))
        except self._cognito.exceptions.UserNotFoundException:
            return None
        told = {each["Name"]: each["Value"] for each in found.get("UserAttributes", [])}
        roles = self._roles(account_id) if found["Enabled"] else frozenset[Role]()
        return ProvidedUser(account_id, told.get("email"), roles)

    def _put(self, user: ProvidedUser) -> None:
        if not user.roles:
            self._disable(user.account_id)
            return
        self._create_or_change(user)
        had = self._roles(user.account_id)
        for role in had - user.roles:
            self._cognito.admin_remove_user_from_group(GroupName=role, **self._user(user.account_id))
        for role in user.roles - had:
            self._join(user.account_id, role)
        self._cognito.admin_enable_user(**self._user(user.account_id))

    def _create_or_change(self, user: ProvidedUser) -> None:
        # The person proved the address by the invitation's code.
        attributes = (
            [{"Name": "email", "Value": user.email}, {"Name": "email_verified", "Value": "true"}]
            if user.email
            else []
        )
        is_told = self._invites and user.email
        how = {"DesiredDeliveryMediums": ["EMAIL"]} if is_told else {"MessageAction": "SUPPRESS"}
        try:
            self._cognito.admin_create_user(**self._user(user.account_id), UserAttributes=attributes, **how)
        except self._cognito.exceptions.UsernameExistsException:
            if attributes:
                self._cognito.admin_update_user_attributes(
                    **self._user(user.account_id), UserAttributes=attributes
                )

    def _join(self, account_id: UUID, role: Role) -> None:
        try:
            self._cognito.admin_add_user_to_group(GroupName=role, **self._user(account_id))
        except self._cognito.exceptions.ResourceNotFoundException:
            with suppress(self._cognito.exceptions.GroupExistsException):  # made by another in this moment
                self._cognito.create_group(UserPoolId=self._pool, GroupName=role)
            self._cognito.admin_add_user_to_group(GroupName=role, **self._user(account_id))

    def _disable(self, account_id: UUID) -> None:
        """Disabled before anything else; what the user holds to renew tokens ends, too."""
        try:
            self._cognito.admin_disable_user(**self._user(account_id))
            self._cognito.admin_user_global_sign_out(**self._user(account_id))
            for role in self._roles(account_id):
                self._cognito.admin_remove_user_from_group(GroupName=role, **self._user(account_id))
        except self._cognito.exceptions.UserNotFoundException:
            return

    def _remove(self, account_id: UUID) -> None:
        try:
            self._cognito.admin_delete_user(**self._user(account_id))
        except self._cognito.exceptions.UserNotFoundException:
            return

    def _roles(self, account_id: UUID) -> frozenset[Role]:
        pages = self._cognito.get_paginator("admin_list_groups_for_user").paginate(**self._user(account_id))
        names = {group["GroupName"] for page in pages for group in page["Groups"]}
        return frozenset(role for role in STAFF if role.value in names)

    def _user(self, account_id: UUID) -> dict[str, str]:
        return {"UserPoolId": self._pool, "Username": str(account_id)}
