#!/usr/bin/env bash
# Runs the golden command-line cases: tests/cli/ROOM/NAME.sh against ROOM/NAME.out.
#
# A case is a few lines of shell, run in a fresh folder with a pinned environment; its
# stdout, stderr and exit status, masked (see mask below), are compared with the .out
# file. util.sh has what cases share: workflow, put, run, skip, need, ...
set -u
here=$(cd "$(dirname "$0")" && pwd)

usage()
{
	cat <<'TXT'
usage: tests/cli/run.sh [OPTIONS] [PATTERN...]
Runs the cases whose ROOM/NAME matches a shell pattern (all without one).
  --build DIR   build tree with the programs (default: the first of build/*)
  --update      write what the cases print now into their .out files
  --jobs N      cases at a time (default: processors)
  --keep        leave the folder of a failed case and name it
  --one CASE    run exactly this case (ctest does); exit 77 when it skips
  --list        name the cases
TXT
}

build=
update=0
jobs=$(nproc)
keep=0
one=
list=0
patterns=()
while [ $# -gt 0 ]; do
	case $1 in
	--build) build=$2; shift ;;
	--update) update=1 ;;
	--jobs | -j) jobs=$2; shift ;;
	--keep) keep=1 ;;
	--one) one=$2; shift ;;
	--list) list=1 ;;
	-h | --help) usage; exit 0 ;;
	-*) echo "run.sh: unknown option $1" >&2; usage >&2; exit 2 ;;
	*) patterns+=("$1") ;;
	esac
	shift
done

if [ -z "$build" ]; then
	for dir in "$here"/../../build/*/ "$here"/../../build/; do
		[ -x "$dir/bin/cwflow" ] && build=$dir && break
	done
fi
if [ "$list" = 0 ] && [ ! -x "$build/bin/cwflow" ]; then
	echo "run.sh: no bin/cwflow in '$build'; build first, or say --build DIR" >&2
	exit 2
fi
[ -n "$build" ] && build=$(cd "$build" && pwd)

# Times, process ids and folders differ from run to run; they become words.
mask()
{
	sed -E \
		-e "s|$box/work|<dir>|g" -e "s|$box|<box>|g" \
		-e "s|$build|<build>|g" -e "s|$CW_SOURCE|<source>|g" \
		-e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}[ T_][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?/<date>/g' \
		-e 's/\b[0-9]+(\.[0-9]+)? ?(us|ms|s|min|h)\b/<time>/g' \
		-e 's/\b[0-9]+:[0-9]{2}(:[0-9]{2})?(\.[0-9]+)? ?(elapsed|left)/<time> \3/g' \
		-e 's/\b(pid|process) [0-9]+/\1 <pid>/g'
}

# Prints a stream so that a missing last newline shows.
section()
{
	printf -- '--- %s\n' "$1"
	mask <"$2" || exit 2
	if [ -s "$2" ] && [ -n "$(tail -c 1 "$2")" ]; then
		printf '\n(no newline at the end)\n'
	fi
}

# Runs one case: 0 passed, 77 skipped, 1 failed.
run_one()
{
	local case=$1 status verdict=0 reason
	local script=$here/$case.sh golden=$here/$case.out
	if [ ! -f "$script" ]; then
		echo "FAIL $case: no such case"
		return 1
	fi
	box=$(mktemp -d "${TMPDIR:-/tmp}/cwcli.XXXXXX") || exit 2
	mkdir "$box/work" "$box/home" "$box/tmp"
	# shellcheck source=/dev/null
	. "$build/cli-env"
	(
		cd "$box/work" || exit 2
		exec env -i PATH="$build/bin:/usr/local/bin:/usr/bin:/bin" \
			HOME="$box/home" TMPDIR="$box/tmp" USER=user LOGNAME=user \
			LC_ALL=C.UTF-8 TZ=UTC0 NO_COLOR=1 COLUMNS=80 TERM=dumb \
			SOURCE="$CW_SOURCE" BUILD="$build" TOOLS="$build/libexec/cwflow" \
			SANITIZE="$CW_SANITIZE" DATA="${CWFLOW_TEST_DATA-}" BOX="$box" \
			ASAN_OPTIONS="${ASAN_OPTIONS-exitcode=99}" \
			UBSAN_OPTIONS="${UBSAN_OPTIONS-print_stacktrace=1:exitcode=99}" \
			LSAN_OPTIONS="suppressions=$here/../lsan.supp:print_suppressions=0" \
			TSAN_OPTIONS="suppressions=$here/../tsan.supp" \
			timeout -k 5 800 bash -c ". '$here/util.sh'; . '$script'" \
			>"$box/stdout" 2>"$box/stderr" </dev/null
	)
	status=$?
	if [ "$status" = 77 ] && [ -f "$box/skip" ]; then
		reason=$(cat "$box/skip")
		echo "skip $case: $reason"
		rm -rf "$box"
		return 77
	fi
	{
		section stdout "$box/stdout"
		section stderr "$box/stderr"
		echo "--- exit $status"
	} >"$box/result"
	if [ "$update" = 1 ]; then
		if ! cmp -s "$box/result" "$golden"; then
			cp "$box/result" "$golden"
			echo "wrote $case.out"
		fi
	elif [ ! -f "$golden" ]; then
		echo "FAIL $case: no $case.out; look at this, then run with --update:"
		cat "$box/result"
		verdict=1
	elif ! cmp -s "$box/result" "$golden"; then
		echo "FAIL $case"
		diff -u --label "$case.out" --label "now" "$golden" "$box/result"
		verdict=1
	else
		echo "ok   $case"
	fi
	if [ "$verdict" = 1 ] && [ "$keep" = 1 ]; then
		echo "kept: $box"
	else
		chmod -R u+rwX "$box" 2>/dev/null
		rm -rf "$box"
	fi
	return $verdict
}

if [ -n "$one" ]; then
	run_one "$one"
	exit
fi

cases=()
for script in "$here"/*/*.sh; do
	[ -e "$script" ] || continue
	case=${script#"$here"/}
	case=${case%.sh}
	[ ${#patterns[@]} = 0 ] && cases+=("$case")
	for pattern in "${patterns[@]}"; do
		# shellcheck disable=SC2053 # it is a pattern
		if [[ $case == $pattern || $case == $pattern/* ]]; then
			cases+=("$case")
			break
		fi
	done
done
if [ ${#cases[@]} = 0 ]; then
	echo "run.sh: no case matches" >&2
	exit 2
fi
if [ "$list" = 1 ]; then
	printf '%s\n' "${cases[@]}"
	exit 0
fi

options=(--build "$build")
[ "$update" = 1 ] && options+=(--update)
[ "$keep" = 1 ] && options+=(--keep)
log=$(mktemp) || exit 2
printf '%s\0' "${cases[@]}" | xargs -0 -n 1 -P "$jobs" "$0" "${options[@]}" --one | tee "$log"
failed=$(grep -c '^FAIL' "$log")
skipped=$(grep -c '^skip' "$log")
rm -f "$log"
echo "${#cases[@]} cases, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
