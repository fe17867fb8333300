# Sourced: an apt of our own beside the system's, which it leaves alone. It reads the mirror's address from
# the system's sources, adds the suites that hold other kernels, and checks signatures by Debian's keyring.

cache=${SYSCASE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/syscase}
apt_state=$cache/apt
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

die() {
    echo "${0##*/}: $*" >&2
    exit 1
}

for tool in apt-get apt-cache dpkg; do
    command -v "$tool" >/dev/null || die "needs $tool: images come as Debian packages"
done

# The address of the configured archive with this label.
mirror() {
    apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 2>/dev/null |
        sed -n "s|^$1 ||p" | head -n 1
}

private() {
    tool=$1
    shift
    "$tool" -q -o "Dir::State=$apt_state/state" -o "Dir::State::status=$apt_state/status" \
        -o "Dir::Cache=$apt_state/cache" -o "Dir::Etc::sourcelist=$apt_state/sources.list" \
        -o "Dir::Etc::sourceparts=-" -o "Dir::Etc::preferences=-" -o "Dir::Etc::preferencesparts=-" \
        -o APT::Architecture=amd64 -o APT::Sandbox::User=root -o APT::Get::List-Cleanup=false \
        -o Acquire::Languages=none -o Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false \
        -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false \
        -o Acquire::Retries=2 -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 "$@"
}

# Brings the lists up to date, at most once a day.
private_update() {
    mkdir -p "$apt_state/state/lists/partial" "$apt_state/cache/archives/partial"
    : >"$apt_state/status"
    [ -z "$(find "$apt_state" -maxdepth 1 -name updated -mtime -1)" ] || return 0
    archive=$(mirror Debian)
    security=$(mirror Debian-Security)
    [ -n "$archive" ] || die "apt has no Debian archive configured (or 'apt-get update' was never run)"
    [ -r "$keyring" ] || die "$keyring is missing: apt-get install debian-archive-keyring"
    {
        for suite in bookworm bookworm-backports trixie trixie-backports sid; do
            echo "deb [signed-by=$keyring] $archive $suite main"
        done
        for suite in bullseye-security bookworm-security trixie-security; do
            [ -z "$security" ] || echo "deb [signed-by=$keyring] $security $suite main"
        done
    } >"$apt_state/sources.list"
    # Suites come and go on a mirror: what there is will do.
    private apt-get update >"$apt_state/log" 2>&1 || true
    [ -n "$(find "$apt_state/state/lists" -name '*_Packages*' | head -n 1)" ] || {
        tail -n 5 "$apt_state/log" >&2
        die "the package lists could not be fetched"
    }
    touch "$apt_state/updated"
}

# Downloads the newest version of a package into the current directory. A signature that does not fit is an error.
private_download() {
    private apt-get download "$1" >"$apt_state/log" 2>&1 || {
        tail -n 5 "$apt_state/log" >&2
        die "$1 could not be downloaded"
    }
}
