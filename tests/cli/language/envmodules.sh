# Modules are loaded before the prefix.
workflow <<'EOF'
rules:
  a: {output: a, envmodules: [gcc/12, "samtools/{config.v}"], shell: 'touch {output}'}
EOF
put lmod/init/bash 'module() { echo "module $*" >> calls; }'
run env LMOD_PKG=$PWD/lmod cwflow -q -C v=1.9
cat calls
