#!/bin/sh
# Jobs in real containers: podman, an image made of busybox alone, no registry. Names and
# values that look like shell, exit statuses, time-outs that leave nothing running.
set -eu
skip()
{
	echo "skipped: $1"
	exit 77
}
command -v podman >/dev/null || skip "podman is not installed"
busybox=$(command -v busybox) || skip "busybox is not installed"
if ldd "$busybox" >/dev/null 2>&1; then
	skip "busybox is not static"
fi
box=$(mktemp -d)
trap 'podman kill -a >/dev/null 2>&1; podman rm -fa >/dev/null 2>&1; rm -rf "$box"' EXIT
cd "$box"
fail()
{
	echo "FAILED: $*" >&2
	exit 1
}

# A podman of its own: storage, and limits that need no rights beyond those of this shell.
cat >containers.conf <<'TXT'
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
netns = "none"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
TXT
if command -v runc >/dev/null; then
	echo 'runtime = "runc"' >>containers.conf
fi
printf '[storage]\ndriver = "vfs"\ngraphroot = "%s/store"\nrunroot = "%s/run"\n' "$box" "$box" \
	>storage.conf
export CONTAINERS_CONF="$box/containers.conf" CONTAINERS_STORAGE_CONF="$box/storage.conf"
mkdir -p root/bin root/etc root/tmp root/proc root/dev root/sys
cp "$busybox" root/bin/busybox
for name in sh cat echo id sleep touch wc; do
	ln -s busybox "root/bin/$name"
done
echo inside >root/etc/marker
tar -C root -c . | podman import - localhost/cwflow-test:1 >import.log 2>&1 ||
	skip "podman imports no image: $(tail -n 1 import.log)"
podman run --rm localhost/cwflow-test:1 echo hi >try.log 2>&1 ||
	skip "podman runs no container here: $(tail -n 1 try.log)"

mkdir work
cd work
printf 'one two\n' >"in 'put'.txt"
cat >Workflowfile <<'TXT'
shell: {executable: sh}
envvars: [SECRET]
defaults: {container: localhost/cwflow-test:1}
rules:
  text:
    input: "in 'put'.txt"
    output: "out/{x}.txt"
    env: {GREETING: "it's $x"}
    shell: |
      cat /etc/marker {input} > {output}
      echo "$GREETING" {env.SECRET} {wildcards.x} >> {output}
  list:
    input: "in 'put'.txt"
    output: words
    command: [wc, -w]
    stdin: "{input}"
    stdout: "{output}"
  fails: {output: fails, shell: "echo no luck; exit 7"}
  slow: {output: slow, timeout: 2, shell: "sleep 4321; touch {output}"}
TXT
# shellcheck disable=SC2016 # a name that looks like shell
SECRET='s e$cret' cwflow -k --cores 4 --container-program podman 'out/$(touch pwned).txt' words \
	fails slow >log 2>&1 && fail "jobs that fail, and exit status 0"
# shellcheck disable=SC2016
printf "inside\none two\nit's \$x s e\$cret \$(touch pwned)\n" >want
# shellcheck disable=SC2016
cmp want 'out/$(touch pwned).txt' || fail "$(cat log)"
[ ! -e pwned ] || fail "a name was run"
[ "$(cat words)" = 2 ] || fail "stdin and stdout: $(cat words)"
grep -q 'exit status 7' log || fail "$(cat log)"
grep -q 'out of time' log || fail "$(cat log)"
[ ! -e slow ] || fail "an output of a job out of time"
[ ! -e fails ] || fail "an output of a failed job"
[ "$(podman ps -q | wc -l)" = 0 ] || fail "a container goes on: $(podman ps)"
[ -O words ] || fail "not the user's own file"
if grep -qF "e\$cret" log; then
	fail "the secret is in the log"
fi
echo "all passed"
