# shellcheck shell=bash disable=SC2034
# What the cases of this folder share. A case is called with the build folder, runs in an
# empty folder and ends with 0, 1 or 77 (skipped).
set -u
BUILD=$1
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
BOX=$(mktemp -d /tmp/cwc-XXXXXX)
CWFLOW=$BUILD/bin/cwflow
failures=0
export HOME=$BOX XDG_CONFIG_HOME=$BOX/none LC_ALL=C.UTF-8 NO_COLOR=1
unset CWFLOW_PROFILE
cd "$BOX" || exit 1

finish()
{
	local status=$?
	[ "$(type -t leave)" != function ] || leave
	cd /
	[ -n "${KEEP-}" ] || rm -rf "$BOX"
	[ $status = 0 ] && [ "$failures" != 0 ] && status=1
	exit $status
}
trap finish EXIT

# check WORDS COMMAND...: the command must succeed.
check()
{
	local what=$1
	shift
	if "$@"; then
		echo "ok: $what"
	else
		echo "FAILED: $what ($*)"
		failures=$((failures + 1))
		[ ! -e log ] || sed 's/^/    | /' log
	fi
}

# says PATTERN [FILE]: the output of the last run has it.
says()
{
	grep -qE -- "$1" "${2:-log}"
}

# run [OPTIONS]: cwflow through the fake scheduler into `log`; its status is kept.
run()
{
	timeout 300 "$CWFLOW" --profile "$BOX/fake.yaml" "$@" >log 2>&1
	status=$?
	return 0
}

# begin [OPTIONS]: the same in the background, pid in $engine.
begin()
{
	"$CWFLOW" --profile "$BOX/fake.yaml" "$@" >log 2>&1 &
	engine=$!
}

# until_true SECONDS COMMAND...: so long on a quiet machine, and ten times on a busy one.
until_true()
{
	local end=$((SECONDS + 10 * $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.05
	done
}

# notes VERB: how many lines of that kind the journal of submissions has: once there are as
# many "id" as jobs, the engine knows what its submit commands printed.
notes()
{
	grep -sc "^$1 " .cwflow/cluster/journal
}

# known N: the engine knows the ids of N jobs.
known()
{
	[ "$(notes id)" = "$1" ]
}

# interrupt TIMES: Ctrl-C, the next one when the engine has told of the one before.
interrupt()
{
	local words=('nothing more is submitted' '(is|are) cancelled' 'left with the scheduler')
	local i
	for ((i = 0; i < $1; i++)); do
		kill -INT "$engine"
		until_true 20 says "interrupted: .*${words[i]}"
	done
}

submissions()
{
	[ -e "$FAKE_DIR/submitted" ] || { echo 0; return; }
	wc -l <"$FAKE_DIR/submitted"
}

is()
{
	[ "$1" = "$2" ]
}

# fresh_scheduler: one with no jobs; the one before may still be at work in its folder.
fresh_scheduler()
{
	schedulers=$((${schedulers-0} + 1))
	FAKE_DIR=$BOX/fake.$schedulers
	export FAKE_DIR
	mkdir "$FAKE_DIR"
}

# fresh: an empty scheduler and working folder.
fresh()
{
	rm -rf out .cwflow
	fresh_scheduler
}

fake()
{
	"$HERE/fakesched" "$@"
}

# fake_profile [LINES]: the profile of the fake scheduler, with more lines.
fake_profile()
{
	cat >fake.yaml <<END
cluster:
  submit: $HERE/fakesched submit -n {name} {cluster.array} {jobscript}
  array: -a {array_size}
cluster-status: $HERE/fakesched status {jobids}
cluster-cancel: $HERE/fakesched cancel {jobids}
max-status-rate: 5/s
lost-after: 1s
states:
  stuck: HELD
  held: ONHOLD
  waiting: PENDING
  running: RUNNING
  success: COMPLETED
  failed: [FAILED, CANCELLED, TIMEOUT, OUT_OF_MEMORY]
  lost: [NODE_FAIL, PREEMPTED]
$*
END
}
