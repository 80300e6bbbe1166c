#!/bin/sh
# cwabc-mpi with any number of ranks, in teams too: the bytes of a single process.
# mpi_ranks.sh openmpi|mpich CWABC CWABC_MPI BUILD/include
set -eu
flavour=$1
cwabc=$2
cwabc_mpi=$3
include=$4
# A library with a time limit is run by the cwabc beside cwabc-mpi, or that of the PATH.
PATH=$(cd "$(dirname "$cwabc")" && pwd):$PATH
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

# What needs no ranks: called by itself, and once by many.
"$cwabc_mpi" --version | cmp - <<EOF
$("$cwabc" --version)
EOF
"$cwabc_mpi" run --help | grep -q -e --ranks-per-model
"mpirun.$flavour" -n 3 "$cwabc_mpi" show "$dir/single.db" --csv | cmp - "$dir/single.csv"
if "$cwabc_mpi" run "$dir/p.yaml" -q -o "$dir/y.db" --ranks-per-model x 2>"$dir/err"; then
	exit 1
fi
grep -q "1 rank is too few\|wants a number above 0" "$dir/err"

# A problem by another name, options before it.
cp "$dir/p.yaml" "$dir/p.txt"
rm -f "$dir/x.db"
"mpirun.$flavour" -n 3 "$cwabc_mpi" run -q -o "$dir/x.db" "$dir/p.txt"
"$cwabc" show "$dir/x.db" --csv | cmp - "$dir/single.csv"

# What a team runs has no time limit, and that is said; single ranks have theirs.
sed 's|library: [^,}]*|&, timeout: 60|' "$dir/p.yaml" >"$dir/limit.yaml"
if "mpirun.$flavour" -n 3 "$cwabc_mpi" run "$dir/limit.yaml" -q -o "$dir/y.db" \
	--ranks-per-model 2 2>"$dir/err"; then
	echo "a time limit of a team was not refused" >&2
	exit 1
fi
grep -q '"timeout" of model .* cannot hold with --ranks-per-model 2' "$dir/err" || {
	cat "$dir/err" >&2
	exit 1
}
[ ! -e "$dir/y.db.part" ]
"mpirun.$flavour" -n 2 "$cwabc_mpi" run "$dir/limit.yaml" -q -o "$dir/y.db"
"$cwabc" show "$dir/y.db" --csv | cmp - "$dir/single.csv"
rm "$dir/y.db"

# What a simulator says on any rank is heard.
printf '#!/bin/sh\necho "no such module" >&2\nexit 3\n' >"$dir/broken.sh"
chmod +x "$dir/broken.sh"
sed 's|{library: [^}]*}|{command: [./broken.sh]}|' "$dir/p.yaml" >"$dir/broken.yaml"
if "mpirun.$flavour" -n 2 "$cwabc_mpi" run "$dir/broken.yaml" -q -o "$dir/y.db" 2>"$dir/err"; then
	exit 1
fi
grep -q "^no such module" "$dir/err" && grep -q "does not start: .*it said: no such module" "$dir/err" || {
	cat "$dir/err" >&2
	exit 1
}
rm -rf "$dir/y.db.part"

# A rank that is killed ends the job; the same command goes on.
cp "$dir/p.yaml" "$dir/kill.yaml"
SLEEP_US=50000 "mpirun.$flavour" -n 3 "$cwabc_mpi" run "$dir/kill.yaml" -q -o "$dir/y.db" \
	2>"$dir/err" &
job=$!
until [ -s "$dir/y.db.part/t0000.log" ] || ! kill -0 "$job" 2>/dev/null; do
	sleep 0.05
done
victim=$(pgrep -f "^[^ ]*cwabc-mpi[^ ]* run $dir/kill.yaml" | tail -n 1)
[ -n "$victim" ] && kill -9 "$victim"
if wait "$job"; then
	echo "a job that lost a rank ended well" >&2
	exit 1
fi
[ -d "$dir/y.db.part" ]
"mpirun.$flavour" -n 3 "$cwabc_mpi" run "$dir/kill.yaml" -q -o "$dir/y.db"
"$cwabc" show "$dir/y.db" --csv | cmp - "$dir/single.csv"
rm "$dir/y.db"
echo "a rank was killed: same"

# A wrong problem ends all ranks, with one message.
sed 's/population/populaton/' "$dir/p.yaml" >"$dir/bad.yaml"
if "mpirun.$flavour" -n 3 "$cwabc_mpi" run "$dir/bad.yaml" -q -o "$dir/y.db" 2>"$dir/err"; then
	exit 1
fi
[ "$(grep -c 'did you mean "population"' "$dir/err")" = 1 ]
echo "refusals in one line"
