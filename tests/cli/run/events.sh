# --events: JSON Lines of each run, also of one that has nothing to do; what cannot be written is
# an error, a reader that went is none.
need python3
workflow <<'WF'
rules:
  all: {input: "b\tc.txt"}
  one: {output: "b\tc.txt", shell: "echo 1 > {output}"}
WF
cat >show.py <<'PY'
import json, sys
for line in open(sys.argv[1], "rb"):
    e = json.loads(line.decode("utf-8"))
    print(e["event"], e.get("rule", ""), e["done"], "of", e["total"])
PY
run cwflow -q --events ev
python3 show.py ev
run cwflow --events ev
python3 show.py ev
run cwflow -q -F --events /dev/full
cwflow -q -F --events - >/dev/full
echo $?
cwflow -q -F --events - | true
echo "${PIPESTATUS[0]}"
run cwflow --events none/ev
run cwflow -q -F --events none/ev
