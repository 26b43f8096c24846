"""axe-core on the page that the browser shows: what it finds against accessibility, in words."""

import functools
import os
import pathlib

from .site import ROOT

MODULES = pathlib.Path(os.environ.get("PREAU_TEST_WEB", ROOT / ".dev/test-web")) / "node_modules"
RUN = """
    const done = arguments[0];
    axe.run(document, {resultTypes: ['violations']}).then((found) => done(found.violations), (error) => done([
        {id: 'axe', help: String(error), nodes: []}]));
"""


@functools.cache
def source():
    return (MODULES / "axe-core/axe.min.js").read_text(encoding="utf-8")


def violations(driver):
    """One line for each place. By the debugger's own way, which the pages' security policy leaves alone."""
    if not driver.execute_script("return 'axe' in window"):
        driver.execute_script(source())
    return [f"{rule['id']}: {rule['help']}: {' '.join(node['target'])}: {node['html'][:200]}"
            for rule in driver.execute_async_script(RUN) for node in rule["nodes"] or [{"target": [], "html": ""}]]
