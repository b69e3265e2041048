"""Control servers that options name, beside those of a Server.xml."""

from __future__ import annotations

from dataclasses import replace

from ..errors import ConfigurationError
from ..settings import AdmissionWebhooks, Alerts, World
from ..text import printable


def with_callbacks(world: World, admission_webhooks: str | AdmissionWebhooks | None, alerts: str | Alerts | None) -> World:
    """The world with a control server for each virtual host that names none. Raises ConfigurationError for what is no URL."""
    webhooks = AdmissionWebhooks(admission_webhooks) if isinstance(admission_webhooks, str) else admission_webhooks
    told = Alerts(alerts) if isinstance(alerts, str) else alerts
    for name, settings in (("admission_webhooks", webhooks), ("alerts", told)):
        if settings is not None and not settings.url.startswith(("http://", "https://")):
            raise ConfigurationError(f"{name} {printable(settings.url)} is not an HTTP URL, such as http://127.0.0.1:3000", name)
    hosts = tuple(replace(vhost, admission_webhooks=vhost.admission_webhooks or webhooks) for vhost in world.virtual_hosts)
    return replace(world, virtual_hosts=hosts if webhooks else world.virtual_hosts, alerts=world.alerts or told)
