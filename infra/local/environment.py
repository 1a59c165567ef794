"""Makes the checkout ready to run: Debian libraries, `.venv`, `.engines`, the `laudo` command.

Standard library only, for any Python from 3.11: it runs before anything is installed. Called by the Makefile.
When nothing changed since the last time it is done in a fraction of a second.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".tools"
NEEDED_BYTES = 2 * 1024**3
LIBRARIES = (
    "libpango-1.0-0",
    "libpangoft2-1.0-0",
    "libharfbuzz-subset0",
    "fontconfig",
    "fonts-liberation",
    "fonts-dejavu-core",
)
TEST_PACKAGES = ("chromium",)


def main(arguments: Sequence[str]) -> int:
    with contextlib.suppress(AttributeError):
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    try:
        with _one_at_a_time():
            _debian_packages(LIBRARIES + (TEST_PACKAGES if "--for-tests" in arguments else ()))
            _environment(".venv", "locks/dev.txt", with_project=True)
            _environment(".engines", "locks/engines.txt", with_project=False)
    except Missing as missing:
        print(f"laudo: {missing}", file=sys.stderr)
        return 1
    return 0


class Missing(Exception):
    """Something is needed that we may not or cannot get; the text says what to type."""


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# --- Debian ---------------------------------------------------------------------------------------------------


def _debian_packages(packages: Sequence[str]) -> None:
    if shutil.which("dpkg-query") is None:
        return  # not Debian: the first PDF will say when a library is missing
    absent = [name for name in packages if not _installed(name)]
    if not absent:
        return
    by_hand = f"apt-get install -y --no-install-recommends {' '.join(absent)}"
    prefix = _root_prefix()
    if prefix is None:
        raise Missing(f"these Debian packages are missing; install them with: sudo {by_hand}")
    with _step(f"installing Debian packages {' '.join(absent)}"):
        command = [*prefix, *by_hand.split()]
        if not _quiet(command) and not (_quiet([*prefix, "apt-get", "update"]) and _quiet(command)):
            raise Missing(f"apt-get could not install what is missing; try: sudo {by_hand}")


def _installed(package: str) -> bool:
    query = ["dpkg-query", "-W", "-f", "${db:Status-Status}", package]
    return subprocess.run(query, capture_output=True, text=True, check=False).stdout.strip() == "installed"


def _root_prefix() -> list[str] | None:
    if os.geteuid() == 0:
        return ["env", "DEBIAN_FRONTEND=noninteractive"]
    if shutil.which("sudo") and _quiet(["sudo", "-n", "true"]):
        return ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive"]
    return None


# --- Python ---------------------------------------------------------------------------------------------------


def _environment(name: str, lock: str, *, with_project: bool) -> None:
    folder, lock_file = ROOT / name, ROOT / lock
    stamp = folder / "laudo.stamp"
    wanted = _fingerprint(lock_file, *([ROOT / "pyproject.toml"] if with_project else []))
    if stamp.exists() and stamp.read_text() == wanted and (folder / "bin" / "python").exists():
        return
    _enough_disk()
    stamp.unlink(missing_ok=True)
    python = folder / "bin" / "python"
    with _step(f"installing {_count(lock_file)} packages of {lock} into {name}"):
        uv = _uv()
        if not _quiet([str(python), "-c", ""]):
            shutil.rmtree(folder, ignore_errors=True)
            _make_venv(folder, uv)
        _synchronise(python, lock_file, uv)
        if with_project:
            _install_project(python, uv)
    stamp.write_text(wanted)


def _fingerprint(*files: Path) -> str:
    digest = hashlib.sha256(str(ROOT).encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _count(lock: Path) -> int:
    return sum(line[:1].isalnum() for line in lock.read_text(encoding="utf-8").splitlines())


def _enough_disk() -> None:
    free = shutil.disk_usage(ROOT).free
    if free < NEEDED_BYTES:
        raise Missing(
            f"{free / 1024**3:.1f} GB are free in {ROOT}, setting up needs 2 GB; make room and try again"
        )


def _uv() -> str | None:
    """Return the pinned installer, from an environment of its own; None when it cannot be had (pip will do)."""
    lock = ROOT / "locks" / "tools.txt"
    uv, stamp, wanted = TOOLS / "bin" / "uv", TOOLS / "laudo.stamp", _fingerprint(lock)
    if uv.exists() and stamp.exists() and stamp.read_text() == wanted:
        return str(uv)
    _make_venv(TOOLS, None)
    install = [
        TOOLS / "bin" / "python",
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--require-hashes",
        "-r",
        lock,
    ]
    if not _quiet([str(part) for part in install]):
        return None
    stamp.write_text(wanted)
    return str(uv)


def _make_venv(folder: Path, uv: str | None) -> None:
    python = os.path.realpath(sys.executable)  # never a shim: those resolve differently inside a venv
    if uv and _quiet([uv, "venv", "-q", "--python", python, str(folder)], env=_uv_settings()):
        return
    if importlib.util.find_spec("ensurepip") is None:
        prefix = _root_prefix()
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        if prefix is None or not _quiet([*prefix, "apt-get", "install", "-y", package]):
            raise Missing(
                f"this Python cannot make environments; install it with: sudo apt-get install {package}"
            )
    _run([python, "-m", "venv", str(folder)], "making the environment")


def _synchronise(python: Path, lock: Path, uv: str | None) -> None:
    if uv:
        # The target is always named: UV_PYTHON in somebody's shell would otherwise win over it.
        command = [uv, "pip", "sync", "-q", "--python", str(python), "--require-hashes", str(lock)]
        if _quiet(command, env=_uv_settings()):
            return
    if not _quiet([str(python), "-m", "pip", "--version"]):
        _run([str(python), "-m", "ensurepip", "--upgrade"], "preparing pip")
    command = [str(python), "-m", "pip", "install", "-q", "--no-deps", "--require-hashes", "-r", str(lock)]
    _run(command, "installing the locked packages (is the package index within reach?)")


def _install_project(python: Path, uv: str | None) -> None:
    """Editable, from the locked build tools: nothing is fetched for it."""
    pip = (
        [uv, "pip", "install", "-q", "--python", str(python)]
        if uv
        else [str(python), "-m", "pip", "install", "-q"]
    )
    command = [*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)]
    _run(command, "installing the project itself", env=_uv_settings())


def _uv_settings() -> dict[str, str]:
    settings = {key: value for key, value in os.environ.items() if key not in ("UV_PYTHON", "VIRTUAL_ENV")}
    return settings | {"UV_PYTHON_DOWNLOADS": "never"}


# --- Running and saying ---------------------------------------------------------------------------------------


@contextlib.contextmanager
def _step(what: str) -> Iterator[None]:
    began = time.monotonic()
    print(f"laudo: {what} ...", end=" ", flush=True)
    try:
        yield
    except Missing:
        print("failed")
        raise
    print(f"{time.monotonic() - began:.1f} s")


def _quiet(command: Sequence[str], env: dict[str, str] | None = None) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False, env=env).returncode == 0
    except OSError:
        return False


def _run(command: Sequence[str], what: str, env: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    if done.returncode != 0:
        last = "\n".join((done.stderr or done.stdout).strip().splitlines()[-8:])
        raise Missing(f"{what} did not work:\n{last}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
