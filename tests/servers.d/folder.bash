# A server's folder and its processes.
#
# DIR/kind    what this folder is; without this file nothing in DIR is touched
# DIR/ports   one port a line
# DIR/made    exists once the data is complete, with the database `test`
# NODE/data   the data; NODE is DIR itself, and DIR/node1 and so on where there are several
# NODE/log    what the server says

check_folder() {
    [ -e "$dir/kind" ] || fail "$dir is not a server's folder"
    [ "$(cat "$dir/kind")" = "$kind" ] || fail "$dir belongs to a server of kind $(cat "$dir/kind")"
}

# make_folder USER PORTS: turns DIR into a server's folder, or takes it as an earlier start left it.
make_folder() {
    mkdir -p "$dir"
    if [ ! -e "$dir/kind" ]; then
        [ -z "$(ls -A "$dir")" ] || fail "$dir holds something else"
        echo "$kind" >"$dir/kind"
    fi
    check_folder

    # PostgreSQL refuses to run as root, and no other should: the package's own user does it, else `nobody`.
    as_server=()
    if [ "$(id -u)" = 0 ]; then
        server_user=$1
        id "$server_user" >/dev/null 2>&1 || server_user=nobody
        as_server=(setpriv "--reuid=$server_user" "--regid=$(id -g "$server_user")" --init-groups)
        chmod a+x "$dir" # mktemp -d lets nobody else in
        "${as_server[@]}" test -x "$dir" || fail "user $server_user cannot reach $dir: choose a folder below /tmp"
    fi

    ports=()
    if [ -e "$dir/ports" ]; then mapfile -t ports <"$dir/ports"; fi
    while [ "${#ports[@]}" -lt "$2" ]; do
        # Below the ports that the kernel gives to outgoing connections.
        local port=$((12000 + RANDOM % 20000))
        if [[ " ${ports[*]} " != *" $port "* ]] && ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            ports+=("$port")
        fi
    done
    printf '%s\n' "${ports[@]}" >"$dir/ports"
}

# make_data NODE COMMAND ..: an empty data folder, filled by the command.
make_data() {
    local node=$1
    shift
    rm -rf "$node/data" # what an interrupted start left
    mkdir -p "$node/data" "$node/tmp"
    chmod 700 "$node/data" "$node/tmp"
    if [ "${#as_server[@]}" != 0 ]; then chown "$server_user" "$node/data" "$node/tmp"; fi
    "${inside[@]}" "${as_server[@]}" "$@" >"$node/log" 2>&1 || { cat "$node/log" >&2; fail "could not make the data in $node"; }
}

# ---- A server's processes ---------------------------------------------------------------------------------------

# pids NODE: a server's processes, and the helpers that copy a Galera node's data, run inside the data folder. So may a
# developer's shell, hence the second test: PostgreSQL's go by one name, the others were told the folder.
pids() {
    local proc name
    for proc in /proc/[0-9]*; do
        [ "$proc/cwd" -ef "$1/data" ] || continue
        { read -r name <"$proc/comm"; } 2>/dev/null || continue
        if [ "$name" = postgres ] || grep -qsF "$1/data" "$proc/cmdline"; then echo "${proc#/proc/}"; fi
    done
}

runs() { [ -n "$(pids "$1")" ]; }

# Starts a server of NODE, in a session of its own: Ctrl-C in the caller's terminal is not for it, and the caller's pipe
# ends with the caller.
launch() {
    local node=$1
    shift
    setsid "${inside[@]}" "${as_server[@]}" "$@" >>"$node/log" 2>&1 </dev/null &
    launched=$!
}
launched=

# wait_for NODE COMMAND ..: until the command succeeds. Fails if NODE's server ends before, or takes too long.
wait_for() {
    local node=$1 end=$((SECONDS + 180))
    shift
    until "$@" >/dev/null 2>&1; do
        if [ "$SECONDS" -ge "$end" ] || ! { runs "$node" || kill -0 "$launched"; } 2>/dev/null; then
            tail -n 30 "$node/log" >&2
            kill_node "$node"
            fail "the server in $node does not answer on its port; the end of its log is above"
        fi
        sleep 0.1
    done
}

# Waits until NODE has no process left, for 30 seconds.
wait_until_gone() {
    local end=$((SECONDS + 30))
    while runs "$1"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.05
    done
}

kill_node() {
    local list end=$((SECONDS + 30))
    # More than once, because a postmaster may just be starting another process.
    while list=$(pids "$1") && [ -n "$list" ]; do
        [ "$SECONDS" -lt "$end" ] || fail "these processes of $1 do not end: ${list//$'\n'/ }"
        # shellcheck disable=SC2086 # one word a process
        kill -9 $list 2>/dev/null || true
        sleep 0.05
    done
}
