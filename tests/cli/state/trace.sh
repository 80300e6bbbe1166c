# The last run as a trace: a bar a job, lanes that never hold two at a time.
need python3
workflow <<'X'
sets: {n: {from: 1, to: 5}}
rules:
  all: {input: {expand: "o \"{n}"}}
  one: {output: "o \"{n}", shell: "sleep 0.0{n}; touch {output}"}
X
run cwflow --trace trace.json
run cwflow -q -j2
run cwflow --trace trace.json
cat >look.py <<'X'
import json, sys
events = json.load(sys.stdin)["traceEvents"]
bars = sorted((e for e in events if e["ph"] == "X"), key=lambda e: e["ts"])
print(sorted(e["name"] for e in bars))
lanes = {}
for e in bars:
    assert e["ts"] >= lanes.get(e["tid"], 0), e
    lanes[e["tid"]] = e["ts"] + e["dur"]
print(sorted(lanes), sorted(e["args"]["name"] for e in events if e["ph"] == "M")[1:])
X
python3 look.py <trace.json
cwflow --trace - | python3 look.py
run cwflow --trace gone/trace.json
run cwflow --trace /dev/full
[ -c /dev/full ] && echo "still a device"
