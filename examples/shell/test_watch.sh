#!/bin/sh
# Watches a dump while the emulator's clock is turned: three segments are printed, in their order.
set -eu
cd "$(dirname "$0")"

printed=$OME_DUMPS/printed
sh watch.sh "$OME_DUMPS/shell" 3 >"$printed" &
watching=$!
for _ in $(seq 100); do # ten seconds at most
    [ -e "$OME_DUMPS/shell/llhls.m3u8" ] && break
    sleep 0.1
done
curl -sSf -H "Authorization: Basic $(printf %s "$OME_ACCESS_TOKEN" | base64)" -d '{"seconds": 60}' -o /dev/null "$OME_URL/_mock/clock/advance"
wait "$watching"

cat "$printed"
[ "$(wc -l <"$printed")" -eq 3 ]
sort -V -c "$printed"
