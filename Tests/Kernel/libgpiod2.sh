#!/bin/bash
# Fetches libgpiod 2.x with its tools as Debian 13 ships it, beside the 1.6 that Debian 12 installs, and
# prints the directory it is in. To run a program that was built against 1.6 with it:
#
#   . "$(Tests/Kernel/libgpiod2.sh)/environment"
#   Tests/Kernel/relink.sh PRODUCT DIRECTORY
#
# Nothing is installed and root is not needed: apt, with directories of its own and the mirror this machine
# is configured for, fetches the packages and checks Debian's signature and their checksums; they are
# unpacked into the cache. Exit code 69: the mirror cannot be reached, or does not carry Debian 13.
set -euo pipefail

say() { echo "libgpiod2.sh: $*" >&2; }
release=trixie
result=${XDG_CACHE_HOME:-$HOME/.cache}/pi-dispense/libgpiod2-$release
if [ -e "$result/environment" ]; then
  echo "$result"
  exit
fi

command -v apt-get >/dev/null || { say "needs apt, of Debian or Raspberry Pi OS"; exit 69; }
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' |
  head -1)
[ -n "$mirror" ] || { say "apt knows no Debian mirror (apt-get update may never have run)"; exit 69; }

mkdir -p "$(dirname "$result")"
work=$(mktemp -d "$(dirname "$result")/fetching.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{state/lists/partial,cache/archives/partial,packages,root,etc/preferences.d}
touch "$work/state/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $release main" >"$work/etc/sources"
apt=(apt-get -qq
  -o "Dir::State=$work/state" -o "Dir::State::status=$work/state/status" -o "Dir::Cache=$work/cache"
  -o "Dir::Etc::sourcelist=$work/etc/sources" -o Dir::Etc::sourceparts=-
  -o Dir::Etc::preferences=- -o "Dir::Etc::preferencesparts=$work/etc/preferences.d"
  -o APT::Get::List-Cleanup=0 -o Acquire::Languages=none -o Acquire::Retries=2
  -o APT::Update::Error-Mode=any -o APT::Sandbox::User= -o Debug::NoLocking=1)

if ! "${apt[@]}" update >&2; then
  say "Debian 13 cannot be fetched from this machine's mirror, $mirror"
  exit 69
fi
if ! (cd "$work/packages" && "${apt[@]}" download libgpiod3 libgpiod-dev gpiod libc6 >&2); then
  say "the mirror lists the packages and does not hand them out: $mirror"
  exit 69
fi
for package in "$work"/packages/*.deb; do
  case $package in
    */libc6_*) dpkg-deb --extract "$package" "$work/root/libc6" ;;
    *) dpkg-deb --extract "$package" "$work/root" ;;
  esac
done

cd "$work/root"
libraries=$(dirname usr/lib/*/libgpiod.so.3)
sed -i "s|^prefix=.*|prefix=$result/usr|" "$libraries/pkgconfig/libgpiod.pc"

# The library runs on Debian 12; the tools want Debian 13's C library, which nothing else may see.
loader=$(find libc6 -name 'ld-linux-*.so.*' | head -1)
mkdir bin
for tool in usr/bin/*; do
  cat >"bin/${tool##*/}" <<END
#!/bin/sh
exec "$result/$loader" --library-path "$result/$(dirname "$loader"):$result/$libraries" "$result/$tool" "\$@"
END
  chmod +x "bin/${tool##*/}"
done

cat >environment <<END
export PKG_CONFIG_PATH="$result/$libraries/pkgconfig\${PKG_CONFIG_PATH:+:\$PKG_CONFIG_PATH}"
export LD_LIBRARY_PATH="$result/$libraries\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}"
export PATH="$result/bin:\$PATH"
END
rm -rf "$result"
mv "$work/root" "$result"
echo "$result"
