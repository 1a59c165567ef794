"""The worker process: outbox relay, two queues, and the processes that render and sign.

    python -m services.file_management.bootstrap.worker

The rendering processes import this module again: what it needs itself is imported in `main`.
"""


def main() -> None:
    from functools import partial

    from services.file_management.bootstrap.loops import start
    from services.file_management.bootstrap.settings import WorkerSettings
    from services.file_management.bootstrap.wiring import SERVICE
    from services.shared.platform.process import run_worker

    settings = WorkerSettings()
    run_worker(partial(start, settings), settings, SERVICE)


if __name__ == "__main__":
    main()
