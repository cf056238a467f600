# Oracle's MySQL, alone and as a replicated group of which every node is a primary.

mysql_query() { # PORT SQL
    "${inside[@]}" mysql --no-defaults --connect-timeout=10 -h 127.0.0.1 -P "$1" -u root -BN -e "$2"
}

# mysql_answers NODE PORT: and nobody else's server does.
mysql_answers() { [ "$(mysql_query "$2" 'SELECT @@datadir')" = "$1/data/" ]; }

make_mysql_data() {
    make_data "$1" mysqld --no-defaults --initialize-insecure --datadir="$1/data" --tmpdir="$1/tmp" --innodb-redo-log-capacity=64M
}

# mysql_command NODE PORT: sets `command`. Commits as with MariaDB. Names are looked up: its root is root@localhost.
mysql_command() {
    command=(mysqld --no-defaults --datadir="$1/data" --tmpdir="$1/tmp" --bind-address=127.0.0.1 --port="$2" --mysqlx=OFF
        --socket=server.sock --pid-file="$1/data/server.pid" --secure-file-priv= --character-set-server=utf8mb4
        --max-connections=200 --innodb-flush-log-at-trx-commit=2 --sync-binlog=0 --innodb-flush-method=nosync
        --innodb-redo-log-capacity=64M --innodb-buffer-pool-size=64M)
}

tell_mysql_version() { tell_version "$("${inside[@]}" mysqld --version)"; }

start_mysql() {
    make_folder mysql 1
    if ! runs "$dir"; then
        [ -e "$dir/made" ] || make_mysql_data "$dir"
        mysql_command "$dir" "${ports[0]}"
        launch "$dir" "${command[@]}" --performance-schema=OFF
    fi
    wait_for "$dir" mysql_answers "$dir" "${ports[0]}"
    mysql_query "${ports[0]}" 'CREATE DATABASE IF NOT EXISTS test'
    touch "$dir/made"
    tell_mysql_version
    echo "mysql://root@127.0.0.1:${ports[0]}/test"
}

# ---- Group Replication ------------------------------------------------------------------------------------------
#
# Ports 0 to 2 are for SQL, 3 to 5 for the group.

group_sql() { mysql_query "${ports[$(($1 - 1))]}" "$2"; } # N SQL

group_answers() { mysql_answers "$dir/node$1" "${ports[$(($1 - 1))]}"; }

group_online() {
    [ "$(group_sql "$1" "SELECT COUNT(*) FROM performance_schema.replication_group_members
        WHERE MEMBER_STATE = 'ONLINE' AND MEMBER_ID = @@server_uuid")" = 1 ]
}

group_complete() {
    [ "$(group_sql "$1" "SELECT COUNT(*) FROM performance_schema.replication_group_members WHERE MEMBER_STATE = 'ONLINE'")" = 3 ]
}

# launch_group N: a server that is not in the group yet.
launch_group() {
    local group
    mysql_command "$dir/node$1" "${ports[$(($1 - 1))]}"
    group=$(printf '127.0.0.1:%s,' "${ports[@]:3}")
    launch "$dir/node$1" "${command[@]}" --server-id="$1" --gtid-mode=ON --enforce-gtid-consistency=ON --log-bin=binlog \
        --report-host=127.0.0.1 --report-port="${ports[$(($1 - 1))]}" --plugin-load=group_replication.so \
        --loose-group-replication-group-name="00000000-0000-4000-8000-$(printf '%012d' "${ports[0]}")" \
        --loose-group-replication-start-on-boot=OFF --loose-group-replication-bootstrap-group=OFF \
        --loose-group-replication-local-address="127.0.0.1:${ports[$(($1 + 2))]}" \
        --loose-group-replication-group-seeds="${group%,}" --loose-group-replication-ip-allowlist=127.0.0.1/8 \
        --loose-group-replication-single-primary-mode=OFF \
        --loose-group-replication-enforce-update-everywhere-checks=ON \
        --loose-group-replication-recovery-get-public-key=ON
    wait_for "$dir/node$1" group_answers "$1"
    [ -e "$dir/made" ] || group_sql "$1" "SET SQL_LOG_BIN = 0;
        CREATE USER IF NOT EXISTS rpl@'%' IDENTIFIED BY 'rpl';
        GRANT REPLICATION SLAVE, CONNECTION_ADMIN, BACKUP_ADMIN, GROUP_REPLICATION_STREAM ON *.* TO rpl@'%';
        CHANGE REPLICATION SOURCE TO SOURCE_USER = 'rpl', SOURCE_PASSWORD = 'rpl' FOR CHANNEL 'group_replication_recovery'"
}

# join_group N: until the others have noticed that a killed node is gone, it is not let in again.
join_group() {
    local end=$((SECONDS + 120))
    until group_online "$1"; do
        [ "$SECONDS" -lt "$end" ] || fail "node $1 of $dir does not get into its group; its log says why"
        group_sql "$1" 'START GROUP_REPLICATION' >/dev/null 2>&1 || sleep 1
        sleep 0.2
    done
}

# The first node of a group whose nodes are all down: one that has received all that any has, so that no commit is lost.
# Transactions have one order, and each node a beginning of it.
bootstrap_group() {
    local n m has=() first=
    for n in 1 2 3; do
        [ -e "$dir/made" ] || make_mysql_data "$dir/node$n"
        launch_group "$n"
        has[n]=$(group_sql "$n" "SELECT REPLACE(CONCAT_WS(',', @@GLOBAL.gtid_executed, NULLIF(MAX(RECEIVED_TRANSACTION_SET), '')), '\n', '')
            FROM performance_schema.replication_connection_status WHERE CHANNEL_NAME = 'group_replication_applier'")
        has[n]=${has[n]//\\n/}
    done
    for n in 1 2 3; do
        for m in 1 2 3; do
            [ "$(group_sql "$n" "SELECT GTID_SUBSET('${has[m]}', '${has[n]}')")" = 1 ] || continue 2
        done
        first=${first:-$n}
    done
    [ -n "$first" ] || fail "no node in $dir has all that the others have: ${has[*]}"
    group_sql "$first" 'SET GLOBAL group_replication_bootstrap_group = ON; START GROUP_REPLICATION;
        SET GLOBAL group_replication_bootstrap_group = OFF'
    wait_for "$dir/node$first" group_online "$first"
}

start_group() {
    local n up=()
    make_folder mysql 6
    for n in 1 2 3; do
        if runs "$dir/node$n" && group_online "$n" 2>/dev/null; then up+=("$n"); else kill_node "$dir/node$n"; fi
    done
    # One node of three is no majority.
    if [ "${#up[@]}" = 1 ]; then
        kill_node "$dir/node${up[0]}"
        up=()
    fi
    if [ "${#up[@]}" = 0 ]; then bootstrap_group; fi
    for n in 1 2 3; do
        runs "$dir/node$n" || launch_group "$n"
        join_group "$n"
    done
    for n in 1 2 3; do
        wait_for "$dir/node$n" group_complete "$n"
    done
    group_sql 1 'CREATE DATABASE IF NOT EXISTS test'
    touch "$dir/made"
    tell_mysql_version
    for n in 1 2 3; do
        echo "mysql://root@127.0.0.1:${ports[$((n - 1))]}/test"
    done
}
