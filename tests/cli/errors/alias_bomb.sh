{
	echo 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]'
	for i in 1 2 3 4 5 6 7 8 9; do
		a="*a$((i - 1))"
		echo "a$i: &a$i [$a, $a, $a, $a, $a, $a, $a, $a, $a, $a]"
	done
	echo 'config: {x: *a9}'
} >Workflowfile
cwflow 2>&1 | grep -v '^    '
