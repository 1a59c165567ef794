"""Run the portal: `python -m services.portal.bootstrap.api`."""

from services.portal.bootstrap.settings import PortalSettings
from services.portal.bootstrap.wiring import build
from services.shared.platform.process import serve_api


def main() -> None:
    settings = PortalSettings()
    serve_api(build(settings), settings, "portal")


if __name__ == "__main__":
    main()
