# A part of a rule's inputs at a time; the last one goes on beyond the rule.
for i in 1 2 3 4 5 6 7; do echo $i >src$i; done
workflow <<'EOF'
sets: {i: {from: 1, to: 7}}
rules:
  all: {input: final}
  one: {input: "src{n}", output: "out/{n}", shell: "cp {input} {output}"}
  gather: {input: {expand: "out/{i}"}, output: sum, shell: "cat {input} > {output}"}
  end: {input: sum, output: final, shell: "wc -l < {input} > {output}"}
EOF
run cwflow -n -q --batch gather=1/3
run cwflow -q --batch gather=1/3
ls out
rm src1 src2
run cwflow -q --batch gather=2/3
ls out
run cwflow -n -q --batch gather=2/3
echo 1 >src1; echo 2 >src2
run cwflow -q --batch gather=3/3
cat final
run cwflow --batch gather=4/3
run cwflow --batch gether=1/3
run cwflow --batch gather
