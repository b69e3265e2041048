from dump_fixtures import api, dumps_log, emulator, root

__all__ = ["api", "dumps_log", "emulator", "root"]
