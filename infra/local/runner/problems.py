"""What stops `make run`, in one clear sentence with what to do."""


class CannotRun(Exception):
    """The text is for the person at the keyboard."""


class StopRequested(BaseException):
    """Ctrl-C or SIGTERM arrived. Not an Exception: nothing on the way may swallow it."""
