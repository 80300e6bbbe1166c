#!/bin/sh
# How much faster is it on more cores? Runs the workflow afresh with each number of cores and
# prints time, speed-up T(1)/T(N) and efficiency T(1)/(N T(N)).
#
#   ./efficiency.sh                       -j 1 and -j 2
#   ./efficiency.sh 1 2 4                 these
#   ./efficiency.sh 1 2 -- -s lesson.yaml --config words=100000
#
# What stands behind -- goes to cwflow. Texts are made before the clock starts.
set -eu
cores=
while [ $# -gt 0 ]; do
	case $1 in
	--) shift; break ;;
	-h | --help) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 0 ;;
	*[!0-9]* | '' | 0) echo "efficiency.sh: '$1' is no number of cores" >&2; exit 2 ;;
	*) cores="$cores $1" ;;
	esac
	shift
done
: "${cores:=1 2}"
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT

now()
{
	date +%s.%N
}

cwflow -j "$(nproc)" -q "$@" 2>/dev/null || cwflow -j 1 "$@"
printf '%5s %10s %10s %11s\n' cores 'time (s)' speed-up efficiency
first=
for n in $cores; do
	mkdir "$box/$n"
	for made in processed_data results; do
		[ ! -e "$made" ] || mv "$made" "$box/$n/$made"
	done
	start=$(now)
	cwflow -j "$n" -q "$@" 2>"$box/err" || { cat "$box/err" >&2; exit 1; }
	end=$(now)
	: "${first:=$start $end $n}"
	echo "$first $start $end $n" | awk '{
		base = ($2 - $1) * $3; t = $5 - $4
		printf "%5d %10.3f %10.2f %10.0f%%\n", $6, t, base / t, 100 * base / t / $6
	}'
done
