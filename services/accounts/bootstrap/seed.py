"""Loads machine clients and the demonstration's people; safe to run again.
`python -m services.accounts.bootstrap.seed`.
"""

import asyncio

from services.accounts.application.commands.seed_people import SeedPeople
from services.accounts.bootstrap.demo_file import read_clinics, read_people
from services.accounts.bootstrap.settings import SERVICE, Settings
from services.accounts.bootstrap.wiring import Core, build_core, key_custody
from services.accounts.domain.machine_client import MachineClient, Secret, hash_secret
from services.accounts.infrastructure.persistence.machine_clients import PostgresMachineClients
from services.accounts.infrastructure.persistence.signing_keys import PostgresSigningKeys
from services.accounts.infrastructure.security.password_hashing import Argon2PasswordHasher
from services.shared.kernel.clock import SystemClock
from services.shared.kernel.ids import new_id
from services.shared.platform.logs import configure_logs, get_logger


async def seed(settings: Settings) -> int:
    """Return how many people were put in place now."""
    core = await build_core(settings)
    try:
        await PostgresSigningKeys(core.database, key_custody(settings)).load()
        await _machine_clients(settings, core)
        return await _people(settings, core)
    finally:
        await core.close()


async def _machine_clients(settings: Settings, core: Core) -> None:
    clients = PostgresMachineClients(core.database)
    for name, told in settings.machine_clients.items():
        known = await clients.get(name)
        wanted = MachineClient(
            known.id if known else new_id(),
            name,
            Secret(hash_secret(told.secret.get_secret_value())),
            frozenset(told.scopes),
        )
        if wanted != known:
            await clients.put(wanted)


async def _people(settings: Settings, core: Core) -> int:
    if settings.demo_folder is None:
        return 0
    seeder = SeedPeople(core.transactions, Argon2PasswordHasher(), SystemClock())
    for clinic in read_clinics(settings.demo_folder / "clinics.yaml"):
        await seeder.clinic(clinic)
    people = read_people(settings.demo_folder / "people.yaml")
    return sum([await seeder.person(person) for person in people])


def main() -> None:
    settings = Settings()
    configure_logs(SERVICE, settings.log_level)
    count = asyncio.run(seed(settings))
    get_logger().info("demo.seeded", count=count)


if __name__ == "__main__":
    main()
