"""What the LL-HLS publisher serves to players: `/<app>/<stream>/<file>` on a port of its own."""
