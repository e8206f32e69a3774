"""Judges every #include of the product against ci/layers and the rules below.

Prints FILE:LINE: what is wrong; exit code 1 if anything is.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')
SYSTEM = re.compile(r"^[a-z0-9_]+$|^(sys|netinet|arpa|net|linux)/[a-z0-9_/]+\.h$"
                    r"|^(cerrno|errno|fcntl|fnmatch|netdb|poll|pthread|sched|signal|strings|termios|time|unistd)\.h$")
FORBIDDEN = {"regex": "std::regex recurses on its input; use scenarios/pattern.h (RE2)",
             "iostream": "use fmt and std::fputs"}
IOSTREAM_IN = "runner/cli"  # it prints a page once
# Headers that take seconds to compile; in a header they would reach every file that includes it.
SOURCE_ONLY = ("nlohmann/json.hpp", "valijson/", "CLI/", "gsasl.h", "re2/")
ASIO_HEADERS_IN = ("runner/net", "runner/sink")
OWN = ("runner/", "scenarios/", "reports/", "tests/", "ci/")
MAX_LINES = 500


def layers():
    table = {}
    for line in (ROOT / "ci/layers").read_text().splitlines():
        if line and not line.startswith("#"):
            folder, below, third = (part.strip() for part in line.split(":"))
            table[folder] = (below.split(), third.split())
    return table


def folder_of(path, table):
    """The longest row that holds a path; "" for a file outside every row."""
    inside = [folder for folder in table if path.startswith(folder + "/")]
    return max(inside, key=len, default="")


def judge_include(path, quote, name, table):
    folder = folder_of(path, table)
    below, third = table[folder]
    if name in FORBIDDEN and (name, folder) != ("iostream", IOSTREAM_IN):
        return FORBIDDEN[name]
    if quote == '"':
        if not name.startswith(OWN):
            return "'%s' is not named from the project's root" % name
        target = folder_of(name, table)
        if target in (folder, *below):
            return None
        return "%s may not include %s (ci/layers)" % (folder, target or name)
    if SYSTEM.match(name) and name not in third:
        return None
    if not any(name == prefix or (prefix.endswith("/") and name.startswith(prefix))
               for prefix in third):
        return "%s may not include <%s> (ci/layers)" % (folder, name)
    if path.endswith(".h"):
        if name.startswith(SOURCE_ONLY):
            return "<%s> belongs in a .cc" % name
        if name.startswith("asio") and folder not in ASIO_HEADERS_IN:
            return "Asio belongs in a .cc outside of " + " and ".join(ASIO_HEADERS_IN)
    return None


def judge_file(path, table):
    found = []
    lines = path.read_text().splitlines()
    name = str(path.relative_to(ROOT))
    own = name[:-3] + ".h"
    includes = [(number, *match.groups()) for number, line in enumerate(lines, 1)
                if (match := INCLUDE.match(line))]
    if len(lines) > MAX_LINES:
        found.append((1, "%d lines; split it (at most %d)" % (len(lines), MAX_LINES)))
    if name.endswith(".h") and "#pragma once" not in lines:
        found.append((1, "no #pragma once"))
    # Its own header first: then the build itself proves that the header is self-contained.
    if name.endswith(".cc") and (ROOT / own).exists() and includes and includes[0][2] != own:
        found.append((includes[0][0], 'the first include has to be "%s"' % own))
    for number, quote, included in includes:
        wrong = judge_include(name, quote, included, table)
        if wrong:
            found.append((number, wrong))
    return ["%s:%d: %s" % (name, number, text) for number, text in found]


def main():
    table = layers()
    files = sorted(path for top in ("runner", "scenarios", "reports")
                   for path in (ROOT / top).rglob("*") if path.suffix in (".h", ".cc"))
    found = []
    for path in files:
        if not folder_of(str(path.relative_to(ROOT)), table):
            found.append("%s:1: its folder has no row in ci/layers" % path.relative_to(ROOT))
            continue
        found += judge_file(path, table)
    print("\n".join(found + ["includes: %d files, %d findings" % (len(files), len(found))]))
    return 1 if found or not files else 0


if __name__ == "__main__":
    sys.exit(main())
