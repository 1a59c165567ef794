"""Lists every error of rendered manifests against the schemas that kubernetes-validate carries.

Executed by the checks' own Python: `kubernetes_schemas.py <file> <version>`. Its own command stops at the first error.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate  # type: ignore[import-not-found]
import yaml
from referencing import Registry, Resource

_SCHEMAS = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"


def errors_of(manifest: dict[str, Any], version: str) -> list[str]:
    folder = _SCHEMAS / f"v{version}.0-local-strict"
    api_version = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", manifest["apiVersion"])
    name = f"{manifest['kind']} {manifest['metadata']['name']}"
    file = folder / f"{manifest['kind'].lower()}-{api_version}.json"
    if not file.exists():
        return [f"{name}: no schema {file.name} in Kubernetes {version}"]
    schema = json.loads(file.read_text())
    definitions = Resource.from_contents(json.loads((folder / "_definitions.json").read_text()))
    registry: Registry[Any] = Resource.from_contents(schema) @ (definitions @ Registry())
    validator = jsonschema.Draft202012Validator(schema, registry=registry)
    return [
        f"{name}: {'.'.join(str(part) for part in error.absolute_path)}: {error.message}"
        for error in validator.iter_errors(manifest)
    ]


def main(file: str, version: str) -> None:
    manifests = [item for item in yaml.safe_load_all(Path(file).read_text(encoding="utf-8")) if item]
    errors = [error for manifest in manifests for error in errors_of(manifest, version)]
    json.dump({"resources": len(manifests), "errors": errors}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
