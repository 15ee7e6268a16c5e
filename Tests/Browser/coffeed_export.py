"""coffeed's tables as files."""

import csv
import io
import json

from coffeed_office import Office, menu
from registry import DESKTOP, test


@test
def every_table_is_there_to_download(browser):
    with Office(browser) as office:
        page = office.set_password(DESKTOP)
        menu(page, "/export")
        links = page.evaluate("[...document.querySelectorAll('main a')].map(e => e.getAttribute('href'))")
        assert len(links) == 12 and page.evaluate("[...document.querySelectorAll('main a')].every(e => e.download !== null)")
        for link in links:
            answer = page.evaluate(f"""fetch({json.dumps(link)}).then(async (a) =>
                ({{ status: a.status, name: a.headers.get("Content-Disposition"), text: await a.text() }}))""")
            assert answer["status"] == 200, link
            assert answer["name"] == f'attachment; filename="{link.split("/")[-1]}"', answer["name"]
            if link.endswith(".json"):
                rows = json.loads(answer["text"])
                assert rows, link
            else:
                head, *rows = csv.reader(io.StringIO(answer["text"]))
                assert rows and all(len(row) == len(head) for row in rows), link
        assert not page.complaints, page.complaints
