"""What a number or a moment of a request may be at all, before a rule looks at it: what every store can hold.

A year of 0001 with an offset lies before what a database can hold, and is a slip of the keyboard or a probe. The
rules themselves (not in the future, not before the registration) are the domain's.
"""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)

Moment = Annotated[AwareDatetime, Field(ge=EARLIEST, lt=LATEST)]
Version = Annotated[int, Field(ge=0, lt=2**31)]
