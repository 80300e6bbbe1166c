# shellcheck shell=bash
# What golden cases share. A case runs in an empty folder; bash, no errexit.
#
# Variables: SOURCE (the source tree), BUILD, TOOLS (rule programs), DATA (reference data
# or empty), SANITIZE (sanitizers of this build or empty), BOX (the case's own folder).

# skip REASON: ends the case; it counts as skipped.
skip()
{
	printf '%s\n' "$*" >"$BOX/skip"
	exit 77
}

# need COMMAND...: skips the case where a command is missing.
need()
{
	local name
	for name; do
		command -v "$name" >/dev/null 2>&1 || skip "$name is not installed"
	done
}

# need_data: skips the case where the reference data are not at hand.
need_data()
{
	if [ -z "$DATA" ] || [ ! -d "$DATA" ]; then
		skip "CWFLOW_TEST_DATA is not set"
	fi
}

# no_sanitizer REASON: skips the case in a sanitizer build (ptrace, ulimit -v, time).
no_sanitizer()
{
	[ -z "$SANITIZE" ] || skip "sanitizer build: $*"
}

# workflow [FILE] <<'EOF': writes the Workflowfile from stdin.
workflow()
{
	cat >"${1:-Workflowfile}"
}

# put PATH [TEXT]: writes a file and the folders above it; the text is the path itself
# unless given.
put()
{
	mkdir -p "$(dirname -- "$1")"
	printf '%s\n' "${2-$1}" >"$1"
}

# age PATH SECONDS: sets a file's time that long before now.
age()
{
	touch -d "@$(($(date +%s) - $2))" -- "$1"
}

# run COMMAND...: shows the command, its stdout, its stderr and its exit status in order,
# all on stdout: for cases of several steps.
run()
{
	local status
	printf '$ %s\n' "$*"
	"$@" >"$BOX/run.out" 2>"$BOX/run.err"
	status=$?
	cat "$BOX/run.out"
	sed 's/^/! /' "$BOX/run.err"
	[ $status = 0 ] || printf '[exit %d]\n' $status
	return $status
}

# files [DIR]: lists the files below a folder, sorted, without the engine's own.
files()
{
	find "${1:-.}" -name .cwflow -prune -o -type f -print | LC_ALL=C sort
}
