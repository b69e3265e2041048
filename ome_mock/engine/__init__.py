"""The domain: virtual hosts, applications, streams, tracks and dumps. No HTTP, no files, no threads of its own; time is an argument."""
