"""Hands on the page of a map."""

from playwright.sync_api import Page


def fire_on_every_district(page: Page) -> int:
    """Point at and click each; how many there were."""
    fired: int = page.evaluate("""() => {
        const paths = [...document.querySelectorAll("path.district")];
        for (const path of paths) {
            const box = path.getBoundingClientRect();
            const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
            const at = {bubbles: true, clientX: x, clientY: y};
            for (const kind of ["mouseover", "mousemove", "mousedown", "mouseup", "click"]) {
                path.dispatchEvent(new MouseEvent(kind, at));
            }
        }
        return paths.length;
    }""")
    return fired
