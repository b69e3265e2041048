"""The routes of the control API, as the application's map of URLs has them."""

from __future__ import annotations

import re

from ome_mock import create_app


def control_routes() -> list[tuple[str, str]]:
    """Method and path of each, with the names in its path in braces, without those whose last name is a path of its own."""
    rules = [rule for rule in create_app().url_map.iter_rules() if rule.rule.startswith("/_mock/") and "<path:" not in rule.rule]
    return [
        (method, re.sub(r"<(?:int:)?(\w+)>", r"{\1}", rule.rule)) for rule in rules for method in sorted((rule.methods or set()) - {"HEAD"})
    ]
