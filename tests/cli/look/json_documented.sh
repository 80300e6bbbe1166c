# Every key and event of the JSON for programs is in the documents.
need python3
workflow <<'WF'
rules:
  all: {input: [c.txt, d.txt]}
  a: {input: in.txt, output: a.txt, log: a.log, shell: "head -c 1 {input} > {output}; echo hi"}
  b: {input: a.txt, output: b.txt, shell: "cat {input} > {output}"}
  c: {input: b.txt, output: c.txt, shell: "cat {input} > {output}"}
  d: {output: d.txt, retries: 1, shell: "test -e go && touch {output}"}
WF
put in.txt one
cwflow -q -k --events ev1 2>/dev/null
touch go
cwflow -q --events ev2 2>/dev/null
put in.txt other
cwflow --dag=json >dag
cwflow -q --events ev3 2>/dev/null
cwflow --lineage=json c.txt >lineage
cat >keys.py <<'PY'
import json, sys
doc = open(sys.argv[1], encoding="utf-8").read()
def walk(x, found):
    if isinstance(x, dict):
        for k, v in x.items():
            found.add(k)
            if k != "wildcards":
                walk(v, found)
    elif isinstance(x, list):
        for v in x:
            walk(v, found)
def check(name, things):
    found = set()
    walk(things, found)
    print(name, "not in the documents:", sorted(k for k in found if f"`{k}`" not in doc))
load = lambda p: json.loads(open(p, "rb").read().decode("utf-8"))
dag = load("dag")
check("dag", dag)
print([(j["rule"], j["runs"], j.get("if_changed")) for j in dag["jobs"]])
check("lineage", load("lineage"))
events = [json.loads(l) for p in ("ev1", "ev2", "ev3") for l in open(p, encoding="utf-8")]
check("events", events)
kinds = {e["event"] for e in events}
print(sorted(kinds), [k for k in kinds if f"`{k}`" not in doc])
PY
python3 keys.py "$SOURCE/docs/for-programs.md"
