# A value must not end its here-document: in $(...) bash takes the delimiter with a ) behind
# it for the end.
workflow <<'EOF'
rules:
  top:
    output: "top.{x}"
    shell: |
      cat > {output} <<END
      {x}
      END
  in:
    output: "in.{x}"
    shell: |
      text=$(cat <<END
      {x}
      END
      )
      echo "$text" > {output}
EOF
cwflow -q "top.END) ; touch pwned; (:" "top.it's \"\$x" "in.it's \"\$x" in.a
cat "top.END) ; touch pwned; (:" "in.it's \"\$x"
run cwflow -q "in.END) ; touch pwned; (:"
run cwflow -q top.END
ls pwned 2>/dev/null
