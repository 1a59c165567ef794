"""What the routes work with: the use cases, kept with the application."""

from fastapi import Request

from services.accounts.application.front_desk import FrontDesk


def desk_of(request: Request) -> FrontDesk:
    desk: FrontDesk = request.app.state.front_desk
    return desk
