"""Which authorities of certificates are trusted."""

import ssl

import httpx2

from reconciler.errors import InputError


def trusted_authorities(service: str, file: str | None = None) -> ssl.SSLContext:
    """Return a context that verifies servers by the authorities of a file.

    Without a file, they are the system's, or those from SSL_CERT_FILE or SSL_CERT_DIR. Raises InputError for
    a file that cannot be used; `service` is the name in its message.
    """
    try:
        return ssl.create_default_context(cafile=file) if file else httpx2.create_ssl_context()
    except OSError as error:
        # The message of an SSLError contains a position in the source of the library.
        reason = "no certificate found in it" if isinstance(error, ssl.SSLError) else error.strerror
        message = f"{service}: the certificates from {file or 'SSL_CERT_FILE'} cannot be read: {reason}"
        raise InputError(message, "set it to a file of certificates in PEM format") from error
