# Three nodes of MariaDB as a Galera cluster.

galera_library() {
    find /usr/lib/galera /usr/lib/libgalera_smm.so -name libgalera_smm.so 2>/dev/null | head -n 1 || true
}

# Each node has four ports: SQL, group, and one for each way to get the data.
galera_port() { echo "${ports[$((($1 - 1) * 4 + $2))]}"; }

# galera_command N: sets `command`.
galera_command() {
    local group
    group=$(galera_port "$1" 1)
    mariadb_command "$dir/node$1" "$(galera_port "$1" 0)"
    command+=(--binlog-format=ROW --innodb-autoinc-lock-mode=2 --wsrep-on=ON --wsrep-provider="$(galera_library)"
        --wsrep-cluster-name="occ-$(galera_port 1 1)" --wsrep-node-name="node$1"
        --wsrep-cluster-address="gcomm://127.0.0.1:$(galera_port 1 1),127.0.0.1:$(galera_port 2 1),127.0.0.1:$(galera_port 3 1)"
        --wsrep-node-address="127.0.0.1:$group" --wsrep-node-incoming-address="127.0.0.1:$(galera_port "$1" 0)"
        --wsrep-sst-method=rsync --wsrep-sst-receive-address="127.0.0.1:$(galera_port "$1" 3)"
        # pc.recovery=no: who goes first after a kill is decided here.
        --wsrep-provider-options="base_host=127.0.0.1;base_port=$group;gmcast.listen_addr=tcp://127.0.0.1:$group;ist.recv_addr=127.0.0.1:$(galera_port "$1" 2);gcache.size=32M;pc.recovery=no")
}

galera_status() { # N, NAME, VALUE
    [ "$(mariadb_query "$(galera_port "$1" 0)" "SHOW STATUS LIKE '$2'")" = "$2"$'\t'"$3" ]
}

galera_answers() {
    mariadb_answers "$dir/node$1" "$(galera_port "$1" 0)" && galera_status "$1" wsrep_ready ON
}

# launch_galera N OPTION ..
launch_galera() {
    galera_command "$1"
    launch "$dir/node$1" "${command[@]}" "${@:2}"
    wait_for "$dir/node$1" galera_answers "$1"
}

# The first node of a cluster whose nodes are all down: the one that had got furthest, so that no commit is lost.
launch_first_galera() {
    local n position start=() first=1 most=-1
    if [ -e "$dir/made" ]; then
        for n in 1 2 3; do
            galera_command "$n"
            position=$("${as_server[@]}" "${command[@]}" --wsrep-recover 2>&1 | sed -n 's/.*Recovered position: *//p')
            say "node $n was at ${position:-an unknown position}"
            if [ -n "$position" ] && [ "${position##*:}" -gt "$most" ]; then
                first=$n most=${position##*:} start=("--wsrep-start-position=$position")
            fi
        done
        [ "${#start[@]}" != 0 ] || fail "no node in $dir has its data"
        # Galera's own guard against what was just ruled out: starting with an outdated node.
        sed -i 's/^safe_to_bootstrap: 0/safe_to_bootstrap: 1/' "$dir/node$first/data/grastate.dat"
    else
        make_mariadb_data "$dir/node1"
        make_data "$dir/node2" true # gets its data from node 1
        make_data "$dir/node3" true
    fi
    launch_galera "$first" --wsrep-new-cluster "${start[@]}"
}

start_galera() {
    local n up=()
    need_mariadb
    [ -n "$(galera_library)" ] || not_installed Galera galera-4
    command -v wsrep_sst_rsync >/dev/null || not_installed "Galera's copying script" mariadb-server
    command -v rsync >/dev/null || not_installed rsync rsync
    make_folder mysql 12

    for n in 1 2 3; do
        if runs "$dir/node$n"; then up+=("$n"); fi
    done
    # One node of three is no majority: it takes no statements and nobody in. Its data survives a kill.
    if [ "${#up[@]}" = 1 ]; then
        kill_node "$dir/node${up[0]}"
        up=()
    fi
    if [ "${#up[@]}" = 0 ]; then launch_first_galera; fi
    for n in 1 2 3; do
        runs "$dir/node$n" || launch_galera "$n"
    done
    for n in 1 2 3; do
        wait_for "$dir/node$n" galera_answers "$n"
        wait_for "$dir/node$n" galera_status "$n" wsrep_cluster_size 3
    done
    make_test_database "$(galera_port 1 0)"
    for n in 1 2 3; do
        echo "mysql://root@127.0.0.1:$(galera_port "$n" 0)/test"
    done
}
