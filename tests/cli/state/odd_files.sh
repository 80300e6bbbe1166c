# Something else where a file of the records is: nothing is waited for, and what a run can do
# without is done.
workflow <<'WF'
rules:
  one: {output: o.txt, shell: "echo 1 > {output}"}
WF
cwflow -q 2>/dev/null
cp -a .cwflow whole
for kind in mkfifo mkdir; do
	for file in journal snapshot snapshot.new state.db run.log running failures lock; do
		rm -rf .cwflow
		cp -a whole .cwflow
		rm -rf ".cwflow/$file"
		$kind ".cwflow/$file"
		for words in -n --stats "-F -q"; do
			# shellcheck disable=SC2086 # several options
			timeout 60 cwflow $words >out 2>err
			echo "$kind $file: cwflow $words: $? $(grep error err)"
		done
	done
done
