"""Takes the README's pictures from a running demo: `PYTHONPATH=. .venv/bin/python docs/images/retake.py`."""

import json
import re
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from booking_portal.embedded import local_dir
from booking_portal.launch.browser import installed_browser

HERE = Path(__file__).parent
DESK, CONSOLE = {"width": 1100, "height": 686}, {"width": 1280, "height": 798}
PHONE = {"width": 414, "height": 896}
UNSETTLED = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"
SHEET = """
<style>
  body { margin: 0; padding: 40px; width: 1296px; background: #dfe5e8; display: grid; gap: 40px 58px;
         grid-template-columns: 768px 462px; }
  img { display: block; width: 100%; border-radius: 16px; box-shadow: 0 3px 14px rgb(0 0 0 / 18%); }
  .tall { grid-column: 2; grid-row: 1 / 3; } .tall img { border-radius: 28px; }
</style>
"""


def main() -> None:
    facts = json.loads((local_dir() / "demo.json").read_text())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=installed_browser(), args=["--no-sandbox", "--disable-gpu"]
        )
        portal(browser, facts["portal_url"])
        console(browser, facts["logins"]["owner"])
        browser.close()


def portal(browser: Browser, url: str) -> None:
    """The first page and a week beside the week on a phone."""
    desk, phone = opened(browser, DESK), opened(browser, PHONE)
    desk.goto(url)
    desk.screenshot(path=HERE / "front.png")
    for page in (desk, phone):
        walk_to_times(page, url)
    desk.screenshot(path=HERE / "week.png")
    phone.screenshot(path=HERE / "phone.png")
    together(browser, "portal.png", {"front.png": "", "week.png": "", "phone.png": "tall"})


def console(browser: Browser, login: dict[str, str]) -> None:
    """The console's overview and numbers beside a booking on a phone."""
    desk, phone = opened(browser, CONSOLE), opened(browser, PHONE)
    for page in (desk, phone):
        page.goto(login["url"])
        page.fill("#id_login", login["email"])
        page.fill("#id_password", login["password"])
        page.click("form .submit button")
        page.wait_for_url(login["url"])
        page.reload()
    desk.screenshot(path=HERE / "overview.png")
    desk.goto(f"{login['url']}statistics/")
    desk.screenshot(path=HERE / "numbers.png")
    phone.goto(f"{login['url']}bookings/")
    phone.click("main table a")
    phone.wait_for_load_state()
    phone.screenshot(path=HERE / "phone.png")
    together(browser, "console.png", {"overview.png": "", "numbers.png": "", "phone.png": "tall"})


def opened(browser: Browser, window: dict[str, int]) -> Page:
    context = browser.new_context(locale="en-GB", viewport=window, device_scale_factor=2)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(60_000)
    return page


def walk_to_times(page: Page, url: str) -> None:
    """To the week after this one, with anybody."""
    page.goto(url)
    while page.locator("a.answer").count():
        anybody = page.locator("a.answer", has_text="Anyone")
        elsewhere = re.compile(f"^(?!{re.escape(page.url)}$)")
        (anybody if anybody.count() else page.locator("a.answer")).first.click()
        page.wait_for_url(elsewhere)
        page.wait_for_selector(UNSETTLED, state="detached")
    page.reload()


def together(browser: Browser, name: str, pictures: dict[str, str]) -> None:
    """One picture of several, which go."""
    page = browser.new_page(viewport={"width": 1376, "height": 900})
    images = "".join(f'<div class="{place}"><img src="{file}"></div>' for file, place in pictures.items())
    sheet = HERE / "sheet.html"
    sheet.write_text(SHEET + images)
    page.goto(sheet.as_uri())
    page.screenshot(path=HERE / name, full_page=True)
    for file in [*pictures, sheet.name]:
        (HERE / file).unlink()


if __name__ == "__main__":
    main()
