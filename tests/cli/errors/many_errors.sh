{
	echo rules:
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
		echo "  r$i: {output: f$i, shell: 'touch {nix$i}'}"
	done
} >Workflowfile
cwflow 2>&1 | grep -c 'unknown'
cwflow 2>&1 | tail -1
# each once, though keys are looked at in more than one stage
sed -i 's/shell:/shel:/' Workflowfile
cwflow 2>&1 | tail -1
