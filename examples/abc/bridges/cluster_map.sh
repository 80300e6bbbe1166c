#!/bin/sh
# Maps the lines of standard input over a job array of any cluster that cwflow has a profile
# for: slurm, sge, pbs, lsf, htcondor, or a file of yours (./here.yaml).
#
#     cwabc run PROBLEM.yaml -o RUN.db --sampler map -j 4 \
#         --map-command './cluster_map.sh slurm {evaluate}'
#
# The nodes must see this folder. Each task evaluates one line; tasks that fail are missing
# and come again. cluster_map.log has what cwflow said.
set -eu
profile=$1
shift
case $profile in
*/*) profile=$(realpath "$profile") ;;
esac
log=$PWD/cluster_map.log
dir=$(mktemp -d "$PWD/cwabc-map-XXXXXX")
trap 'rm -rf "$dir"' EXIT
n=$(awk -v dir="$dir" '{ print >(dir "/in." NR) } END { print NR }')
[ "$n" -gt 0 ] || exit 0

quoted=
for word; do
	quoted="$quoted '$(printf %s "$word" | sed "s/'/'\\\\''/g")'"
done
printf '#!/bin/sh\nexec%s\n' "$quoted" >"$dir/evaluate"
chmod +x "$dir/evaluate"

cd "$dir"
printf 'profile: %s\narray: true\nkeep-going: true\n' "$profile" >array.yaml
cat >Workflowfile <<END
sets:
  k: {from: 1, to: $n}
rules:
  all: {input: {expand: "out.{k}"}}
  evaluate:
    input: "in.{k}"
    output: "out.{k}"
    shell: "./evaluate <{input} >{output}"
END
cwflow --profile ./array.yaml >>"$log" 2>&1 || true
cat out.* 2>/dev/null || true
