# YAML types nothing: no, 1e3, 007 and dates stay texts.
workflow <<'EOF'
sets: {s: [no, 1e3, 007, 2020-01-01, ~, true]}
rules:
  all:
    input: {expand: "{s}.txt"}
    output: list
    shell: echo {input} > {output}
  mk:
    output: "{x}.txt"
    shell: touch {output}
EOF
run cwflow -q -j1
cat list
