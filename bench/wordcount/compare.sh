#!/bin/sh
# cwflow and Snakemake on the same word-count workflow and the same books, in turns:
# wall time of a whole run at -j 1 and -j 2, of a run with nothing to do, and of start-up
# (-n on a finished tree). Prints medians and ratios.
#
# usage: bench/wordcount/compare.sh BOOKS [ROUNDS]     (cwflow and snakemake on PATH)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
books=$(cd "$1" && pwd)
rounds=${2:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc -O2 -w "$here/../mrun.c" -lrt -o "$work/mrun"
tools=$(cwflow --tools-dir)
mkdir "$work/cwflow" "$work/snakemake"
export BOOKS="$books" PATH="$PATH:$tools"

fresh() # ENGINE: outputs aside, not deleted
{
	aside=$(mktemp -d "$work/aside.XXXXXX")
	for f in processed_data results .snakemake .cwflow; do
		[ -e "$work/$1/$f" ] && mv "$work/$1/$f" "$aside"
	done
	return 0
}

measure() # PHASE ENGINE WORDS...
{
	phase=$1 engine=$2
	shift 2
	"$work/mrun" -C "$work/$engine" -o "$work/all.json" -l "$phase|$engine" -- "$@" \
		>/dev/null 2>&1
}

wf="$here/../../examples/wordcount/Workflowfile"
i=0
while [ $i -lt "$rounds" ]; do
	for j in 1 2; do
		fresh cwflow
		measure "run -j $j" cwflow cwflow -s "$wf" --config "books=$books" -j $j -q
		fresh snakemake
		measure "run -j $j" snakemake snakemake -s "$here/Snakefile" -j $j -q
	done
	measure "nothing to do" cwflow cwflow -s "$wf" --config "books=$books" -j 1 -q
	measure "nothing to do" snakemake snakemake -s "$here/Snakefile" -j 1 -q
	measure "start (-n)" cwflow cwflow -s "$wf" --config "books=$books" -n -q
	measure "start (-n)" snakemake snakemake -s "$here/Snakefile" -n -q
	i=$((i + 1))
done
cmp "$work/cwflow/results/results.csv" "$work/snakemake/results/results.csv"
echo "the same results.csv from both"
python3 - "$work/all.json" <<'PY'
import json, statistics, sys
runs = {}
for line in open(sys.argv[1]):
    r = json.loads(line)
    assert r["rc"] == 0, r
    phase, engine = r["label"].split("|")
    runs.setdefault(phase, {}).setdefault(engine, []).append(r["wall"])
print("| what | cwflow s | Snakemake s | ratio |\n| --- | --- | --- | --- |")
for phase, e in runs.items():
    ours, theirs = (statistics.median(e[x]) for x in ("cwflow", "snakemake"))
    print("| %s | %.4f | %.3f | %.0f |" % (phase, ours, theirs, theirs / ours))
PY
