# Where bash computes what it reads, quotes or not, only numbers and names can stand.
workflow <<'EOF'
rules:
  all: {input: ["n.5", "i.7", "l.4"]}
  test: {output: "n.{x}", shell: "if [[ '{x}' -gt 3 && \"{x}\" != '' ]]; then echo {x} > {output}; fi"}
  index: {output: "i.{x}", shell: "a[{x}]=1; echo ${{!a[@]}} > {output}"}
  let: {output: "l.{x}", shell: "\\let n={x}+1; echo $n > {output}"}
  set: {output: "v.{x}", shell: "declare v{x}=1; export W={x}; echo $W > {output}"}
EOF
run cwflow -q all 'v.a b'
cat n.5 i.7 l.4
for t in n i l v; do
	run cwflow -q "$t.a[\$(touch pwned)]"
done
ls pwned 2>/dev/null
