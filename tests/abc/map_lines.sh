#!/bin/sh
# --sampler map: the bytes of a single process, whatever comes back in which order.
# map_lines.sh CWABC
set -eu
cwabc=$1
here=$(cd "$(dirname "$0")" && pwd)
bridges=$here/../../examples/abc/bridges
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
problem="$dir/it's a problem.yaml"
cp "$here/problems/adaptive.yaml" "$problem"
"$cwabc" run "$problem" -q -o "$dir/single.db"
"$cwabc" show "$dir/single.db" --csv >"$dir/want.csv"

# same LABEL COMMAND OPTION...
same()
{
	label=$1
	command=$2
	shift 2
	rm -rf "$dir/x.db" "$dir/x.db.part"
	"$cwabc" run "$problem" -q -o "$dir/x.db" --sampler map --map-command "$command" "$@"
	"$cwabc" show "$dir/x.db" --csv | cmp - "$dir/want.csv"
	echo "same: $label"
}
same "one process" '{evaluate}' -j 1
same "lines lost, in another order" '{evaluate} | shuf | head -n 5' -j 3
same "torn and foreign lines" '{ echo hello; {evaluate} | sed "2s/....\$//"; }' -j 2
if command -v python3 >/dev/null; then
	same "a pool" "$bridges/pool.py 3 {evaluate}" -j 3 --batch 50
fi
# A generation whose acceptance is that of the one before takes one round.
cat >"$dir/steady.yaml" <<'EOF'
seed: 7
models:
  m: {simulator: {builtin: normal, sd: 1}, parameters: {mu: {uniform: [-50, 50]}}}
observed: {x: 0}
epsilon: [10, 9.9999, 9.9998, 9.9997]
population: 1000
transition: {mvn: 100}
EOF
"$cwabc" run "$dir/steady.yaml" -q -o "$dir/steady.db" --sampler map -j 2 \
	--map-command "echo round >>'$dir/rounds'; {evaluate}"
rounds=$(wc -l <"$dir/rounds")
if [ "$rounds" -gt 6 ]; then
	echo "$rounds rounds for 4 generations" >&2
	exit 1
fi
# refused LABEL TEXT COMMAND
refused()
{
	if "$cwabc" run "$problem" -q -o "$dir/y.db" --sampler map --map-command "$3" --restart \
		2>"$dir/err"; then
		echo "$1: not refused" >&2
		exit 1
	fi
	grep -q "$2" "$dir/err" || {
		cat "$dir/err" >&2
		exit 1
	}
}
refused "no result" "gave no result three times" 'cat >/dev/null # {evaluate}'
refused "foreign lines" 'it printed "1 2 3"' 'cat >/dev/null; echo 1 2 3 # {evaluate}'
refused "no {evaluate}" "must hold {evaluate}" 'cat'
sed 's/seed: 4/seed: 5/' "$problem" >"$dir/other.yaml"
refused "another problem" "gave no result" \
	"'$cwabc' evaluate '$dir/other.yaml' --begin '$dir/y.db.part/begin.tmp' # {evaluate}"
grep -q "is of another problem" "$dir/err"
echo "refusals"
