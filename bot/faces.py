"""What views need to know of a production's service and links, which no row says."""

from bot.catalog import Catalog
from bot.core.production import Production
from bot.providers.switched_off import Services
from bot.settings import Settings
from bot.slack.views.face import Face


def build_face(
    settings: Settings,
    catalog: Catalog,
    providers: Services,
    production: Production,
) -> Face:
    """Gather it for one production."""
    provider, base = providers.of(production.provider), settings.public_url
    links = {
        file.key: f"{base}/d/{file.token}"
        for file in production.deliverables
        if base and file.token
    }
    return Face(
        label=provider.label,
        capabilities=provider.capabilities,
        console_url=provider.console_url(production.attempt.job),
        links=links,
        approver_ids=catalog.slack.approvers,
        on_call_ids=catalog.slack.on_call,
        keep_days=settings.keep_copies_days,
    )
