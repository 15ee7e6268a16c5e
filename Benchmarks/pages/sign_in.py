"""sign_in.py ADDRESS PASSWORD: sets the first password of a coffeed, or logs in where there is one, and prints the
header with which it is asked from then on."""

import http.cookiejar
import re
import sys
import urllib.parse
import urllib.request

address, password = sys.argv[1:]
cookies = http.cookiejar.CookieJar()
browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
# Leads to /setup as long as there is no password.
with browser.open(address + "/login", timeout=60) as page:
    place, form = page.url, page.read().decode()
token = re.search(r'name="csrf" value="([^"]*)"', form).group(1)
fields = {"csrf": token, "password": password, "repeat": password}
with browser.open(place, urllib.parse.urlencode(fields).encode(), timeout=60) as answer:
    if answer.url == place:
        sys.exit(f"sign_in.py: {place} does not let in")
print("Cookie: " + "; ".join(f"{cookie.name}={cookie.value}" for cookie in cookies))
