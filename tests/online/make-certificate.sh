#!/usr/bin/env bash
# Makes the certificate of the server in src/online/tests.rs (OpenSSL 3). The key is public on purpose: nobody trusts it.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
cat >"$work/config" <<CONFIG
[ca]
default_ca = test
[test]
dir = $work
database = $work/index
new_certs_dir = $work
rand_serial = yes
default_md = sha256
policy = any
[any]
commonName = supplied
[req]
distinguished_name = name
prompt = no
[name]
CN = provscan test server, trusted by nobody
[server]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost,DNS:files.test,DNS:mixed.test,IP:127.0.0.1
CONFIG
touch "$work/index"
[ -e server.key ] || openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1 -out server.key
openssl req -new -config "$work/config" -key server.key -out "$work/request"
openssl ca -batch -selfsign -notext -config "$work/config" -extensions server -keyfile server.key -in "$work/request" \
    -startdate 20240101000000Z -enddate 21240101000000Z -out server.pem
