#!/bin/bash
# The shipped profile on a real Slurm of four virtual nodes: results, faults, figures.
# shellcheck source-path=SCRIPTDIR disable=SC2016,SC2034,SC2154,SC2086,SC2119
. "$(dirname "$0")/kit.sh" "$1"
service=$HERE/../services/slurm
command -v slurmctld >/dev/null || { echo 'slurmctld is not installed'; exit 77; }
where=$(mktemp -d /tmp/cwsl-XXXXXX)
leave()
{
	[ ! -e "$BOX/keep.pid" ] || kill "$(cat "$BOX/keep.pid")" 2>/dev/null
	"$service" stop "$where" >/dev/null 2>&1
	rm -rf "$where"
}
[ ! -d /sys/fs/cgroup/memory ] || [ "$(id -u)" != 0 ] || export CGROUP=1
eval "$("$service" start "$where")" || exit 77
cat >fast.yaml <<'END'
profile: slurm
max-status-rate: 1/s
latency-wait: 2
lost-after: 3s
END
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
run()
{
	timeout 250 "$CWFLOW" --profile ./fast.yaml "$@" >log 2>&1
	status=$?
}
begin()
{
	rm -f log
	"$CWFLOW" --profile ./fast.yaml "$@" >log 2>&1 &
	engine=$!
}
# queued [SQUEUE OPTIONS]: ids of all but the job that runs into its time limit
queued()
{
	squeue -h -o '%i %j' "$@" | grep -v ' timed\.' | cut -d' ' -f1
}
running()
{
	[ "$(queued -t R | wc -l)" -ge "${1:-1}" ]
}
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
now()
{
	date +%s.%N
}

# a job over its time takes a minute and a half: meanwhile the rest, in another folder
mkdir timed && cp Workflowfile fast.yaml timed
(cd timed && timeout 200 "$CWFLOW" --profile ./fast.yaml timed >log 2>&1) &
timed=$!

before=$(now)
run forty
echo "figure: 40 jobs of echo in $(echo "$(now) - $before" | bc) s"
check "forty jobs" is "$status $(cat forty/* | sort -n | paste -sd+ | bc)" "0 820"
before=$(now)
run --profile slurm -j 500
echo "figure: 500 jobs in $(echo "$(now) - $before" | bc) s"
check "five hundred jobs" is "$status $(cat out/* | wc -l)" "0 500"
run --events events chain
check "a chain" is "$status" 0
grep -h '"started"' events | head -n 2
rm -rf out
sed 's/^array: .*//' fast.yaml >array.yaml
echo 'array: true' >>array.yaml
before=$(now)
timeout 200 "$CWFLOW" --profile ./array.yaml -j 500 >log 2>&1
status=$?
echo "figure: 500 jobs as arrays in $(echo "$(now) - $before" | bc) s"
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

# the controller dies and comes back: it has forgotten the jobs of the last seconds
scratch
begin -T 2 -C s=6 -- keeps/1 keeps/2 keeps/3
until_true 20 running 3
kill -KILL "$(cat "$where/run/slurmctld.pid")"
sleep 3
"$service" start "$where" >/dev/null
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
"$service" start "$where" >/dev/null
wait $engine
check "controller killed later: done" is "$? $(cat keeps/* 2>/dev/null | wc -l)" "0 3"
check "controller killed later: each ran once" is "$(cat keeps-* | wc -l)" 3

# a node's daemon dies: its jobs live on
scratch
begin -C s=8 -- keeps/1 keeps/2
until_true 20 running 2
for n in 1 2 3 4; do kill -KILL "$(cat "$where/run/slurmd-n$n.pid")"; done
sleep 2
"$service" start "$where" >/dev/null
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

# Ctrl-C
scratch
begin -C s=60 -- keeps/{1..6}
until_true 20 running 6
kill -INT $engine
sleep 0.5
kill -INT $engine
before=$(now)
wait $engine
check "Ctrl-C twice: status" is $? 130
check "Ctrl-C twice: nothing is left in the queue" until_true 5 eval '[ -z "$(queued)" ]'
check "Ctrl-C twice: within 15 s" is "$(echo "$(now) - $before < 15" | bc)" 1

wait $timed
check "over its time" is $? 1
check "over its time: named" says 'TIMEOUT' timed/log
grep -A1 '^failed' timed/log
