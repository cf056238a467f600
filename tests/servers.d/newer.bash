# Servers that are newer than the machine's own, or not in it at all: the programs of Debian's unstable suite, in folders of their
# own. Nothing is installed on the machine. A server sees the folder's /usr in place of the machine's, by a mount that
# only the server's own processes see and that is gone with the last of them; data and ports are where they would be anyway.

roots=${OCC_TEST_ROOTS:-/var/tmp/occ-roots}

# root_packages FOLDER ROOT: what is installed into it, beyond what every Debian has. The servers are not all in one, since MySQL and
# MariaDB have files of the same names.
root_packages() {
    case $2 in
    mysql) echo mysql-server-core mysql-client ;;
    mariadb) echo mariadb-server-core mariadb-client ;;
    postgres)
        in_folder "$1" apt-cache pkgnames postgresql- | grep -x 'postgresql-[0-9]*' | sort -V | tail -n 1
        # And another language, for what the server says in it.
        printf '%s\n' pgbouncer locales
        ;;
    esac
}

cannot_be_had() { say "$kind cannot be had here: $*"; exit 3; }

# The mirror that the machine itself has its packages from.
mirror() {
    local uri
    uri=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p' /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -n 1) || true
    if [ -z "$uri" ]; then
        uri=$(sed -nE 's/^deb +(\[[^]]*\] +)?([^ ]+).*/\2/p' /etc/apt/sources.list 2>/dev/null | head -n 1) || true
    fi
    echo "$uri"
}

# in_folder FOLDER COMMAND ..: runs a command with that folder as its root.
in_folder() {
    # shellcheck disable=SC2016 # the inner shell's
    unshare --mount -- sh -c '
        mount --bind /proc "$0/proc" && mount --bind /dev "$0/dev" || exit 1
        exec chroot "$0" "$@"' "$@"
}

# make_root ROOT: complete, or not there.
make_root() {
    local new=$roots/$1.new bare=$roots/bare packages get
    if [ ! -e "$bare" ]; then
        rm -rf "$bare.new"
        say "making $bare, with debootstrap from $(mirror)"
        unshare --mount -- debootstrap --variant=minbase sid "$bare.new" "$(mirror)" >&2 || return 1
        # Debian starts a server right after installing it, unless this file says no.
        printf '#!/bin/sh\nexit 101\n' >"$bare.new/usr/sbin/policy-rc.d"
        chmod +x "$bare.new/usr/sbin/policy-rc.d"
        mv "$bare.new" "$bare"
    fi
    rm -rf "$new"
    cp -a --reflink=auto "$bare" "$new" || return 1
    get=(in_folder "$new" env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -qq -o Acquire::Retries=2 -o Acquire::http::Timeout=20)
    "${get[@]}" update >&2 || say "apt-get update failed"
    mapfile -t packages < <(root_packages "$new" "$1")
    say "installing into $roots/$1: ${packages[*]}"
    # Without a system that runs, the service of a package may not be set up, which is an error; the programs are there.
    # shellcheck disable=SC2068 # several words in a line
    "${get[@]}" install -y --no-install-recommends ${packages[@]} >&2 || say "not all of it could be set up"
    if [ "$1" = postgres ]; then in_folder "$new" localedef -i de_DE -f UTF-8 de_DE.UTF-8 >&2 || true; fi
    rm -rf "$new"/var/cache/apt/archives/*.deb
    [ -n "$(root_programs "$new" "$1")" ] || return 1
    mv "$new" "$roots/$1"
}

# root_programs FOLDER ROOT: prints the path of the server's program in it, if it is there.
root_programs() {
    case $2 in
    mysql) find "$1/usr/sbin/mysqld" ;;
    mariadb) find "$1/usr/sbin/mariadbd" ;;
    postgres) find "$1/usr/lib/postgresql" -path '*/bin/postgres' ;;
    esac 2>/dev/null || true
}

# newer ROOT: sets `inside`, which a command is put behind to see that root's programs; makes the root if need be.
newer() {
    [ "$(id -u)" = 0 ] || cannot_be_had "only root can mount"
    # In each other's way are only those who make the same folders.
    mkdir -p "$roots"
    exec 8>"$roots/lock"
    flock 8
    if [ ! -e "$roots/$1" ]; then
        [ -n "$(mirror)" ] || cannot_be_had "the machine names no mirror of Debian in /etc/apt"
        command -v debootstrap >/dev/null || cannot_be_had "apt-get install debootstrap, or run tests/servers install-newer"
        unshare --mount -- true 2>/dev/null || cannot_be_had "mounts are refused"
        make_root "$1" 8>&- || cannot_be_had "its root folder could not be made; see above"
    fi
    exec 8>&-
    # shellcheck disable=SC2016 # the inner shell's
    inside=(unshare --mount -- sh -c 'mount --bind "$0/usr" /usr && exec "$@"' "$roots/$1")
    programs=$roots/$1
    "${inside[@]}" true 2>/dev/null || cannot_be_had "mounts are refused"
}

install_newer() {
    local root version
    [ "$(id -u)" = 0 ] || cannot_be_had "only root can mount"
    if ! command -v debootstrap >/dev/null; then apt_install debootstrap; fi
    for root in mysql mariadb postgres; do
        # One that cannot be had must not keep the others away.
        if version=$(version_in "$root"); then say "$roots/$root has $version"; fi
    done
}

# What the root's server says of its version.
version_in() {
    local program
    newer "$1"
    program=$(root_programs "$programs" "$1" | sort -V | tail -n 1)
    "${inside[@]}" "${program#"$programs"}" --version
}
