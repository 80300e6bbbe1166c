# Mistakes on the command line.
run cwflow --drydrun
run cwflow -j zero
run cwflow -j 0
run cwflow -s
run cwflow -Z
run cwflow --config
run cwflow --version
run cwflow --help=looks
