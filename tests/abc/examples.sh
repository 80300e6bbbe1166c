#!/bin/sh
# The workflows of examples/abc: each runs, and a second time there is nothing to do.
# examples.sh CWFLOW CWABC
set -eu
cwflow=$1
bin=$(dirname "$2")
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp -r "$here/../../examples/abc" "$dir/"
PATH=$bin:$PATH
export PATH
for example in height models generations parts simulators; do
	cd "$dir/abc/$example"
	if ! [ -x "$bin/../libexec/cwflow/cwabc_plot" ]; then
		sed -i '/\.png/d' Workflowfile # built without pictures
	fi
	"$cwflow" -j 2 >out 2>err || {
		tail -n 20 err out >&2
		exit 1
	}
	"$cwflow" -j 2 >out 2>err
	grep -q "nothing to be done" out err || {
		echo "$example: the second run does something" >&2
		cat err >&2
		exit 1
	}
	echo "$example"
done
# One process, generations and parts: the same result.
cd "$dir/abc"
"$bin/cwabc" show height/results/height.db --csv >whole.csv
"$bin/cwabc" show parts/results/generation_3.db --csv | cmp - whole.csv
