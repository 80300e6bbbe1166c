# A list of lines that a job writes.
workflow <<'EOF'
rules:
  all:
    input: {expand: "p/{x}", x: {lines: ids.txt, after: ids}}
    output: list
    shell: echo {input} > {output}
  ids: {output: ids.txt, shell: "printf 'u\\nv\\n' > ids.txt"}
  p: {output: "p/{x}", shell: "touch {output}"}
EOF
run cwflow -q
cat list
