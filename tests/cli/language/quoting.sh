# Each item is one word, wherever it stands.
mkdir "in dir"; echo x >"in dir/a 'b' \"c\" \$d.txt"
workflow <<'EOF'
sets: {f: {glob: "in dir/{f}.txt"}}
rules:
  all: {input: {expand: "out/{f}.txt"}}
  a:
    input: "in dir/{f}.txt"
    output: "out/{f}.txt"
    shell: |
      cat {input} "{input}" '{input}' > {output}
      cat <<E >> {output}
      {input}
      E
EOF
run cwflow -q
cat out/*
