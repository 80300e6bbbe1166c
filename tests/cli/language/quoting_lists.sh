# A list is several words, a text one; :raw puts it in as it is; an empty text is ''.
workflow <<'EOF'
rules:
  a:
    output: a
    params: {l: [--fast, -x, a b], t: "1 2", e: "", n: []}
    shell: |
      printf '<%s>' {params.l} {params.t} {params.t:raw} {params.e} {params.n} > {output}
EOF
run cwflow -q
cat a; echo
