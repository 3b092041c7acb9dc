"""Prefect's own UI, as a supervisor uses it: the waiting runs, one run's packet, Resume, the form.

The selectors are those of the default (V1) UI of Prefect 3.8.8, which is what the server shows at its
address. The V2 UI has no Resume button on a run's page.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect, sync_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_ANYTHING = re.compile(r"\S")
PATIENCE = 20_000  # milliseconds; the first page compiles a megabyte of script
SCREENSHOTS = Path(__file__).parents[2] / "screenshots"  # git-ignored; kept for people to look at


def chromium() -> str | None:
    """Debian's, or whatever the machine calls it; None: the test skips and says so."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def browser_page(executable: str, locale: str = "en-GB") -> Iterator[Page]:
    """A page of a browser of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1400, "height": 1100}, locale=locale)
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        try:
            yield page
        finally:
            browser.close()


@dataclass(frozen=True)
class PrefectUI:
    """`address` is the UI's, without a path: http://127.0.0.1:4200"""

    page: Page
    address: str

    def waiting(self) -> list[str]:
        """Names of the suspended runs, as the list shows them (the past seven days are its default)."""
        self.page.goto(f"{self.address}/runs?state=Suspended")
        self.page.locator(".flow-run-list-item").first.wait_for()
        return self.page.locator("a.flow-run-bread-crumbs__flow-run-link").all_inner_texts()

    def open(self, run_id: str) -> Resume:
        """A suspended run's page, with its Resume form open."""
        self.page.goto(f"{self.address}/runs/flow-run/{run_id}")
        self.page.get_by_role("button", name="Resume").click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("button", name="Submit").wait_for()
        return Resume(self.page, dialog)

    def shoot(self, name: str) -> Path:
        SCREENSHOTS.mkdir(exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        self.page.screenshot(path=path)
        return path

    def expect_state(self, run_id: str, state: str) -> None:
        """Waits until the run's page says so; the page looks by itself every few seconds."""
        self.page.goto(f"{self.address}/runs/flow-run/{run_id}")
        badge = self.page.locator(".page-heading-flow-run, header, main").get_by_text(state, exact=True)
        expect(badge.first).to_be_visible()


@contextmanager
def other_page(ui: PrefectUI) -> Iterator[PrefectUI]:
    """Another person's browser: nothing is shared with the first one's."""
    browser = ui.page.context.browser
    assert browser is not None
    context = browser.new_context(viewport={"width": 1400, "height": 1100}, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    try:
        yield PrefectUI(context.new_page(), ui.address)
    finally:
        context.close()


@dataclass(frozen=True)
class Resume:
    """The dialog behind the Resume button."""

    page: Page
    dialog: Locator

    @property
    def packet(self) -> str:
        """The words above the form, which the page renders after the form."""
        words = self.dialog.locator("article.markdown-renderer").first
        expect(words).to_contain_text(_ANYTHING)
        return words.inner_text()

    def choose(self, label: str, option: str) -> None:
        """A field with a list of values. The box itself toggles twice when clicked, so it stays closed."""
        self._field(label).locator(".p-select-button__icon").click()
        self.page.locator(".p-select-option").get_by_text(option, exact=True).click()

    def fill(self, label: str, text: str) -> None:
        """A text field. Its label may go on with `(Optional)`."""
        self._field(label).locator("textarea, input").fill(text)

    def submit(self) -> None:
        """Until the dialog is gone, which it is only when the server took the answer."""
        self.dialog.get_by_role("button", name="Submit").click()
        self.dialog.wait_for(state="detached")

    def submit_in_vain(self) -> str:
        """Submits what the server refuses; returns what the page says. The dialog stays."""
        self.dialog.get_by_role("button", name="Submit").click()
        said = self.dialog.locator(".p-label__message--failed")
        said.first.wait_for()
        return "\n".join(said.all_inner_texts())

    def submit_too_late(self) -> str:
        """Somebody was quicker: why the server does not take it, which the page is told."""
        with self.page.expect_response(lambda answer: answer.url.endswith("/resume")) as told:
            self.dialog.get_by_role("button", name="Submit").click()
        answer = told.value.json()
        assert answer["status"] in ("ABORT", "REJECT"), answer  # by whether it has read the first one yet
        return str(answer["details"]["reason"])

    def _field(self, label: str) -> Locator:
        title = self.page.locator(".schema-form-property__label").filter(has_text=label)
        return self.dialog.locator(".schema-form-property").filter(has=title)
