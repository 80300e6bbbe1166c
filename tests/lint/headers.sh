#!/bin/sh
# Every header compiles alone. usage: headers.sh CC [WARNING-FLAG...]
set -eu
cd "$(dirname "$0")/../.."
dirs=$(ls -d engine rules tests/unit 2>/dev/null || true)
bad=0
for header in $(find $dirs -name '*.h' | LC_ALL=C sort); do
	[ "$header" = engine/base/prelude.h ] && continue
	"$@" -std=c17 -fsyntax-only -Iengine -Irules -Itests/unit \
		-include engine/base/prelude.h -include "$header" -x c /dev/null || {
		echo "$header does not compile alone"
		bad=1
	}
done
exit $bad
