#!/bin/sh
# The same in containers of docker: a daemon of its own, without a network.
set -eu
skip()
{
	echo "skipped: $1"
	exit 77
}
for name in docker dockerd busybox; do
	command -v "$name" >/dev/null || skip "$name is not installed"
done
busybox=$(command -v busybox)
if ldd "$busybox" >/dev/null 2>&1; then
	skip "busybox is not static"
fi
[ "$(id -u)" = 0 ] || skip "dockerd runs as root only"
box=$(mktemp -d)
daemon=
# What the daemon mounted goes before the folder does.
clean()
{
	if [ -n "$daemon" ]; then
		docker ps -q | xargs -r docker kill >/dev/null 2>&1
		kill "$daemon" && wait "$daemon"
	fi
	rm -rf --one-file-system "$box"
}
trap 'clean >/dev/null 2>&1' EXIT
# shellcheck disable=SC2034 # read by jobs.sh
program=docker
# shellcheck disable=SC2034
image=cwflow-test:1
# shellcheck source=tests/e2e/containers/jobs.sh
. "$SOURCE/tests/e2e/containers/jobs.sh"

cd "$box"
export DOCKER_HOST="unix://$box/socket" DOCKER_CONFIG="$box/config"
dockerd --storage-driver vfs --data-root "$box/data" --exec-root "$box/exec" -H "$DOCKER_HOST" \
	-p "$box/pid" --bridge none --iptables=false --ip-forward=false --ip-masq=false \
	>dockerd.log 2>&1 &
daemon=$!
tries=150
until docker version >try.log 2>&1; do
	tries=$((tries - 1))
	if ! kill -0 "$daemon" 2>/dev/null || [ "$tries" = 0 ]; then
		skip "dockerd does not run here: $(tail -n 1 dockerd.log)"
	fi
	sleep 0.2
done
make_root "$busybox" | docker import - "$image" >import.log 2>&1 ||
	skip "docker imports no image: $(tail -n 1 import.log)"
docker run --rm "$image" echo hi >try.log 2>&1 ||
	skip "docker runs no container here: $(tail -n 1 try.log)"
try_jobs
