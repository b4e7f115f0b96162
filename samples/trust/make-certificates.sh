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
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
[responder]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, OCSPSigning
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
noCheck = ignored
[time-stamper]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
[tsa]
default_tsa = test_tsa
[test_tsa]
serial = $work/tsa-serial
signer_digest = sha256
digests = sha256
default_policy = 1.3.6.1.4.1.99999.1
ordering = no
ess_cert_id_alg = sha256
CONFIG

# certificate NAME COMMON_NAME SERIAL FROM UNTIL PROFILE ISSUER: an issuer that is the name itself signs itself.
certificate() {
    name=$1 common_name=$2 serial=$3 from=$4 until=$5 profile=$6 issuer=$7
    [ -f "$name.key" ] || openssl genpkey -algorithm ${key:-ed25519} -out "$name.key"
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
certificate web-server     'Test Web Server'         06 20240101000000Z 21240101000000Z server test-root
certificate revoked-signer 'Revoked Test Signer'     07 20240101000000Z 21240101000000Z signer test-root
certificate ocsp-responder 'Test OCSP Responder'     08 20240101000000Z 21240101000000Z responder test-root
# OpenSSL signs no time-stamps with Ed25519.
key='EC -pkeyopt ec_paramgen_curve:P-256' certificate time-stamper 'Test Time Stamper' 09 20240101000000Z 21240101000000Z time-stamper test-root

# The answer says when it was given, so that it is kept once it lies here.
if ! [ -f revoked-signer.ocsp ]; then
    printf 'R\t21240101000000Z\t250601000000Z\t07\tunknown\t/O=provscan tests/CN=Revoked Test Signer\n' > "$work/revoked.txt"
    openssl ocsp -index "$work/revoked.txt" -CA test-root.pem -rsigner ocsp-responder.pem -rkey ocsp-responder.key \
        -issuer test-root.pem -serial 0x07 -ndays 36500 -respout revoked-signer.ocsp > "$work/log" 2>&1 ||
        { cat "$work/log" >&2; exit 1; }
fi

# A time-stamp of what stands in NAME.digest, in hex, which the maker of the samples writes. It is kept as well.
for digest in *.digest; do
    token=${digest%.digest}.tst
    [ -f "$digest" ] && ! [ -f "$token" ] || continue
    echo 01 > "$work/tsa-serial"
    openssl ts -query -digest "$(cat "$digest")" -sha256 -cert -no_nonce -out "$work/query" 2> "$work/log" &&
        openssl ts -reply -config "$work/openssl.cnf" -section test_tsa -queryfile "$work/query" -signer time-stamper.pem \
            -inkey time-stamper.key -token_out -out "$token" 2>> "$work/log" || { cat "$work/log" >&2; exit 1; }
done

cp test-root.pem anchors.pem
