#!/bin/bash
# The shipped profiles of LSF and HTCondor, whole, against commands that take and print what
# the real ones do.
# shellcheck source-path=SCRIPTDIR disable=SC2016,SC2034,SC2154,SC2086,SC2119
. "$(dirname "$0")/kit.sh" "$1"
mkdir commands
for name in bsub bjobs bkill condor_submit condor_q condor_history condor_rm; do
	ln -s "$HERE/fakecommands" commands/$name
done
export PATH=$BOX/commands:$PATH
cat >Workflowfile <<'END'
sets: {i: {from: 1, to: 12}}
rules:
  all: {input: {expand: "out/{i}"}}
  one:
    output: "out/{n}"
    threads: 3
    resources: {mem_mb: 700, runtime: 90, account: "lab"}
    shell: "echo {wildcards.n} $OMP_NUM_THREADS >{output}"
  bad: {output: "bad", shell: "echo printed; exit 5"}
  slow:
    output: "slow/{n}"
    retries: 1
    shell: "echo x >>ran-{wildcards.n}; [ {attempt} = 2 ] || for i in $(seq 1200); do [ ! -e go ] || break; sleep 0.1; done; echo {attempt} >{output}"
END
begin_with() { "$CWFLOW" --profile ./fast.yaml "$@" >log 2>&1 & engine=$!; }
run_with() { timeout 300 "$CWFLOW" --profile ./fast.yaml "$@" >log 2>&1; status=$?; }
first() { basename "$(find "$FAKE_DIR" -name '*.state' -print -quit)" .state; }
begun() { test -s "ran-$1"; }

for profile in lsf htcondor; do
	for array in false true; do
		fresh
		rm -rf slow ran-* go
		printf 'profile: %s\nmax-status-rate: 5/s\nlost-after: 2s\nlatency-wait: 1\narray: %s\n' \
			$profile $array >fast.yaml
		what="$profile, array: $array"
		run_with
		check "$what: twelve jobs" is "$status $(cat out/* | sort -n | paste -sd' ')" \
			"0 $(seq 12 | sed 's/$/ 3/' | paste -sd' ')"
		run_with bad
		check "$what: a failure" says 'exit status 5$'
		fresh
		begin_with slow/1 slow/2
		until_true 10 begun 1
		until_true 10 begun 2
		fake forget "$(first)"
		touch go
		wait $engine
		check "$what: forgotten: tried again" is "$? $(cat slow/1 slow/2 | sort | tail -n 1)" "0 2"
		check "$what: forgotten: said" says 'the scheduler does not know job [0-9.]*'
		rm -rf slow ran-* go .cwflow
		fresh
		begin_with slow/1 slow/2
		until_true 10 begun 2
		interrupt 2
		wait $engine
		check "$what: cancelled" is $? 130
		check "$what: both" is "$(tr ' ' '\n' <"$FAKE_DIR/cancelled" | sort -u | wc -l)" 2
	done
done

fresh
rm -rf slow ran-* go
printf 'profile: lsf\nmax-status-rate: 5/s\nlost-after: 2s\nlatency-wait: 1\n' >fast.yaml
begin_with slow/1
until_true 10 begun 1
fake end "$(first)" MEMORY
wait $engine
check "lsf: over its memory: named" says 'EXIT: TERM_MEMLIMIT: job killed after reaching LSF memory usage limit'
check "lsf: over its memory: tried again" is "$(cat slow/1)" 2
run_with out/1
check "lsf: what bsub was asked" is "$(sort "$FAKE_DIR/options" | grep -v '^-oo' | uniq | paste -sd,)" \
	"-M 700,-P lab,-R rusage[mem=700],-R span[hosts=1],-W 90,-n 1,-n 3"
rm -rf slow ran-* go
begin_with slow/2
until_true 10 begun 2
fake end "$(ls "$FAKE_DIR" | sed -n 's/\.state$//p' | sort -n | tail -n 1)" ZOMBI
wait $engine
check "lsf: a zombie is failed, and taken back" says 'ZOMBI.* would leave it so; it was taken back'

fresh
rm -rf slow ran-* go
printf 'profile: htcondor\nmax-status-rate: 5/s\nlost-after: 2s\nlatency-wait: 1\n' >fast.yaml
begin_with slow/1
until_true 10 begun 1
fake end "$(first)" HELD
wait $engine
check "htcondor: held: named, and taken back" says 'state-5: +Error from slot1: memory usage exceeded request_memory.*taken back'
rm -rf out
run_with out/1
check "htcondor: the description" is "$(grep -E '^(request|account|should|getenv|periodic)' "$FAKE_DIR/description" | paste -sd,)" \
	"request_cpus = 3,should_transfer_files = NO,getenv = true,request_memory = 700,periodic_remove = JobStatus == 2 && time() - EnteredCurrentStatus > 5400,accounting_group = lab"
