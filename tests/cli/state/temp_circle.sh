# Two jobs that perhaps run need a removed temporary file, and one of them waits for the
# other: nothing waits in a circle.
echo 1 >w0; echo 2 >s
workflow <<'EOF'
rules:
  all: {input: m}
  w: {input: w0, output: w, shell: "head -n1 w0 > w"}
  t: {input: s, output: {path: t, temp: true}, shell: "cp s t"}
  u: {input: [t, w], output: u, shell: "cat t w > u"}
  m: {input: [u, t], output: m, shell: "cat u t > m"}
EOF
cwflow -q 2>/dev/null
echo comment >>w0
run cwflow -q
echo 3 >w0
run cwflow -q
cat m
run cwflow -n -q
