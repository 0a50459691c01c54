"""The first schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.BigInteger().with_variant(TIMESTAMP(timezone=True), "postgresql")
COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table, those that others refer to first."""
    _lanes()
    _meta()
    _preferences()
    _productions()
    _remembered()
    _reply_samples()
    _request_counts()
    _unmatched_jobs()
    _webhook_ids()
    _webhook_secrets()
    _attempts()
    _decisions()
    _events()
    _outbox()
    _deliverables()


def _lanes() -> None:
    op.create_table(
        "lanes",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("served_at", MOMENT, nullable=False),
        sa.Column("not_before_at", MOMENT, nullable=True),
        sa.Column("window_started_at", MOMENT, nullable=True),
        sa.Column("window_count", sa.Integer(), nullable=False),
        sa.Column("claim_token", sa.Text(), nullable=True),
        sa.Column("claim_until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_lanes"),
    )


def _meta() -> None:
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )


def _preferences() -> None:
    op.create_table(
        "preferences",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("team_id", "user_id", "key", name="pk_preferences"),
    )


def _productions() -> None:
    op.create_table(
        "productions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("requester_id", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("thread_ts", sa.Text(), nullable=True),
        sa.Column("card_ts", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("state_since_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("deadline_at", MOMENT, nullable=True),
        sa.Column("hints", sa.Integer(), nullable=False),
        sa.Column("quiet_looks", sa.Integer(), nullable=False),
        sa.Column("has_deliverables", sa.Boolean(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("form_key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("claim_token", sa.Text(), nullable=True),
        sa.Column("claim_until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_productions"),
        sa.UniqueConstraint("form_key", name="uq_productions_form_key"),
    )
    op.create_index("ix_productions_changed", "productions", ["changed_at"], unique=False)
    op.create_index("ix_productions_due", "productions", ["provider", "due_at"], unique=False)
    op.create_index(
        "ix_productions_message", "productions", ["channel_id", "thread_ts"], unique=False
    )
    op.create_index("ix_productions_state", "productions", ["provider", "state"], unique=False)


def _remembered() -> None:
    op.create_table(
        "remembered",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_remembered"),
    )


def _reply_samples() -> None:
    op.create_table(
        "reply_samples",
        sa.Column("id", COUNTER, nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("production_id", sa.Text(), nullable=True),
        sa.Column("sample", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reply_samples"),
        sqlite_autoincrement=True,
    )


def _request_counts() -> None:
    op.create_table(
        "request_counts",
        sa.Column("credential", sa.Text(), nullable=False),
        sa.Column("window", sa.Text(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("credential", "window", "started_at", name="pk_request_counts"),
    )


def _unmatched_jobs() -> None:
    op.create_table(
        "unmatched_jobs",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("provider", "job_id", name="pk_unmatched_jobs"),
    )


def _webhook_ids() -> None:
    op.create_table(
        "webhook_ids",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("provider", "delivery_id", name="pk_webhook_ids"),
    )
    op.create_index("ix_webhook_ids_at", "webhook_ids", ["at"], unique=False)


def _webhook_secrets() -> None:
    op.create_table(
        "webhook_secrets",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("webhook_id", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("provider", "webhook_id", name="pk_webhook_secrets"),
    )


def _attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("production_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=True),
        sa.Column("job_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["production_id"], ["productions.id"], name="fk_attempts_production_id"
        ),
        sa.PrimaryKeyConstraint("production_id", "number", name="pk_attempts"),
        sa.UniqueConstraint("provider", "job_id", name="uq_attempts_provider_job_id"),
    )


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("production_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["production_id"], ["productions.id"], name="fk_decisions_production_id"
        ),
        sa.PrimaryKeyConstraint("production_id", "number", name="pk_decisions"),
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("production_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["production_id"], ["productions.id"], name="fk_events_production_id"
        ),
        sa.PrimaryKeyConstraint("production_id", "number", name="pk_events"),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", COUNTER, nullable=False),
        sa.Column("production_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("event_number", sa.Integer(), nullable=False),
        sa.Column("owed_at", MOMENT, nullable=False),
        sa.Column("not_before_at", MOMENT, nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("sending_since_at", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("message_ts", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["production_id"], ["productions.id"], name="fk_outbox_production_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_lane", "outbox", ["status", "lane", "id"], unique=False)
    op.create_index("ix_outbox_production", "outbox", ["production_id", "id"], unique=False)
    op.create_index(
        "uq_outbox_owed_edit",
        "outbox",
        ["production_id"],
        unique=True,
        sqlite_where=sa.text("status = 'owed' AND route = 'edit'"),
        postgresql_where=sa.text("status = 'owed' AND route = 'edit'"),
    )


def _deliverables() -> None:
    op.create_table(
        "deliverables",
        sa.Column("production_id", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["production_id", "attempt"],
            ["attempts.production_id", "attempts.number"],
            name="fk_deliverables_production_id_attempt",
        ),
        sa.PrimaryKeyConstraint("production_id", "attempt", "key", name="pk_deliverables"),
        sa.UniqueConstraint("token_hash", name="uq_deliverables_token_hash"),
    )
