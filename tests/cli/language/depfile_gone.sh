# A header that is gone is another set of inputs, not a missing output.
workflow <<'X'
rules:
  o: {input: m.c, output: m.o, depfile: m.d, shell: "echo 'm.o: m.c h.h' > m.d; touch {output}"}
X
touch m.c h.h
run cwflow -q
rm h.h
run cwflow -n
