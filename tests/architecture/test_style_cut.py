"""The design system is cut to what pages can ask for, and to nothing less."""

import sys

import pytest

from peers.site import ROOT

sys.path.insert(0, str(ROOT / "daemons/portal"))
from cut_style import cut  # noqa: E402

PAGES = ['<p class="fr-badge fr-alert--{{KIND}}">', 'view_set(view, "CLASS", "fr-tag");']


@pytest.mark.parametrize("css, kept", [
    (".fr-badge{color:red}", ".fr-badge{color:red}"),
    (".fr-tag .fr-badge,.fr-modal .fr-badge{color:red}", ".fr-tag .fr-badge{color:red}"),
    (".fr-modal{color:red}p{margin:0}", "p{margin:0}"),
    (".fr-alert--error:before{top:0}", ".fr-alert--error:before{top:0}"),  # put together from its parts
    (".fr-badge:not(.fr-modal){color:red}", ".fr-badge:not(.fr-modal){color:red}"),  # it need not be there
    ("@media (min-width:48em){.fr-modal{color:red}}", ""),
    ("@media (min-width:48em){.fr-modal{color:red}.fr-tag{top:0}}", "@media (min-width:48em){.fr-tag{top:0}}"),
    (":root[data-fr-theme=dark]{color:red}", ""),
    ("@font-face{font-family:Marianne}", ""),
    ('.fr-tag{background:url("data:image/svg+xml;utf8,<svg/>")}', '.fr-tag{background:url("data:image/svg+xml;utf8,<svg/>")}'),
    # what is read, by another property that is read or by another style sheet, stays
    (":root{--a:1;--b:var(--c);--c:2;--d:3;--e:4}.fr-tag{top:var(--b)}", ":root{--b:var(--c);--c:2;--d:3}.fr-tag{top:var(--b)}"),
])
def test_what_nobody_writes_goes(css, kept):
    assert cut(css, PAGES, "p{left:var(--d)}") == kept
