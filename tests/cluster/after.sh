#!/bin/bash
# Steps that are told by others' results, with a cluster: parts go to it while the rest of
# the first plan is still there; an engine that was killed finds them again.
# shellcheck source-path=SCRIPTDIR disable=SC2016,SC2034,SC2154,SC2086,SC2119 # what kit.sh sets
. "$(dirname "$0")/kit.sh" "$1"
cat >Workflowfile <<'END'
rules:
  all: {input: [sum, slow]}
  split:
    output: {path: parts, directory: true}
    shell: "mkdir {output}; touch {output}/1 {output}/2 {output}/3"
  work:
    input: "parts/{i}"
    output: "done/{i}"
    group: part
    shell: "echo {wildcards.i} >>ran; for i in $(seq 1200); do [ -e hold ] || break; sleep 0.1; done; echo {wildcards.i} >{output}"
  sum:
    input: {expand: "done/{i}", i: {glob: "parts/{i}", after: split}}
    output: sum
    group: part
    shell: "cat {input} >{output}"
  begin: {input: "parts/{i}", output: "half/{i}", group: chain, shell: "echo {wildcards.i} >{output}"}
  end: {input: "half/{i}", output: "whole/{i}", group: chain, shell: "cat {input} {input} >{output}"}
  chains:
    input: {expand: "whole/{i}", i: {glob: "parts/{i}", after: split}}
    output: chains
    shell: "cat {input} >{output}"
  slow:
    output: slow
    shell: "for i in $(seq 1200); do [ ! -e done/3 ] || break; sleep 0.1; done; [ -e done/3 ]; touch {output}"
END
fresh
fake_profile
run
check "parts run beside the rest" is "$status $(paste -sd' ' sum)" "0 1 2 3"
check "each once" is "$(sort ran | paste -sd' ')" "1 2 3"
run
check "nothing is left to do" says 'nothing to be done'

rm -rf parts
fresh
run chains
check "groups of what is found" is "$status $(paste -sd' ' chains)" "0 1 1 2 2 3 3"
check "each is one submission" is "$(submissions)" 5

rm -rf parts 'done' sum slow ran
fresh
: >hold
begin
until_true 20 eval '[ "$(sort -u ran 2>/dev/null | wc -l)" = 3 ]'
kill -KILL $engine
wait $engine 2>/dev/null
rm hold
run
check "a killed engine finds its parts" is "$status $(paste -sd' ' sum)" "0 1 2 3"
check "and submits none twice" is "$(sort ran | paste -sd' ')" "1 2 3"
