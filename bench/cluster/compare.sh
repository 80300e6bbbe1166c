#!/bin/bash
# Every figure of jobs on a cluster, on a Slurm of four virtual nodes that is started for it:
# rates singly, as arrays, in bundles, through a pilot; beside Snakemake where it is
# installed; from the end of a job to its successor's submission; the pilot beside the
# local executor. Some five minutes on a machine that does nothing else.
#
# usage: bench/cluster/compare.sh BUILD [JOBS]      (BUILD: a build folder; JOBS: 1000)
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
jobs=${2:-1000}
slurm=$here/../../tests/services/slurm
cwflow=$build/bin/cwflow
box=$(mktemp -d /tmp/cwb-XXXXXX)
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 NO_COLOR=1
unset CWFLOW_PROFILE
trap 'cd /; "$slurm" stop "$box/slurm" >/dev/null 2>&1; rm -rf "$box"' EXIT
eval "$("$slurm" start "$box/slurm")" || exit 1
mkdir "$box/work"
cd "$box/work" || exit 1

now()
{
	date +%s.%N
}

# show WHAT JOBS SECONDS
show()
{
	awk -v w="$1" -v n="$2" -v s="$3" -v l="$(cut -d' ' -f1 /proc/loadavg)" \
		'BEGIN { printf "%-58s %6d jobs %8.2f s %8.1f jobs/s  load %s\n", w, n, s, n / s, l }'
}

# timed WHAT JOBS COMMAND...: runs it; its seconds in $took.
timed()
{
	local what=$1 n=$2 begin
	shift 2
	begin=$(now)
	"$@" >log 2>&1 || { echo "$what: FAILED"; tail -n 5 log; }
	took=$(awk "BEGIN {print $(now) - $begin}")
	show "$what" "$n" "$took"
}

# ratio WHAT SECONDS SECONDS
ratio()
{
	awk -v w="$1" -v a="$2" -v b="$3" 'BEGIN { printf "  %-56s %6.1f times\n", w, a / b }'
}

clean()
{
	rm -rf out forty touched chain .snakemake
}

cat >Workflowfile <<WF
sets:
  i: {from: 1, to: $jobs}
  k: {from: 1, to: 40}
  t: {from: 1, to: 10000}
rules:
  all: {input: {expand: "out/{i}"}}
  forty_all: {input: {expand: "forty/{k}"}}
  one:
    output: "{folder,out|forty}/{n}"
    resources: {runtime: 10}
    shell: "echo {wildcards.n} >{output}"
  touch_all: {input: {expand: "touched/{t}"}}
  touch: {output: "touched/{n}", shell: "touch {output}"}
  link: {input: "chain/{n-1}", output: "chain/{n}", shell: "date +%s.%N >{output}"}
  link0: {output: chain/0, shell: "date +%s.%N >{output}"}
WF
cat >Snakefile <<'WF'
rule all:
    input: expand("forty/{k}", k=range(1, 41))
rule one:
    output: "forty/{n}"
    shell: "echo {wildcards.n} >{output}"
WF
printf 'profile: slurm\n' >singly.yaml
printf 'profile: slurm\narray: true\n' >array.yaml
printf 'profile: slurm\nbundle-minutes: 5\n' >bundle.yaml

echo "# submissions"
rm -rf .cwflow
timed 'sbatch alone, one call a job, to its end' "$jobs" bash -c "
	for i in \$(seq $jobs); do sbatch -o /dev/null --wrap 'echo >/dev/null' >/dev/null; done
	while [ \"\$(squeue -h | wc -l)\" -gt 0 ]; do sleep 0.1; done"
timed 'cwflow, one submission a job' "$jobs" "$cwflow" --profile ./singly.yaml -j "$jobs" -q
singly=$took
clean
timed 'the same in bundles by their records' "$jobs" "$cwflow" --profile ./bundle.yaml -j "$jobs" -q -F
ratio 'bundles over single submissions' "$singly" "$took"
clean
rm -rf .cwflow
timed 'as an array' "$jobs" "$cwflow" --profile ./array.yaml -j "$jobs" -q
ratio 'array over single submissions' "$singly" "$took"

echo "# forty jobs of echo"
clean
timed 'cwflow --profile slurm' 40 "$cwflow" --profile slurm -q forty_all
forty=$took
if command -v snakemake >/dev/null; then
	clean
	timed 'snakemake --cluster "sbatch --parsable"' 40 snakemake -q -j 100 \
		--cluster 'sbatch --parsable -o /dev/null'
	ratio 'cwflow over Snakemake' "$took" "$forty"
fi

echo "# from the end of a job to its successor's submission"
clean
mkdir -p "$box/bin"
cat >"$box/bin/sbatch" <<WF
#!/bin/sh
date +%s.%N >>"$box/submits"
exec $(command -v sbatch) "\$@"
WF
chmod +x "$box/bin/sbatch"
PATH=$box/bin:$PATH "$cwflow" --profile slurm -q chain/10 >log 2>&1
# a job's last act is to write the time: its successor is submitted after that
for n in 0 1 2 3 4 5 6 7 8 9; do
	awk "BEGIN {print $(sed -n "$((n + 2))p" "$box/submits") - $(cat "chain/$n")}"
done | sort -n | awk '{ t[NR] = $1 }
	END { printf "  median %.3f s, at most %.3f s\n", t[int((NR + 1) / 2)], t[NR] }'

echo "# pilots"
for turn in 1 2 3 4 5 6 7; do
	clean
	rm -rf .cwflow
	timed "cwflow -j 2, 10,000 of touch ($turn)" 10000 "$cwflow" -j 2 -q touch_all
	locally=$took
	clean
	rm -rf .cwflow
	timed "mpirun -n 3 cwflow-mpi, the same ($turn)" 10000 mpirun.openmpi \
		--oversubscribe -n 3 "$build/bin/cwflow-mpi" -q touch_all
	echo "$locally $took"
done >pairs
grep -v '^[0-9]' pairs
grep '^[0-9]' pairs | awk '{ print $1 / $2 }' | sort -n |
	awk '{ r[NR] = $1 } END { printf "  %-56s %6.2f times\n",
		"its rate beside the local executor, the median", r[int((NR + 1) / 2)] }'
clean
rm -rf .cwflow
cat >pilot.sh <<WF
#!/bin/sh
exec mpirun.openmpi --oversubscribe -n 3 $build/bin/cwflow-mpi -q touch_all
WF
timed 'one allocation of Slurm (sbatch --wait), the same' 10000 sbatch --wait -N1 -n1 -c4 -o pilot.log pilot.sh
awk -v one="$singly" -v n="$jobs" -v p="$took" \
	'BEGIN { printf "  %-56s %6.1f times\n", "pilot over one submission a job, by jobs a second", (10000 / p) / (n / one) }'
