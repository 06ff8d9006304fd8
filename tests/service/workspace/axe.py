"""What axe finds wrong with a page."""

from playwright.sync_api import Page

from tests.workspace.types import NPM

AXE = NPM / "axe-core" / "axe.min.js"


def violations(page: Page, part: str = "html") -> list[str]:
    """Rules that are broken in a part of the page, with their places; axe comes in as a value,
    for the page's policy lets no other script in.
    """
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE.read_text("utf-8"))
    report = page.evaluate(f"axe.run('{part}', {{resultTypes: ['violations']}})")
    return [
        f"{rule['id']}: {rule['help']} {[node['html'][:160] for node in rule['nodes']][:3]}"
        for rule in report["violations"]
    ]
