"""The figures that `/metrics` shows."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()

TRACKER_TURNS = Counter(
    "greenlight_tracker_turns_total", "Turns of the tracker.", ["provider"], registry=REGISTRY
)
LOOKS_FAILED = Counter(
    "greenlight_looks_failed_total",
    "Looks that told us nothing.",
    ["provider", "problem"],
    registry=REGISTRY,
)
LOOK_LATENESS = Histogram(
    "greenlight_look_lateness_seconds",
    "Seconds a look was saved after it was due, without the time the service took to answer.",
    buckets=(0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.5, 2, 5, 10, 30, 60, 300),
    registry=REGISTRY,
)
SUBMISSIONS = Counter(
    "greenlight_submissions_total",
    "Paid calls by what came of them.",
    ["provider", "outcome"],
    registry=REGISTRY,
)
COPIES = Counter(
    "greenlight_copies_total",
    "Files by what came of copying them.",
    ["provider", "outcome"],
    registry=REGISTRY,
)
COPIES_WANTED = Gauge(
    "greenlight_copies_wanted", "Files that are still to be copied.", registry=REGISTRY
)
SHARES = Counter(
    "greenlight_shares_total",
    "Files by what came of putting them into their thread.",
    ["outcome"],
    registry=REGISTRY,
)
DOWNLOADS = Counter(
    "greenlight_downloads_total",
    "Files that people fetched, by where from.",
    ["source"],
    registry=REGISTRY,
)
MESSAGES = Counter(
    "greenlight_messages_total",
    "Messages by route and what came of them.",
    ["route", "outcome"],
    registry=REGISTRY,
)
WEBHOOKS = Counter(
    "greenlight_webhooks_total",
    "Webhooks by what came of them.",
    ["provider", "outcome"],
    registry=REGISTRY,
)
PRODUCTIONS = Gauge("greenlight_productions", "Productions by state.", ["state"], registry=REGISTRY)
OUTBOX = Gauge("greenlight_outbox_owed", "Messages owed.", registry=REGISTRY)
