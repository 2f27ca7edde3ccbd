"""The HTTP client of portals and forges; no other package opens a connection."""
