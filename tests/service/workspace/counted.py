"""What somebody does at a desk, counted: keys, clicks of a mouse, taps of a finger."""

from playwright.sync_api import Locator

from tests.service.workspace.conftest import CLICK_MS, OFFICE, TABLET, Desk
from tests.service.workspace.plot_panel import panel

WIDE, ZOOMED = (1920, 1080), (683, 384)  # the latter is 1366 × 768 at 200 %
# Language, size, and whether a finger does it.
SEATS = [
    ("zh", OFFICE, False),
    ("en", WIDE, False),
    ("en", TABLET, True),
    ("zh", ZOOMED, False),
    ("en", ZOOMED, False),
]


class Hands:
    """Two hands, or one finger that taps and pinches."""

    def __init__(self, desk: Desk, *, finger: bool = False) -> None:
        self.desk = desk
        self.count = 0
        self._finger = desk.context.new_cdp_session(desk.page) if finger else None
        if self._finger is not None:
            self._finger.send("Emulation.setTouchEmulationEnabled", {"enabled": True})

    def key(self, key: str) -> None:
        self.desk.page.keyboard.press(key)
        self.count += 1

    def click(self, name: str, *, exact: bool = False) -> None:
        """A button of the panel."""
        self.on(panel(self.desk).get_by_role("button", name=name, exact=exact).first)

    def on(self, what: Locator) -> None:
        """Whatever can be clicked."""
        self.count += 1
        if self._finger is None:
            what.click()
            return
        # It has come to rest, and nothing lies over it.
        what.click(trial=True)
        box = what.bounding_box()
        assert box is not None
        self._tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def at(self, lon: float, lat: float) -> None:
        """A place on the map."""
        self.count += 1
        if self._finger is None:
            self.desk.click(lon, lat)
        else:
            self._tap(*self.desk.pixel(lon, lat))

    def nearer(self, lon: float, lat: float) -> None:
        """Bring the map nearer by a turn of the wheel or a pinch: neither is a click."""
        x, y = self.desk.pixel(lon, lat)
        if self._finger is None:
            self.desk.page.mouse.move(x, y)
            self.desk.page.mouse.wheel(0, -120)
        else:
            self._finger.send("Input.synthesizePinchGesture", {"x": x, "y": y, "scaleFactor": 2})

    def _tap(self, x: float, y: float) -> None:
        assert self._finger is not None
        point = {"x": x, "y": y}
        send = self._finger.send
        send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
        send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        self.desk.page.wait_for_timeout(CLICK_MS)
