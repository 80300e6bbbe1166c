# The command line for podman, docker, apptainer.
workflow <<'EOF'
rules:
  a: {output: a, container: "docker.io/library/alpine:3", env: {X: 1}, shell: "echo $X > {output}"}
EOF
for p in podman docker apptainer; do
	cwflow -n -p --container-program $p | grep command: | sed -E 's/--user [0-9]+:[0-9]+/--user U:G/; s/ --userns=keep-id//'
done
run cwflow -n -p --container-program lxc
# A script brings its folder and that of the readers.
put scripts/x.py 'pass'
mkdir flow; cd flow || exit
workflow <<'EOT'
rules:
  a: {output: a, container: image.sif, script: ../scripts/x.py}
EOT
cwflow -n -p --container-program apptainer | grep command: | sed "s|${PWD%/flow}|TOP|g"
