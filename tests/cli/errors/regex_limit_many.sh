# A pattern that never ends is told once with its rule, however many files there are; what
# one of them costs is bounded.
awk 'BEGIN { for (i = 1; i <= 20000; i++) printf "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa%dcb\n", i }' >names
mkdir g
head -n 1 names | (cd g && xargs touch)
workflow <<'EOF'
sets: {f: {lines: names}}
wildcard_constraints: {a: "(a+)+"}
rules:
  all: {input: {expand: "out/{f}"}}
  other: {output: "out/{b}", shell: "touch {output}"}
  slow: {output: "out/{a}b", shell: "touch {output}"}
EOF
run cwflow -n -q
workflow <<'EOF'
sets: {f: {glob: "g/{x,(a+)+}b"}}
rules:
  all: {input: {expand: "out/{f}"}}
  other: {output: "out/{b}", shell: "touch {output}"}
EOF
run cwflow -n -q
