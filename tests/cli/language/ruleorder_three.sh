# Of three rules the one that no list puts behind another; else those that are left are named.
workflow <<'X'
rules:
  one: {output: "1{x}.txt", shell: "echo one > {output}"}
  two: {output: "{x}2.txt", shell: "echo two > {output}"}
  three: {output: "1{x}2.txt", shell: "echo three > {output}"}
X
run cwflow -n -q 1.2.txt
for order in '[one, two]' '[[three, one], [one, two]]' '[one, two, one]' '[[one, two], [two, one]]'; do
	cp Workflowfile plain
	echo "ruleorder: $order" >>Workflowfile
	run cwflow -n -q 1.2.txt
	mv plain Workflowfile
done
