"""The HTTP API: requests, limits, and its OpenAPI description."""
