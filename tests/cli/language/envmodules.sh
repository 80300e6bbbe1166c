# Modules are loaded before the prefix.
workflow <<'EOF'
rules:
  a: {output: a, envmodules: [gcc/12, "samtools/{config.v}"], shell: 'touch {output}'}
EOF
put lmod/init/bash 'module() { echo "module $*" >> calls; }'
run env LMOD_PKG=$PWD/lmod cwflow -q -C v=1.9
cat calls
# A module that is not there: the command is not run with what there is instead.
workflow <<'X'
rules:
  a: {output: a, envmodules: none/1, shell: "touch {output}"}
  b: {output: b, envmodules: none/1, command: [touch, "{output}"]}
X
module() { echo "module $*" >&2; [ "$1" != load ]; }
export -f module
run cwflow -k a b
