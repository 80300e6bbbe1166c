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
sed -i 's/bundle: 8/bundle: 20/; s/!= 13 . || exit 4/!= 5 ] || [ -e go ] || (: >five; sleep 600)/' Workflowfile
begin all_packed
until_true 8 test -e five
touch go
fake end 1 NODE_FAIL
wait $engine
check "killed bundle: only the one that ran has failed" is "$(grep -c '^failed: packed' log)" 1

# members of an array that end soon take up others that wait: two of twenty start
fresh
rm -rf out
fake_profile 'array: true
array-id: "{id}[{n}]"'
sed -i 's/!= 13 ] || exit 4/!= 0 ]/; s/sleep 600/sleep 1/' Workflowfile
: >"$FAKE_DIR/hold"
begin --jobs 20
until_true 10 known 20
script=$(sed 's/[^ ]* \([^ ]*\) .*/\1/' "$FAKE_DIR/submitted")
for place in 3 7; do
	CWFLOW_ARRAY_INDEX=$place sh "$script" &
	guests[place]=$!
done
wait $engine
status=$?
wait "${guests[@]}"
check "array: two members did the work of twenty" is "$(cat out/* | awk "{n += \$1} END {print n}") $status" "210 0"
check "array: those that are not needed are taken back" until_true 5 test -s "$FAKE_DIR/cancelled"
check "array: each ran once" is "$(find .cwflow/cluster -name '*.status' | wc -l)" 0

# a group goes as one submission, each job with its own end
cat >Groupfile <<'END'
sets:
  i: {from: 1, to: 3}
rules:
  all: {input: {expand: "g/{i}.c"}}
  a:
    output: "g/{n}.a"
    group: g
    resources: {runtime: 2, mem_mb: 10}
    shell: "echo a {wildcards.n} >>ran; echo {wildcards.n} >{output}"
  b:
    input: "g/{n}.a"
    output: "g/{n}.b"
    group: g
    threads: 2
    resources: {runtime: 3, mem_mb: 30}
    retries: 0
    shell: "echo b {wildcards.n} >>ran; [ ! -e bad-{wildcards.n} ] || [ {attempt} = 2 ] || exit 6; cat {input} >{output}"
  c:
    input: "g/{n}.b"
    output: "g/{n}.c"
    group: g
    resources: {runtime: 4}
    shell: "echo c {wildcards.n} >>ran; cat {input} >{output}"
END
fresh
fake_profile
sed -i 's/submit -n/submit {cluster.m} -n/; s/^cluster:/cluster:\n  m: -w {resources.mem_mb}-{resources.runtime}-{threads}/' fake.yaml
rm -rf g ran
run -s Groupfile -j 2
check "groups: one submission a chain" is "$(submissions) $status" "3 0"
check "groups: all made" is "$(cat g/*.c | paste -sd' ')" "1 2 3"
check "groups: times add up, of the rest the most counts" says ' 30-9-2$' "$FAKE_DIR/submitted"
run -s Groupfile -n
check "groups: each has its record" says 'nothing to be done'
rm -rf g ran
fresh
touch bad-2
run -s Groupfile -k
check "groups: one failed, what follows it did not begin" is "$status $(ls g | paste -sd' ') $(grep -c c ran)" "1 1.a 1.b 1.c 2.a 3.a 3.b 3.c 2"
check "groups: its failure alone is told" is "$(grep -c '^failed' log)" 1
check "groups: with its exit status" says 'exit status 6$'
rm bad-2
run -s Groupfile -k
check "groups: the next run does the rest" is "$status $(wc -l <ran) $(ls g | wc -l)" "0 10 9"
sed -i 's/    retries: .*/    retries: 1/' Groupfile
rm -rf g ran
fresh
touch bad-2
run -s Groupfile
rm bad-2
check "groups: one is tried again, and what waits for it comes after it" is "$status $(cat g/*.c | paste -sd' ')" "0 1 2 3"
check "groups: nothing ran twice but that" is "$(wc -l <ran)" 10
# the engine is killed while a group runs
sed -i 's/; cat {input} >{output}/; for i in $(seq 1200); do [ -e hold ] || break; sleep 0.1; done; cat {input} >{output}/' Groupfile
rm -rf g ran
fresh
: >hold
begin -s Groupfile
until_true 10 eval 'known 9 && [ -e g/3.a ]'
kill -KILL $engine
wait $engine 2>/dev/null
rm hold
run -s Groupfile
check "groups: found again" is "$status $(cat g/*.c | paste -sd' ') $(submissions)" "0 1 2 3 3"
check "groups: each ran once" is "$(wc -l <ran)" 9
# a group of which a way leads out and back cannot be one
cat >Groupfile <<'END'
rules:
  a: {output: "h/a", group: g, shell: "echo >{output}"}
  b: {input: "h/a", output: "h/b", shell: "echo >{output}"}
  c: {input: [h/a, h/b], output: "h/c", group: g, shell: "echo >{output}"}
END
fresh
run -s Groupfile h/c
check "groups: not one that would wait for itself" is "$status $(submissions)" "0 3"
# an output that is missing: what followed it in the submission does not count
cat >Groupfile <<'END'
rules:
  a: {output: [k/a, k/a2], group: g, shell: "echo >k/a"}
  c: {input: k/a, output: "k/c", group: g, shell: "echo >{output}"}
END
fresh
run -s Groupfile k/c
check "groups: nothing stands on what failed" is "$status $(ls k)" "1 "

# --bundle-minutes: what was short by its record goes together
cat >Shortfile <<'END'
sets:
  i: {from: 1, to: 12}
rules:
  all: {input: {expand: "s/{i}"}}
  s:
    output: "s/{n}"
    resources: {runtime: 5, mem_mb: 10}
    shell: "sleep {config.s}; echo {wildcards.n} >{output}"
config: {s: 0.1}
END
fresh
rm -rf s
run -s Shortfile --bundle-minutes 1
check "bundle-minutes: without records each goes alone" is "$(submissions) $status" "12 0"
rm -rf s
fresh_scheduler
run -s Shortfile --bundle-minutes 1
check "bundle-minutes: by their records all go as one" is "$(submissions) $status $(ls s | wc -l)" "1 0 12"
check "bundle-minutes: it asks for one job's time and a minute" says ' 10-6-1$' "$FAKE_DIR/submitted"

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
timeout 300 "$CWFLOW" --profile mine out/3 >log 2>&1
check "a profile builds on another" says ' 11-5-1$' "$FAKE_DIR/submitted"
CWFLOW_PROFILE=mine timeout 300 "$CWFLOW" --default-resources mem_mb=12 -- out/4 >log 2>&1
check "the environment names one, the command line wins" says ' 12-5-1$' "$FAKE_DIR/submitted"
echo 'profile: mine' >"$BOX/none/cwflow/config.yaml"
timeout 300 "$CWFLOW" out/5 >log 2>&1
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
