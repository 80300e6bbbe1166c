#!/bin/sh
# From a bare Debian to results: installs what is needed, builds cwflow, runs the word-count
# example on 4 processes, shows its table and draws its graph.
set -eu
cd "$(dirname "$0")/.."
top=$PWD

usage()
{
	cat <<'TXT'
usage: scripts/quickstart.sh [--preset NAME] [--no-install]
  --preset NAME  one of CMakePresets.json (default: release)
  --no-install   leave the machine's packages alone
TXT
}

preset=release
install=yes
while [ $# -gt 0 ]; do
	case $1 in
	--preset) preset=$2; shift ;;
	--no-install) install=no ;;
	-h | --help) usage; exit 0 ;;
	*) echo "quickstart.sh: unknown option $1" >&2; usage >&2; exit 2 ;;
	esac
	shift
done

if [ $install = yes ]; then
	echo "== 1/4 Packages"
	scripts/install-deps.sh
fi
echo "== 2/4 Building cwflow in build/$preset"
cmake --preset "$preset" -DCWFLOW_TESTS=OFF --log-level=WARNING
cmake --build --preset "$preset"

PATH=$top/build/$preset/bin:$PATH
cd examples/wordcount
echo "== 3/4 Counting words: cwflow -j 4, in examples/wordcount"
cwflow -j 4

echo "== 4/4 Results"
cwflow --dag | dot -Tsvg -o results/dag.svg
cwflow --rulegraph | dot -Tpng -o results/rulegraph.png
echo "How often the ten most frequent words of a text occur, the first of" \
	"$(($(wc -l <results/results.csv) - 1)) texts:"
echo
head -n 12 results/results.csv | awk -F, '{
	printf "  "
	for (i = 1; i <= NF; i++)
		printf i == 1 ? "%-12s" : "%8s", $i
	printf "\n"
}'
cat <<TXT

The table   examples/wordcount/results/results.csv
The graph   examples/wordcount/results/rulegraph.png (rules), dag.svg (every job)
The program build/$preset/bin/cwflow
TXT
