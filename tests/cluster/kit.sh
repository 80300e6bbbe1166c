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
	timeout 100 "$CWFLOW" --profile "$BOX/fake.yaml" "$@" >log 2>&1
	status=$?
	return 0
}

# begin [OPTIONS]: the same in the background, pid in $engine.
begin()
{
	"$CWFLOW" --profile "$BOX/fake.yaml" "$@" >log 2>&1 &
	engine=$!
}

# until_true SECONDS COMMAND...
until_true()
{
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.05
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

# fresh: an empty scheduler and working folder.
fresh()
{
	rm -rf "$BOX/fake" out .cwflow
	FAKE_DIR=$BOX/fake
	export FAKE_DIR
	mkdir "$FAKE_DIR"
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
  waiting: PENDING
  running: RUNNING
  success: COMPLETED
  failed: [FAILED, CANCELLED, TIMEOUT, OUT_OF_MEMORY]
  lost: [NODE_FAIL, PREEMPTED]
$*
END
}
