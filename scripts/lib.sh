# Set-up that scripts/test and scripts/demo share. Sourced, never run.
#
# Everything it makes stands in the checkout: .venv and .venv-async (Python packages), .engines (the
# engine that tests and samples run on) and .tools (what looks at pages). All may be deleted at any
# time. The exceptions are Chromium and Firefox, packages of the system: see install_browsers.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Two environments, because aiobotocore wants one botocore exactly, and the library the newest.
venv="$root/.venv"
extras="dev"
async_venv="$root/.venv-async"
async_extras="async,samples,test"
# Installed before the rest: pip then looks for a boto3 that fits it, and does not try one version
# of aiobotocore after the other for the newest boto3, which takes minutes.
async_first="aiobotocore[boto3]"

# The engine's package, and the hash of the program in it: npm compares a download with what the
# registry says it is, this compares it with what we have tested. Checked before it ever runs.
engine_package="@dynoxide/linux-x64"
engine_version="1.2.1"
engine_sha256="be909b7910d3fb552e85db10ef3c8ebae4bd35fee0f26dffdb6dfa5cc656426e"
engine_home="$root/.engines"
engine="$engine_home/node_modules/$engine_package/dynoxide"

# axe-core finds what keeps people from using a page. One file of the package is used, and pinned in
# the same way. Where it lies and which browsers will do is known to
# samples/catalog/tests/browser/tools.py, too.
axe_package="axe-core"
axe_version="4.14.1"
axe_sha256="29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
axe_home="$root/.tools"
axe="$axe_home/node_modules/$axe_package/axe.min.js"
# Names on the PATH of which one is enough; the first is Debian's package, too.
browsers=("chromium google-chrome" "firefox-esr firefox")

heading() {
    printf '\n== %s\n' "$*"
}

fail() {
    printf 'error: %s\n' "$*" >&2
    return 1
}

# Whether a missing engine fails the run. The same rule as in tests/engines.py.
engines_are_required() {
    local value
    for value in "${CI:-}" "${TRANSACTSCOPE_REQUIRE_ENGINES:-}"; do
        case "$value" in
            "" | 0 | false | False | FALSE) ;;
            *) return 0 ;;
        esac
    done
    return 1
}

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

can_make_environments() {
    "$1" -c 'import ensurepip, venv' >/dev/null 2>&1 || "$1" -c 'import virtualenv' >/dev/null 2>&1
}

# Print the first Python that is new enough and can make a virtual environment. Candidates are
# run, not only looked up: some names are shims that stand for nothing. PYTHON=… goes before all;
# it counts when an environment is made, so delete that one to change to another.
find_python() {
    local candidate candidates=(python3.13 python3.12 python3.11 python3) unable=""
    if [ -n "${PYTHON:-}" ]; then
        candidates=("$PYTHON")
    fi
    for candidate in "${candidates[@]}"; do
        is_new_enough "$candidate" || continue
        if can_make_environments "$candidate"; then
            printf '%s\n' "$candidate"
            return 0
        fi
        unable="$unable $candidate"
    done
    if [ -n "$unable" ]; then
        fail "found$unable, but without the modules venv and ensurepip, and without virtualenv." \
            "On Debian and Ubuntu they are in the package python3-venv."
    else
        fail "no Python 3.11 or newer among: ${candidates[*]}. Name one with PYTHON=/path/to/python."
    fi
}

make_venv() { # FOLDER
    local python
    if [ -x "$1/bin/python" ] && is_new_enough "$1/bin/python"; then
        return 0
    fi
    python=$(find_python) || return 1
    heading "Create ${1##*/} with $("$python" --version)"
    rm -rf "$1"
    if "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        "$python" -m venv "$1"
    else
        "$python" -m virtualenv --quiet "$1"
    fi || { rm -rf "$1"; return 1; }
}

# Install the library and what tests it, again only when the files that say what that is change.
install_packages() { # FOLDER EXTRAS [WHAT COMES FIRST]
    local stamp="$1/installed-for"
    if cat "$root/setup.cfg" "$root/pyproject.toml" | cmp -s - "$stamp"; then
        return 0
    fi
    heading "Install the library and its tools into ${1##*/}"
    local install=("$1/bin/python" -m pip install --quiet --disable-pip-version-check)
    # The pip that comes with Python chooses the same in twice the time, so this one may fail.
    "${install[@]}" --upgrade pip || printf 'pip stays as it is.\n'
    if [ -n "${3:-}" ]; then
        "${install[@]}" "$3" || return 1
    fi
    "${install[@]}" --editable "$root[$2]" || return 1
    cat "$root/setup.cfg" "$root/pyproject.toml" >"$stamp"
}

# Every warning is an error: a link that leads nowhere, a page that is in no tree, a docstring that
# cannot be read. Everything is read anew, because warnings come only while a page is read.
build_docs() {
    "$venv/bin/python" -m sphinx --quiet --fresh-env --write-all --fail-on-warning \
        --jobs 2 --conf-dir "$root/docs" --doctree-dir "$root/build/doctrees" \
        "$root" "$root/build/docs"
}

is_tested() { # FILE SHA256
    [ -f "$1" ] && printf '%s  %s\n' "$2" "$1" | sha256sum --check --status
}

# Install one npm package into a folder of its own and check the file of it that is used. Fails if
# it cannot; the caller decides whether that matters.
install_pinned() { # PACKAGE@VERSION FOLDER FILE SHA256 WITHOUT_IT
    local package=$1 home=$2 file=$3 sha256=$4 without=$5
    if is_tested "$file" "$sha256"; then
        return 0
    fi
    if ! command -v npm >/dev/null 2>&1; then
        printf '%s comes through npm, which is not here: %s\n' "$package" "$without"
        return 1
    fi
    heading "Install $package into ${home##*/}"
    # npm takes what is there for what it should be, by its version alone.
    rm -rf "$home"
    mkdir -p "$home"
    npm install --prefix "$home" --no-save --no-audit --no-fund --ignore-scripts \
        --loglevel=error "$package" || return 1
    if ! is_tested "$file" "$sha256"; then
        rm -rf "$home"
        fail "$package is not what we have tested; removed it"
    fi
}

install_engine() {
    if [ "$(uname -sm)" != "Linux x86_64" ]; then
        printf 'dynoxide has no package for %s: moto serves alone\n' "$(uname -sm)"
        return 1
    fi
    install_pinned "$engine_package@$engine_version" "$engine_home" "$engine" "$engine_sha256" \
        "moto serves alone"
}

install_axe() {
    install_pinned "$axe_package@$axe_version" "$axe_home" "$axe" "$axe_sha256" "no browser tests"
}

# Install Debian's Chromium and Firefox, with what they cannot do without. They belong to the system,
# not to the checkout, so they are installed only in a run that must have them, by root. Elsewhere it
# is for the user to decide. Fails if one is missing in the end; the caller decides whether that
# matters.
install_browsers() {
    local names missing=()
    for names in "${browsers[@]}"; do
        # shellcheck disable=SC2086 # each name is a word
        command -v $names >/dev/null 2>&1 || missing+=("${names%% *}")
    done
    if [ "${#missing[@]}" -eq 0 ]; then
        return 0
    fi
    if ! engines_are_required || [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        printf 'No browser tests in what is not here. On Debian: apt-get install %s\n' "${missing[*]}"
        return 1
    fi
    heading "Install ${missing[*]}"
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get --quiet -o DPkg::Lock::Timeout=300)
    "${apt[@]}" update >/dev/null &&
        "${apt[@]}" install --yes --no-install-recommends "${missing[@]}" >/dev/null
}
