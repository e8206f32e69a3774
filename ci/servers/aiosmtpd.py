"""Two listeners of aiosmtpd on 127.0.0.1, delivering to Maildirs under /srv/mail.

Arguments: PORT TLS_PORT HOSTNAME DOMAIN USER PASSWORD MAILBOX...
"""

import asyncio
import email.utils
import functools
import mailbox
import os
import pwd
import re
import ssl
import sys

import aiosmtpd.smtp
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


# What a client may call itself in a Received line: a domain or an address literal.
NAME = re.compile(r"[A-Za-z0-9.:_-]+|\[[A-Za-z0-9.:-]+\]")
RETURN_PATH = re.compile(rb"^return-path[ \t]*:.*\r\n(?:[ \t].*\r\n)*", re.IGNORECASE | re.MULTILINE)


class MaildirHandler:
    """Accepts the mailboxes it knows, refuses the rest, as RFC 5321 section 3.3 has it."""

    def __init__(self, hostname, domain, names):
        self.hostname = hostname
        self.domain = domain
        self.maildirs = {name: mailbox.Maildir("/srv/mail/" + name + "/Maildir") for name in names}

    def mailbox_of(self, address):
        local, _, domain = address.rpartition("@")
        if not local:
            local, domain = domain, self.domain
        if domain.lower() != self.domain:
            return None
        if local.lower() == "postmaster":
            return "user"
        return local if local in self.maildirs else ""

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        name = self.mailbox_of(address)
        if name is None:
            return "550 5.7.1 relaying denied"
        if not name:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 2.1.5 OK"

    def trace(self, session, envelope):
        """The two lines of RFC 5321 section 4.4, which are a handler's duty, not the library's."""
        protocol = "UTF8SMTP" if envelope.smtp_utf8 else "ESMTP" if session.extended_smtp else "SMTP"
        if session.extended_smtp:
            protocol += "S" * bool(session.ssl) + "A" * bool(session.authenticated)
        host_name = session.host_name if NAME.fullmatch(session.host_name) else "unknown"
        return "Return-Path: <{}>\r\nReceived: from {} ([{}]) by {} with {};\r\n\t{}\r\n".format(
            envelope.mail_from or "", host_name, session.peer[0], self.hostname, protocol,
            email.utils.format_datetime(email.utils.localtime()))

    async def handle_DATA(self, server, session, envelope):
        content = envelope.content
        if isinstance(content, str):
            content = content.encode("utf-8", "surrogateescape")
        header, separator, body = content.partition(b"\r\n\r\n")
        content = RETURN_PATH.sub(b"", header + separator[:2]) + separator[2:] + body
        message = (self.trace(session, envelope).encode() + content).replace(b"\r\n", b"\n")
        for address in envelope.rcpt_tos:
            self.maildirs[self.mailbox_of(address)].add(message)
        return "250 2.0.0 OK delivered"


# The default ends a session at the fifth unknown command; a conformance run sends more.
aiosmtpd.smtp.BOGUS_LIMIT = 10000


async def main(port, tls_port, hostname, domain, user, password, *names):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain("/etc/ssl/server.pem", "/etc/ssl/private/server.key")
    owner = pwd.getpwnam(names[0])  # the mailboxes are all one user's
    os.setgid(owner.pw_gid)
    os.setuid(owner.pw_uid)
    handler = MaildirHandler(hostname, domain, names)

    def authenticate(server, session, envelope, mechanism, data):
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (
            user.encode(), password.encode())
        return AuthResult(success=good, handled=good)

    loop = asyncio.get_running_loop()
    smtp = functools.partial(SMTP, handler, hostname=hostname, enable_SMTPUTF8=True, loop=loop,
                             authenticator=authenticate)
    await loop.create_server(functools.partial(smtp, tls_context=context), "127.0.0.1", int(port))
    await loop.create_server(functools.partial(smtp, auth_require_tls=False), "127.0.0.1",
                             int(tls_port), ssl=context)
    await asyncio.Event().wait()


asyncio.run(main(*sys.argv[1:]))
