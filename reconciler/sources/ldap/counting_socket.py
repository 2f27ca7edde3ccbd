"""A socket that keeps the error that ended it, and receives a limited number of bytes."""

import socket
from contextlib import suppress


class CountingSocket:
    """Looks like a socket to ldap3. `failure` is what ended it; `received` can be set back to 0."""

    def __init__(self, connected: socket.socket, limit: int) -> None:
        self._socket = connected
        self.limit = limit
        self.failure: OSError | None = None
        self.received = 0

    def recv(self, size: int) -> bytes:
        """Receive some bytes. Raises OSError, also at the limit."""
        try:
            data = self._socket.recv(size)
        except OSError as error:
            self.failure = error
            raise
        self.received += len(data)
        if self.received > self.limit:
            raise OSError
        return data

    def sendall(self, data: bytes) -> None:
        """Send bytes. Raises OSError."""
        try:
            self._socket.sendall(data)
        except OSError as error:
            self.failure = error
            raise

    def abort(self) -> None:
        """End what another thread waits for; TLS would not end it."""
        with suppress(OSError):
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def shutdown(self, how: int) -> None:
        """End the connection, as ldap3 asks for. Raises OSError."""
        self._socket.shutdown(how)

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()
