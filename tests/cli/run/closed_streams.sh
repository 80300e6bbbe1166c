# Closed standard streams: no file of the engine's takes their place, jobs run, what cannot
# be told is an error only where it was asked for.
workflow <<'EOF'
rules:
  a: {output: a, shell: "echo printed; echo made > a; readlink /proc/self/fd/0 >> a"}
EOF
cwflow -q <&- >&- 2>&-
echo $?
cat a
cwflow -n <&- >&-
echo $?
cat .cwflow/run.log | grep -c done
