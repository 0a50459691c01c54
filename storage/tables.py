"""Every table, in the spelling that both databases understand."""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

from storage.moments import UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts by itself only in a column called INTEGER.
_Counter = BigInteger().with_variant(Integer(), "sqlite")


def _needed(name: str, kind: TypeEngine[Any]) -> Column[Any]:
    return Column(name, kind, nullable=False)


productions = Table(
    "productions",
    metadata,
    Column("id", Text(), primary_key=True),
    _needed("version", Integer()),
    _needed("state", Text()),
    _needed("provider", Text()),
    _needed("team_id", Text()),
    _needed("channel_id", Text()),
    _needed("requester_id", Text()),
    _needed("topic", Text()),
    _needed("attempt", Integer()),
    Column("thread_ts", Text()),
    Column("card_ts", Text()),
    _needed("created_at", UtcDateTime()),
    _needed("state_since_at", UtcDateTime()),
    _needed("changed_at", UtcDateTime()),
    Column("due_at", UtcDateTime()),
    Column("deadline_at", UtcDateTime()),
    _needed("hints", Integer()),
    _needed("quiet_looks", Integer()),
    _needed("has_deliverables", Boolean()),
    # What is only read back with the row: codec.Facts as JSON.
    _needed("facts", Text()),
    Column("form_key", Text(), nullable=False, unique=True),
    _needed("fingerprint", Text()),
    Column("claim_token", Text()),
    Column("claim_until", UtcDateTime()),
    Index("ix_productions_due", "provider", "due_at"),
    Index("ix_productions_changed", "changed_at"),
    Index("ix_productions_state", "provider", "state"),
    Index("ix_productions_message", "channel_id", "thread_ts"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("production_id", Text(), ForeignKey("productions.id"), primary_key=True),
    Column("number", Integer(), primary_key=True),
    _needed("provider", Text()),
    _needed("started_at", UtcDateTime()),
    # Encrypted: the person's answers, and what the service needs to be asked about the job.
    _needed("request", Text()),
    Column("handle", Text()),
    Column("job_id", Text()),
    UniqueConstraint("provider", "job_id"),
)

events = Table(
    "events",
    metadata,
    Column("production_id", Text(), ForeignKey("productions.id"), primary_key=True),
    Column("number", Integer(), primary_key=True),
    _needed("at", UtcDateTime()),
    _needed("attempt", Integer()),
    _needed("kind", Text()),
    Column("before", Text()),
    _needed("after", Text()),
    Column("actor_id", Text()),
    _needed("detail", JSON()),
)

decisions = Table(
    "decisions",
    metadata,
    Column("production_id", Text(), ForeignKey("productions.id"), primary_key=True),
    # Number of the event that brought it.
    Column("number", Integer(), primary_key=True),
    _needed("attempt", Integer()),
    _needed("verdict", Text()),
    _needed("user_id", Text()),
    _needed("at", UtcDateTime()),
    Column("reason", Text()),
)

deliverables = Table(
    "deliverables",
    metadata,
    Column("production_id", Text(), primary_key=True),
    Column("attempt", Integer(), primary_key=True),
    Column("key", Text(), primary_key=True),
    _needed("position", Integer()),
    _needed("kind", Text()),
    _needed("name", Text()),
    Column("platform", Text()),
    Column("language", Text()),
    Column("content_type", Text()),
    Column("size_bytes", BigInteger()),
    Column("expires_at", UtcDateTime()),
    # Encrypted, to show the link again; hashed, to find the row a link names.
    _needed("token", Text()),
    Column("token_hash", Text(), nullable=False, unique=True),
    Column("revoked_at", UtcDateTime()),
    Column("downloads", Integer(), nullable=False, server_default=text("0")),
    ForeignKeyConstraint(
        ["production_id", "attempt"], ["attempts.production_id", "attempts.number"]
    ),
)

# Our own copies of files: wanted, and what became of that.
copies = Table(
    "copies",
    metadata,
    Column("id", _Counter, primary_key=True),
    _needed("production_id", Text()),
    _needed("attempt", Integer()),
    _needed("key", Text()),
    # A core.production.CopyState, and since when.
    _needed("state", Text()),
    _needed("at", UtcDateTime()),
    # Since when it is wanted; patience is counted from here.
    _needed("wanted_at", UtcDateTime()),
    # When to try next; None once there is nothing more to try.
    Column("due_at", UtcDateTime()),
    _needed("tries", Integer()),
    Column("claim_token", Text()),
    Column("claim_until", UtcDateTime()),
    Column("file", Text()),
    Column("size_bytes", BigInteger()),
    Column("sha256", Text()),
    Column("content_type", Text()),
    Column("reason", Text()),
    ForeignKeyConstraint(
        ["production_id", "attempt", "key"],
        ["deliverables.production_id", "deliverables.attempt", "deliverables.key"],
    ),
    UniqueConstraint("production_id", "attempt", "key"),
    Index("ix_copies_due", "due_at"),
    Index("ix_copies_kept", "state", "at"),
    sqlite_autoincrement=True,
)

# Uploaded files that anybody with the address may fetch, for a time.
published_files = Table(
    "published_files",
    metadata,
    Column("id", _Counter, primary_key=True),
    # Slack's id; each file has one live row at most.
    _needed("file_id", Text()),
    # A storage.values.PublishedState.
    _needed("state", Text()),
    # Where it lies in the store of files; a folder of this row alone.
    _needed("folder", Text()),
    _needed("name", Text()),
    _needed("content_type", Text()),
    _needed("size_bytes", BigInteger()),
    Column("sha256", Text()),
    # Encrypted, to give the address again; hashed, to find the row an address names.
    _needed("token", Text()),
    Column("token_hash", Text(), nullable=False, unique=True),
    _needed("begun_at", UtcDateTime()),
    Column("published_at", UtcDateTime()),
    _needed("until_at", UtcDateTime()),
    Index("ix_published_files_until", "state", "until_at"),
    Index(
        "uq_published_files_live",
        "file_id",
        unique=True,
        sqlite_where=text("state = 'live'"),
        postgresql_where=text("state = 'live'"),
    ),
    sqlite_autoincrement=True,
)

# Files put into a production's thread: wanted there, and what became of that.
shares = Table(
    "shares",
    metadata,
    Column("id", _Counter, primary_key=True),
    _needed("production_id", Text()),
    _needed("attempt", Integer()),
    _needed("key", Text()),
    # A core.production.ShareState, and since when.
    _needed("state", Text()),
    _needed("at", UtcDateTime()),
    # Since when it is wanted; patience is counted from here.
    _needed("wanted_at", UtcDateTime()),
    # Who asked for it; None where the setting did.
    Column("asked_by", Text()),
    # When to act on it next; None once there is nothing more to do.
    Column("due_at", UtcDateTime()),
    _needed("tries", Integer()),
    Column("claim_token", Text()),
    Column("claim_until", UtcDateTime()),
    # Slack's id, once it has the bytes; and since when it is unknown whether they are shown.
    Column("file_id", Text()),
    Column("sending_since_at", UtcDateTime()),
    Column("permalink", Text()),
    Column("reason", Text()),
    ForeignKeyConstraint(
        ["production_id", "attempt", "key"],
        ["deliverables.production_id", "deliverables.attempt", "deliverables.key"],
    ),
    UniqueConstraint("production_id", "attempt", "key"),
    Index("ix_shares_due", "due_at"),
    sqlite_autoincrement=True,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", _Counter, primary_key=True),
    Column("production_id", Text(), ForeignKey("productions.id"), nullable=False),
    _needed("team_id", Text()),
    _needed("lane", Text()),
    _needed("route", Text()),
    _needed("kind", Text()),
    _needed("priority", Integer()),
    _needed("detail", JSON()),
    _needed("attempt", Integer()),
    # Number of the event that owes it; 0 for one that no event owes.
    _needed("event_number", Integer()),
    _needed("owed_at", UtcDateTime()),
    Column("not_before_at", UtcDateTime()),
    _needed("status", Text()),
    # Lane claim under which it is being sent.
    Column("token", Text()),
    Column("sending_since_at", UtcDateTime()),
    # How often nobody knew what had come of sending it.
    Column("unknowns", Integer(), nullable=False, server_default=text("0")),
    Column("done_at", UtcDateTime()),
    Column("message_ts", Text()),
    Column("reason", Text()),
    Index("ix_outbox_lane", "status", "lane", "id"),
    Index("ix_outbox_production", "production_id", "id"),
    Index(
        "uq_outbox_owed_edit",
        "production_id",
        unique=True,
        sqlite_where=text("status = 'owed' AND route = 'edit'"),
        postgresql_where=text("status = 'owed' AND route = 'edit'"),
    ),
    sqlite_autoincrement=True,
)

lanes = Table(
    "lanes",
    metadata,
    Column("key", Text(), primary_key=True),
    # The lane that waited longest is served first.
    _needed("served_at", UtcDateTime()),
    Column("not_before_at", UtcDateTime()),
    Column("window_started_at", UtcDateTime()),
    _needed("window_count", Integer()),
    Column("claim_token", Text()),
    Column("claim_until", UtcDateTime()),
)

webhook_ids = Table(
    "webhook_ids",
    metadata,
    Column("provider", Text(), primary_key=True),
    Column("delivery_id", Text(), primary_key=True),
    _needed("at", UtcDateTime()),
    Index("ix_webhook_ids_at", "at"),
)

unmatched_jobs = Table(
    "unmatched_jobs",
    metadata,
    Column("provider", Text(), primary_key=True),
    Column("job_id", Text(), primary_key=True),
    Column("account", Text()),
    _needed("kind", Text()),
    _needed("at", UtcDateTime()),
)

remembered = Table(
    "remembered",
    metadata,
    Column("key", Text(), primary_key=True),
    _needed("value", JSON()),
    _needed("at", UtcDateTime()),
)

preferences = Table(
    "preferences",
    metadata,
    Column("team_id", Text(), primary_key=True),
    Column("user_id", Text(), primary_key=True),
    Column("key", Text(), primary_key=True),
    _needed("value", JSON()),
    _needed("at", UtcDateTime()),
)

request_counts = Table(
    "request_counts",
    metadata,
    Column("credential", Text(), primary_key=True),
    # `minute` or `day`.
    Column("window", Text(), primary_key=True),
    Column("started_at", UtcDateTime(), primary_key=True),
    _needed("count", Integer()),
)

webhook_secrets = Table(
    "webhook_secrets",
    metadata,
    Column("provider", Text(), primary_key=True),
    Column("webhook_id", Text(), primary_key=True),
    # Encrypted.
    _needed("secret", Text()),
    _needed("at", UtcDateTime()),
)

reply_samples = Table(
    "reply_samples",
    metadata,
    Column("id", _Counter, primary_key=True),
    _needed("provider", Text()),
    Column("production_id", Text()),
    _needed("sample", Text()),
    _needed("at", UtcDateTime()),
    sqlite_autoincrement=True,
)

meta = Table(
    "meta",
    metadata,
    Column("key", Text(), primary_key=True),
    _needed("value", Text()),
)
