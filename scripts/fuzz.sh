#!/bin/sh
# Runs one libFuzzer target (of the preset fuzz) for some seconds, from its seeds; what it
# finds goes to a scratch folder, a crash is printed.
# usage: scripts/fuzz.sh TARGET SECONDS [RUNS_AT_MOST]
set -eu
target=$1
seconds=$2
runs=${3:--1}
name=$(basename "$target" _libfuzzer)
# absolute: a target may change its folder before it reads them
seeds=$(cd "$(dirname "$0")/.." && pwd)/tests/fuzz/corpora/${name#fuzz_}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/new"
words=${seeds%/corpora/*}/${name#fuzz_}.dict
set -- "$work/new"
[ ! -d "$seeds" ] || set -- "$@" "$seeds"
[ ! -f "$words" ] || set -- "-dict=$words" "$@"
if "$target" -max_total_time="$seconds" -runs="$runs" -timeout=10 -rss_limit_mb=2048 \
	-print_final_stats=1 -artifact_prefix="$work/" "$@" >"$work/log" 2>&1; then
	echo "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log") inputs, no crash"
	exit 0
fi
tail -n 60 "$work/log"
for crash in "$work"/crash-* "$work"/timeout-* "$work"/oom-* "$work"/leak-*; do
	[ -f "$crash" ] || continue
	echo "$name: $(basename "$crash"), $(wc -c <"$crash") bytes, base64:"
	base64 "$crash"
done
exit 1
