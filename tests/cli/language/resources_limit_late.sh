# A limit that is passed only by a later attempt, or by the size of inputs, fails the job.
head -c 3500000 /dev/zero >in
workflow <<'EOT'
rules:
  all: {input: [a, b]}
  a:
    output: a
    retries: 3
    resources: {mem_mb: "{attempt*400}"}
    shell: echo {attempt} >> tries; false
  mk: {input: in, output: mid, shell: cp in mid}
  b:
    input: mid
    output: b
    resources: {mem_mb: "{input.size_mb*300}"}
    shell: touch b
EOT
cwflow -k -j1 -q --resources mem_mb=1000 2>&1 | grep -v 'done in'
cat tries
