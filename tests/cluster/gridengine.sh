#!/bin/bash
# The shipped profile on a real Grid Engine: results, faults, figures.
# shellcheck source-path=SCRIPTDIR disable=SC2016,SC2034,SC2154,SC2086,SC2119
. "$(dirname "$0")/real_kit.sh" "$1"
start_cluster gridengine
cat >Workflowfile <<'END'
sets:
  i: {from: 1, to: 500}
  k: {from: 1, to: 40}
rules:
  all: {input: {expand: "out/{i}"}}
  forty: {input: {expand: "forty/{k}"}}
  one:
    output: "{folder,out|forty}/{n}"
    shell: "echo {wildcards.n} >{output}"
  limits:
    output: "limits/{n}"
    threads: 2
    resources: {mem_mb: 600, runtime: 3}
    shell: "echo $NSLOTS $OMP_NUM_THREADS $(ulimit -v) >{output}"
  sleeps:
    output: "sleeps/{n}"
    retries: 1
    shell: "[ {attempt} = 2 ] || sleep 20; echo {attempt} >{output}"
  keeps:
    output: "keeps/{n}"
    shell: "echo x >>keeps-{wildcards.n}; sleep 5; echo done >{output}"
  code:
    output: "code/{n}"
    shell: "exit {wildcards.n}"
END
before=$(now)
run forty
took "40 jobs of echo" "$before"
check "forty jobs" is "$status $(cat forty/* | awk "{n += \$1} END {print n}")" "0 820"
if [ -n "${LONG-}" ]; then
	before=$(now)
	run --profile sge -j 500
	took "500 jobs" "$before"
	check "five hundred jobs" is "$status $(cat out/* | wc -l)" "0 500"
	rm -rf out
	before=$(now)
	printf 'profile: sge\narray: true\n' >array.yaml
	timeout 200 "$CWFLOW" --profile ./array.yaml -j 500 >log 2>&1
	status=$?
	took "500 jobs as arrays" "$before"
	check "five hundred jobs as arrays" is "$status $(cat out/* | wc -l)" "0 500"
fi
run limits/1
check "slots, threads, memory" is "$status $(cat limits/1 | cut -d' ' -f1,2)" "0 2 2"
for code in 7 99 100; do
	run code/$code
	check "exit status $code" says "exit status $code\$"
done
check "none of them is queued again or in error" until_true 10 eval '[ -z "$(queued)" ]'

begin sleeps/1
until_true 20 running
sleep 0.5
qdel "$(queued)" >/dev/null
wait $engine
check "deleted by hand while it ran" is "$? $(cat sleeps/1 2>/dev/null)" "0 2"
grep -A1 'trying again' log

sed 's/^profile:.*/profile: sge\ncluster: {more: -l h_rt=4}/' fast.yaml >short.yaml
timeout 100 "$CWFLOW" --profile ./short.yaml sleeps/2 >log 2>&1
check "over its time" is "$? $(cat sleeps/2 2>/dev/null)" "0 2"
grep -A1 'trying again' log

sed 's/^profile:.*/profile: sge\ncluster: {more: -wd \/nonexistent}/' fast.yaml >wrong.yaml
timeout 100 "$CWFLOW" --profile ./wrong.yaml sleeps/3 >log 2>&1
check "in error before it begins" is $? 1
check "taken back" until_true 10 eval '[ -z "$(queued)" ]'
grep -A1 '^failed' log

rm -rf keeps-* keeps
begin keeps/{1..4}
until_true 20 running 4
kill -KILL $engine
wait $engine 2>/dev/null
run keeps/{1..4}
check "engine killed" is "$status $(cat keeps/* | wc -l)" "0 4"
check "engine killed: each ran once" is "$(cat keeps-* | wc -l)" 4

rm -rf keeps-* keeps
begin keeps/{1..4}
until_true 20 running 4
interrupt 2
wait $engine
check "Ctrl-C twice: status" is $? 130
check "Ctrl-C twice: nothing is left" until_true 10 eval '[ -z "$(queued)" ]'
