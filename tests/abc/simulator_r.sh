#!/bin/sh
# The simulator in R of examples/abc: a result depends on its seed alone, whoever works.
# simulator_r.sh CWABC
set -eu
cwabc=$1
if ! command -v Rscript >/dev/null; then
	echo "no Rscript (Debian package r-base-core): skipped"
	exit 77
fi
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cp "$here"/../../examples/abc/simulators/*.R "$dir"
sed 's/\[10, 5, 2\]/[10, 5]/' "$here/../../examples/abc/simulators/r.yaml" >"$dir/r.yaml"
cd "$dir"
"$cwabc" check r.yaml | tail -n 1 | grep "the same results"
for how in "--sampler single" "-j 2" "-j 2 --batch 7"; do
	rm -f r.db
	# shellcheck disable=SC2086 # words
	"$cwabc" run r.yaml -q -o r.db $how
	"$cwabc" show r.db --csv >now.csv
	[ -e first.csv ] || cp now.csv first.csv
	cmp now.csv first.csv
	echo "same: $how"
done
# What R draws is what was asked for: mean and spread lie near the observed ones.
"$cwabc" show r.db --json | grep -q '"stop_reason":"the list of thresholds is at its end"'
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
	NR > 1 && $at["t"] == 1 { n++; mean += $at["mu"] * $at["w"] }
	END { exit !(n == 100 && mean > 160 && mean < 178) }' now.csv
