"""The engine: virtual hosts, applications, streams and tracks. It has no HTTP, files or threads; time is an argument."""
