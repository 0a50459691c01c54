"""Uploaded files that services fetch from us."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.BigInteger().with_variant(TIMESTAMP(timezone=True), "postgresql")
COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IS_LIVE = sa.text("state = 'live'")


def upgrade() -> None:
    """Add the table; nothing was published before."""
    op.create_table(
        "published_files",
        sa.Column("id", COUNTER, nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("until_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_published_files"),
        sa.UniqueConstraint("token_hash", name="uq_published_files_token_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_published_files_until", "published_files", ["state", "until_at"], unique=False
    )
    op.create_index(
        "uq_published_files_live",
        "published_files",
        ["file_id"],
        unique=True,
        sqlite_where=IS_LIVE,
        postgresql_where=IS_LIVE,
    )
