# Installs what is missing.

compiles() { echo 'int main(void) { return 0; }' | cc -x c -o /dev/null - 2>/dev/null; }

# These two releases of MariaDB's C client make Diesel read every text as empty (CONC-821 in MariaDB's tracker). Debian 12
# has the first one, and its security updates have the next.
libmariadb_works() {
    local version
    version=$(pkg-config --modversion libmariadb 2>/dev/null) || return 1
    [ "$version" != 3.3.19 ] && [ "$version" != 3.4.9 ]
}

# Asks for the thing itself and not for its package, which may come from elsewhere.
missing() {
    command -v cc >/dev/null || echo gcc
    compiles || echo libc6-dev
    command -v pkg-config >/dev/null || echo pkg-config
    pkg-config --exists libpq 2>/dev/null || echo libpq-dev
    libmariadb_works || echo libmariadb-dev
    [ -n "$(postgres_bin)" ] || echo postgresql
    { command -v mariadbd && command -v mariadb && command -v wsrep_sst_rsync; } >/dev/null || echo mariadb-server
    [ -n "$(galera_library)" ] || echo galera-4
    command -v pgbouncer >/dev/null || echo pgbouncer
    command -v rsync >/dev/null || echo rsync
    # The test target `instructions` counts with it.
    command -v valgrind >/dev/null || echo valgrind
    # The example `articles` is looked at with a browser, asked by curl and fuzzed from Python.
    command -v chromium >/dev/null || echo chromium
    command -v chromedriver >/dev/null || echo chromium-driver
    command -v curl >/dev/null || echo curl
    python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
    # And these are put before it.
    command -v nginx >/dev/null || echo nginx
    command -v varnishd >/dev/null || echo varnish
    command -v haproxy >/dev/null || echo haproxy
    command -v apache2 >/dev/null || echo apache2-bin
}

# apt_install PACKAGE ..: as far as they can be had.
apt_install() {
    local package sudo=()
    if ! command -v apt-get >/dev/null; then
        say "no apt-get here"
    elif [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; then
        [ "$(id -u)" = 0 ] || sudo=(sudo -n)
        # Debian starts a server right after installing it, unless this file says no.
        policy=/usr/sbin/policy-rc.d
        if [ ! -e "$policy" ]; then
            trap '"${sudo[@]}" rm -f "$policy"' EXIT
            printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee "$policy" >/dev/null
            "${sudo[@]}" chmod +x "$policy"
        fi
        local get=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=2
            -o Acquire::http::Timeout=20 -o DPkg::Lock::Timeout=120)
        "${get[@]}" update >&2 || say "apt-get update failed"
        if ! "${get[@]}" install -y --no-install-recommends "$@" >&2; then
            # One that cannot be had must not keep the others away.
            for package in "$@"; do
                "${get[@]}" install -y --no-install-recommends "$package" >&2 || true
            done
        fi
    else
        say "only root can install"
    fi
}

install() {
    local list package
    mapfile -t list < <(missing)
    [ "${#list[@]}" != 0 ] || return 0
    say "missing: ${list[*]}"
    apt_install "${list[@]}"
    mapfile -t list < <(missing)
    for package in "${list[@]}"; do
        say "could not get $package, or not a release of it that works"
    done
    # Without a C compiler nothing builds; without the rest, less is tested.
    compiles || fail "there is no working C compiler"
}
