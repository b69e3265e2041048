#!/usr/bin/env bash
# The steps of the action: `start` the emulator and wait until it is healthy; show its `journal` when the job has failed.
# Its environment is GitHub's: RUNNER_TEMP, GITHUB_ENV, GITHUB_STATE, and inputs as INPUT_...
set -euo pipefail
repository=$(cd "$(dirname "$0")/../.." && pwd)
place="$RUNNER_TEMP/ome-mock"
export PORT_FILE="$place/ports.json"
token=${INPUT_TOKEN:-ome-access-token}

ask() {  # METHOD PATH: prints the body of an answer with status 200
    TOKEN="$token" "$place/venv/bin/python" - "$@" <<'PY'
import base64, http.client, json, os, pathlib, sys
server = http.client.HTTPConnection("127.0.0.1", json.loads(pathlib.Path(os.environ["PORT_FILE"]).read_text())["port"], timeout=30)
server.request(sys.argv[1], sys.argv[2], headers={"Authorization": "Basic " + base64.b64encode(os.environ["TOKEN"].encode()).decode()})
answer = server.getresponse()
print(answer.read().decode())
sys.exit(answer.status != 200)
PY
}

start() {
    echo "step=journal" >>"$GITHUB_STATE"  # what run.js does when it is called again
    mkdir -p "$place"
    python3 -m venv --without-pip "$place/venv"
    python3 -m pip --python "$place/venv" install --quiet "$repository"
    arguments=()
    while IFS= read -r -d '' word; do arguments+=("$word"); done < <(
        python3 -c 'import os, shlex; print("".join(f"{word}\0" for word in shlex.split(os.environ.get("INPUT_ARGUMENTS", ""))), end="")'
    )
    export OME_MOCK_PORT="${OME_MOCK_PORT-0}" OME_MOCK_LLHLS_PORT="${OME_MOCK_LLHLS_PORT-0}"
    nohup "$place/venv/bin/ome-mock" serve ${arguments[@]+"${arguments[@]}"} --access-token "$token" --port-file "$PORT_FILE" \
        >"$place/log" 2>&1 </dev/null &
    server=$!
    for _ in $(seq 600); do
        [ -s "$PORT_FILE" ] && break
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    [ -s "$PORT_FILE" ] && ask GET /_mock/health || { cat "$place/log"; echo "::error::ome-mock did not start"; exit 1; }
    "$place/venv/bin/python" - >>"$GITHUB_ENV" <<'PY'
import json, os, pathlib
ports = json.loads(pathlib.Path(os.environ["PORT_FILE"]).read_text())
print(f"OME_URL=http://127.0.0.1:{ports['port']}")
print(f"OME_LLHLS_URL=http://127.0.0.1:{ports['llhls_port']}")
PY
    echo "OME_ACCESS_TOKEN=$token" >>"$GITHUB_ENV"
}

journal() {
    verbatim="ome-mock-$RANDOM$RANDOM"  # until it is said again, nothing printed is a command to GitHub
    echo "::group::ome-mock: what it was asked"
    echo "::stop-commands::$verbatim"
    show_journal || echo "the emulator is not there any more"
    echo "::$verbatim::"
    echo "::endgroup::"
    echo "::group::ome-mock: its log"
    echo "::stop-commands::$verbatim"
    tail -n 200 "$place/log" || echo "it never started"
    echo "::$verbatim::"
    echo "::endgroup::"
}

show_journal() {
    [ -s "$PORT_FILE" ] || return 1
    ask GET /_mock/journal >"$place/journal.json" || return 1
    "$place/venv/bin/python" - "$place/journal.json" <<'PY'
import json, pathlib, sys
journal = json.loads(pathlib.Path(sys.argv[1]).read_text())
for each in journal["requests"]:
    print(f"{each['at']} {each['method']} {each['target']} {each['body']} -> {each['status'] or 'connection closed'} {each['answer']}")
    for sentence in each["diagnosis"]:
        print(f"    {sentence}")
for each in journal["callbacks"]:
    print(f"{each['at']} {each['what']} of {each['stream']} to {each['url']} -> {each['status'] or each['outcome']}")
print(f"{len(journal['writes'])} writes of files")
PY
}

"$1"
