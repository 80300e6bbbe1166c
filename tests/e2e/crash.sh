#!/bin/bash
# The engine is killed at its writes, renames, unlinks and other calls, in the middle of a
# run with a failing job and earlier outputs to replace. After each kill: no partial file
# stands, no process goes on, and the next run ends with the bytes of an undisturbed one.
# A sample of the positions; CRASH_EVERY=1 tries all of them.
set -eu
command -v strace >/dev/null || exit 77
[ -z "${SANITIZE:-}" ] || exit 77
strace -qq -o /dev/null true 2>/dev/null || exit 77 # not allowed here
box=$(realpath "$(mktemp -d)")
trap 'rm -rf "$box"' EXIT
cd "$box"
fail()
{
	echo "FAILED: $*"
	exit 1
}

jobs=12
mkdir src
for i in $(seq $jobs); do
	echo "first $i" >"src/$i"
done
cat >Workflowfile <<'TXT'
sets:
  i: {from: 1, to: 12}
rules:
  all: {input: [sum, bad]}
  part:
    input: "src/{i}"
    output: ["out/{i}", {path: "tree/{i}", directory: true}]
    log: "log/{i}"
    shell: |
      cat {input} > {output[0]}; mkdir {output[1]}; cat {input} > {output[1]}/a
      sleep 0.01; echo end >> {output[0]}; echo end > {output[1]}/b
  sum:
    input: {expand: "out/{i}"}
    output: sum
    shell: "cat {input} > {output}; sleep 0.01; echo end >> {output}"
  bad:
    input: out/1
    output: bad
    shell: "echo part > {output}; exit 1"
TXT

# The state after a first, undisturbed run, with two sources changed since.
run()
{
	cwflow -q -k -j 3
}
run 2>err.txt && fail "the failing job did not fail"
[ -e sum ] || fail "the first run: $(cat err.txt)"
mkdir before
cp -a src out tree log sum .cwflow before
sleep 0.01
for i in 3 4; do
	echo "second $i" >"before/src/$i"
done
restore()
{
	rm -rf src out tree log sum bad .cwflow
	cp -a before/. .
}
results()
{
	cat sum && ls -R tree && cat out/* tree/*/*
}
restore
run 2>err.txt && fail "the failing job did not fail"
results >after.txt
grep -q "second 3" after.txt || fail "the changed source was not used"

# Every output that stands is whole.
check()
{
	for f in out/*; do
		if [ -e "$f" ] && [ "$(tail -n 1 "$f")" != end ]; then
			fail "partial $f after $1"
		fi
	done
	for d in tree/*; do
		if [ -e "$d" ] && [ ! -e "$d/b" ]; then
			fail "partial $d after $1"
		fi
	done
	[ ! -e sum ] || [ "$(tail -n 1 sum)" = end ] || fail "partial sum after $1"
	[ ! -e bad ] || fail "output of the failing job after $1"
}

# The run after a kill, which waits until the jobs of the killed one have ended.
again()
{
	cwflow -q -k -j 3 2>err.txt && fail "the failing job did not fail after $1"
	check "$1, and a run"
	results | cmp -s - after.txt || fail "other results after $1: $(cat err.txt)"
	[ -z "$(ls .cwflow/aside 2>/dev/null)" ] || fail "something is left aside after $1"
}

# Waits until all processes of a killed run have ended; they stand in this folder.
settle()
{
	local tries p alive
	for tries in $(seq 1200); do
		alive=
		for p in /proc/[0-9]*; do
			if [ "${p#/proc/}" != $$ ] && [ "$(readlink "$p/cwd")" = "$box" ]; then
				alive=$p
			fi
		done 2>/dev/null
		[ -n "$alive" ] || return 0
		sleep 0.05
	done
	fail "a process goes on after $1 ($tries): $alive"
}

killed=0
exec 3>&2 2>/dev/null # the shell would tell of each kill
for call in openat write pwrite64 rename unlink mkdir ftruncate fallocate sendmsg recvmsg \
	fdatasync fsync; do
	restore
	total=$(strace -qq -e trace=$call -o /dev/stdout cwflow -q -k -j 3 2>/dev/null |
		grep -c "^$call" || true)
	[ "$total" -gt 0 ] || continue
	step=${CRASH_EVERY:-$((total / 3 + 1))}
	for n in $(seq 1 "$step" "$total"); do
		restore
		strace -qq -o /dev/null -e trace=$call -e inject=$call:signal=KILL:when="$n" \
			cwflow -q -k -j 3 >/dev/null 2>&1 || true
		settle "$call $n"
		check "$call $n"
		again "$call $n"
		killed=$((killed + 1))
	done
done

# Both the engine and its helper, at any time: then the next run cleans up.
for ms in 00 20 40 60 80; do
	restore
	cwflow -q -k -j 3 >/dev/null 2>&1 &
	pid=$!
	sleep "0.0$ms"
	helper=$(cat "/proc/$pid/task/$pid/children" 2>/dev/null || true)
	# shellcheck disable=SC2086 # none or one
	kill -STOP $pid $helper 2>/dev/null || true
	# shellcheck disable=SC2086
	kill -KILL $pid $helper 2>/dev/null || true
	wait $pid 2>/dev/null || true
	again "a kill of both after $ms ms"
	killed=$((killed + 1))
done
exec 2>&3
echo "ok: $killed kills"
