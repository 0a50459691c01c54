"""Our own copies of finished files, and how often files were fetched."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.BigInteger().with_variant(TIMESTAMP(timezone=True), "postgresql")
COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add what is known of copies; files that are there already want none."""
    op.add_column("deliverables", sa.Column("expires_at", MOMENT, nullable=True))
    op.add_column(
        "deliverables",
        sa.Column("downloads", sa.Integer(), nullable=False, server_default=sa.text("0")),
    )
    op.create_table(
        "copies",
        sa.Column("id", COUNTER, nullable=False),
        sa.Column("production_id", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("wanted_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("claim_token", sa.Text(), nullable=True),
        sa.Column("claim_until", MOMENT, nullable=True),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["production_id", "attempt", "key"],
            ["deliverables.production_id", "deliverables.attempt", "deliverables.key"],
            name="fk_copies_production_id_attempt_key",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_copies"),
        sa.UniqueConstraint("production_id", "attempt", "key", name="uq_copies_production_id_attempt_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_copies_due", "copies", ["due_at"], unique=False)
    op.create_index("ix_copies_kept", "copies", ["state", "at"], unique=False)
