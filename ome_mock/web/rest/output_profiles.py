"""`/v1/vhosts/{vhost}/apps/{app}/outputProfiles`: each change replaces the application (rest-api.md#output-profiles)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...configuration.json_form import (
    check_new_output_profile,
    output_profile_name,
    output_profiles,
    read_application,
    with_output_profiles,
)
from ...configuration.output_profile_grammar import OUTPUT_PROFILE as GRAMMAR
from ...configuration.shown_form import shown
from ...refusals import ConfigurationRefused, OutputProfileExists, OutputProfileNotFound, OutputProfilesRefused, RequestInvalid
from ...settings import ApplicationSettings
from ..envelope import NOTHING, MultiStatus
from ..routing import Route
from . import APP, Api
from .bodies import array, members, members_of_item

OUTPUT_PROFILES = f"{APP}/outputProfiles"
OUTPUT_PROFILE = f"{OUTPUT_PROFILES}/{{output_profile}}"

Profiles = list[Any]


def list_output_profiles(api: Api, vhost: str, app: str) -> object:
    return [profile.name for profile in api.engine.application(vhost, app).output_profiles]


def create_output_profiles(api: Api, vhost: str, app: str, body: Any) -> object:
    """Make output profiles; the application is replaced even if none was made."""
    api.engine.require_writable(vhost, app)
    items = [members_of_item(item) for item in array(body)]
    for item in items:
        check_new_output_profile(item)
    outcomes: list[object] = []

    def add(profiles: Profiles) -> Profiles:
        for item in items:
            exists = output_profile_name(item) in map(output_profile_name, profiles)
            outcomes.append(OutputProfileExists(item["name"]) if exists else item)
            profiles = profiles if exists else [*profiles, item]
        return profiles

    _change(api, vhost, app, add)
    return MultiStatus(tuple(outcomes))


def get_output_profile(api: Api, vhost: str, app: str, output_profile: str) -> object:
    return shown(GRAMMAR, api.engine.output_profile(vhost, app, output_profile).document, api.dialect)


def replace_output_profile(api: Api, vhost: str, app: str, output_profile: str, body: Any) -> object:
    """Replace a whole profile, except for its name."""
    api.engine.require_writable(vhost, app)
    replacement = {**read_replacement(body), "name": output_profile}
    api.engine.output_profile(vhost, app, output_profile)
    _change(api, vhost, app, lambda profiles: [replacement if output_profile_name(each) == output_profile else each for each in profiles])
    return replacement


def delete_output_profile(api: Api, vhost: str, app: str, output_profile: str) -> object:
    api.engine.require_writable(vhost, app)

    def remove(profiles: Profiles) -> Profiles:
        left = [each for each in profiles if output_profile_name(each) != output_profile]
        if len(left) == len(profiles):
            raise OutputProfileNotFound(vhost, app, output_profile)
        return left

    _change(api, vhost, app, remove)
    return NOTHING


def read_replacement(body: Any) -> dict[str, Any]:
    """The new profile in a body. Raises RequestInvalid if it has a name, in upper or lower case."""
    replacement = members(body)
    for key in replacement:
        if key.lower() == "name":
            raise RequestInvalid(f"The {key} entry cannot be specified in the modification")
    return replacement


def _change(api: Api, vhost: str, app: str, change: Callable[[Profiles], Profiles]) -> None:
    """Replace an application by one with other profiles. Raises OutputProfilesRefused, and the errors of `change`."""

    def anew(now: ApplicationSettings) -> ApplicationSettings:
        try:
            return read_application(with_output_profiles(now.document, change(output_profiles(now.document))), vhost, api.dialect)
        except ConfigurationRefused as refused:
            raise OutputProfilesRefused(refused.text) from None

    api.engine.configure(lambda hosts: hosts.replace_application(vhost, app, anew), api.clock.now_ns())


ROUTES = (
    Route("GET", OUTPUT_PROFILES, list_output_profiles),
    Route("POST", OUTPUT_PROFILES, create_output_profiles),
    Route("GET", OUTPUT_PROFILE, get_output_profile),
    Route("PATCH", OUTPUT_PROFILE, replace_output_profile),
    Route("DELETE", OUTPUT_PROFILE, delete_output_profile),
)
