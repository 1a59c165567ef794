"""The passwords that are tried first: 45,000 shipped with the product, in one block of bytes.

Sources and licences: common_passwords.LICENSE.txt. A search takes tens of microseconds, and the list half a megabyte;
as Python strings in a set it would take ten times that.
"""

from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("common_passwords.txt")


class ShippedPasswordBlocklist:
    def holds(self, folded: str) -> bool:
        return "\n" not in folded and b"\n%b\n" % folded.encode("utf-8", "surrogatepass") in _lines()


@cache
def _lines() -> bytes:
    return b"\n" + _FILE.read_bytes()
