workflow <<'EOF'
rules:
  a:
    input: i
    output: x
    shell: |
      echo `cat {input}`
      echo $'{input}'
      echo ${{X:-{input}}}
EOF
cwflow
