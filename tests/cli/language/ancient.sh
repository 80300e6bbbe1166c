# A change of an ancient input makes nothing again.
put a 1; put b 1
workflow <<'EOF'
rules:
  r: {input: [{path: a, ancient: true}, b], output: o, shell: touch o}
EOF
run cwflow -q
sleep 0.02; echo 2 >a
run cwflow
sleep 0.02; echo 2 >b
run cwflow -q
