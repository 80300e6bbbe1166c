#!/bin/sh
# One problem, many ways: the bytes of `show --csv` must be the same.
# same_bytes.sh CWABC PROBLEM.yaml
set -eu
cwabc=$1
problem=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$(dirname "$problem")"
problem=$(basename "$problem")

want=
# same LABEL FILE: compares with what was first
same()
{
	sum=$("$cwabc" show "$2" --csv --stats | sha256sum)
	[ -n "$want" ] || want=$sum
	if [ "$sum" != "$want" ]; then
		echo "$1: other bytes than a single process gives" >&2
		exit 1
	fi
	echo "same: $1"
}

"$cwabc" run "$problem" -q -o "$dir/single.db"
same single "$dir/single.db"
last=$("$cwabc" show "$dir/single.db" --csv | tail -n 1 | cut -d, -f1)
for how in "-j 1 --batch 1" "-j 2" "-j 5" "-j 2 --batch 7" "-j 3 --batch 256"; do
	# shellcheck disable=SC2086 # words
	"$cwabc" run "$problem" -q -o "$dir/x.db" --sampler dynamic $how
	same "dynamic $how" "$dir/x.db"
	rm "$dir/x.db"
done
"$cwabc" run "$problem" -q -o "$dir/x.db" --sampler single --batch 7
same "single --batch 7" "$dir/x.db"

# Generation by generation.
previous=
for t in $(seq 0 "$last"); do
	# shellcheck disable=SC2086
	"$cwabc" generation "$problem" -q --t "$t" $previous -o "$dir/gen_$t.db" -j 2
	previous="--previous $dir/gen_$t.db"
done
same "generations" "$dir/gen_$last.db"
# Behind the end the population is handed on.
"$cwabc" generation "$problem" -q --t $((last + 1)) $previous -o "$dir/more.db"
same "one generation more" "$dir/more.db"

# Each generation in parts, merged in another order.
for parts in 1 3 8; do
	previous=
	for t in $(seq 0 "$last"); do
		files=
		for k in $(seq 1 $parts); do
			# shellcheck disable=SC2086
			"$cwabc" part "$problem" -q --t "$t" $previous --part "$k/$parts" \
				-o "$dir/p$k.part"
			files="$dir/p$k.part $files"
		done
		# shellcheck disable=SC2086
		"$cwabc" merge "$problem" -q --t "$t" $previous $files -o "$dir/m_$t.db"
		previous="--previous $dir/m_$t.db"
	done
	same "$parts parts" "$dir/m_$last.db"
	rm "$dir"/m_*.db
done
# Too few evaluations: merge says so, or makes up for them.
rm -f "$dir"/*.part
"$cwabc" part "$problem" -q --t 0 --part 2/2 --ids 100 -o "$dir/p2.part"
if "$cwabc" merge "$problem" -q --t 0 --no-fill "$dir/p2.part" -o "$dir/few.db" 2>"$dir/err"; then
	echo "merge --no-fill did not exit 3" >&2
	exit 1
elif [ $? != 3 ]; then
	cat "$dir/err" >&2
	exit 1
fi
"$cwabc" merge "$problem" -q --t 0 "$dir/p2.part" -o "$dir/few.db"
"$cwabc" show "$dir/few.db" --csv --stats >"$dir/few.csv"
"$cwabc" show "$dir/gen_0.db" --csv --stats | cmp - "$dir/few.csv"

# Static scheduling likewise among its own.
want=
for how in "-j 1" "-j 2" "-j 5 --batch 7"; do
	# shellcheck disable=SC2086
	"$cwabc" run "$problem" -q -o "$dir/s.db" --sampler static $how
	same "static $how" "$dir/s.db"
	rm "$dir/s.db"
done
for k in 1 2 3; do
	"$cwabc" part "$problem" -q --t 0 --part $k/3 --sampler static -j 1 \
		-o "$dir/p$k.part"
done
"$cwabc" merge "$problem" -q --t 0 --sampler static "$dir/p1.part" "$dir/p3.part" \
	"$dir/p2.part" -o "$dir/s0.db"
"$cwabc" generation "$problem" -q --t 0 --sampler static -j 2 -o "$dir/s1.db"
"$cwabc" show "$dir/s0.db" --csv --stats >"$dir/s0.csv"
"$cwabc" show "$dir/s1.db" --csv --stats | cmp - "$dir/s0.csv"
if "$cwabc" run "$problem" -q -o "$dir/single.db" --sampler static 2>/dev/null; then
	echo "a dynamic run was taken for a static one" >&2
	exit 1
fi
