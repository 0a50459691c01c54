"""The control endpoints, for scripts, tests and the page."""
