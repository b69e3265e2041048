"""An emulator for `unittest`.

class TestMyClient(OmeMockMixin, unittest.TestCase):
    ome_options = {"dialect": "engine-0.21"}

    def test_a_minute_is_recorded(self) -> None:
        start_recording(self.ome.url, self.ome.access_token)
        self.ome.clock.advance(60)
        self.assertTrue(self.ome.dumps["d1"].files)
"""

from __future__ import annotations

import unittest
from collections.abc import Callable, Mapping
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, ClassVar

from .served_emulator import OmeMock

if TYPE_CHECKING:
    _TestCase = unittest.TestCase
else:
    _TestCase = object


class OmeMockMixin(_TestCase):
    """Gives each test of a TestCase a running emulator `ome`, which writes below a directory that is removed after the test.

    An armed fault that never fires fails the test, unless it has `must_fire=False`.
    """

    ome: OmeMock
    ome_options: ClassVar[Mapping[str, Any]] = {}
    """Options of `OmeMock`."""

    def setUp(self) -> None:
        super().setUp()
        root = self.enterContext(TemporaryDirectory(prefix="ome-mock-"))
        self.ome = self.enterContext(OmeMock(**{"root": root} | dict(self.ome_options)))

    def _callTestMethod(self, method: Callable[[], object]) -> None:  # noqa: N802 (unittest's name)
        """Run the test, then look at its faults: one that has failed is not reported again for a fault that never fired."""
        super()._callTestMethod(method)  # type: ignore[misc]  # typeshed leaves it out
        never_fired = ", ".join(map(str, self.ome.faults.never_fired))
        if never_fired:
            self.fail(f"armed and never fired: {never_fired} (must_fire=False allows it)")
