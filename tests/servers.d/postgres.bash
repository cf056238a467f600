# PostgreSQL, alone, with a standby, and behind PgBouncer.

# Debian keeps the programs out of the PATH, one folder a version. Prints nothing where there are none.
postgres_bin() {
    local initdb
    initdb=$(find "$programs/usr/lib/postgresql" -path '*/bin/initdb' 2>/dev/null | sort -V | tail -n 1) || true
    if [ -n "$initdb" ]; then initdb=${initdb#"$programs"}; else initdb=$(command -v initdb || true); fi
    if [ -n "$initdb" ]; then dirname "$initdb"; fi
}

postgres_query() { # PORT SQL
    "${inside[@]}" "$bin/psql" -XAtqw -h 127.0.0.1 -p "$1" -U postgres -d postgres -c "$2"
}

# postgres_answers NODE PORT: and nobody else's server does.
postgres_answers() { [ "$(postgres_query "$2" 'SHOW data_directory')" = "$1/data" ]; }

need_postgres() {
    bin=$(postgres_bin)
    [ -n "$bin" ] && "${inside[@]}" test -x "$bin/psql" || not_installed PostgreSQL postgresql
}

make_postgres_data() {
    make_data "$1" "$bin/initdb" -D "$1/data" -U postgres --auth=trust --no-sync -E UTF8 --locale=C.UTF-8
    # Nothing waits for the disk, yet a commit outlives kill -9: the system has got it. That needs the defaults of
    # synchronous_commit and full_page_writes: without them commits would still be in the server's memory, and a
    # page could be half written. No socket, because its path must be short and DIR may be long. Shared memory in
    # DIR, as far as PostgreSQL lets one choose, so that a kill leaves little behind elsewhere.
    cat >>"$1/data/postgresql.conf" <<END_OF_FILE
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
dynamic_shared_memory_type = mmap
fsync = off
max_connections = 200
END_OF_FILE
}

launch_postgres() { # NODE PORT
    # Left by a killed server. No process runs here, so it is stale, even if its process number is in use again.
    rm -f "$1/data/postmaster.pid"
    launch "$1" "$bin/postgres" -D "$1/data" -p "$2"
    wait_for "$1" postgres_answers "$1" "$2"
}

# run_postgres NODE PORT: a server of its own, with the database `test`.
run_postgres() {
    if ! runs "$1"; then
        [ -e "$dir/made" ] || make_postgres_data "$1"
        launch_postgres "$1" "$2"
    fi
    wait_for "$1" postgres_answers "$1" "$2"
    [ -n "$(postgres_query "$2" "SELECT 1 FROM pg_database WHERE datname = 'test'")" ] ||
        postgres_query "$2" 'CREATE DATABASE test'
}

start_postgres() {
    need_postgres
    make_folder postgres 1
    run_postgres "$dir" "${ports[0]}"
    touch "$dir/made"
    tell_version "$("${inside[@]}" "$bin/postgres" --version)"
    echo "postgres://postgres@127.0.0.1:${ports[0]}/test"
}

stop_postgres() { # NODE
    local pid_file=$1/data/postmaster.pid key id
    if runs "$1" && [ -e "$pid_file" ]; then
        kill -INT "$(head -n 1 "$pid_file")" # end now, whoever is connected
        wait_until_gone "$1" || true
    fi
    kill_node "$1"
    # A killed server leaves 56 bytes of shared memory, whose key and number are in its pid file.
    if read -r key id < <(sed -n 7p "$pid_file" 2>/dev/null); then
        if [ "$(ipcs -m | awk -v id="$id" '$2 == id { print $1, $6 }')" = "$(printf '0x%08x 0' "$key")" ]; then
            ipcrm -m "$id"
        fi
    fi
}

# ---- A primary, node 1, and a standby that follows it, node 2 ----------------------------------------------------

start_replica() {
    need_postgres
    make_folder postgres 2
    run_postgres "$dir/node1" "${ports[0]}"
    if ! runs "$dir/node2"; then
        if [ ! -e "$dir/made" ]; then
            make_data "$dir/node2" "$bin/pg_basebackup" -D "$dir/node2/data" -R --no-sync --checkpoint=fast --wal-method=stream \
                -h 127.0.0.1 -p "${ports[0]}" -U postgres
        fi
        launch_postgres "$dir/node2" "${ports[1]}"
    fi
    wait_for "$dir/node2" postgres_answers "$dir/node2" "${ports[1]}"
    wait_for "$dir/node2" follows
    touch "$dir/made"
    echo "postgres://postgres@127.0.0.1:${ports[0]}/test"
    echo "postgres://postgres@127.0.0.1:${ports[1]}/test"
}

# Whether the standby has a connection to its primary.
follows() { [ "$(postgres_query "${ports[1]}" 'SELECT count(*) FROM pg_stat_wal_receiver')" = 1 ]; }

# ---- PgBouncer in transaction mode, before a server of its own ----------------------------------------------------
#
# DIR/node1 is the server, DIR/node2 PgBouncer with max_prepared_statements = 0, DIR/node3 with 200. That needs 1.21: the
# machine's own, or else the one in the folder of the newer PostgreSQL.

# launch_pgbouncer N STATEMENTS
launch_pgbouncer() {
    local node=$dir/node$1 port=${ports[$(($1 - 1))]} setting=()
    if ! runs "$node"; then
        [ -e "$node/data" ] || make_data "$node" true
        [ "$2" = 0 ] || setting=("max_prepared_statements = $2")
        cat >"$node/data/pgbouncer.ini" <<END_OF_FILE
[databases]
* = host=127.0.0.1 port=${ports[0]} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $port
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 4
max_client_conn = 200
ignore_startup_parameters = extra_float_digits
$(printf '%s\n' "${setting[@]}")
END_OF_FILE
        launch "$node" env -C "$node/data" pgbouncer "$node/data/pgbouncer.ini"
    fi
    wait_for "$node" postgres_query "$port" 'SELECT 1'
    echo "postgres://postgres@127.0.0.1:$port/test"
}

pgbouncer_version() { "${inside[@]}" pgbouncer --version 2>/dev/null | sed -n 's/^PgBouncer //p'; }

knows_prepared_statements() {
    local version
    version=$(pgbouncer_version)
    [ -n "$version" ] && [ "$(printf '1.21\n%s\n' "$version" | sort -V | head -n 1)" = 1.21 ]
}

start_pgbouncer() {
    need_postgres
    command -v pgbouncer >/dev/null || not_installed PgBouncer pgbouncer
    make_folder postgres 3
    run_postgres "$dir/node1" "${ports[0]}"
    launch_pgbouncer 2 0
    # A newer one, in a process of its own: whoever cannot have it has the first URL.
    (
        knows_prepared_statements || { newer postgres; bin=$(postgres_bin); }
        knows_prepared_statements || cannot_be_had "PgBouncer $(pgbouncer_version) knows no max_prepared_statements"
        tell_version "PgBouncer $(pgbouncer_version), max_prepared_statements = 200"
        launch_pgbouncer 3 200
    ) || say "no second URL: no PgBouncer from 1.21 on"
    touch "$dir/made"
}
