#!/bin/sh
# Dumps a stream for as long as it takes to see some segments, and prints each as soon as it is complete.
#
#     watch.sh DIRECTORY SEGMENTS
#
# Needs curl and inotifywait (inotify-tools). Settings: OME_URL, OME_ACCESS_TOKEN.
set -eu

directory=$1
segments=$2

ask() { # ACTION BODY
    curl -sS --fail --retry 3 -H "Authorization: Basic $(printf %s "$OME_ACCESS_TOKEN" | base64)" -d "$2" \
        -o /dev/null "$OME_URL/v1/vhosts/default/apps/app/streams/stream:$1"
}

mkdir -p "$directory"
fifo=$(mktemp -u)
mkfifo "$fifo"
inotifywait --monitor --quiet --event close_write --format %f "$directory" >"$fifo" &
watcher=$!
trap 'kill "$watcher" 2>/dev/null || true; rm -f "$fifo"' EXIT

ask startHlsDump '{"outputStreamName": "stream", "id": "watched", "outputPath": "'"$directory"'"}'
seen=0
while [ "$seen" -lt "$segments" ] && read -r name; do
    case $name in
    seg_0_*)
        seen=$((seen + 1))
        echo "$name"
        ;;
    esac
done <"$fifo"
ask stopHlsDump '{"outputStreamName": "stream", "id": "watched"}'
