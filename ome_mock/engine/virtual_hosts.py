"""The current virtual hosts and their applications, from the configuration and from the REST API.

Every value is frozen and replaced as a whole, so reading needs no lock; a caller that changes them holds the engine's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from ..refusals import ApplicationExists, ApplicationNotFound, VirtualHostExists, VirtualHostNotFound, VirtualHostReadOnly
from ..settings import TEMPLATE_APPLICATION, ApplicationSettings, VirtualHostSettings

Scope = tuple[str, ...]
"""A scope by its names: two for an application, one for a virtual host, none for the server."""
SERVER_SCOPE: Scope = ()
ApplicationChange = Callable[[ApplicationSettings], ApplicationSettings]


class VirtualHosts:
    """Virtual hosts in the order of their creation, each with its applications in theirs.

    The engine lists virtual hosts by ids that are drawn at random when it starts (rest-api.md#virtual-hosts).
    """

    def __init__(self, virtual_hosts: Iterable[VirtualHostSettings]) -> None:
        self._by_name = {each.name: each for each in virtual_hosts}

    # Queries

    def all(self) -> list[VirtualHostSettings]:
        return list(self._by_name.values())

    def virtual_host(self, vhost: str) -> VirtualHostSettings:
        """The virtual host of a name. Raises VirtualHostNotFound."""
        found = self._by_name.get(vhost)
        if found is None:
            raise VirtualHostNotFound(vhost)
        return found

    def application(self, vhost: str, app: str) -> ApplicationSettings:
        """The application of a name. Raises VirtualHostNotFound or ApplicationNotFound."""
        for settings in self.virtual_host(vhost).applications:
            if settings.name == app:
                return settings
        raise ApplicationNotFound(vhost, app)

    def scopes(self) -> dict[Scope, ApplicationSettings | None]:
        """Every virtual host, with None, and every application; a replaced application is another object."""
        hosts: dict[Scope, ApplicationSettings | None] = {(vhost.name,): None for vhost in self.all()}
        return hosts | {(vhost.name, app.name): app for vhost in self.all() for app in vhost.applications}

    def writable(self, vhost: str) -> VirtualHostSettings:
        """A virtual host that may be changed. Raises VirtualHostNotFound or VirtualHostReadOnly."""
        found = self.virtual_host(vhost)
        if found.read_only:
            raise VirtualHostReadOnly(vhost)
        return found

    def writable_application(self, vhost: str, app: str) -> ApplicationSettings:
        """An application that may be changed. Raises VirtualHostNotFound, ApplicationNotFound or VirtualHostReadOnly."""
        found = self.application(vhost, app)
        self.writable(vhost)
        return found

    # Changes

    def add(self, settings: VirtualHostSettings) -> None:
        """Add a virtual host. Raises VirtualHostExists."""
        if settings.name in self._by_name:
            raise VirtualHostExists(settings.name)
        self._put(settings)

    def remove(self, vhost: str) -> None:
        """Remove a virtual host. Raises VirtualHostNotFound or VirtualHostReadOnly."""
        self.writable(vhost)
        self._by_name = {name: each for name, each in self._by_name.items() if name != vhost}

    def add_application(self, vhost: str, settings: ApplicationSettings) -> None:
        """Add an application. Raises VirtualHostNotFound, VirtualHostReadOnly or ApplicationExists."""
        host = self.writable(vhost)
        existing = (*host.applications, host.template) if host.template else host.applications
        if settings.name in {each.name for each in existing}:
            raise ApplicationExists(vhost, settings.name)
        if settings.name == TEMPLATE_APPLICATION:
            self._put(replace(host, template=settings))
        else:
            self._put(replace(host, applications=(*host.applications, settings)))

    def replace_application(self, vhost: str, app: str, change: ApplicationChange) -> ApplicationSettings:
        """Replace an application by `change` of it, and put it last; returns it. Raises as `remove_application` and `change` do."""
        current = self.writable_application(vhost, app)
        changed = change(current)
        self._put_without(vhost, current, changed)
        return changed

    def remove_application(self, vhost: str, app: str) -> None:
        """Remove an application. Raises VirtualHostNotFound, ApplicationNotFound or VirtualHostReadOnly."""
        self._put_without(vhost, self.writable_application(vhost, app))

    def require_application(self, vhost: str, app: str) -> bool:
        """Make a missing application from the template, if there is one; returns True if it was made.

        Raises VirtualHostNotFound or ApplicationNotFound.
        """
        host = self.virtual_host(vhost)
        if app in {each.name for each in host.applications}:
            return False
        if host.template is None:
            raise ApplicationNotFound(vhost, app)
        made = replace(host.template, name=app, dynamic=True, document={**host.template.document, "name": app})
        self._put(replace(host, applications=(*host.applications, made)))
        return True

    def _put_without(self, vhost: str, gone: ApplicationSettings, *added: ApplicationSettings) -> None:
        host = self.virtual_host(vhost)
        self._put(replace(host, applications=(*(each for each in host.applications if each is not gone), *added)))

    def _put(self, settings: VirtualHostSettings) -> None:
        self._by_name = {**self._by_name, settings.name: settings}


def find_virtual_host(virtual_hosts: Iterable[VirtualHostSettings], host_header: str) -> VirtualHostSettings | None:
    """The first virtual host with the name in a Host header, without its port; `*` in `<Host><Names>` is anything.

    None if no virtual host has the name.
    """
    name = re.sub(r":\d*$", "", host_header).strip("[]").lower()
    for virtual_host in virtual_hosts:
        if any(_matches(pattern, name) for pattern in virtual_host.host_names):
            return virtual_host
    return None


def _matches(pattern: str, name: str) -> bool:
    return re.fullmatch(re.escape(pattern.lower()).replace(r"\*", ".*").replace(r"\?", ".?"), name) is not None
