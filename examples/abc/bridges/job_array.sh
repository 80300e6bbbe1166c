#!/bin/sh
# Maps the lines of standard input over a job array of Slurm or Grid Engine.
#
#     cwabc run PROBLEM.yaml -o RUN.db --sampler map -j 4 \
#         --map-command './job_array.sh slurm {evaluate}'
#
# `slurm` or `sge`; options for sbatch or qsub in JOB_OPTIONS. The nodes must see this
# folder. Each task evaluates one line; tasks that fail are missing and come again.
set -eu
engine=$1
shift
dir=$(mktemp -d "$PWD/cwabc-array-XXXXXX")
trap 'rm -rf "$dir"' EXIT
cat >"$dir/lines"
n=$(wc -l <"$dir/lines")
quoted=
for word; do
	quoted="$quoted '$(printf %s "$word" | sed "s/'/'\\\\''/g")'"
done
cat >"$dir/task.sh" <<END
#!/bin/sh
k=\${SLURM_ARRAY_TASK_ID:-\${SGE_TASK_ID:-1}}
sed -n "\${k}p" "$dir/lines" | $quoted >"$dir/out.\$k.tmp" && mv "$dir/out.\$k.tmp" "$dir/out.\$k"
END
case $engine in
slurm)
	# shellcheck disable=SC2086 # options are words
	sbatch --wait --quiet --array="1-$n" --output=/dev/null ${JOB_OPTIONS-} "$dir/task.sh" \
		>/dev/null || true
	;;
sge)
	# shellcheck disable=SC2086
	qsub -sync y -t "1-$n" -o /dev/null -j y -S /bin/sh ${JOB_OPTIONS-} "$dir/task.sh" \
		>/dev/null || true
	;;
*)
	echo "job_array.sh: slurm or sge, not $engine" >&2
	exit 2
	;;
esac
cat "$dir"/out.*[0-9] 2>/dev/null || true
