"""Runs the examples of Markdown pages.

A fence "```yaml Workflowfile" (or any other path) is a file of the example; "new" behind
it begins in an empty folder. A fence "```console" holds commands behind "$ " and what they
print; "..." stands for any lines. A Workflowfile is also read by cwflow once more files
have come, at its next console fence or at the end of the page.
"""
import os
import re
import shutil
import subprocess
import sys


def fences(text):
    for m in re.finditer(r"^```(\S*)[ ]*(.*?)\n(.*?)^```$", text, re.S | re.M):
        line = text.count("\n", 0, m.start()) + 1
        yield line, m.group(1), m.group(2).split(), m.group(3)


def steps(body):
    command, output = None, []
    for line in body.splitlines():
        if line.startswith("$ "):
            if command is not None:
                yield command, output
            command, output = line[2:], []
        elif line.startswith("> ") and not output:
            command += "\n" + line[2:]
        else:
            output.append(line)
    if command is not None:
        yield command, output


def fits(want, have):
    pattern = "".join(
        "(?:.*\n)*?" if line == "..." else re.escape(line) + "\n" for line in want)
    return re.fullmatch(pattern, "".join(line + "\n" for line in have)) is not None


def run(command, folder):
    done = subprocess.run(["bash", "-c", command], cwd=folder, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = [line for line in done.stdout.splitlines()
             if not re.match(r"\d+ of \d+ jobs? done in ", line)]
    return done.returncode, lines


def check(page, folder):
    faults, unread = 0, None
    for line, kind, words, body in fences(open(page, encoding="utf-8").read()):
        where = "%s:%d" % (os.path.basename(page), line)
        if words and kind != "console":
            if "new" in words[1:]:
                shutil.rmtree(folder, ignore_errors=True)
                os.makedirs(folder)
            path = os.path.join(folder, words[0])
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as f:
                f.write(body)
            unread = where if words[0] == "Workflowfile" else unread
        if kind == "console":
            unread = None
            for command, want in steps(body):
                status, have = run(command, folder)
                if not fits(want, have):
                    faults += 1
                    print(where, "$", command, "(exit %d)" % status, "printed:")
                    print("\n".join("  " + text for text in have))
        elif unread:
            status, have = run("cwflow --list-rules", folder)
            if status != 0 and "cannot read" not in "".join(have):
                faults += 1
                print(unread, "is refused:")
                print("\n".join("  " + text for text in have))
    return faults


def main():
    folder = os.path.join(sys.argv[1], "work")
    os.makedirs(folder)
    faults = sum(check(page, folder) for page in sys.argv[2:])
    sys.exit(1 if faults else 0)


main()
