"""Opens the page of a service in Chromium and uses it as a person would: `service_page.py PROVSCAN SAMPLES [PICTURES]`.

With the keyboard alone and by dropping a file, with a token and without. Pictures of the page are left in the folder
PICTURES, to be looked at.
"""

import pathlib
import subprocess
import sys
import tempfile
import time

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from html_report import browser

TOKEN = "a-token-that-nobody-guesses"


class Service:
    def __init__(self, program, samples, *arguments):
        command = [program, "serve", "--listen", "127.0.0.1:0", "--no-trust", "--list", f"{samples}/lists/known.csv", *arguments]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if "answering at " in line:
                self.address = line.split("answering at ")[1].strip()
            if "event=ready" in line:
                break

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        assert self.process.wait(30) == 0


def find(driver, selector):
    return driver.find_element(By.CSS_SELECTOR, selector)


def wait(driver, condition):
    WebDriverWait(driver, 30).until(lambda _: condition())


def complaints(driver):
    return [entry for entry in driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]


def picture(driver, pictures, name):
    if pictures:
        driver.save_screenshot(str(pathlib.Path(pictures) / f"{name}.png"))


def chosen(driver, sample, verdict):
    """Chooses a file, and waits for what is said of it."""
    find(driver, "#file").send_keys(str(pathlib.Path(sample).resolve()))
    wait(driver, lambda: find(driver, "#answer").is_displayed() and verdict in find(driver, "#verdict").text)


def by_hand(driver, service, samples, pictures):
    driver.get("about:blank")
    complaints(driver)
    driver.get(service.address)
    picture(driver, pictures, "page-empty")
    # The first thing that the keyboard reaches is the choice of a file, and it has a name.
    find(driver, "body").send_keys(Keys.TAB)
    focused = driver.switch_to.active_element
    assert focused.get_attribute("id") == "file" and focused.accessible_name == "Choose an image, or drop one here", focused.accessible_name
    assert find(driver, "#status").get_attribute("aria-live") == "polite"
    chosen(driver, f"{samples}/known_image/known-1-reencoded.jpg", "known")
    # Whoever hears the page is led to the verdict.
    assert driver.switch_to.active_element.get_attribute("id") == "verdict"
    assert "on a list of known images" in find(driver, "#meaning").text
    assert "known.match" in find(driver, "#evidence").text
    picture(driver, pictures, "page-known")
    chosen(driver, f"{samples}/content_credentials/ai-generated.jpg", "ai generated")
    picture(driver, pictures, "page-ai")
    asked = driver.execute_script("return performance.getEntriesByType('resource').map(one => one.name)")
    assert set(asked) <= {f"{service.address}/v1/check", f"{service.address}/favicon.ico"}, asked
    assert driver.execute_script("return localStorage.length + sessionStorage.length + document.cookie.length") == 0


def dropped(driver, service):
    """Drops a file whose name and content would be markup, were they taken for any."""
    driver.get(service.address)
    driver.execute_script("""
        const data = new DataTransfer();
        data.items.add(new File(["<img src=x onerror=alert(1)>"], "<b>x.png", { type: "image/png" }));
        document.getElementById("drop").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    """)
    wait(driver, lambda: "unchecked" in find(driver, "#verdict").text)
    assert find(driver, "#errors").is_displayed()
    assert not driver.find_elements(By.CSS_SELECTOR, "b, img")
    # Nothing that comes to the page later runs.
    ran = driver.execute_script("const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s); return window.ran")
    assert ran is None
    assert any("Content Security Policy" in entry["message"] for entry in complaints(driver))


def with_token(driver, service, samples, pictures):
    driver.get(service.address)
    find(driver, "#file").send_keys(str(pathlib.Path(f"{samples}/known_image/known-1-reencoded.jpg").resolve()))
    wait(driver, lambda: find(driver, "#token").is_displayed())
    wait(driver, lambda: driver.switch_to.active_element.get_attribute("id") == "token")
    assert not find(driver, "#answer").is_displayed()
    picture(driver, pictures, "page-token")
    find(driver, "#token").send_keys(TOKEN, Keys.ENTER)
    wait(driver, lambda: "known" in find(driver, "#verdict").text)


def main(program, samples, pictures=None):
    if pictures:
        pathlib.Path(pictures).mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        driver = browser(f"{folder}/profile")
        try:
            with Service(program, samples) as service:
                by_hand(driver, service, samples, pictures)
                wrong = [one for one in complaints(driver) if "favicon" not in one["message"]]
                assert not wrong, wrong
                dropped(driver, service)
            tokens = pathlib.Path(folder) / "tokens"
            tokens.write_text(TOKEN + "\n")
            with Service(program, samples, "--tokens", str(tokens)) as service:
                with_token(driver, service, samples, pictures)
        finally:
            driver.quit()
    print(f"the page of the service: used in {time.monotonic() - began:.1f} s")


main(*sys.argv[1:])
