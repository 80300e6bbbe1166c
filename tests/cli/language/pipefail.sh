# bash runs with set -euo pipefail.
workflow <<'EOF'
rules:
  a:
    output: a
    shell: touch {output}; false | true
EOF
cwflow -q 2>/dev/null
echo $?
files
