# What comes to be known starts at once: a job of the first plan waits here for two parts to
# be made, and for the sum not to be there yet.
workflow <<'EOF'
rules:
  all: {input: [sum, slow]}
  split: {output: {path: parts, directory: true, temp: true}, shell: "mkdir {output}; touch {output}/1 {output}/2 {output}/3"}
  idx: {output: {path: idx, temp: true}, shell: "echo i > idx"}
  early: {input: idx, output: early, shell: "cp idx early"}
  work: {input: ["parts/{i}", idx], output: "done/{i}", shell: "cat {input} > {output}"}
  sum: {input: [early, {expand: "done/{i}", i: {glob: "parts/{i}", after: split}}], output: sum, shell: "test -d parts -o ! -e idx; cat {input} > {output}"}
  slow: {output: slow, shell: "for i in $(seq 300); do test -e done/1 -a -e done/2 && break; sleep 0.1; done; test -e done/1; touch slow"}
EOF
run cwflow -q -j3 --events ev
# temporary files stayed until the jobs that were found had used them
ls
cat sum
# the number of jobs grows in what is told, nothing runs twice
grep -c '"event":"run_started"' ev
grep -o '"total":[0-9]*' ev | uniq
grep '"event":"job_started"' ev | grep -o '"rule":"[a-z]*"' | sort | uniq -c
