# A job that gathers waits for one that the plan found to run after it had judged the inputs.
workflow <<'WF'
sets: {i: {from: 1, to: 300}}
rules:
  all: {input: sum.txt}
  a: {output: a.txt, shell: "cat salt > {output}"}
  b: {input: [a.txt, b.in], output: b.txt, shell: "cat {input} > {output}"}
  c: {input: a.txt, output: c.txt, shell: "sleep 0.3; cat {input} > {output}"}
  sum:
    input: [{expand: "in/{i}.txt"}, b.txt, c.txt]
    output: sum.txt
    shell: "cat b.txt c.txt > {output}"
WF
mkdir in
for i in $(seq 1 300); do put "in/$i.txt" "$i"; done
put salt 1
put b.in x
cwflow -q -j 4
# b runs, so a is made again, and with it what else uses it
rm a.txt
put salt 2
put b.in y
run cwflow -n -q
cwflow -q -j 4
cat sum.txt
run cwflow -n
