"""The portal in a browser: pages on the server, on the same operations as the API, without JavaScript."""
