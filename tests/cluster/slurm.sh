#!/bin/bash
# The shipped profile on a real Slurm of four virtual nodes: results, faults, figures.
# shellcheck source-path=SCRIPTDIR disable=SC2016,SC2034,SC2154,SC2086,SC2119
. "$(dirname "$0")/real_kit.sh" "$1"
[ ! -d /sys/fs/cgroup/memory ] || [ "$(id -u)" != 0 ] || export CGROUP=1
start_cluster slurm
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
  chain: {input: chain/3}
  link:
    output: "chain/{n}"
    input: "chain/{n-1}"
    shell: "date +%s.%N >{output}"
  link0: {output: chain/0, shell: "date +%s.%N >{output}"}
  eats:
    output: "eats/{n}"
    retries: 1
    resources: {mem_mb: "{attempt * 60 - 20}"}
    shell: "head -c 50M /dev/zero | tail -c 50M | wc -c >{output}; sleep 1.5"
  sleeps:
    output: "sleeps/{n}"
    retries: 1
    resources: {runtime: 5}
    shell: "[ {attempt} = 2 ] || sleep 20; echo {attempt} >{output}"
  keeps:
    output: "keeps/{n}"
    shell: "echo x >>keeps-{wildcards.n}; sleep {config.s}; echo done >{output}"
  low:
    output: "low/{n}"
    retries: 1
    resources: {partition: "low"}
    threads: 4
    shell: "[ {attempt} = 2 ] || sleep 20; echo {attempt} >{output}"
  stuck:
    output: "stuck"
    resources: {partition: short, runtime: 90}
    shell: "echo >{output}"
  timed:
    output: "timed"
    resources: {runtime: 1}
    shell: "sleep 200"
config: {s: 4}
END
node_of_it()
{
	squeue -h -t R -o '%N %j' | grep -v ' timed\.' | cut -d' ' -f1 | head -n 1
}
scratch()
{
	rm -rf sleeps keeps low keeps-*
	queued | xargs -r scancel 2>/dev/null
	until_true 20 eval '[ -z "$(queued)" ]'
}
# a job over its time takes a minute and a half: meanwhile the rest, in another folder
mkdir timed && cp Workflowfile fast.yaml timed
(cd timed && timeout 200 "$CWFLOW" --profile ./fast.yaml timed >log 2>&1) &
timed=$!

before=$(now)
run forty
took "40 jobs of echo" "$before"
check "forty jobs" is "$status $(cat forty/* | awk "{n += \$1} END {print n}")" "0 820"
before=$(now)
run --profile slurm -j 500
took "500 jobs" "$before"
check "five hundred jobs" is "$status $(cat out/* | wc -l)" "0 500"
run --events events chain
check "a chain" is "$status" 0
rm -rf out
(cat fast.yaml; echo 'array: true') >array.yaml
before=$(now)
timeout 200 "$CWFLOW" --profile ./array.yaml -j 500 >log 2>&1
status=$?
took "500 jobs as arrays" "$before"
check "five hundred jobs as arrays" is "$status $(cat out/* | wc -l)" "0 500"

run eats/1
check "over its memory: tried again with more" is "$status $(cat eats/1 2>/dev/null)" "0 52428800"
check "over its memory: named" says 'OUT_OF_MEMORY|exit status 137|JobLaunchFailure'
grep -A1 'trying again' log

begin sleeps/1
until_true 20 running
scancel "$(queued)"
wait $engine
check "cancelled by hand while it ran" is "$? $(cat sleeps/1 2>/dev/null)" "0 2"
grep -A1 'trying again' log
check "cancelled: named" says 'CANCELLED'

scratch
begin keeps/1
until_true 20 running
sleep 0.5
scontrol requeue "$(queued)"
wait $engine
check "requeued: done without another attempt" is "$? $(cat keeps/1 2>/dev/null)" "0 done"
check "requeued: no failure told" eval '! says failed'

scratch
begin sleeps/2
until_true 20 running
sleep 0.5
node=$(node_of_it)
scontrol update nodename="$node" state=down reason=test
wait $engine
check "node down: put back by Slurm, not another attempt" is "$? $(cat sleeps/2 2>/dev/null)" "0 1"
check "node down: said" says 'put back into the queue: the scheduler says PENDING'
grep 'put back' log
scontrol update nodename="$node" state=resume 2>/dev/null

scratch
sed 's/^profile:.*/profile: slurm\ncluster: {more: --no-requeue}/' fast.yaml >hard.yaml
rm -f log
"$CWFLOW" --profile ./hard.yaml sleeps/3 >log 2>&1 &
engine=$!
until_true 20 running
sleep 0.5
node=$(node_of_it)
scontrol update nodename="$node" state=down reason=test
wait $engine
check "node down, not requeued" is "$? $(cat sleeps/3 2>/dev/null)" "0 2"
check "node down: named" says 'NODE_FAIL'
grep -A1 'trying again' log
scontrol update nodename="$node" state=resume 2>/dev/null

scratch
begin low/1
until_true 20 running
sleep 0.5
for _ in 1 2 3 4; do sbatch -N1 -c4 --exclusive --mem=0 -o /dev/null --wrap 'sleep 1' >/dev/null; done
wait $engine
check "preempted" is "$? $(cat low/1 2>/dev/null)" "0 2"
grep -A1 'trying again\|submitted again' log
check "preempted: named" says 'PREEMPTED'

scratch
run stuck
check "it can never start" is "$status" 1
check "stuck: named" says 'PartitionTimeLimit'
check "stuck: taken back" until_true 10 eval '[ -z "$(queued)" ]'
grep -A1 '^failed' log

# held by a person: said, and waited for
scratch
sed 's/^profile:.*/profile: slurm\ncluster: {more: --hold}/' fast.yaml >held.yaml
rm -f log
"$CWFLOW" --profile ./held.yaml -C s=1 -- keeps/1 >log 2>&1 &
engine=$!
check "held: said" until_true 20 says 'is held: the scheduler says PENDING: JobHeldUser'
scontrol release "$(queued)"
wait $engine
check "held: done when it is released" is "$? $(cat keeps/1 2>/dev/null)" "0 done"
grep 'is held' log

# the controller dies and comes back: it has forgotten the jobs of the last seconds
scratch
begin -T 2 -C s=6 -- keeps/1 keeps/2 keeps/3
until_true 20 running 3
kill -KILL "$(cat "$where/run/slurmctld.pid")"
sleep 3
"$service" start "$where" >/dev/null || sinfo -R
wait $engine
check "controller killed: done" is "$? $(cat keeps/* 2>/dev/null | wc -l)" "0 3"
grep -A1 'trying again' log | head -n 2

# and when it knows them still
scratch
begin -C s=15 -- keeps/1 keeps/2 keeps/3
until_true 20 running 3
sleep 8
kill -KILL "$(cat "$where/run/slurmctld.pid")"
sleep 3
"$service" start "$where" >/dev/null || sinfo -R
wait $engine
check "controller killed later: done" is "$? $(cat keeps/* 2>/dev/null | wc -l)" "0 3"
check "controller killed later: each ran once" is "$(cat keeps-* | wc -l)" 3

# a node's daemon dies: its jobs live on
scratch
begin -C s=8 -- keeps/1 keeps/2
until_true 20 running 2
for n in 1 2 3 4; do kill -KILL "$(cat "$where/run/slurmd-n$n.pid")"; done
sleep 2
"$service" start "$where" >/dev/null || sinfo -R
wait $engine
check "daemons of the nodes killed and restarted" is "$? $(cat keeps/* 2>/dev/null | wc -l)" "0 2"
check "daemons: each ran once" is "$(cat keeps-* | wc -l)" 2

# the engine dies
scratch
begin -C s=6 -- keeps/{1..6}
until_true 20 running 3
kill -KILL $engine
wait $engine 2>/dev/null
run -C s=6 -- keeps/{1..6}
check "engine killed" is "$status $(cat keeps/* | wc -l)" "0 6"
check "engine killed: found again" says 'jobs? of an earlier run (is|are) still with the scheduler'
check "engine killed: each ran once" is "$(cat keeps-* | wc -l)" 6

# Ctrl-C once: what was submitted ends well, nothing more is submitted
scratch
begin -j 3 -C s=5 -- keeps/{1..6}
until_true 20 running 3
kill -INT $engine
wait $engine
check "Ctrl-C once: status" is $? 130
check "Ctrl-C once: said" says 'nothing more is submitted, 3 jobs with the scheduler are waited for'
check "Ctrl-C once: three of six are done" is "$(cat keeps/* | wc -l)" 3
run -C s=5 -- keeps/{1..6}
check "Ctrl-C once: the next run does the rest" is "$status $(cat keeps-* | wc -l)" "0 6"

# twice: all are cancelled
scratch
begin -C s=60 -- keeps/{1..6}
until_true 20 running 6
interrupt 2
before=$(now)
wait $engine
check "Ctrl-C twice: status" is $? 130
check "Ctrl-C twice: nothing is left in the queue" until_true 5 eval '[ -z "$(queued)" ]'
check "Ctrl-C twice: within 15 s" is "$(awk "BEGIN {print ($(now) - $before < 15)}")" 1

# three times, and SIGTERM: they are left, and found
for how in 'INT INT INT' TERM; do
	scratch
	begin -C s=15 -- keeps/{1..6}
	until_true 20 running 6
	for signal in $how; do
		kill -$signal $engine
		[ $signal = TERM ] || sleep 0.02
	done
	before=$(now)
	wait $engine
	check "$how: ended at once" is "$? $(awk "BEGIN {print ($(now) - $before < 3)}")" \
		"$([ "$how" = TERM ] && echo 143 || echo 130) 1"
	check "$how: said" says '[1-6] jobs? left with the scheduler; the next run here finds them'
	[ "$how" != TERM ] || check "$how: the jobs run on" running 6
	run -C s=15 -- keeps/{1..6}
	check "$how: the next run has them all" is "$status $(cat keeps/* | wc -l)" "0 6"
	[ "$how" != TERM ] || check "$how: each ran once" is "$(cat keeps-* | wc -l)" 6
done

# the only member of an array that runs is killed: what it did for others goes again
scratch
scontrol update partitionname=main nodes=n1 2>/dev/null
(cat fast.yaml; echo 'array: true') >array.yaml
"$CWFLOW" --profile ./array.yaml -j 40 -C s=1 -- keeps/{1..40} >log 2>&1 &
engine=$!
until_true 30 eval '[ "$(cat keeps-* 2>/dev/null | wc -l)" -ge 10 ]'
scancel -t R -u "$(id -un)"
wait $engine
check "members of an array cancelled: what they did for others goes again" \
	says "what it did in another's place is submitted again"
run -C s=0 -- keeps/{1..40}
check "members of an array cancelled: the next run does the rest" is "$status $(cat keeps/* | wc -l)" "0 40"
scontrol update partitionname=main nodes=n[1-4]

wait $timed
check "over its time" is $? 1
check "over its time: named" says 'TIMEOUT' timed/log
grep -A1 '^failed' timed/log
