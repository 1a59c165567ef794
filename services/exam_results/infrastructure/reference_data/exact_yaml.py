"""YAML whose numbers keep their digits: `15.0` becomes Decimal("15.0"), never a float."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml


class _ExactLoader(yaml.SafeLoader):
    """A safe loader; only its numbers differ."""


def _number(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(loader.construct_scalar(node))


_ExactLoader.add_constructor("tag:yaml.org,2002:float", _number)
_ExactLoader.add_constructor("tag:yaml.org,2002:int", _number)


def load_exact(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_ExactLoader)  # noqa: S506 - derived from SafeLoader
