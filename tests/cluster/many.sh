#!/bin/bash
# Many jobs in one submission: arrays and bundles; profiles and their layers.
# shellcheck source-path=SCRIPTDIR disable=SC2016,SC2034,SC2154,SC2086,SC2119 # what kit.sh sets
. "$(dirname "$0")/kit.sh" "$1"
cat >Workflowfile <<'END'
sets:
  i: {from: 1, to: 20}
rules:
  all: {input: {expand: "out/{i}"}}
  one:
    output: "out/{n}"
    shell: "[ {wildcards.n} != 13 ] || exit 4; echo {wildcards.n} >{output}"
  packed:
    output: "packed/{n}"
    bundle: 8
    shell: "[ {wildcards.n} != 13 ] || exit 4; echo {wildcards.n} >{output}"
  all_packed: {input: {expand: "packed/{i}"}}
  here:
    output: "here"
    localrule: true
    shell: "echo local >{output}"
  needs:
    output: "needs"
    resources: {mem: 2GB, runtime: 90}
    threads: 3
    shell: "echo >{output}"
END

fresh
fake_profile 'array: true
array-id: "{id}[{n}]"'
sed -i 's/^array-id.*/array-id: "{id}[{n}]"/' fake.yaml
run -k
check "array: one submission" is "$(submissions)" 1
check "array: one member failed" is "$(find out -type f | wc -l) $status" "19 1"
check "array: its own failure" says 'failed: one n=13'
fresh
fake_profile
run -k all_packed
check "bundles: three submissions" is "$(submissions)" 3
check "bundles: one member failed" is "$(find packed -type f | wc -l) $status" "19 1"

# a bundle that is killed: what was done counts, what never began goes again
rm -rf packed
fresh
sed -i 's/bundle: 8/bundle: 20/; s/!= 13 . || exit 4/!= 5 ] || [ -e go ] || sleep 60/' Workflowfile
sed -i 's/\[ {wildcards.n} != 5 \]/[ {wildcards.n} != 5 ]/' Workflowfile
begin all_packed
until_true 8 test -s "$FAKE_DIR/1.pid"
sleep 1
touch go
fake end 1 NODE_FAIL
wait $engine
check "killed bundle: only the one that ran has failed" is "$(grep -c '^failed: packed' log)" 1

fresh
run here
check "a local rule stays here" is "$status $(submissions) $(cat here)" "0 0 local"

# words that need what a rule lacks are left out
fresh
fake_profile
sed -i 's/submit -n/submit {cluster.m} -n/; s/^cluster:/cluster:\n  m: -n {resources.mem_mb}-{resources.runtime}-{threads}/' fake.yaml
run out/1
check "word left out" is "$status" 0
sed -i 's/-n {name} //' fake.yaml
run needs
check "word put in" says ' 2000-90-3$' "$FAKE_DIR/submitted"
run --max-threads 2 -f needs
check "threads are capped" says ' 2000-90-2$' "$FAKE_DIR/submitted"
run --cluster "$HERE/fakesched submit -n {{resources.mem_mb}" out/2
check "a broken template is an error before anything runs" is "$status" 2
run --cluster "$HERE/fakesched submit -n {resources.mem_mb}" out/2
check "without a word it is an error of the job" says 'has no resource "mem_mb", which the submit command asks for'

# layers
mkdir -p "$BOX/none/cwflow/profiles"
cat >"$BOX/none/cwflow/profiles/mine.yaml" <<END
profile: $BOX/fake.yaml
jobs: 7
default-resources: {mem_mb: 11, runtime: 5}
END
rm -f out/*
timeout 60 "$CWFLOW" --profile mine out/3 >log 2>&1
check "a profile builds on another" says ' 11-5-1$' "$FAKE_DIR/submitted"
CWFLOW_PROFILE=mine timeout 60 "$CWFLOW" --default-resources mem_mb=12 -- out/4 >log 2>&1
check "the environment names one, the command line wins" says ' 12-5-1$' "$FAKE_DIR/submitted"
echo 'profile: mine' >"$BOX/none/cwflow/config.yaml"
timeout 60 "$CWFLOW" out/5 >log 2>&1
check "the user's file names one" is "$(tail -n 1 "$FAKE_DIR/submitted" | sed 's/.* //')" 11-5-1
"$CWFLOW" --profile nobody out/1 >log 2>&1
check "no such profile" is "$?" 2
check "it says where it looked" says 'looked for nobody.yaml in '
echo 'job: 3' >bad.yaml
"$CWFLOW" --profile ./bad.yaml out/1 >log 2>&1
check "a wrong key is shown with its place" says 'bad.yaml:1:1: error: a profile has no key "job"'
for profile in slurm sge pbs lsf htcondor; do
	"$CWFLOW" --profile $profile -n -q out/6 >log 2>&1
	check "the shipped profile $profile is read" is $? 0
done
