# Threads and resources that cannot be worked out are an error of that job: others run.
workflow <<'X'
rules:
  all: {input: {expand: "{k}_{t}", k: [o, p, q], t: [0, 2]}}
  o: {output: "o_{t}", threads: "{4//t}", shell: "echo {threads} > {output}"}
  p: {output: "p_{t}", resources: {mem_mb: "{100%t}", x: "{t*9223372036854775807}"}, shell: "touch {output}"}
  q: {output: "q_{t}", resources: {gpu: "{2/t:.0f}"}, retries: 1, shell: "touch {output}"}
X
run cwflow -q -k -j4 --resources gpu=1 mem_mb=1000
ls
run cwflow -q -j4 o_2
cat o_2
