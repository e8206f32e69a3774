#!/usr/bin/env python3
"""mx: targets through a real name server to a real mail server: knot's zone, Postfix behind it.

usage: mx_test.py SMTPGAUGE; needs what ci/servers needs (root, the right to mount).
"""

import pathlib
import shlex
import subprocess
import sys
import tempfile

SERVERS = pathlib.Path(__file__).resolve().parent.parent.parent / "ci/servers"

# domain, exit code of check, what check says, what resolve says
CASES = [
    ("example.test", 0, "", "10 60 mail.example.test"),
    ("cname.example.test", 0, "", "the domain is an alias of example.test"),
    ("implicit.example.test", 0, "", "no MX; the domain's own address takes the mail"),
    ("deadmx.example.test", 0, "", "10 60 dead.example.test"),
    ("badmx.example.test", 0, "", "must not point to one"),
    ("many.example.test", 0, "", "many.example.test: 60 MX hosts"),
    ("null.example.test", 3, "takes no mail", "null MX"),
    ("nomail.example.test", 3, "no mail host", "neither MX nor address"),
    ("lost.example.test", 3, "no mail host", "none with an address"),
    ("absent.example.test", 3, "no such domain", "NXDOMAIN"),
    ("v6.example.test", 3, "cannot reach", "::1"),
]


def start(name, directory, *more):
    ran = subprocess.run([SERVERS / name, "start", directory, *more], check=True, text=True,
                         stdout=subprocess.PIPE)
    pairs = (line.partition("=") for line in ran.stdout.splitlines())
    return {name: "".join(shlex.split(value)) for name, _, value in pairs}


def run(*command):
    ran = subprocess.run(command, text=True, capture_output=True, timeout=120)
    return ran.returncode, " ".join((ran.stdout + ran.stderr).split())


def judge(program, mail, dns, case):
    domain, code, said, resolved = case
    server = "127.0.0.1:" + dns["port"]
    found = []
    got, text = run(program, "check", "mx:%s:%s" % (domain, mail["port"]), "--dns", server,
                    "--recipient", mail["recipient"], "--only", "5321-4.1.1.5*")
    if got != code or said not in text:
        found.append("check: exit %d, expected %d: %s" % (got, code, text))
    if code == 0 and "Postfix" not in text:
        found.append("check did not reach Postfix: " + text)
    _, text = run(program, "resolve", domain, "--dns", server)
    if resolved not in text:
        found.append("resolve does not say '%s': %s" % (resolved, text))
    return ["%s: %s" % (domain, wrong) for wrong in found]


def main(program):
    found = []
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        try:
            mail = start("postfix", one)
            dns = start("knot", other, mail["port"])
            for case in CASES:
                found += judge(program, mail, dns, case)
        finally:
            subprocess.run([SERVERS / "knot", "stop", other], check=True)
            subprocess.run([SERVERS / "postfix", "stop", one], check=True)
    print("\n".join(found + ["%d domains, %d findings" % (len(CASES), len(found))]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
