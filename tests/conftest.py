from hypothesis import HealthCheck, settings

pytest_plugins = ["pytester"]

settings.register_profile("ome-mock", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ome-mock")
"""How fast this machine is, is no matter of the tests."""
