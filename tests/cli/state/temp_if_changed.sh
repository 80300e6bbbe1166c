# A removed temporary file that only a job needs which perhaps does not run is made again
# only if that job does run.
echo 1 >src; echo 2 >s2; echo 3 >s3
workflow <<'EOF'
rules:
  all: {input: m}
  x: {input: src, output: x, shell: "echo x >> log; head -n1 src > x"}
  t0: {input: s2, output: {path: t0, temp: true}, shell: "echo t0 >> log; cp s2 t0"}
  t: {input: t0, output: {path: t, temp: true}, shell: "echo t >> log; cp t0 t"}
  m: {input: [x, t], output: m, shell: "echo m >> log; cat x t > m"}
EOF
run cwflow -q
rm log; echo comment >>src
run cwflow -n -q
run cwflow
cat log
rm log; echo 4 >src
run cwflow
cat log m
run cwflow -n -q
