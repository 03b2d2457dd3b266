"""Opens pages in Chromium and tells what they load and when they first show something.

Run as `python looking.py ROUNDS FOLDER...` by an interpreter that has Playwright; prints JSON, a list for each folder.
"""

from __future__ import annotations

import gzip
import json
import shutil
import statistics
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Response, Route, sync_playwright

SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
# Source: https://www.w3.org/TR/paint-timing/
FIRST_PAINT = """() => new Promise(done => new PerformanceObserver(list => {
  const [found] = list.getEntriesByName('first-contentful-paint');
  if (found) done(found.startTime);
}).observe({ type: 'paint', buffered: true }))"""
# What servers compress.
TEXTS = ("text/", "application/javascript", "application/json", "image/svg+xml")


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and logs nothing."""

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine; give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def opened(browser: Browser, start: str, name: str) -> dict[str, Any]:
    """Open a page with an empty cache; return its bytes, plain and compressed, its first paint in ms, what failed."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    answers: list[Response] = []
    elsewhere: set[str] = set()
    page.on("response", lambda answer: answers.append(answer))

    def refuse(route: Route) -> None:
        """Let the page do without, at once, what it asks from elsewhere."""
        elsewhere.add(route.request.url)
        route.abort()

    context.route(lambda url: not url.startswith(start), refuse)
    page.goto(start + name, wait_until="load")
    paint = page.evaluate(FIRST_PAINT)
    bodies = [(one.headers.get("content-type", ""), one.body()) for one in answers if one.ok]
    context.close()
    return {
        "name": name,
        "bytes": sum(len(body) for _, body in bodies),
        "gzip": sum(len(gzip.compress(body)) if kind.startswith(TEXTS) else len(body) for kind, body in bodies),
        "paint": paint,
        "elsewhere": len(elsewhere),
    }


def main(rounds: int, folders: list[Path]) -> list[list[dict[str, Any]]]:
    """Return what each page of the folders loads, and the median of its first paints; the folders take turns."""
    found: list[dict[str, list[dict[str, Any]]]] = [{} for _ in folders]
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=SWITCHES)
        for number in range(rounds + 1):
            for folder, pages in zip(folders, found, strict=True):
                with served(folder) as start:
                    for path in sorted(folder.glob("*.html")):
                        look = opened(browser, start, path.name)
                        # The first time the machine reads the files.
                        pages.setdefault(path.name, []).extend([look] if number else [])
        browser.close()
    return [
        [{**looks[-1], "paint": statistics.median(look["paint"] for look in looks)} for looks in pages.values()]
        for pages in found
    ]


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), [Path(argument) for argument in sys.argv[2:]])))
