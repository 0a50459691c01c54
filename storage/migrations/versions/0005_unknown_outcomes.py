"""How often nobody knew what had come of sending a message."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Count from none."""
    op.add_column(
        "outbox", sa.Column("unknowns", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
