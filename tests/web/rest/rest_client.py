from __future__ import annotations

import json
from typing import Any

from ome_mock.emulator import Emulator


class Rest:
    """Asks an emulator: status and JSON value of a method, a path below `/v1` and, where there is one, a body."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator

    def __call__(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        data = None if body is None else body if isinstance(body, str) else json.dumps(body)
        client, headers = self.emulator.app.test_client(), {"Authorization": self.emulator.authorization}
        answer = client.open(f"/v1{path}", method=method, data=data, headers=headers)
        return answer.status_code, answer.json
