#!/usr/bin/env bash
# Compares the text tools with plain programs that do the same, and prints the ratios.
#
# usage: bench/text/run.sh BUILD-DIR TEXT-FOLDER [ROUNDS]
#
# TEXT-FOLDER holds English books (*.txt, UTF-8), 2 MB of them in all at least. Needs gcc,
# python3 with NumPy (PYTHON names another; the autocorrelation's peer takes half a minute).
# Times are CPU times (user + system) of whole processes, the best of ROUNDS (15).
set -eu
if [ $# -lt 2 ]; then
	sed -n '4,8s/^# //p' "$0" >&2
	exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
tools=$(cd "$1" && pwd)/libexec/cwflow
books=$(cd "$2" && pwd)
rounds=${3-15}
python=${PYTHON-python3}
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
cd "$box"

# cpu COMMAND...: best CPU time of the rounds, in microseconds; outputs go to new files.
cpu()
{
	"$python" - "$rounds" "$@" <<'PY'
import os, resource, subprocess, sys
best = None
for _ in range(int(sys.argv[1])):
    for name in ("out.dat", "out.csv"):
        if os.path.exists(name):
            os.unlink(name)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(sys.argv[2:], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    best = spent if best is None else min(best, spent)
print(int(best * 1e6))
PY
}

# The time that a program prints itself, best of the rounds, in microseconds.
printed()
{
	local i
	for ((i = 0; i < rounds; i++)); do
		"$@" | sed -n 's/^time: \([0-9.]*\) s.*/\1/p'
	done | sort -g | head -1 | awk '{ printf "%d\n", $1 * 1e6 }'
}

# ratio A B TEXT: a line of the table.
ratio()
{
	awk -v a="$1" -v b="$2" -v text="$3" 'BEGIN { printf "| %s | %.1f |\n", text, a / b }'
}

cc=${CC-gcc}
"$cc" -O2 -std=c17 -I"$here/../../engine" -include "$here/../../engine/base/prelude.h" \
	"$here/peers.c" "$here/../../engine/base/xalloc.c" -o peers
cat "$books"/*.txt | head -c 2097152 | iconv -c -f UTF-8 -t UTF-8 >two.txt
head -c 1048576 two.txt | iconv -c -f UTF-8 -t UTF-8 >one.txt
"$tools/wordcount" one.txt one.dat

echo "| what is compared | ratio |"
echo "|---|---|"
count=$(cpu "$tools/wordcount" two.txt out.dat)
ratio "$(cpu "$python" "$here/wordcount_peer.py" two.txt out.dat)" "$count" \
	"Python's time / wordcount's, 2 MB"
cp out.dat peer.dat
"$tools/wordcount" two.txt out.dat
cmp out.dat peer.dat
ratio "$count" "$(cpu ./peers read two.txt)" "wordcount's time / reading the bytes in a simple loop, 2 MB"

acf=$(printed "$tools/autocorrelation" one.txt one.dat out.csv)
ratio "$(printed ./peers acf one.txt one.dat peer.csv)" "$acf" \
	"C double loop's time / autocorrelation's (1 thread), 1 MB"
cmp out.csv peer.csv
rounds=1
ratio "$(printed "$python" "$here/autocorrelation_peer.py" one.txt one.dat peer.csv)" "$acf" \
	"NumPy program's time / autocorrelation's (1 thread), 1 MB"
cmp out.csv peer.csv
