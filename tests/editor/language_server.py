#!/usr/bin/env python3
"""Asks a YAML language server, as an editor does, about Workflowfiles and the schema.

usage: language_server.py SERVER SOURCE
Speaks the Language Server Protocol over the server's stdin and stdout. Each case prints a
line; the exit status is 1 where one of them fails.
"""
import json
import os
import pathlib
import select
import shutil
import subprocess
import sys
import tempfile
import time

PATIENCE = 60  # seconds for any answer


class Server:
    """A running language server and the files that are open in it."""

    def __init__(self, program, folder, schema):
        self.process = subprocess.Popen(
            ["node", program, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            cwd=folder)
        self.buffer = b""
        self.number = 0
        self.opened = 0
        self.schema = schema
        self.said = {}  # uri -> diagnostics of its last version
        self.ask("initialize", {
            "processId": os.getpid(), "rootUri": pathlib.Path(folder).as_uri(),
            "capabilities": {"workspace": {"configuration": True}, "textDocument": {
                "completion": {"completionItem": {"snippetSupport": False}},
                "publishDiagnostics": {}, "hover": {"contentFormat": ["plaintext"]}}}})
        self.tell("initialized", {})
        self.tell("workspace/didChangeConfiguration", {"settings": None})

    def settings(self, section):
        """What the server asks its editor for."""
        if section != "yaml":
            return {}
        return {"schemaStore": {"enable": False}, "validate": True, "completion": True,
                "hover": True, "schemas": {self.schema: ["*.yaml"]} if self.schema else {}}

    def send(self, message):
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        self.process.stdin.flush()

    def tell(self, method, params):
        self.send({"method": method, "params": params})

    def fill(self, until):
        ready, _, _ = select.select([self.process.stdout], [], [], max(0, until - time.time()))
        data = os.read(self.process.stdout.fileno(), 65536) if ready else b""
        if not data:
            raise TimeoutError("the language server does not answer")
        self.buffer += data

    def message(self):
        """The next message of the server."""
        until = time.time() + PATIENCE
        while b"\r\n\r\n" not in self.buffer:
            self.fill(until)
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        size = next(int(line.split(b":")[1]) for line in head.split(b"\r\n")
                    if line.lower().startswith(b"content-length:"))
        while len(self.buffer) < size:
            self.fill(until)
        body, self.buffer = self.buffer[:size], self.buffer[size:]
        return json.loads(body)

    def handle(self, message):
        """What the server tells, or asks, by itself."""
        if message.get("method") == "textDocument/publishDiagnostics":
            params = message["params"]
            self.said[params["uri"]] = params["diagnostics"]
        elif message.get("method") == "workspace/configuration":
            self.send({"id": message["id"], "result": [
                self.settings(item.get("section")) for item in message["params"]["items"]]})
        elif "id" in message and "method" in message:
            self.send({"id": message["id"], "result": None})

    def ask(self, method, params):
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params})
        while True:
            message = self.message()
            if message.get("id") == self.number and "method" not in message:
                if "error" in message:
                    raise RuntimeError(message["error"]["message"])
                return message["result"]
            self.handle(message)

    def open(self, folder, text):
        """Opens a new file with this text, in the editor only; returns its address."""
        self.opened += 1
        uri = (folder / f"Workflowfile{self.opened}.yaml").as_uri()
        self.tell("textDocument/didOpen", {"textDocument": {
            "uri": uri, "languageId": "yaml", "version": 1, "text": text}})
        return uri

    def close(self, uri):
        self.tell("textDocument/didClose", {"textDocument": {"uri": uri}})

    def remarks(self, folder, text):
        """The diagnostics of a text, as "LINE: WORDS"."""
        uri = self.open(folder, text)
        while uri not in self.said:
            self.handle(self.message())
        said = [f"{d['range']['start']['line'] + 1}: {d['message']}" for d in self.said[uri]]
        self.close(uri)
        return said

    def position(self, text):
        """Where the | stands, and the text without it."""
        before, after = text.split("|", 1)
        line = before.count("\n")
        return before + after, {"line": line, "character": len(before.split("\n")[-1])}

    def completions(self, folder, text):
        """The labels that are offered at the | of the text."""
        text, position = self.position(text)
        uri = self.open(folder, text)
        got = self.ask("textDocument/completion",
                       {"textDocument": {"uri": uri}, "position": position})
        self.close(uri)
        items = got["items"] if isinstance(got, dict) else got or []
        return [item["label"] for item in items]

    def hover(self, folder, text):
        text, position = self.position(text)
        uri = self.open(folder, text)
        got = self.ask("textDocument/hover",
                       {"textDocument": {"uri": uri}, "position": position})
        self.close(uri)
        contents = (got or {}).get("contents", "")
        return contents["value"] if isinstance(contents, dict) else str(contents)

    def stop(self):
        self.ask("shutdown", None)
        self.tell("exit", None)
        self.process.wait(PATIENCE)


RULE = "rules:\n  map:\n    input: a.txt\n    shell: cat {input} > {output}\n"

# what is written (| is the cursor), what must be offered, what must not
COMPLETIONS = [
    ("key of a rule", RULE + "    outp|", ["output"], []),
    ("any key of a rule", RULE + "    |",
     ["output", "log", "benchmark", "threads", "resources", "container", "when"],
     ["rules", "glob"]),
    ("key of the file", "ru|", ["rules", "ruleorder"], ["output"]),
    ("key of a set", "sets:\n  book:\n    gl|", ["glob"], ["output"]),
    ("flag of an output", RULE + "    output:\n      - path: b\n        prot|",
     ["protected"], []),
    ("source of an input", "rules:\n  a:\n    input:\n      exp|", ["expand"], []),
    ("source in a list", "rules:\n  a:\n    input:\n      - a.txt\n      - look|", ["lookup"],
     []),
    ("source of a named input", "rules:\n  a:\n    input:\n      b:\n        swi|",
     ["switch"], []),
    ("what goes with a source",
     "rules:\n  a:\n    input:\n      b:\n        expand: x\n        fo|", ["for"], []),
    ("several endings", RULE + "    output:\n      multi|", ["multiext"], []),
    ("key of the shell", "shell:\n  exec|", ["executable"], []),
    ("a value", RULE + "    shadow: |", ["minimal", "shallow", "full"], []),
]

# a bad text, the line that is flagged, a word of the remark
WRONG = [
    ("unknown key", RULE + "    outputt: b\n", 5, "outputt"),
    ("unknown key of the file", "ruls: {}\n", 1, "ruls"),
    ("no number", RULE + "    threads: many\n", 5, ""),
    ("no mapping", "rules: 3\n", 1, "object"),
    ("list for one value", RULE + "    priority: [1, 2]\n", 5, ""),
    ("no boolean", RULE + "    localrule: perhaps\n", 5, "true, false"),
    ("value not in the list", RULE + "    shadow: deep\n", 5, "minimal"),
    ("reserved name", "sets: {input: [a, b]}\n", 1, ""),
    ("unknown flag", RULE + "    output: {path: b, tmp: true}\n", 5, ""),
]


class Cases:
    def __init__(self):
        self.failed = 0

    def case(self, name, good, why=""):
        print(f"{'ok' if good else 'FAILED'}: {name}{'' if good else ': ' + str(why)}")
        self.failed += not good


def good_files(source):
    paths = [source / "Workflowfile"] + sorted((source / "examples").rglob("Workflowfile*"))
    return [path for path in paths if path.is_file()]


def run(program, source, folder):
    cases = Cases()
    shutil.copy(source / "share/cwflow/workflowfile.schema.json", folder)
    schema = (folder / "workflowfile.schema.json").as_uri()
    server = Server(program, folder, schema)
    for path in good_files(source):
        said = server.remarks(folder, path.read_text())
        cases.case(f"nothing to say about {path.relative_to(source)}", not said, said)
    for name, text, wanted, unwanted in COMPLETIONS:
        got = server.completions(folder, text)
        cases.case(f"completes {name}",
                   set(wanted) <= set(got) and not set(unwanted) & set(got), got)
    for name, text, line, word in WRONG:
        said = server.remarks(folder, text)
        cases.case(f"flags {name}",
                   any(s.startswith(f"{line}: ") and word in s for s in said), said)
    got = server.hover(folder, RULE + "    bench|mark: b.tsv\n")
    cases.case("tells what a key is", "time and memory" in got, got)
    server.stop()

    # the line that names the schema in the file itself, without any settings
    server = Server(program, folder, None)
    line = "# yaml-language-server: $schema=workflowfile.schema.json\n"
    said = server.remarks(folder, line + RULE)
    cases.case("a file that names its schema: nothing to say", not said, said)
    said = server.remarks(folder, line + RULE + "    outputt: b\n")
    cases.case("a file that names its schema: flags", any("outputt" in s for s in said), said)
    got = server.completions(folder, line + RULE + "    outp|")
    cases.case("a file that names its schema: completes", "output" in got, got)
    server.stop()
    return cases.failed


def main():
    program, source = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        failed = run(program, source, pathlib.Path(folder))
    print(f"{failed} cases failed" if failed else "all cases passed")
    return 1 if failed else 0


sys.exit(main())
