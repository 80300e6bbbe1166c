#!/bin/sh
# Jobs in real containers: podman, an image made of busybox alone, no registry.
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
# shellcheck disable=SC2034 # read by jobs.sh
program=podman
# shellcheck disable=SC2034
image=localhost/cwflow-test:1
# shellcheck source=tests/e2e/containers/jobs.sh
. "$SOURCE/tests/e2e/containers/jobs.sh"

# A podman of its own: storage, and limits that need no rights beyond those of this shell.
cd "$box"
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
make_root "$busybox" | podman import - "$image" >import.log 2>&1 ||
	skip "podman imports no image: $(tail -n 1 import.log)"
podman run --rm "$image" echo hi >try.log 2>&1 ||
	skip "podman runs no container here: $(tail -n 1 try.log)"
try_jobs
