#!/bin/sh
# The tests of the verification page drive a real Chromium, and the certificate's are read by independent programs: say what is missing.
set -eu
missing=""
for need in chromium:chromium pdftoppm:poppler-utils qpdf:qpdf zbarimg:zbar-tools; do
    command -v "${need%%:*}" >/dev/null 2>&1 || missing="$missing ${need##*:}"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing what the browser and PDF tests need:$missing …"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
    exit 0
fi
echo "The tests need these Debian packages:$missing" >&2
echo "Install them (apt-get install$missing), then run make test again." >&2
exit 1
