#!/bin/sh
# cwabc-mpi with any number of ranks, in teams too: the bytes of a single process.
# mpi_ranks.sh openmpi|mpich CWABC CWABC_MPI BUILD/include
set -eu
flavour=$1
cwabc=$2
cwabc_mpi=$3
include=$4
here=$(cd "$(dirname "$0")" && pwd)
if [ ! -x "$cwabc_mpi" ]; then
	echo "no cwabc-mpi for $flavour (mpicc.$flavour when CMake ran): skipped"
	exit 77
fi
if ! command -v "mpirun.$flavour" >/dev/null; then
	echo "no mpirun.$flavour: skipped"
	exit 77
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 \
	OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_btl_base_warn_component_unused=0

"mpicc.$flavour" -O2 -fPIC -shared -I"$include" "$here/models/binomial_mpi.c" -o "$dir/model.so" -lm
sed "s|BINOMIAL_SO|$dir/model.so|" "$here/problems/slow.yaml" >"$dir/p.yaml"
"$cwabc" run "$dir/p.yaml" -q -o "$dir/single.db"
"$cwabc" show "$dir/single.db" --csv >"$dir/single.csv"
"$cwabc" run "$dir/p.yaml" -q -o "$dir/static.db" --sampler static -j 2
"$cwabc" show "$dir/static.db" --csv >"$dir/static.csv"

# same RANKS CSV OPTION...
same()
{
	n=$1
	want=$2
	shift 2
	rm -rf "$dir/x.db" "$dir/x.db.part"
	"mpirun.$flavour" -n "$n" "$cwabc_mpi" run "$dir/p.yaml" -q -o "$dir/x.db" "$@" \
		>"$dir/said" 2>&1
	if [ -s "$dir/said" ]; then # of messages that nobody received, for instance
		cat "$dir/said" >&2
		exit 1
	fi
	"$cwabc" show "$dir/x.db" --csv | cmp - "$want"
	echo "same: $n ranks $*"
}
same 2 "$dir/single.csv"
same 3 "$dir/single.csv"
same 5 "$dir/single.csv"
same 3 "$dir/single.csv" --ranks-per-model 1 --batch 7
same 5 "$dir/single.csv" --ranks-per-model 2
same 4 "$dir/single.csv" --ranks-per-model 3
same 7 "$dir/single.csv" --ranks-per-model 2
same 7 "$dir/single.csv" --ranks-per-model 3
same 3 "$dir/static.csv" --sampler mpi-static

# Numbers of ranks that do not fit are refused in a line that names those that do.
if "mpirun.$flavour" -n 6 "$cwabc_mpi" run "$dir/p.yaml" -q -o "$dir/y.db" --ranks-per-model 2 \
	2>"$dir/err"; then
	echo "6 ranks in teams of 2 were not refused" >&2
	exit 1
fi
grep -q "6 ranks do not fit --ranks-per-model 2: give mpirun -n 5 or 7" "$dir/err" || {
	cat "$dir/err" >&2
	exit 1
}
[ ! -e "$dir/y.db" ]

# A wrong problem ends all ranks, with one message.
sed 's/population/populaton/' "$dir/p.yaml" >"$dir/bad.yaml"
if "mpirun.$flavour" -n 3 "$cwabc_mpi" run "$dir/bad.yaml" -q -o "$dir/y.db" 2>"$dir/err"; then
	exit 1
fi
[ "$(grep -c 'did you mean "population"' "$dir/err")" = 1 ]
echo "refusals in one line"
