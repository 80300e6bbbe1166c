#!/bin/bash
# Depth and width: a chain run under a small stack, plans of 100,000 jobs, 1,000 rules.
set -eu
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
cd "$box"
fail()
{
	echo "FAILED: $*" >&2
	exit 1
}

echo "== a chain of 1,000 jobs is run in order"
cat >Workflowfile <<'TXT'
rules:
  all: {input: c/1000}
  step:
    input: "c/{i-1}"
    output: "c/{i,[1-9][0-9]*}"
    shell: "{{ cat {input}; echo {i}; }} > {output}"
TXT
mkdir c
echo 0 >c/0
(
	[ -n "${SANITIZE:-}" ] || ulimit -s 256
	cwflow -j 2 -q
)
seq 0 1000 | cmp - c/1000

echo "== a chain of 100,000 jobs is planned and drawn under a stack of 256 KiB"
sed -i 's/1000}/100000}/' Workflowfile
mv c c-done
mkdir c
echo 0 >c/0
(
	[ -n "${SANITIZE:-}" ] || ulimit -s 256
	cwflow -n -q >plan
	cwflow --dag >dag
)
grep -qx 'total 100001' plan || fail "$(cat plan)"
[ "$(grep -c -- '->' dag)" = 100000 ] || fail "edges are missing"

echo "== a cycle through 50,000 files is named, not recursed into"
cat >Workflowfile <<'TXT'
rules:
  all: {input: c/1}
  turn: {input: c/50000, output: c/0, shell: "touch {output}"}
  step:
    input: "c/{i-1}"
    output: "c/{i,[1-9][0-9]*}"
    shell: touch {output}
TXT
rm c/0
if (
	[ -n "${SANITIZE:-}" ] || ulimit -s 256
	cwflow -n c/50000 2>err
); then
	fail "a cycle was planned"
fi
head -n 1 err | grep -q 'needs itself' || fail "$(head -n 3 err)"

echo "== 100,000 jobs wide"
mkdir wide
cd wide
cat >Workflowfile <<'TXT'
sets:
  i: {from: 1, to: 100000}
rules:
  all: {input: {expand: "out/{i}.dat"}}
  one:
    output: "out/{i}.dat"
    shell: echo {i} > {output}
TXT
cwflow -n -q >plan
printf 'one 100000\nall 1\ntotal 100001\n' | cmp - plan
if cwflow -n -q --max-jobs 1000 2>err; then
	fail "--max-jobs was not minded"
fi
grep -q 'more than 1000 jobs' err || fail "$(cat err)"

echo "== 1,000 rules, 20,000 files"
cd ..
mkdir rules
cd rules
{
	echo "sets: {i: {from: 1, to: 20}, r: {from: 0, to: 999}}"
	echo "rules:"
	echo '  all: {input: {expand: "out/{i}.ext{r}"}}'
	for r in $(seq 0 999); do
		echo "  r$r: {output: \"out/{n}.ext$r\", shell: \"touch {output}\"}"
	done
} >Workflowfile
cwflow -n -q | grep -qx 'total 20001' || fail "1,000 rules"
echo "ok"
