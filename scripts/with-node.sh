#!/bin/sh
# Runs a command with the Node that package.json pins, where it is there for this machine; npm 10 does not link it.
case "$(uname -m)" in
  x86_64) arch=x64 ;;
  aarch64 | arm64) arch=arm64 ;;
  *) arch=none ;;
esac
PATH="$(dirname "$0")/../node_modules/node-linux-$arch/bin:$PATH" exec "$@"
