#!/bin/bash
# Builds the test kernel once and prints the path of the program that it is.
#
# The result is cached under a hash of everything it is made from; with it there, this takes no time and
# needs no network. Otherwise: about three minutes on two cores, 2 GB of disk while it builds, and, for
# Debian packages that are missing, root or sudo. Exit code 77: no such kernel can be built here.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/pi-dispense
source_package=linux-source-6.1
say() { echo "build-kernel.sh: $*" >&2; }

if [ "$(uname -s)-$(uname -m)" != Linux-x86_64 ]; then
  say "user-mode Linux needs a 64-bit PC with Linux; this is $(uname -s) on $(uname -m)"
  exit 77
fi

inputs=("$here/build-kernel.sh" "$here/kernel.config" "$here"/patches/* "$here"/spi-bridge/*)
linux=$cache/kernel-$(cat "${inputs[@]}" | sha256sum | cut -c1-16)/linux
if [ ! -x "$linux" ]; then
  mkdir -p "$cache"
  # One build at a time; whoever waited finds it done.
  exec 9>"$cache/kernel.lock"
  flock 9
fi
if [ -x "$linux" ]; then
  echo "$linux"
  exit
fi

missing=()
for package in $source_package gcc make flex bison bc libelf-dev xz-utils patch perl; do
  dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  if ! command -v apt-get >/dev/null; then
    say "needs Debian's packages: ${missing[*]}"
    exit 77
  fi
  as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300
    install -y --no-install-recommends "${missing[@]}")
  say "installing ${missing[*]}"
  if ! "${install[@]}" >&2; then
    "${as_root[@]}" apt-get -o DPkg::Lock::Timeout=300 update >&2
    "${install[@]}" >&2
  fi
fi

work=$(mktemp -d "$cache/building.XXXXXX")
trap 'rm -rf "$work"' EXIT

say "unpacking the kernel's source"
tar -C "$work" -xf /usr/src/$source_package.tar.xz
cd "$work/$source_package"
for patch in "$here"/patches/*.patch; do
  patch --quiet -p1 <"$patch"
done
cp "$here"/spi-bridge/*.c drivers/spi/

say "configuring"
make --silent ARCH=um defconfig >&2
ARCH=um scripts/kconfig/merge_config.sh -m .config "$here/kernel.config" >/dev/null
make --silent ARCH=um olddefconfig >&2
while read -r wanted; do
  case $wanted in
    CONFIG_*) grep -qxF "$wanted" .config ;;
    '# CONFIG_'*' is not set') option=${wanted#\# } && ! grep -q "^${option%% *}=" .config ;;
  esac || { say "kernel.config: did not stick: $wanted"; exit 1; }
done <"$here/kernel.config"

say "compiling the kernel (about three minutes on two cores)"
if ! nice -n 10 make --silent -j"$(nproc)" ARCH=um linux >"$work/log" 2>&1; then
  tail -40 "$work/log" >&2
  say "the kernel does not compile"
  exit 1
fi
mkdir -p "$(dirname "$linux")"
strip -o "$work/linux" linux
mv "$work/linux" "$linux"
echo "$linux"
