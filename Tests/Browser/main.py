"""Runs the journeys through the pages, each in a real browser: all of them, or those with a text in their name."""

import sys

import registry
import tapd_journeys, tapd_demo  # noqa: E401, F401
import coffeed_login, coffeed_machine, coffeed_administration, coffeed_transactions, coffeed_invoices  # noqa: E401, F401
import coffeed_charts, coffeed_settings, coffeed_export, coffeed_without_script, coffeed_pages  # noqa: E401, F401

sys.exit(1 if registry.run(sys.argv[1:]) else 0)
