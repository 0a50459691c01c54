"""The guard for addresses that services and people hand us: they are foreign input like any other."""

import re
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit, urlunsplit

LONGEST_URL = 8192
_PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"[a-z0-9._:-]+")
_NAT64 = ip_network("64:ff9b::/96")
"""Addresses through which a network without IPv4 reaches it (RFC 6052, 2.1)."""

_AZURE_HOST = ip_address("168.63.129.16")
"""Answers every virtual machine of Azure as its host, though it is of a public range.

Source: learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16 (read in a copy,
    2026-11-22).
"""
_LOCAL_NAMES = ("localhost", "local", "internal")

Address = IPv4Address | IPv6Address


class UnsafeUrlError(ValueError):
    """The address must not be followed or handed on; the text is the end of a sentence."""


def check_url(url: str, *, base: str) -> str:
    """Let an address pass that is safe to follow and to hand to people.

    It must be https, on a public host, without credentials. Where our own base is on this machine,
    so may the address be, and then plain http is taken too: that is the offline twin. A name that
    resolves to a private address is not found out here; no key is ever sent to another origin.

    Raises:
        UnsafeUrlError: It is not; the text says why without quoting it.
    """
    parts = _split(url)
    host = _host(parts)
    if is_loopback(url):
        if not is_loopback(base):
            raise UnsafeUrlError("it points at this machine")
        return url
    if parts.scheme != "https":
        raise UnsafeUrlError("it is not https")
    address = _address(host)
    if address is not None and not _is_public(address):
        raise UnsafeUrlError("it points into a private network")
    if address is None and "." not in host:  # Only a local resolver knows such a name.
        raise UnsafeUrlError("it points into a private network")
    if host.rsplit(".", 1)[-1] in _LOCAL_NAMES:
        raise UnsafeUrlError("it points into a private network")
    return url


def check_typed(url: str) -> str:
    """Let an address pass that a person typed, as far as can be told without knowing its reader.

    One on this machine passes: whether a service may be sent it, `check_url` says.

    Raises:
        UnsafeUrlError: As for `check_url`.
    """
    return check_url(url, base=url)


def without_query(text: str) -> str:
    """Cut what may be a signature off a web address; any other text stays as it is."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return text
    is_address = parts.scheme in _PORTS and bool(parts.netloc) and not re.search(r"\s", text)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", "")) if is_address else text


def is_loopback(url: str) -> bool:
    """Tell whether an http or https address is on this machine."""
    try:
        host = _host(_split(url))
    except UnsafeUrlError:
        return False
    address = _address(host)
    return host == "localhost" if address is None else _unwrapped(address).is_loopback


def is_public_address(text: str) -> bool:
    """Tell whether a resolved address is one that the whole world can reach."""
    address = _address(text)
    return address is not None and _is_public(address)


def is_same_origin(url: str, base: str) -> bool:
    """Tell whether scheme, host and port agree; only then may a key be sent."""
    try:
        return _origin(url) == _origin(base)
    except UnsafeUrlError:
        return False


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = _split(url)
    return parts.scheme, _host(parts), parts.port or _PORTS[parts.scheme]


def _split(url: str) -> SplitResult:
    # Parsers disagree about backslashes, blanks and foreign digits; a URL has none of them.
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or "\\" in url:
        raise UnsafeUrlError("it holds characters no address has")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UnsafeUrlError("it cannot be read") from error
    if " " in url or parts.scheme not in _PORTS or port == 0:
        raise UnsafeUrlError("it is not https")
    if "@" in parts.netloc:
        raise UnsafeUrlError("it carries credentials")
    return parts


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if not _HOST.fullmatch(host):
        raise UnsafeUrlError("its host cannot be read")
    return host


def _address(host: str) -> Address | None:
    """Read an address in any spelling the system's resolver takes, such as 127.1 or 0x7f000001."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def _unwrapped(address: Address) -> Address:
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _is_public(address: Address) -> bool:
    inner = _unwrapped(address)
    # Site-local ones (fec0::/10) are out of use and count as global in Python (3.11, tried).
    is_site_local = isinstance(inner, IPv6Address) and inner.is_site_local
    is_special = inner.is_multicast or inner.is_reserved or is_site_local
    return inner.is_global and not is_special and inner != _AZURE_HOST
