#!/bin/sh
# Installs the Debian (12 or newer) packages that cwflow is built, run and tested with.
# Asks nothing, may be run again at any time, and is quick when nothing is missing.
set -eu

# To build cwflow and the rule programs.
build="gcc libc6-dev cmake ninja-build pkg-config libyaml-dev libpcre2-dev libgit2-dev
	libsqlite3-dev libxxhash-dev libjansson-dev libutf8proc-dev libgsl-dev
	librandom123-dev"
# To run the examples and draw graphs.
run="bash git ca-certificates graphviz fonts-dejavu-core"
# To run the tests: unit tests, fuzz targets, sanitizers, format and manual checks.
test="libcmocka-dev clang clang-format libclang-rt-14-dev dash mandoc shellcheck strace
	tmux python3 procps diffutils parallel"
# Each optional group switches on programs or tests that need it.
plots="libcairo2-dev libpango1.0-dev"
mpi="libopenmpi-dev openmpi-bin libmpich-dev mpich"
redis="libhiredis-dev redis-server"
cluster="slurmd slurmctld slurm-client slurm-wlm-basic-plugins munge gridengine-master
	gridengine-exec gridengine-client"
shells="ksh93u+m mksh zsh busybox-static"
# Containers, with an image made of busybox.
container="podman runc busybox-static"
docker="docker.io busybox-static"
# A language server for the test of the JSON Schema; Node.js of any origin will do.
editor=
command -v npm >/dev/null || editor="nodejs npm"
# Large, for one example: not in --all.
r="r-base-core"

usage()
{
	cat <<'TXT'
usage: scripts/install-deps.sh [GROUP...] [--list]
Installs what is missing, through apt-get, as root or with sudo.
  --build    compiler, CMake and libraries            (default, with --run)
  --run      what the examples call: bash, git, graphviz
  --test     what the tests need; with --build and --run
  --plots    cairo and pango, for pictures of the rule programs
  --mpi      Open MPI, and MPICH beside it for the tests
  --redis    hiredis and a server, for Redis workers
  --cluster  a local Slurm and a local Grid Engine, for their tests
  --shells   more shells to hold the quoting against
  --container podman, for a test of jobs in containers
  --docker   docker, for the same test with it
  --editor   a YAML language server from the npm registry, for its test
  --all      everything above
  --r        R, for the simulator in R of examples/abc
  --list     only name the packages that are missing
TXT
}

want=
list=no
server=no
for arg; do
	case $arg in
	--build) want="$want $build" ;;
	--run) want="$want $run" ;;
	--test) want="$want $build $run $test" ;;
	--plots) want="$want $plots" ;;
	--mpi) want="$want $mpi" ;;
	--redis) want="$want $redis" ;;
	--cluster) want="$want $cluster" ;;
	--shells) want="$want $shells" ;;
	--container) want="$want $container" ;;
	--docker) want="$want $docker" ;;
	--editor) want="$want $editor" server=yes ;;
	--all)
		want="$build $run $test $plots $mpi $redis $cluster $shells $container $docker $editor"
		server=yes
		;;
	--r) want="$want $r" ;;
	--list) list=yes ;;
	-h | --help)
		usage
		exit 0
		;;
	*)
		echo "install-deps: unknown option $arg" >&2
		usage >&2
		exit 2
		;;
	esac
done
[ -n "$want" ] || [ $server = yes ] || want="$build $run"

# What comes from npm; its test skips where that cannot be had.
finish()
{
	if [ $server = yes ] && ! "$(dirname "$0")/install-editor.sh"; then
		echo "install-deps: no language server; the test e2e.editor will be skipped" >&2
	fi
	exit 0
}

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
	echo "install-deps: this is no Debian system; install the like of:" >&2
	echo "$want" | tr -s ' \t\n' '\n' >&2
	exit 1
fi

# The installed ones in one call; the rest is missing.
# shellcheck disable=SC2086 # a list of words
have=$(dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' $want 2>/dev/null |
	sed -n 's/^ii  *//p' || true)
missing=$(echo "$want" | tr -s ' \t\n' '\n' | sort -u | while read -r name; do
	[ -z "$name" ] || echo "$have" | grep -qxF "$name" || echo "$name"
done)
if [ -z "$missing" ]; then
	[ "$list" = no ] || exit 0
	echo "All packages are installed."
	finish
fi
if [ "$list" = yes ]; then
	echo "$missing"
	exit 0
fi

sudo=
if [ "$(id -u)" != 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "install-deps: run as root, or install sudo; missing:" >&2
		echo "$missing" >&2
		exit 1
	fi
	sudo=sudo
fi
echo "Installing $(echo "$missing" | wc -l) packages and what they need:" \
	"$(echo "$missing" | paste -sd " ")"

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt()
{
	# Waits for another apt or dpkg instead of failing.
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
		-o Dpkg::Use-Pty=0 -o Acquire::Retries=3 -qq "$@" </dev/null
}

try=1
until apt update >"$log" 2>&1; do
	if [ "$try" = 5 ]; then
		cat "$log" >&2
		echo "install-deps: the package lists could not be fetched" >&2
		exit 1
	fi
	echo "The package lists are not to be had yet; trying again."
	sleep $((try * 5))
	try=$((try + 1))
done

# shellcheck disable=SC2086 # a list of words
total=$(apt -s install --no-install-recommends $missing | grep -c '^Inst ' || true)
tty=0
[ -t 1 ] && tty=1
# One line of progress a package; the whole text only when it fails.
# shellcheck disable=SC2086 # a list of words
{
	if apt install -y --no-install-recommends $missing 2>&1; then
		echo "@done"
	else
		echo "@failed"
	fi
} | tee "$log" | awk -v total="$total" -v tty=$tty '
	/^Setting up / {
		n++
		if (tty)
			printf "\r  [%d/%d] %-60s", n, total, $3
		else if (n % 25 == 0 || n == total)
			printf "  [%d/%d] %s\n", n, total, $3
		fflush()
	}
	END { if (tty) printf "\n" }'
if [ "$(tail -n 1 "$log")" != "@done" ]; then
	cat "$log" >&2
	echo "install-deps: apt-get failed" >&2
	exit 1
fi
echo "Packages are installed."
finish
