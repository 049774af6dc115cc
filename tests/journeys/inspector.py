"""Looking at pages with axe, in the light and in the dark."""

import os
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

EVERYTHING = os.environ.get("AXE") == "all"
"""Whether to look at all there is in all ways there are, which takes long."""
PHONE: ViewportSize = {"width": 320, "height": 640}
DESK: ViewportSize = {"width": 1280, "height": 800}
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

AXE = """options => axe.run(document, {resultTypes: ['violations'], ...options})
  .then(found => found.violations)"""
OF_COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
"""The rules that depend on colours."""


class Inspector:
    """Remembers what axe finds wrong with the pages of one tab."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.script = Axe().axe_script
        self.faults: list[str] = []
        self.turn = 0

    def look(self, what: str) -> None:
        """All rules in the light; in the dark those that depend on colours."""
        self.bring_axe()
        self.look_in_the_light(what)
        self.look_at_colours(f"{what}, dark", "dark")

    def look_at_both_widths(self, what: str) -> None:
        """All rules in the light at one width, those of colours in the dark at the other, by turns.

        Everything in both at both with ``AXE=all``.
        """
        self.turn += 1
        widths = (DESK, PHONE) if self.turn % 2 else (PHONE, DESK)
        self.bring_axe()
        for number, width in enumerate(widths):
            self.page.set_viewport_size(width)
            place = f"{what} at {width['width']}"
            if EVERYTHING or number == 0:
                self.look_in_the_light(place)
            if EVERYTHING or number == 1:
                self.look_at_colours(f"{place}, dark", "dark")
            if (wide := self.page.evaluate(TOO_WIDE)) > 0:
                self.faults.append(f"{place} is {wide} px too wide")

    def bring_axe(self) -> None:
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(self.script)

    def look_in_the_light(self, what: str) -> None:
        self.look_with_all_rules(what, "light")

    def look_with_all_rules(self, what: str, scheme: Scheme) -> None:
        self.page.emulate_media(color_scheme=scheme)
        self.note(what, {})

    def look_at_colours(self, what: str, scheme: Scheme) -> None:
        self.page.emulate_media(color_scheme=scheme)
        self.note(what, OF_COLOURS)

    def note(self, what: str, options: dict[str, Any]) -> None:
        for violation in self.page.evaluate(AXE, options):
            nodes = [" ".join(map(str, node["target"])) for node in violation["nodes"]]
            self.faults.append(f"{what}: {violation['id']} at {'; '.join(nodes[:3])}")
