# MariaDB.

mariadb_query() {
    "${inside[@]}" mariadb --no-defaults --skip-ssl-verify-server-cert --connect-timeout=10 -h 127.0.0.1 -P "$1" -u root -BN -e "$2"
}

# mariadb_answers NODE PORT: and nobody else's server does.
mariadb_answers() { [ "$(mariadb_query "$2" 'SELECT @@datadir')" = "$1/data/" ]; }

need_mariadb() {
    local program
    for program in mariadbd mariadb-install-db mariadb; do
        "${inside[@]}" sh -c "command -v $program" >/dev/null || not_installed MariaDB mariadb-server
    done
}

make_mariadb_data() {
    # It would look this machine's name up, and stop where nobody knows it.
    make_data "$1" mariadb-install-db --no-defaults --datadir="$1/data" --tmpdir="$1/tmp" --skip-test-db --force \
        --auth-root-authentication-method=normal --innodb-log-file-size=32M
}

# mariadb_command NODE PORT: sets `command`.
mariadb_command() {
    # Commits as with PostgreSQL: handed to the system at once (2; with 0 a kill would lose a second of them), which writes
    # them when it likes. `loose`, because newer servers may not know the option. A path within the data folder keeps the
    # socket's path short.
    # A server that starts removes what looks like a temporary table of its own, so each has its own folder for them.
    command=(mariadbd --no-defaults --datadir="$1/data" --tmpdir="$1/tmp" --bind-address=127.0.0.1 --port="$2" --socket=server.sock
        --pid-file="$1/data/server.pid" --skip-name-resolve --character-set-server=utf8mb4 --max-connections=200
        --innodb-flush-log-at-trx-commit=2 --loose-innodb-flush-method=nosync --innodb-log-file-size=32M
        --innodb-buffer-pool-size=64M --performance-schema=OFF)
}

make_test_database() {
    mariadb_query "$1" 'CREATE DATABASE IF NOT EXISTS test'
    touch "$dir/made"
}

start_mariadb() {
    need_mariadb
    make_folder mysql 1
    if ! runs "$dir"; then
        [ -e "$dir/made" ] || make_mariadb_data "$dir"
        mariadb_command "$dir" "${ports[0]}"
        launch "$dir" "${command[@]}"
    fi
    wait_for "$dir" mariadb_answers "$dir" "${ports[0]}"
    make_test_database "${ports[0]}"
    tell_version "$("${inside[@]}" mariadbd --version)"
    echo "mysql://root@127.0.0.1:${ports[0]}/test"
}

# stop_mysql NODE: MySQL, too.
stop_mysql() {
    local list
    list=$(pids "$1")
    # shellcheck disable=SC2086 # one word a process
    [ -z "$list" ] || kill $list 2>/dev/null || true
    wait_until_gone "$1" || kill_node "$1"
}
