"""What OME has and the emulator has not."""

from __future__ import annotations

import pytest

from ome_mock.web.rest import not_emulated

ROUTES = [(route.method, route.path.format(vhost="default", app="app", stream="stream")) for route in not_emulated.ROUTES]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_route_of_ome_that_is_not_emulated_is_unknown_and_logged(ask, caplog, method, path):
    answer = ask(method, path, {})
    assert (answer.status_code, answer.json["message"]) == (404, "Controller not found (404)")
    assert "is a route of OME that ome-mock does not emulate" in caplog.text


def test_route_that_nobody_has_is_just_unknown(ask, caplog):
    assert ask("POST", "/streams/stream:nope", {}).status_code == 404
    assert "does not emulate" not in caplog.text
