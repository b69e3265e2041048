"""HTTP: the emulated REST API, the control API, and the server that carries them. The only folder that imports Flask."""
