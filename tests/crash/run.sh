#!/usr/bin/env bash
# The crash test: the engine is killed with SIGKILL at its n-th change of a file (write,
# rename, unlink, mkdir, fsync, truncate; before it, or in the middle of a write), for every
# n, in a workflow of 200 jobs of which two fail. After each kill the next run must
#   - end with the same bytes as a run that nobody disturbed,
#   - run no job again whose end had been told,
#   - leave nothing of its own beside the outputs.
# Scenarios: "fresh" makes everything; "update" has old results that are made anew for half
# of the inputs, so that there is something to lose; "written" is "fresh" where the journal
# is written by calls, each of which is a place then.
set -u

usage()
{
	cat <<'TXT'
usage: tests/crash/run.sh --build DIR [OPTIONS]
  --build DIR       build tree with bin/cwflow and tests/crash_shim.so
  --scenario NAME   fresh, update or written (default: all)
  --sample N        N places, evenly spread (default: every place)
  --from N --to N   only these places
  --keep            leave the folder of a failed place and name it
TXT
}

build="" scenarios="fresh update written" sample=0 from=1 to=0 keep=0
while [ $# -gt 0 ]; do
	case $1 in
	--build) build=$2; shift ;;
	--scenario) scenarios=$2; shift ;;
	--sample) sample=$2; shift ;;
	--from) from=$2; shift ;;
	--to) to=$2; shift ;;
	--keep) keep=1 ;;
	*) usage >&2; exit 2 ;;
	esac
	shift
done
if [ ! -x "$build/bin/cwflow" ] || [ ! -f "$build/tests/crash_shim.so" ]; then
	usage >&2
	exit 2
fi
cwflow=$(cd "$build" && pwd)/bin/cwflow
shim=$(cd "$build" && pwd)/tests/crash_shim.so
box=$(mktemp -d "${TMPDIR:-/tmp}/cwcrash.XXXXXX") || exit 2
trap 'rm -rf "$box"' EXIT
export LC_ALL=C.UTF-8 NO_COLOR=1

# 200 jobs: 80 + 80 + 38 (two of them fail) + a folder + a sum. Each writes its output in
# two pieces, and a line into `ran` when it is done. The sum has so many inputs that only what
# changed of them is recorded.
prepare()
{
	mkdir -p in
	for i in $(seq 1 80); do
		echo "input $i" >"in/$i.txt"
	done
	mkdir -p more
	for i in $(seq 1 200); do
		echo "more $i" >"more/$i.txt"
	done
	cat >Workflowfile <<'WF'
shell: {executable: sh, prefix: "set -eu;"}
sets:
  i: {from: 1, to: 80}
  k: {from: 1, to: 38}
  m: {from: 1, to: 200}
rules:
  all:
    input: [sum.txt, {expand: "c/{k}.txt"}, tree]
  a:
    input: in/{i}.txt
    output: {path: "a/{i}.txt", temp: true}
    shell: echo part > {output}; tr -d ' ' < {input} >> {output}; echo a{i} >> ran
  b:
    input: a/{i}.txt
    output: b/{i}.txt
    log: b/{i}.log
    shell: echo part > {output}; cat {input} >> {output}; echo b{i} >> ran
  c:
    input: b/{k}.txt
    output: ["c/{k}.txt", "c/{k}.more"]
    shell: "echo part > {output[0]}; test {k} != 7 -a {k} != 23; cat {input} >> {output[0]}; echo more > {output[1]}; echo c{k} >> ran"
  tree:
    input: in/1.txt
    output: {path: tree, directory: true}
    shell: mkdir -p tree/sub; cp {input} tree/x; cp {input} tree/sub/y; echo tree >> ran
  sum:
    input: [{expand: "b/{i}.txt"}, {expand: "more/{m}.txt"}]
    output: sum.txt
    shell: cat {input} > {output}; echo sum >> ran
WF
}

# New inputs: every second one, and of these every second with what comes out the same.
change()
{
	for i in $(seq 2 4 80); do
		echo "input new $i" >"in/$i.txt"
	done
	for i in $(seq 4 4 80); do
		echo "in put $i" >"in/$i.txt"
	done
}

run()
{
	"$cwflow" -q -k -j 4 --events "$1" >/dev/null 2>&1 9>&-
}

# All that is made, with bytes: the engine's own folder, the events, `ran` apart.
picture()
{
	find . -path ./.cwflow -prune -o -type f ! -name ran ! -name '*.events' -print0 |
		LC_ALL=C sort -z | xargs -0 sha256sum
	find . -path ./.cwflow -prune -o -type d -print | LC_ALL=C sort
}

# finished FILE: rule and wildcards of the jobs whose good end was told.
finished()
{
	grep '"job_finished"' "$1" 2>/dev/null | sed -E 's/.*"rule": ?"([a-z]*)".*"wildcards": ?"([^"]*)".*/\1 \2/; s/ [a-z]=/ /' |
		tr -d ' ' | LC_ALL=C sort
}

fail()
{
	echo "FAIL $scenario place $n half $half: $*"
	failures=$((failures + 1))
	if [ "$keep" = 1 ]; then
		cp -a "$box/work" "$box-$scenario-$n-$half"
		echo "  see $box-$scenario-$n-$half"
	fi
}

try()
{
	local left
	rm -rf "$box/work"
	cp -a "$box/begin" "$box/work"
	cd "$box/work" || exit 2
	: >ran
	# a shell of its own, so that nobody tells of the kill
	(CRASH_AT=$n CRASH_HALF=$half LD_PRELOAD=$shim run one.events; exit 0) 2>/dev/null
	finished one.events >"$box/told"
	mv ran "$box/ran.one"
	: >ran
	run two.events
	status=$?
	[ $status = 1 ] || fail "the next run ends with status $status, not 1"
	picture >"$box/after"
	cmp -s "$box/after" "$box/reference" ||
		fail "other bytes than undisturbed: $(diff "$box/reference" "$box/after" | head -5)"
	left=$(LC_ALL=C sort ran | LC_ALL=C comm -12 - "$box/told" | tr '\n' ' ')
	[ -z "$left" ] || fail "ran again though finished: $left"
	[ -z "$(ls .cwflow/aside 2>/dev/null)" ] || fail "left aside: $(ls .cwflow/aside)"
	: >ran
	run three.events
	[ ! -s ran ] || fail "a third run does more: $(tr '\n' ' ' <ran)"
	cd "$box" || exit 2
}

failures=0 tried=0
for scenario in $scenarios; do
	rm -rf "$box/begin" "$box/count" "$box/work"
	unset CRASH_WRITES
	[ "$scenario" = written ] && export CRASH_WRITES=1
	mkdir "$box/begin"
	cd "$box/begin" || exit 2
	prepare
	if [ "$scenario" = update ]; then
		run old.events
		change
		rm -f ran old.events
	fi
	# undisturbed, and how many places there are
	cp -a "$box/begin" "$box/work"
	cd "$box/work" || exit 2
	CRASH_COUNT=$box/count LD_PRELOAD=$shim run one.events
	[ -s "$box/count" ] || { echo "run.sh: the shim does not work"; exit 2; }
	places=$(cat "$box/count")
	picture >"$box/reference"
	cd "$box" || exit 2
	rm -rf "$box/work"
	last=$to
	[ "$last" = 0 ] && last=$places
	step=1
	[ "$sample" -gt 0 ] && step=$(((last - from + sample) / sample))
	for n in $(seq "$from" "$step" "$last"); do
		half=$((n / step % 2))
		try
		tried=$((tried + 1))
	done
	echo "$scenario: $places places"
done
echo "$tried tried, $failures failures"
[ "$failures" = 0 ]
