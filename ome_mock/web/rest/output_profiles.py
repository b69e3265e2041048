"""`/v1/vhosts/{vhost}/apps/{app}/outputProfiles`: names, and the configuration of one profile."""

from __future__ import annotations

from ..routing import Route
from . import APP, Api

OUTPUT_PROFILES = f"{APP}/outputProfiles"


def list_output_profiles(api: Api, vhost: str, app: str) -> object:
    return [profile.name for profile in api.engine.application(vhost, app).output_profiles]


def get_output_profile(api: Api, vhost: str, app: str, output_profile: str) -> object:
    return api.engine.output_profile(vhost, app, output_profile).written


ROUTES = (
    Route("GET", OUTPUT_PROFILES, list_output_profiles),
    Route("GET", f"{OUTPUT_PROFILES}/{{output_profile}}", get_output_profile),
)
