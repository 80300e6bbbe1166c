# Values beside the pattern, and wildcards of the rule left as they are.
workflow <<'EOF'
rules:
  all:
    input: [a.list, b.list]
  join:
    input: {expand: "{s}/{i}.txt", i: [1, 2]}
    output: "{s}.list"
    shell: echo {input} > {output}
  mk:
    output: "{s}/{i}.txt"
    shell: touch {output}
EOF
run cwflow -q -j1
cat a.list b.list
