#!/bin/bash
# cwflow-mpi under mpirun: results, threads, a rank killed, what the next run finds.
# shellcheck source-path=SCRIPTDIR disable=SC2016,SC2034,SC2154,SC2086,SC2119
. "$(dirname "$0")/kit.sh" "$1"
program=$BUILD/bin/cwflow-mpi
[ -x "$program" ] || { echo 'cwflow-mpi is not built'; exit 77; }
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
if ldd "$program" | grep -q mpich; then
	launcher=mpirun.mpich options='' recovery='-disable-auto-cleanup'
else
	launcher=mpirun.openmpi options='--oversubscribe' recovery='--enable-recovery'
fi
command -v $launcher >/dev/null || launcher=mpirun
command -v $launcher >/dev/null || { echo 'mpirun is not installed'; exit 77; }
cat >Workflowfile <<'END'
sets:
  i: {from: 1, to: 200}
  k: {from: 1, to: 40}
rules:
  all: {input: {expand: "out/{i}"}}
  one:
    output: "out/{n}"
    shell: "echo {wildcards.n} >{output}"
  slow_all: {input: {expand: "slow/{k}"}}
  slow:
    output: "slow/{n}"
    retries: 2
    shell: "echo x >>ran-{wildcards.n}; sleep 0.5; echo ok >{output}"
  wide:
    output: "wide/{n}"
    threads: 64
    shell: "echo $OMP_NUM_THREADS >{output}"
  vars:
    output: "vars"
    shell: "env | grep -cE '^(OMPI|PMIX|PMI|HYDI|MPI_LOCAL)' >{output} || true"
  ignored:
    output: ignored
    shell: "sed -n 's/^SigIgn:[[:space:]]*//p' /proc/self/status >{output}"
  bad:
    output: "bad"
    shell: "echo printed; exit 5"
  split:
    output: {path: parts, directory: true}
    shell: "mkdir {output}; touch {output}/1 {output}/2 {output}/3"
  part: {input: "parts/{i}", output: "part/{i}", shell: "echo {wildcards.i} >{output}"}
  told:
    input: {expand: "part/{i}", i: {glob: "parts/{i}", after: split}}
    output: told
    shell: "cat {input} >{output}"
  hungry:
    output: hungry
    resources: {mem: 30MB}
    shell: "python3 -c 'x = bytearray(200000000); import time; time.sleep(30)'"
  brief: {output: "brief/{n}", shell: "echo ok >{output}"}
  lengthy:
    output: lengthy
    priority: 1
    shell: "for i in $(seq 600); do set -- brief/*; [ $# = 200 ] && break; sleep 0.1; done; [ $# = 200 ]; touch {output}"
  mixed: {input: [lengthy, {expand: "brief/{i}"}]}
  here:
    output: "here"
    localrule: true
    shell: "echo $PPID >{output}"
END
mpi()
{
	timeout 300 $launcher $options -n 3 "$program" "$@" >log 2>&1
	status=$?
}
ranks()
{
	pgrep -f "^$program" | sort -n
}
# the rank that plans
first_rank()
{
	local pid
	for pid in $(ranks); do
		if tr '\0' '\n' <"/proc/$pid/environ" |
			grep -qxE '(OMPI_COMM_WORLD|PMI)_RANK=0'; then
			echo "$pid"
			return
		fi
	done
}

mpi
check "two hundred jobs" is "$status $(cat out/* | awk "{n += \$1} END {print n}")" "0 20100"
mpi
check "nothing is left to do" says 'nothing to be done'
mpi told
check "steps that others tell" is "$status $(paste -sd' ' told)" "0 1 2 3"
mpi vars
check "jobs see nothing of MPI" is "$(cat vars)" 0
mpi wide/1
check "threads are those of a host" test "$(cat wide/1)" -ge 1
mpi ignored
check "SIGTERM reaches jobs" is "$((0x$(cat ignored) & 1 << 14))" 0
mpi bad
check "a failure is one" says 'exit status 5$'
check "its output comes along" says '^printed$'
check "the exit status is that of the run" is "$status" 1
mpi here
check "a local rule" test -s here
if command -v python3 >/dev/null; then
	mpi --enforce hungry
	check "a job over its memory" says 'MB of memory, its mem_mb is 30'
fi
mpi mixed
check "no job waits behind one that takes long" is "$status" 0
timeout 300 "$program" -n -q slow_all >log 2>&1
check "alone it is cwflow" says 'slow 40'

# a rank whose host does not see the folder
if unshare -m true 2>/dev/null; then
	cat >elsewhere <<'END'
#!/bin/sh
[ "${OMPI_COMM_WORLD_RANK:-$PMI_RANK}" = 2 ] || exec "$@"
exec unshare -m sh -c 'mount -t tmpfs none "$0" && exec "$@"' "${PWD%/*}" "$@"
END
	chmod +x elsewhere
	mkdir deep
	cp Workflowfile elsewhere deep
	cd deep || exit 1
	timeout 300 $launcher $options -n 3 ./elsewhere "$program" >log 2>&1
	check "a rank elsewhere: the others do the work" is \
		"$? $(cat out/* | awk "{n += \$1} END {print n}")" "0 20100"
	check "a rank elsewhere: it is named" says 'rank 2 cannot enter .* is given up'
	cd ..
fi

# Ctrl-C
(mpi slow_all; echo $status >status) &
job=$!
until_true 30 test -e slow/4
kill -INT "$(first_rank)"
wait $job
check "Ctrl-C: the jobs are stopped" says '^Interrupt: stopping the running jobs'
check "Ctrl-C: the run says so" is "$(cat status)" 130
check "Ctrl-C: nothing runs on" is "$(pgrep -cf "^$program")" 0
rm -rf slow .cwflow ran-*

# a rank dies
options="$options $recovery"
(mpi slow_all; echo $status >status) &
job=$!
until_true 30 test -e slow/6
kill -KILL "$(ranks | tail -n 1)"
wait $job
if says 'given up' ; then
	check "a rank killed: all jobs done" is "$(cat slow/* 2>/dev/null | wc -l)" 40
	check "a rank killed: its job was tried again" says 'trying again|lost:'
fi
options=${options% "$recovery"}
mpi slow_all
check "the next run ends well" is "$status $(cat slow/* | wc -l)" "0 40"

# and takes the others with it, where the launcher wants it so
rm -rf slow .cwflow ran-*
(mpi slow_all; echo $status >status) &
job=$!
until_true 30 test -e slow/6
kill -KILL "$(ranks | tail -n 1)"
wait $job
check "a rank killed: the run ends" test "$(cat status)" != 0
mpi slow_all
check "what was done counts" test "$(cat ran-* | wc -l)" -le $((40 + 4))
check "the next run ends well" is "$status $(cat slow/* | wc -l)" "0 40"
