"""A headless Chromium, driven through the DevTools protocol."""

import base64
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request

import websocket


class Chromium:
    """One browser process. `with Chromium() as browser:` ends it, whatever happens."""

    def __init__(self):
        binary = shutil.which("chromium-headless-shell") or shutil.which("chromium")
        if not binary:
            raise RuntimeError("no Chromium: run Tests/Browser/install.sh")
        self.profile = tempfile.mkdtemp(prefix="browser-")
        self.process = subprocess.Popen(
            [binary, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--font-render-hinting=none", "--remote-debugging-port=0", "--remote-allow-origins=*",
             f"--user-data-dir={self.profile}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        port_file = pathlib.Path(self.profile, "DevToolsActivePort")
        deadline = time.monotonic() + 30
        while not (port_file.exists() and len(port_file.read_text().split()) == 2):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                raise RuntimeError("Chromium did not start")
            time.sleep(0.05)
        self.port, path = port_file.read_text().split()
        self.line = Line(f"ws://127.0.0.1:{self.port}{path}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # The whole group: Debian's command is a script, the browser and its helpers are processes of their own.
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)

    def visitor(self):
        """Somebody with cookies of their own: for `page`."""
        return self.line.send("Target.createBrowserContext")["browserContextId"]

    def leave(self, visitor):
        """Closes all pages of a visitor and forgets their cookies."""
        self.line.send("Target.disposeBrowserContext", browserContextId=visitor)

    def download_into(self, folder, visitor):
        """Where a visitor's downloads go; they are given their names when they are complete."""
        self.line.send("Browser.setDownloadBehavior", behavior="allow", downloadPath=folder, browserContextId=visitor)

    def page(self, width, height, scale=1, visitor=None, phone=False):
        whose = {"browserContextId": visitor} if visitor else {}
        target = self.line.send("Target.createTarget", url="about:blank", **whose)["targetId"]
        return Page(f"ws://127.0.0.1:{self.port}/devtools/page/{target}", width, height, scale, phone)


class Line:
    """A connection to the browser or to one of its tabs."""

    def __init__(self, address):
        self.socket = websocket.create_connection(address, timeout=30)
        self.number = 0

    def send(self, method, **parameters):
        self.number += 1
        number = self.number
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]
            self._note(message)

    def _note(self, message):
        pass


class Page(Line):
    """One tab."""

    def __init__(self, address, width, height, scale=1, phone=False):
        super().__init__(address)
        self.width = width
        self.is_phone = phone
        # What the console, the network and the security policy complained about.
        self.complaints = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=phone)

    def close(self):
        self.send("Page.close")
        self.socket.close()

    def _note(self, message):
        parameters = message.get("params", {})
        if message.get("method") == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description", details["text"]))
        elif message.get("method") == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning"):
            self.complaints.append(" ".join(str(a.get("value", a)) for a in parameters["args"]))
        elif message.get("method") == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            self.complaints.append(parameters["entry"]["text"] + " " + parameters["entry"].get("url", ""))

    def emulate(self, media="", **features):
        """Shows the page on paper (`media="print"`), in the dark (`prefers_color_scheme="dark"`), and so on."""
        named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.send("Emulation.setEmulatedMedia", media=media, features=named)

    def reduce_motion(self, reduced):
        value = "reduce" if reduced else "no-preference"
        self.emulate(prefers_reduced_motion=value)

    def open(self, address):
        self._leave(lambda: self.send("Page.navigate", url=address))

    def follow(self, selector):
        """Clicks what leads to another page, and waits until that one is there."""
        self._leave(lambda: self.click(selector))

    def _leave(self, how):
        self.evaluate("window.isLeft = true; 0")
        how()
        self.wait_for("!window.isLeft && document.readyState === 'complete' && location.href !== 'about:blank'", seconds=30)

    def evaluate(self, expression):
        result = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def wait_for(self, expression, seconds=10):
        """Waits until the expression is true; fails with the expression when it does not become so."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                if self.evaluate(expression):
                    return
            except RuntimeError as problem:
                if "context" not in str(problem):  # a page being loaded has none for a moment
                    raise
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {seconds} s: {expression}")
            time.sleep(0.05)

    def text(self, selector):
        """The text of an element as it is seen; None when there is none."""
        return self.evaluate(f"document.querySelector({json.dumps(selector)})?.innerText.trim() ?? null")

    def texts(self, selector):
        return self.evaluate(f"[...document.querySelectorAll({json.dumps(selector)})].map(e => e.innerText.trim())")

    def exists(self, selector):
        return self.evaluate(f"document.querySelector({json.dumps(selector)}) !== null")

    def is_visible(self, selector):
        return self.evaluate(f"document.querySelector({json.dumps(selector)})?.checkVisibility() ?? false")

    def screenshot(self, path, whole=False):
        """A picture of the window, or of the whole page as far as one looks at it."""
        clip = {}
        if whole:
            size = self.send("Page.getLayoutMetrics")["cssContentSize"]
            clip = {
                "captureBeyondViewport": True,
                "clip": {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 3000), "scale": 1},
            }
        data = self.send("Page.captureScreenshot", format="png", **clip)["data"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(data))

    def mouse(self, kind, x, y):
        buttons = 0 if kind == "mouseReleased" else 1
        self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=buttons, clickCount=1)

    def key(self, kind, key, code):
        self.send("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def centre(self, selector):
        """Where the middle of an element is on the screen."""
        box = self.evaluate(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); e.scrollIntoView({{block: 'center'}});"
            " const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2] })()")
        return box[0], box[1]

    def press(self, key, code, modifiers=0):
        for kind in ("rawKeyDown", "keyUp"):
            self.send("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, modifiers=modifiers)

    def fill(self, selector, text):
        """Types into a field, in place of what stands there."""
        self.click(selector)
        self.evaluate(f"document.querySelector({json.dumps(selector)}).select(); 0")
        self.send("Input.insertText", text=text)

    def choose(self, selector, value):
        """Sets a date, a time or a choice, whose pickers are the browser's own."""
        self.evaluate(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); e.value = {json.dumps(value)};"
            " for (const name of ['input', 'change']) e.dispatchEvent(new Event(name, { bubbles: true })); })()")

    def click(self, selector):
        x, y = self.centre(selector)
        self.mouse("mousePressed", x, y)
        self.mouse("mouseReleased", x, y)
