#!/bin/bash
# The shipped profile on a real scheduler of our own, the short way: the same results as
# here, and some faults. real.sh BUILD slurm|gridengine
# shellcheck source-path=SCRIPTDIR disable=SC2016,SC2034,SC2154,SC2086,SC2119
. "$(dirname "$0")/real_kit.sh" "$1"
start_cluster "$2"
examples=$HERE/../../examples

# word counts: by --profile alone, and here
for place in here there; do
	mkdir $place
	cp -r "$examples/wordcount" $place/
done
before=$(now)
timeout 900 "$CWFLOW" -d there/wordcount --profile $profile --config texts=16 words=3000 >log 2>&1
check "word counts by --profile $profile" is $? 0
took "word counts of 16 texts" "$before"
timeout 900 "$CWFLOW" -d here/wordcount -j 2 --config texts=16 words=3000 >log 2>&1
check "word counts here" is $? 0
for folder in processed_data results; do
	check "the same $folder" diff -r -x '*.log' here/wordcount/$folder there/wordcount/$folder
done
timeout 300 "$CWFLOW" -d there/wordcount --config texts=16 words=3000 >log 2>&1
check "and nothing is left to do" says 'nothing to be done'

cat >Workflowfile <<'WF'
sets:
  i: {from: 1, to: 500}
  k: {from: 1, to: 6}
rules:
  all: {input: total}
  one:
    output: "out/{n}"
    resources: {runtime: 20}
    shell: "echo $(( {wildcards.n} * {wildcards.n} )) >{output}"
  total:
    input: {expand: "out/{i}"}
    output: total
    shell: "cat {input} | sort -n | tee {output} | md5sum >sum"
  link:
    output: "chain/{n}"
    input: "chain/{n-1}"
    group: chain
    shell: "echo $(( $(cat {input}) + 1 )) >{output}"
  link0: {output: chain/0, group: chain, shell: "echo 0 >{output}"}
  keeps:
    output: "keeps/{n}"
    retries: 1
    shell: "echo {attempt} >>ran-{wildcards.n}; : >begun-{wildcards.n}; sleep {config.s}; echo done >{output}"
  fails: {output: "fails", shell: "echo printed; exit 7"}
config: {s: 3}
WF

# five hundred jobs; arrays where single ones would take long
[ $kind = slurm ] || echo 'array: true' >>fast.yaml
before=$(now)
run -j 500
took "501 jobs" "$before"
check "five hundred jobs" is "$status $(wc -l <total)" "0 500"
there=$(cat sum)
rm -rf out total sum .cwflow
timeout 300 "$CWFLOW" -j 2 -q >log 2>&1
check "the same as here" is "$(cat sum)" "$there"
sed -i '/^array/d' fast.yaml
rm -rf out total sum .cwflow
echo 'array: true' >>fast.yaml
before=$(now)
run -j 500
took "501 jobs, as arrays" "$before"
check "as arrays the same" is "$status $(cat sum)" "0 $there"
check "nobody is left in the queue" until_true 60 nothing_queued
sed -i '/^array/d' fast.yaml

run chain/20
check "a chain of a group" is "$status $(cat chain/20)" "0 20"
run fails
check "a failure is one" says 'exit status 7$'
check "with what it printed" says '^ *printed$'

begin -C s=60 -- keeps/1
until_true 30 all_begun 1
# shellcheck disable=SC2046 # a list of ids
cancel $(queued)
until_true 60 eval '[ "$(wc -l <ran-1)" = 2 ]'
check "cancelled by hand: tried again" says 'failed, trying again: keeps n=1'
interrupt 2
wait $engine
check "Ctrl-C twice: status" is $? 130
check "Ctrl-C twice: nothing is left in the queue" until_true 20 nothing_queued

rm -rf keeps ran-* begun-*
begin -C s=8 -- keeps/{1..6}
until_true 30 all_begun 6
kill -KILL $engine
wait $engine 2>/dev/null
begin -C s=8 -- keeps/{1..6}
until_true 30 says 'of an earlier run are still with the scheduler'
kill -TERM $engine
wait $engine
check "SIGTERM: status" is $? 143
check "SIGTERM: they are left" says '[1-6] jobs? left with the scheduler'
run -C s=8 -- keeps/{1..6}
check "engine killed, then ended: all done" is "$status $(cat keeps/* | wc -l)" "0 6"
check "engine killed, then ended: each ran once" is "$(cat ran-* | wc -l)" 6
