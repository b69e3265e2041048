"""Sixteen threads on one emulator. Each has dumps of its own and knows exactly what every call must give; they share the rest.

After each round all is compared; a round that doesn't end has every stack printed, and the process ended.
"""

from __future__ import annotations

import faulthandler
import shutil
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from xml.etree import ElementTree

from dump_api import DumpApi

from ome_mock.emulator import Emulator

from .setting import Outcome, Setting

THREADS = 16
ROUND = 4000
"""Operations after which all is compared and begun anew."""
OUTPUTS = ("stream", "stream2")
SEGMENT_S = 6
STORMS = 6
"""How often in a round all stop dumps while the clock writes a segment of each."""
LONGEST_ROUND_S = 600
SWITCH_S = 1e-5
"""The time after which another thread goes on: so short that what isn't guarded shows soon."""


def attack(setting: Setting) -> Outcome:
    outcome = Outcome({"operations": 0, "rounds": 0})
    emulator = Emulator(root=setting.directory)
    usual_s = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)
    done, end = setting.first, setting.first + setting.count
    with ThreadPoolExecutor(THREADS) as pool:
        while done < end and not setting.is_over:
            users = [User(emulator, number, setting.chance(done + number)) for number in range(THREADS)]
            share = min(ROUND, end - done) // THREADS or 1
            faulthandler.dump_traceback_later(LONGEST_ROUND_S, exit=True)
            for wrong in pool.map(lambda user, share=share: user.work(share), users):
                outcome.defects += [f"round at {done}: {each}" for each in wrong]
            for _ in range(STORMS):
                turning = pool.submit(emulator.clock.advance, SEGMENT_S)
                for wrong in pool.map(User.stop_some, users):
                    outcome.defects += [f"round at {done}: {each}" for each in wrong]
                turning.result()
            _compare(users, emulator, setting.directory, outcome)
            faulthandler.cancel_dump_traceback_later()
            done += share * THREADS
            outcome.count("operations", share * THREADS)
            outcome.count("rounds")
            emulator.reset()
            for path in setting.directory.iterdir():
                shutil.rmtree(path)
    sys.setswitchinterval(usual_s)
    emulator.close()
    return outcome


class User:
    """One thread's user, with a model of its dumps: by output stream and id, whether each runs."""

    def __init__(self, emulator: Emulator, number: int, chance: Random) -> None:
        self.number = number
        self.dumps: dict[tuple[str, str], bool] = {}
        self._emulator, self._chance, self._api = emulator, chance, DumpApi(emulator)
        self._headers = {"Authorization": emulator.authorization}
        self._client = emulator.app.test_client()

    def work(self, count: int) -> list[str]:
        """Returns what was other than the model has it."""
        actions: tuple[Callable[[], str | None], ...] = (self._start, self._stop, self._list, self._read, self._advance, self._look)
        wrong = []
        for action in self._chance.choices(actions, (10, 10, 15, 45, 1, 19), k=count):
            problem = action()
            if problem is not None:
                wrong.append(f"thread {self.number}: {problem}")
        return wrong

    def _name(self) -> tuple[str, str]:
        return self._chance.choice(OUTPUTS), f"t{self.number}-{self._chance.randrange(12)}"

    def _start(self) -> str | None:
        output, dump_id = self._name()
        status = self._api.start(dump_id, output=output, outputPath=f"/{output}/{dump_id}", infoFile=f"/info/{output}-{dump_id}").status
        expected = 500 if (output, dump_id) in self.dumps else 200
        self.dumps.setdefault((output, dump_id), True)
        return None if status == expected else f"start of {output} {dump_id}: {status}, not {expected}"

    def _stop(self) -> str | None:
        output, dump_id = self._name()
        expected = 200 if (output, dump_id) in self.dumps else 500
        status = self._api.stop(dump_id, output=output).status
        if (output, dump_id) in self.dumps:
            self.dumps[output, dump_id] = False
        return None if status == expected else f"stop of {output} {dump_id}: {status}, not {expected}"

    def stop_some(self) -> list[str]:
        """Stop some of its dumps, while they are being written; returns what was other than the model has it."""
        names = [name for name, runs in self.dumps.items() if runs]
        stopped = self._chance.sample(names, len(names) // 4)
        statuses = {name: self._api.stop(name[1], output=name[0]).status for name in stopped}
        self.dumps.update(dict.fromkeys(stopped, False))
        return [f"stop of {name}: {status}" for name, status in statuses.items() if status != 200]

    def _list(self) -> str | None:
        output = self._chance.choice(OUTPUTS)
        listed = {dump["id"]: dump["enabled"] for dump in self._api.dumps(output=output) if dump["id"].startswith(f"t{self.number}-")}
        expected = {dump_id: runs for (of, dump_id), runs in self.dumps.items() if of == output}
        return None if listed == expected else f"{output}: listed {listed}, not {expected}"

    def _read(self) -> str | None:
        path = self._chance.choice(("/v1/vhosts", "/v1/vhosts/default/apps/app/streams/stream", "/v1/stats/current/vhosts/default"))
        status = self._client.get(path, headers=self._headers).status_code
        return None if status == 200 else f"{path}: {status}"

    def _advance(self) -> str | None:
        before_ns = self._emulator.clock.now_ns()
        self._emulator.clock.advance(self._chance.choice((0.05, 0.5, 6)))
        return None if self._emulator.clock.now_ns() > before_ns else "the clock ran back"

    def _look(self) -> str | None:
        """Look at one of its dumps from Python."""
        own = [(output, dump_id) for output, dump_id in self.dumps]
        if not own:
            return None
        output, dump_id = self._chance.choice(own)
        dump = self._emulator.dumps[f"default/app/{output}", dump_id]
        lost = [path.name for path in dump.files if not path.exists()]
        if lost or dump.enabled != self.dumps[output, dump_id]:
            return f"{dump} lacks {lost}, or is enabled {dump.enabled}"
        return None


def _compare(users: list[User], emulator: Emulator, root: Path, outcome: Outcome) -> None:
    expected = {(f"default/app/{output}", dump_id): runs for user in users for (output, dump_id), runs in user.dumps.items()}
    found = {(dump.stream, dump.id): dump.enabled for dump in emulator.dumps.all}
    outcome.expect(found == expected, f"{len(found)} dumps are there, not {len(expected)}: {sorted(found.items() ^ expected.items())[:3]}")
    outcome.count("dumps compared", len(found))
    for (stream, dump_id), runs in expected.items():
        info_file = root / "info" / f"{stream.rpartition('/')[2]}-{dump_id}"
        status = ElementTree.parse(info_file).findtext("Status")
        outcome.expect(status == ("Running" if runs else "Completed"), f"{dump_id} runs {runs}, its info file says {status}")
        broken = [str(each) for each in emulator.dumps[stream, dump_id].check()]
        outcome.expect(not broken, f"{stream} {dump_id}: {broken[:2]}")
