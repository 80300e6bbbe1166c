# The folder that tells of parts is temporary: once it is gone nothing is made again, but
# where the job behind it has to run, it is.
workflow <<'EOF'
rules:
  all: {input: sum}
  split: {input: src, output: {path: parts, directory: true, temp: true}, shell: "mkdir {output}; for i in $(cat src); do touch {output}/$i; done; echo split >> log"}
  work: {input: "parts/{i}", output: "done/{i}", shell: "echo {i} > {output}; echo {i} >> log"}
  sum: {input: {expand: "done/{i}", i: {glob: "parts/{i}", after: split}}, output: sum, shell: "cat {input} > {output}; echo sum >> log"}
EOF
echo 1 2 >src
run cwflow -q
ls
run cwflow -n
rm sum log
run cwflow -n -q
run cwflow -q
cat log sum
ls
echo 1 2 3 >src
rm log
run cwflow -q
cat log sum
run cwflow -n -q
