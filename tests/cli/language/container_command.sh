# The command line for podman, docker, apptainer.
workflow <<'EOF'
rules:
  a: {output: a, container: "docker.io/library/alpine:3", env: {X: 1}, shell: "echo $X > {output}"}
EOF
for p in podman docker apptainer; do
	cwflow -n -p --container-program $p | grep command: | sed -E 's/--user [0-9]+:[0-9]+/--user U:G/'
done
run cwflow -n -p --container-program lxc
