#!/bin/sh
# keep.sh FILE: write what comes in into FILE, unless it holds just that already (so that its date stays the same).
set -eu
cat > "$1.new"
if cmp -s "$1.new" "$1"; then rm -f "$1.new"; else mv -f "$1.new" "$1"; fi
