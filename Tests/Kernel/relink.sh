#!/bin/bash
# Links a program that is built once more, against the libgpiod that PKG_CONFIG_PATH names: only the shim over libgpiod
# is compiled again, since nothing else sees the difference.
#
#   relink.sh PRODUCT DIRECTORY    the program is DIRECTORY/PRODUCT then
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
product=$1 directory=$2

# The package manager's own command that linked the program.
manifest=.build/debug.yaml
command=$(sed -n "/^  \"C.$product-.*\.exe\":/,/^\$/s/^    args: //p" "$manifest")
if [ -z "$command" ]; then
  echo "relink.sh: $manifest does not say how $product is linked: swift build --product $product" >&2
  exit 1
fi
mapfile -t arguments < <(jq -r '.[]' <<<"$command")

read -ra flags < <(pkg-config --cflags libgpiod)
read -ra libraries < <(pkg-config --libs libgpiod)
gcc -std=gnu11 -O1 -Wall -Wextra -Werror "${flags[@]}" -ISources/CLinuxIO/include \
  -c Sources/CLinuxIO/gpiod.c -o "$directory/gpiod.o"
for i in "${!arguments[@]}"; do
  case ${arguments[i]} in
    @*)
      sed "s|^.*/CLinuxIO.build/gpiod.c.o\$|$directory/gpiod.o|" "${arguments[i]#@}" >"$directory/objects"
      arguments[i]=@$directory/objects
      ;;
    -o) arguments[i + 1]=$directory/$product ;;
  esac
done
# Before the package manager's own search path, which leads to the libgpiod that is installed.
"${arguments[0]}" "${libraries[@]}" "${arguments[@]:1}"
if [[ $(ldd "$directory/$product") != *"$(pkg-config --variable=libdir libgpiod)/libgpiod"* ]]; then
  echo "relink.sh: $product does not use the libgpiod that was asked for" >&2
  exit 1
fi
