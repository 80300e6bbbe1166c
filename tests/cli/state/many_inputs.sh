# A job with very many inputs: what is recorded of its next runs is what changed.
need python3
workflow <<'WF'
sets: {i: {glob: "in/{i}.txt"}}
rules:
  all: {input: sum.txt}
  copy: {input: "in/{i}.txt", output: "out/{i}.txt", shell: "cat {input} > {output}; echo {i} >> ran; if test -e go; then echo SIX > in/6.txt; fi"}
  sum:
    input: [{expand: "out/{i}.txt"}, {expand: "in/{i}.txt"}]
    output: sum.txt
    shell: "cat {input} > {output}; echo sum >> ran"
WF
mkdir in out
for i in $(seq 1 400); do echo "$i" >"in/$i.txt"; done
# `inputs`: how many inputs of the sum are known, and how many are as their files are now
cat >inputs.py <<'PY'
import sqlite3, sys
db = sqlite3.connect(".cwflow/state.db")
# file.state: size, mtime_ns, dev, ino, kind, digest, job
state = {r[0]: r[1:] for r in db.execute("SELECT path, id, state FROM file")}
job = int.from_bytes(state["sum.txt"][1][52:], sys.byteorder)
seen = b"".join(r[0] for r in db.execute(
    "SELECT inputs FROM job_inputs WHERE job = ? ORDER BY part", (job,)))
now = {id: (int.from_bytes(s[32:36], sys.byteorder), s[36:52]) for id, s in state.values()}
parts = [seen[i:i + 24] for i in range(0, len(seen), 24)]
n = sys.byteorder
same = sum(now[int.from_bytes(p[:4], n)] == (int.from_bytes(p[4:8], n), p[8:]) for p in parts)
print(len(parts), "inputs,", same, "as they are")
PY
again() {
	: >ran
	cwflow -q
	sort ran | tr '\n' ' '
	python3 inputs.py
	: >ran
	cwflow -q
	cat ran
}
again | tail -c 40
put in/1.txt one
again
for i in 3 320 321 400; do put "in/$i.txt" "$i again"; done
again
# nothing but a time
touch in/9.txt
again
# back to what it was
put in/1.txt 1
again
# by snapshot and journal, or by the database alone
rm .cwflow/snapshot .cwflow/journal
again
put in/8.txt eight
again
# one is gone as well: made again, since the sum is
rm out/50.txt
put in/51.txt fifty-one
again
# most of them: all are written
for i in $(seq 1 300); do put "in/$i.txt" "x$i"; done
again | tail -c 40
# another set
rm in/200.txt
again
put in/201.txt two
again
# one that is edited while the run goes on, after the plan: never an old sum
put in/7.txt seven
touch go
cwflow -q
rm go
cwflow -q
grep -c SIX sum.txt
run cwflow -n
# the records of a run that was killed are in the journal
put in/11.txt eleven
cwflow -q >killed 2>&1 &
pid=$!; disown
until grep -qs eleven sum.txt; do sleep 0.01; done
kill -9 $pid 2>/dev/null
while kill -0 $pid 2>/dev/null; do sleep 0.01; done
cwflow -q 2>/dev/null
run cwflow -n
