"""Makes the demo signing key ahead of the first start: `python -m services.file_management.bootstrap.seed`.

The worker does the same when it finds none; nothing else of this service needs seeding.
"""

from services.file_management.bootstrap.settings import WorkerSettings
from services.file_management.infrastructure.signing.demo_authority import ensure_demo_authority


def main() -> None:
    settings = WorkerSettings()
    if settings.local_demo:
        ensure_demo_authority(settings.signing_folder)


if __name__ == "__main__":
    main()
