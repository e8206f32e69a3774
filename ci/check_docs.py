"""Holds README.md and scenarios/README.md against the program. usage: check_docs.py PROGRAM

Every subcommand is in README.md; every subcommand, long option, fault and scenario id that a
document or a baseline names exists. Prints FILE:LINE: what is wrong; exit code 1 if anything is.
"""

import fnmatch
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENTS = ("README.md", "scenarios/README.md")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")
COMMAND = re.compile(r"(?:^|[\s/`|(;&])smtpgauge\s+([a-z][a-z-]*)([^`|;#]*)")
# A line of code about one of these speaks of that program's options.
OTHER_PROGRAMS = re.compile(r"\b(cmake|ctest|cpack|git|apt-get|ci/\w+|docker|npm|swaks|perf)\b")


def output(*arguments):
    ran = subprocess.run(arguments, text=True, capture_output=True)
    if ran.returncode != 0:
        sys.exit("check_docs: %s: exit %d: %s" % (" ".join(arguments), ran.returncode,
                                                  ran.stderr.strip()))
    return ran.stdout


def subcommands(program):
    """name -> its long options, as --help prints them."""
    names, inside = [], False
    for line in output(program, "--help").splitlines():
        if re.match(r"\S*[Ss]ubcommands:?", line.strip()):
            inside = True
        elif inside and (match := re.match(r"  ([a-z][a-z-]*)\s", line + " ")):
            names.append(match.group(1))
    return {name: set(OPTION.findall(output(program, name, "--help"))) for name in names}


def code_of(text):
    """(line number, code) of each line in a fence and of each `span` outside of one."""
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif fenced:
            yield number, line
        else:
            for span in re.findall(r"`([^`]+)`", line):
                yield number, span


def judge_code(code, commands):
    every = set().union(*commands.values()) | {"--help", "--version"}
    found = []
    called = COMMAND.findall(code)
    for name, rest in called:
        if name not in commands:
            found.append("smtpgauge has no subcommand '%s'" % name)
            continue
        for option in OPTION.findall(rest):
            if option not in commands[name] | {"--help"}:
                found.append("smtpgauge %s has no option %s" % (name, option))
    if not called and not OTHER_PROGRAMS.search(code):
        found += ["no subcommand has the option %s" % option
                  for option in OPTION.findall(code) if option not in every]
    return found


def judge_faults(code, faults):
    return ["smtpgauge sink has no fault '%s'" % name
            for name in re.findall(r"--fault[ =]([a-z0-9][a-z0-9.-]*)", code)
            if name not in faults]


def first_words(text):
    return {line.split()[0] for line in text.splitlines() if line.strip()}


def judge_baselines(program):
    """Every id of scenarios/known/*.json names a case or an observation of the catalogue."""
    found, ids = [], None
    for path in sorted((ROOT / "scenarios/known").glob("*.json")):
        if ids is None:
            ids = {name for scenario in json.loads(output(program, "list", "--json"))
                   for name in scenario["cases"] + [scenario["id"]]}
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for name in re.findall(r'"id"\s*:\s*("[^"]+")', line):
                if not fnmatch.filter(ids, json.loads(name)):
                    found.append("%s:%d: no scenario %s" % (path.relative_to(ROOT), number, name))
    return found


def main(program):
    commands = subcommands(program)
    if not commands:
        sys.exit("check_docs: %s --help lists no subcommands" % program)
    faults = first_words(output(program, "sink", "--list-faults")) if "sink" in commands else set()
    found = []
    for name in DOCUMENTS:
        text = (ROOT / name).read_text()
        for number, code in code_of(text):
            found += ["%s:%d: %s" % (name, number, wrong)
                      for wrong in judge_code(code, commands) + judge_faults(code, faults)]
    readme = (ROOT / "README.md").read_text()
    found += ["README.md:1: the subcommand %s is not mentioned" % name for name in commands
              if not re.search(r"\b%s\b" % re.escape(name), readme)]
    found += judge_baselines(program)
    print("\n".join(found + ["docs: %d subcommands, %d findings" % (len(commands), len(found))]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
