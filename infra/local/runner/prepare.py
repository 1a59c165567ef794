"""Runs the named modules' `main` one after the other, in a process of its own: migrations, then demo data."""

import importlib
import sys

if __name__ == "__main__":
    for module in sys.argv[1:]:
        importlib.import_module(module).main()
