#!/bin/sh
# Every option of the table is in the manual, and the manual has no other.
#
# usage: options.sh CWFLOW
set -eu
cd "$(dirname "$0")/../.."
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
"$1" --help=all | grep -oE -- '--[a-z][a-z-]+' | sort -u >"$box/program"
grep -oE 'Fl -[a-z][a-z-]+' docs/cwflow.1 | sed 's/Fl -/--/' | sort -u >"$box/manual"
diff "$box/program" "$box/manual" >"$box/diff" && exit 0
echo "options: < in cwflow --help=all alone, > in docs/cwflow.1 alone"
grep '^[<>]' "$box/diff"
exit 1
