workflow <<'EOF'
rules:
  a:
    output: x
    shell: awk '{print $1}' f | sed 's/a{3}/b/; s/c{1,5}/d/' > {output}; echo ${HOME} {a,b} {}
EOF
cwflow
