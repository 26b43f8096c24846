"""The portal's own program that reads its catalogues, for tests to ask."""

import importlib.machinery
import importlib.util
import pathlib

PORTAL = pathlib.Path(__file__).resolve().parents[2] / "daemons/portal"


def program():
    loader = importlib.machinery.SourceFileLoader("translate", str(PORTAL / "translate"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("translate", loader))
    loader.exec_module(module)
    return module


translate = program()
