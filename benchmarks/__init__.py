"""What the emulator promises about its speed and size, measured: `python -m benchmarks`."""
