"""coffeed's tables as files."""

import csv
import io
import json
import os
import pathlib
import tempfile
import time

from coffeed_office import Office, menu
from registry import DESKTOP, test


@test
def every_table_is_there_to_download(browser):
    with Office(browser) as office, tempfile.TemporaryDirectory() as folder:
        browser.download_into(folder, office.administrator)
        page = office.set_password(DESKTOP)
        menu(page, "/export")
        links = page.evaluate("[...document.querySelectorAll('main a')].map(e => e.getAttribute('href'))")
        assert len(links) == 12
        for link in links:
            # Chromium lets a page have ten downloads; then it would ask.
            page.open(f"{office.address}/export")
            page.click(f"main a[href='{link}']")
            file = pathlib.Path(folder, link.split("/")[-1])
            # Until it is complete it has another name.
            deadline = time.monotonic() + 10
            while not file.exists():
                assert time.monotonic() < deadline, f"{link} is not downloaded as {file.name}, but {os.listdir(folder)}"
                time.sleep(0.05)
            if file.suffix == ".json":
                assert json.loads(file.read_bytes()), link
            else:
                head, *rows = csv.reader(io.StringIO(file.read_bytes().decode()))
                assert rows and all(len(row) == len(head) for row in rows), link
        assert page.evaluate("location.pathname") == "/export"
        assert not page.complaints, page.complaints
