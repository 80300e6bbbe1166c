# Mistakes on the command line.
run cwflow --drydrun
run cwflow -j zero
run cwflow -j 0
run cwflow -s
run cwflow -Z
run cwflow --config
run cwflow --version
run cwflow --help=looks
run cwflow --help=lo
run cwflow --help clean
run cwflow --con
run cwflow --config --cores=2
run cwflow ""
run cwflow -- ""
run cwflow --report= x
run cwflow -R ""
run cwflow -j -1
run cwflow -j 1.5
run cwflow --jobs 0
run cwflow --rerun-triggers mtme
run cwflow --profile slrm
run cwflow --profile ./none.yaml
mkdir folder
run cwflow --profile folder
run cwflow --advise --dag
for group in "" run values files cluster select look clean output other; do
	cwflow --help=$group | awk -v g="$group" 'length > 80 {print g ": " $0}
		END {if (NR > 23) print g ": " NR " lines"}'
done
# what cannot be written is said
for words in --version --help --schema --tools-dir "--completion bash"; do
	# shellcheck disable=SC2086 # an option and its value
	cwflow $words >/dev/full
	echo $?
done
