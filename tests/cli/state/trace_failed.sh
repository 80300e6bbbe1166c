# Attempts that failed are in the trace of their run, and gone with the next; what they
# printed holds no value of an environment variable.
need python3
workflow <<'X'
envvars: [TOKEN]
rules:
  all: {input: {expand: "{n}.out", n: [1, 2]}}
  one:
    output: "{n}.out"
    retries: 1
    env: {T: "{env.TOKEN}"}
    shell: "[ -e good ] || [ {n} = 1 ] || {{ echo no \"$T\"; exit 3; }}; touch {output}"
X
cat >look.py <<'X'
import json, sys
for e in json.load(sys.stdin)["traceEvents"]:
    if e["ph"] == "X":
        a = e["args"]
        print(e["name"], a["attempt"], a.get("failed", "ok"))
X
export TOKEN=hunter22
run cwflow -q -k >/dev/null
cwflow --trace - | python3 look.py
grep -c hunter22 .cwflow/failures
touch good
run cwflow -q
cwflow --trace - | python3 look.py
ls .cwflow/failures
