# A list runs without a shell: references are spliced or repeated.
put a.txt "b
a"
put b.txt c
workflow <<'EOF'
rules:
  all: {input: [out, args]}
  a:
    input: [a.txt, b.txt]
    output: out
    command: [sort, "{input}"]
    stdout: "{output}"
  b:
    input: [a.txt, b.txt]
    output: args
    params: {x: [1, 2 3]}
    command: [printf, "%s|", "{input}", "--in={input:stem}", "{params.x}", "$HOME;*"]
    stdout: args
EOF
run cwflow -q
cat out args; echo
