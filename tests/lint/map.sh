#!/bin/sh
# The map at the top of engine/cli/main.c names every room, and every file of the engine
# by its name without .c or .h; what it names exists.
set -eu
cd "$(dirname "$0")/../.."
map=$(sed -n '1,/\*\//p' engine/cli/main.c)
if ! printf '%s\n' "$map" | grep -q '^ \* *base/'; then
	echo "engine/cli/main.c opens with no map (lines ' * room/  file file ...')"
	exit 77
fi
bad=0
names=$(printf '%s\n' "$map" | grep -oE '[A-Za-z0-9_]+/?' | sort -u)
for file in $(find engine -name '*.[ch]' | sed -E 's|.*/||; s|\.[ch]$||' | sort -u); do
	printf '%s\n' "$names" | grep -qx "$file" || {
		echo "the map in engine/cli/main.c lacks $file"
		bad=1
	}
done
for room in engine/*/; do
	room=$(basename "$room")
	find "engine/$room" -name '*.[ch]' | grep -q . || continue
	printf '%s\n' "$names" | grep -qx "$room/" || {
		echo "the map in engine/cli/main.c lacks the room $room/"
		bad=1
	}
done
# Words with an underscore are file names only.
for word in $(printf '%s\n' "$names" | grep _); do
	find engine -name "$word.[ch]" | grep -q . || {
		echo "the map in engine/cli/main.c names $word, which is not there"
		bad=1
	}
done
exit $bad
