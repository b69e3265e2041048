"""The LL-HLS publisher, which serves `/<app>/<stream>/<file>` to players on its own port."""
