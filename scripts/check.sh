#!/bin/sh
# Builds cwflow with its tests and runs them all. On a bare Debian it installs what that
# needs first.
set -eu
cd "$(dirname "$0")/.."

usage()
{
	cat <<'TXT'
usage: scripts/check.sh [--preset NAME] [--no-install] [-j N] [-- CTEST-OPTION...]
  --preset NAME  one of CMakePresets.json: release (default), dev, asan, clang, fuzz, ...
  --no-install   leave the machine's packages alone
  -j N           compilers and tests at a time (default: processors)
TXT
}

preset=release
install=yes
jobs=$(nproc)
while [ $# -gt 0 ]; do
	case $1 in
	--preset) preset=$2; shift ;;
	--no-install) install=no ;;
	-j) jobs=$2; shift ;;
	--) shift; break ;;
	-h | --help) usage; exit 0 ;;
	*) echo "check.sh: unknown option $1" >&2; usage >&2; exit 2 ;;
	esac
	shift
done

if [ $install = yes ]; then
	echo "== 1/3 Packages"
	scripts/install-deps.sh --test --plots
fi
echo "== 2/3 Building cwflow and its tests in build/$preset"
cmake --preset "$preset" -DCWFLOW_TESTS=ON --log-level=WARNING
cmake --build --preset "$preset" -j "$jobs"
echo "== 3/3 Running the tests"
ctest --preset "$preset" -j "$jobs" "$@"
