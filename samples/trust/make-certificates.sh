#!/bin/sh
# Makes the certificates that the samples are signed with. Test only: nobody trusts these roots.
# Keys that lie here are kept, and Ed25519 signatures are deterministic, so a second run gives the same bytes.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat > "$work/openssl.cnf" <<CONFIG
[ca]
default_ca = test
[test]
database = $work/index.txt
serial = $work/serial
new_certs_dir = $work
default_md = default
policy = any
unique_subject = no
copy_extensions = none
[any]
organizationName = supplied
commonName = supplied
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
[signer]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, emailProtection
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
CONFIG

# certificate NAME COMMON_NAME SERIAL FROM UNTIL PROFILE ISSUER: an issuer that is the name itself signs itself.
certificate() {
    name=$1 common_name=$2 serial=$3 from=$4 until=$5 profile=$6 issuer=$7
    [ -f "$name.key" ] || openssl genpkey -algorithm ed25519 -out "$name.key"
    openssl req -new -key "$name.key" -subj "/O=provscan tests/CN=$common_name" -out "$work/$name.csr"
    : > "$work/index.txt"
    echo "$serial" > "$work/serial"
    set -- -batch -notext -config "$work/openssl.cnf" -extensions "$profile" -startdate "$from" -enddate "$until"
    if [ "$issuer" = "$name" ]; then
        set -- "$@" -selfsign -keyfile "$name.key"
    else
        set -- "$@" -cert "$issuer.pem" -keyfile "$issuer.key"
    fi
    openssl ca "$@" -in "$work/$name.csr" -out "$name.pem" 2> "$work/log" || { cat "$work/log" >&2; exit 1; }
}

certificate test-root      'provscan test root'      01 20200101000000Z 21240101000000Z root   test-root
certificate test-signer    'Test Signer'             02 20240101000000Z 21240101000000Z signer test-root
certificate expired-signer 'Expired Test Signer'     03 20200101000000Z 20210101000000Z signer test-root
certificate unknown-root   'provscan unknown root'   04 20200101000000Z 21240101000000Z root   unknown-root
certificate unknown-signer 'Unknown Test Signer'     05 20240101000000Z 21240101000000Z signer unknown-root

cp test-root.pem anchors.pem
