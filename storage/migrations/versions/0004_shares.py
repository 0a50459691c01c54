"""Files that are put into a production's thread."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.BigInteger().with_variant(TIMESTAMP(timezone=True), "postgresql")
COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add what is known of them; nothing that was finished before is put there."""
    op.create_table(
        "shares",
        sa.Column("id", COUNTER, nullable=False),
        sa.Column("production_id", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("wanted_at", MOMENT, nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=True),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("claim_token", sa.Text(), nullable=True),
        sa.Column("claim_until", MOMENT, nullable=True),
        sa.Column("file_id", sa.Text(), nullable=True),
        sa.Column("sending_since_at", MOMENT, nullable=True),
        sa.Column("permalink", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["production_id", "attempt", "key"],
            ["deliverables.production_id", "deliverables.attempt", "deliverables.key"],
            name="fk_shares_production_id_attempt_key",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_shares"),
        sa.UniqueConstraint("production_id", "attempt", "key", name="uq_shares_production_id_attempt_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_shares_due", "shares", ["due_at"], unique=False)
