# A crate of the last run: what its entities are, and that the files it names as its own
# are in it.
need python3
put rules/more.yaml 'rules: {gather: {input: "{x}.src", output: "{x}.in", shell: "cp {input} {output}"}}'
put tools/say.py 'import sys'
workflow <<'X'
envvars: [TOKEN]
config: {depth: 3}
include: [rules/more.yaml]
rules:
  all: {input: [table.csv, sub/flaky.txt, folder]}
  table:
    input: [a.in, b.in]
    params: {most: 3, deep: {x: [1, "two words"]}, lines: "a\nb=\n.c"}
    output: {path: table.csv, report: "Counts"}
    env: {T: "{env.TOKEN}"}
    shell: "echo ${{T:+x}} >{output}"
  flaky: {output: sub/flaky.txt, log: sub/flaky.log, retries: 1, env: {T: "{env.TOKEN}"}, shell: "echo \"token $T\" >{log}; [ -e good ] || exit 3; touch {output}"}
  folder: {input: tmp.txt, output: {path: folder, directory: true}, shell: "mkdir {output}; touch {output}/x"}
  tmp: {output: {path: tmp.txt, temp: true}, shell: "echo t >{output}"}
  saying: {output: said, script: tools/say.py}
X
put a.src; put b.src
export TOKEN=hunter22
run cwflow --crate early
ls early 2>&1
cwflow -q -k -j2 2>/dev/null
run cwflow --crate crate
cat >look.py <<'X'
import json, os, sys, re
from urllib.parse import unquote
d = sys.argv[1]
graph = json.load(open(d + "/ro-crate-metadata.json", encoding="utf-8"))
print(graph["@context"])
at = {}
for e in graph["@graph"]:
    assert e["@id"] not in at, e["@id"]
    at[e["@id"]] = e
def types(e):
    t = e["@type"]
    return t if isinstance(t, list) else [t]
def refs(x):
    if isinstance(x, dict) and set(x) == {"@id"}: yield x["@id"]
    elif isinstance(x, list):
        for y in x: yield from refs(y)
for e in graph["@graph"]:
    for k, v in e.items():
        for r in refs(v):
            if r not in at and not r.startswith(("https://w3id.org/ro/crate", "https://bioschemas.org")):
                print("nothing at", r, "of", e["@id"], k)
def many(x): return [] if x is None else x if isinstance(x, list) else [x]
root = at["./"]
print(sorted(c["@id"] for c in root["conformsTo"]))
main = at[root["mainEntity"]["@id"]]
print(main["@id"], types(main), len(main["step"]), len(main["hasPart"]))
for e in sorted(graph["@graph"], key=lambda e: e.get("name", "")):
    t = types(e)[0]
    if t in ("CreateAction", "OrganizeAction"):
        print(t, e["name"], e["actionStatus"].rsplit("/", 1)[1], sorted(x["@id"].split("/")[-1] for x in many(e.get("object"))) if t != "OrganizeAction" else len(e["object"]),
              sorted(x["@id"].rstrip("/").split("/")[-1] for x in many(e.get("result"))), repr(e.get("error")))
        assert e["startTime"] <= e["endTime"]
    if t in ("File", "Dataset") and e["@id"] != "./":
        inside = not e["@id"].startswith("file:")
        print(t, e["name"], "copied" if inside else "left", "sha256" in e, e.get("description"), len(many(e.get("exampleOfWork"))))
        assert not inside or os.path.getsize(os.path.join(d, unquote(e["@id"]))) == int(e["contentSize"])
for e in graph["@graph"]:
    if types(e)[0] == "PropertyValue":
        print(e["name"], ascii(e["value"]), e["exampleOfWork"]["@id"], at[e["exampleOfWork"]["@id"]]["name"], at[e["exampleOfWork"]["@id"]]["additionalType"])
for e in graph["@graph"]:
    if types(e)[0] == "ControlAction":
        step = at[e["instrument"]["@id"]]; job = at[e["object"]["@id"]]
        assert step["workExample"] == job["instrument"], e
X
python3 look.py crate
files crate
grep -rc hunter22 crate .cwflow/failures | grep -v ':0$'
echo "--- again, into the same folder; not into another's"
touch good crate/mine
cwflow -q 2>/dev/null
run cwflow --crate crate
python3 look.py crate | grep Action
ls crate/mine
mkdir other; touch other/x
run cwflow --crate other
run cwflow --crate good
(cd other && cwflow -d .. --crate c2) && ls other/c2
find . -name '*.cwflow-*'
