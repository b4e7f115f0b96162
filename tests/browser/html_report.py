"""Opens an HTML report in Chromium and uses it as an analyst would: `html_report.py REPORT [PICTURES]`.

Takes the report of `make_scan.py`. Pictures of the page are left in the folder PICTURES, to be looked at.
"""

import base64
import json
import pathlib
import sys
import tempfile
import time

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

ROWS = 100_000


def browser(profile):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in (
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--window-size=1440,1000", f"--user-data-dir={profile}",
    ):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))


class Page:
    """The report in a browser, with words for what a person does."""

    def __init__(self, driver, report, pictures):
        self.driver, self.pictures = driver, pictures
        # The browser's own first page is none of ours.
        driver.get("about:blank")
        self.take_logs()
        began = time.monotonic()
        driver.get(pathlib.Path(report).resolve().as_uri())
        self.wait(lambda: self.find("#page").is_displayed())
        print(f"opened in {time.monotonic() - began:.2f} s")

    def wait(self, condition):
        WebDriverWait(self.driver, 30).until(lambda _: condition())

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def shown(self):
        """How many inputs pass the filters, as the page says."""
        return int(self.find("#shown").text.split()[0].replace(",", ""))

    def column(self, name):
        return self.run("return [...document.querySelectorAll('.body .row .' + arguments[0])].map(cell => cell.textContent)", name)

    def timed(self, what, script):
        """Runs something in the page and says how long it takes, layout included."""
        taken = self.run(f"const began = performance.now(); {script}; document.body.offsetHeight; return performance.now() - began")
        print(f"{what}: {taken:.0f} ms")

    def picture(self, name):
        if self.pictures:
            self.driver.save_screenshot(str(self.pictures / f"{name}.png"))

    def take_logs(self):
        """What the browser complained of, and what it asked for, since the last time."""
        errors = [entry for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        requests = [one["params"]["request"]["url"] for one in messages if one["method"] == "Network.requestWillBeSent"]
        return errors, requests


def opens_with_everything(page):
    assert page.shown() == ROWS
    assert page.find("#scope").text.startswith("in /data/ · with matches on the list known")
    assert "Click an input" in page.find("#opens").text
    heads = [head.get_attribute("data-column") for head in page.all("[role=columnheader]")]
    assert "tool" in heads and "list" in heads, heads
    assert page.run("return document.querySelector('#grid').scrollWidth <= document.querySelector('#grid').clientWidth")
    assert page.run("return rows.every(row => about.verdicts[row[VERDICT]] !== 'unchecked' || because(row) !== '')")
    assert page.run("return new Set([...document.querySelectorAll('#verdicts button')].map(tile => tile.offsetTop)).size") == 1
    assert page.run("return document.querySelectorAll('.body .row').length") < 120
    assert page.column("action")[0] in ("block", "review"), "what is most severe comes first"


def sorts_by_every_column(page):
    for head in page.all("[role=columnheader]"):
        name = head.get_attribute("data-column")
        button = head.find_element(By.TAG_NAME, "button")
        page.timed(f"first sort by {name}", f"document.querySelector('[data-column={name}] button').click()")
        assert head.get_attribute("aria-sort") != "none", name
        before = page.column("path")[:20]
        page.timed(f"turned round by {name}", f"document.querySelector('[data-column={name}] button').click()")
        assert page.column("path")[:20] != before, name
        assert button.text
    page.run("document.querySelector('[data-column=path] button').click()")
    names = page.column("path")
    assert names == sorted(names)


def filters_by_verdict_action_list_code_and_folder(page):
    page.timed("filter by verdict", "document.querySelector('#verdicts .known').closest('button').click()")
    known = page.shown()
    assert 0 < known < ROWS and set(page.column("verdict")) == {"known"}
    page.picture("known")
    lists = Select(page.find("#list"))
    lists.select_by_index(1)
    assert 0 < page.shown() <= known
    page.find("#clear").click()
    assert page.shown() == ROWS
    Select(page.find("#action")).select_by_visible_text("review")
    assert set(page.column("action")) == {"review"}
    Select(page.find("#signal")).select_by_visible_text("content credentials")
    some = page.shown()
    Select(page.find("#code")).select_by_visible_text("c2pa.ai-generated")
    assert 0 < page.shown() < some
    page.find("#clear").click()
    page.find(".line button.folder").click()
    inside = page.shown()
    assert 0 < inside < ROWS
    assert page.run("return document.activeElement.getAttribute('aria-current')") == "location"
    page.find("#trail button").click()
    assert page.shown() == ROWS
    Select(page.find("#group")).select_by_visible_text("in a group")
    assert 0 < page.shown() < ROWS
    page.find("#clear").click()


def searches(page):
    page.find("body").send_keys("/")
    page.driver.switch_to.active_element.send_keys("IMG_000777")
    page.wait(lambda: page.shown() == 1)
    page.find("#search").clear()
    page.find("#search").send_keys("trainedAlgorithmicMedia partners")
    page.wait(lambda: 1 < page.shown() < ROWS)
    page.timed("search", "filters.words = ['algorithmic', '/07/']; update()")
    page.find("#clear").click()
    assert page.shown() == ROWS


def hostile_names_are_inert(page):
    page.find("#search").send_keys("/data/inbox/ alert(")
    page.wait(lambda: page.shown() == 3)
    names = page.column("path")
    assert any("</script><script>alert(document.domain)</script>" in name for name in names)
    assert page.run("return document.querySelectorAll('img, iframe, object, embed, video, link').length") == 0
    page.find("#clear").click()
    page.find(".line:last-child button.folder").click()
    page.find("#search").send_keys("gpj.exe")
    page.wait(lambda: page.shown() == 1)
    assert page.column("path") == ["/data/inbox/photo\\u{202e}gpj.exe"]
    assert [name.text for name in page.all(".line .folder")] == ["directly in this folder"], "an escape is no folder"
    page.find("#clear").click()


def is_used_by_keyboard(page):
    page.find("#search").send_keys("c2pa.ai-generated")
    page.wait(lambda: page.shown() < ROWS)
    page.find("#grid").send_keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.END, Keys.HOME, Keys.ARROW_DOWN, Keys.ENTER)
    assert page.run("return document.activeElement.id") == "detail-title"
    text = page.find("#detail").text
    for words in ("What was found", "c2pa.ai-generated", "What it establishes", "What it leaves open", "What you can do", "SHA-256"):
        assert words in text, words
    page.picture("detail")
    page.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert page.run("return document.activeElement.id") == "grid"
    assert page.find("#grid").get_attribute("aria-activedescendant") == "row-1"
    page.find("#clear").click()


def prints_what_is_filtered(page):
    page.find("#search").send_keys("IMG_00077")
    page.wait(lambda: page.shown() == 10)
    pdf = page.driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": False})["data"]
    assert base64.b64decode(pdf).startswith(b"%PDF")
    if page.pictures:
        (page.pictures / "printed.pdf").write_bytes(base64.b64decode(pdf))
    page.run("printed()")
    assert len(page.all("#print tbody tr")) == 10
    page.run("dispatchEvent(new Event('afterprint'))")
    assert not page.all("#print tr")
    page.find("#clear").click()


def is_seen_in_every_light_and_width(page):
    for theme in ("dark", "light"):
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": theme}]})
        page.picture(theme)
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 400, "height": 860, "deviceScaleFactor": 1, "mobile": True})
    assert page.run("return document.documentElement.scrollWidth") <= 400, "nothing sticks out of a narrow page"
    page.picture("narrow")


def main(report, pictures=None):
    folder = pathlib.Path(pictures) if pictures else None
    with tempfile.TemporaryDirectory() as profile:
        driver = browser(profile)
        try:
            page = Page(driver, report, folder)
            for step in (
                opens_with_everything, sorts_by_every_column, filters_by_verdict_action_list_code_and_folder, searches,
                hostile_names_are_inert, is_used_by_keyboard, prints_what_is_filtered, is_seen_in_every_light_and_width,
            ):
                step(page)
                print(f"ok: {step.__name__}")
            errors, requests = page.take_logs()
        finally:
            driver.quit()
    assert not errors, errors
    assert requests == [pathlib.Path(report).resolve().as_uri()], requests
    print("ok: no errors, and no request but for the page itself")


if __name__ == "__main__":
    main(*sys.argv[1:])
