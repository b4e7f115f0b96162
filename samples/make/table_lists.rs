//! `lists/`: a known picture in the tables, sets and filters of forensic programs and libraries of known files.

use crate::lists::fingerprints;
use crate::output::Output;

/// The picture that is on all of them, and its id.
const FILE: &str = "known-1.png";

/// Hashes of the picture as hexadecimal text.
struct Known {
    md5: String,
    sha1: String,
    sha256: String,
    pdq: String,
    img_hash: String,
    md5_bytes: Vec<u8>,
}

/// Writes every list; the pictures are there already.
pub fn make(output: &Output) {
    let all = fingerprints(output, FILE, true);
    let hex = |place: usize| all[place].hex();
    let known = Known {
        md5: hex(0),
        sha1: hex(1),
        sha256: hex(2),
        pdq: hex(3),
        img_hash: format!("{}:{}", all[4].kind(), hex(4)),
        md5_bytes: all[0].value().to_vec(),
    };
    let lists = [
        ("columns.tsv", columns(&known)),
        ("icse.csv", icse(&known)),
        ("nsrl-v2.csv", nsrl_v2(&known)),
        ("nsrl-delta.sql", nsrl_delta(&known)),
        ("hashdeep.txt", hashdeep(&known)),
        (
            "md5deep.txt",
            format!("     12345  {}  /in/{FILE}\n", known.md5),
        ),
        ("hashkeeper.hsh", hashkeeper(&known)),
        ("ilook.csv", ilook(&known)),
        (
            "imagehash.txt",
            format!("# gradient, 16 by 16\n{} {FILE}\n", known.img_hash),
        ),
    ];
    for (name, list) in lists {
        output.write(&format!("lists/{name}"), list.as_bytes());
    }
    output.write("lists/encase.hash", &encase(&known));
    output.write("lists/hashlookup.bloom", &bloom(&known.sha1.to_uppercase()));
}

/// A column for each kind of hash, tabs between them; the second record has none.
fn columns(known: &Known) -> String {
    let Known { md5, sha1, pdq, .. } = known;
    format!(
        "Image ID\tMD5\tSHA-1\tPDQ\tPDNA\tCategory\nexample-1\t{md5}\t{sha1}\t{pdq}\t\texample\nexample-2\t\t\t\t\texample\n"
    )
}

fn icse(known: &Known) -> String {
    let (md5, sha1) = (known.md5.to_uppercase(), known.sha1.to_uppercase());
    format!(
        "MD5;SHA1;PhotoDNA;Image ID;Is distributed;Victim identified;Offender identified;Series name;Number of submissions;File Available;Media Type;Baseline\n\
         {md5};{sha1};;1001;True;False;False;Example;2;True;Image;True\n\
         {};;;1002;True;False;False;Example;1;True;Video;False\n",
        "0".repeat(32)
    )
}

/// A picture that came with a program, and a file that the library calls malicious.
fn nsrl_v2(known: &Known) -> String {
    let (md5, sha1) = (known.md5.to_uppercase(), known.sha1.to_uppercase());
    format!(
        "\"SHA-1\",\"MD5\",\"CRC32\",\"FileName\",\"FileSize\",\"ProductCode\",\"OpSystemCode\",\"SpecialCode\"\r\n\
         \"{sha1}\",\"{md5}\",\"00000000\",\"{FILE}\",12345,7001,\"358\",\"\"\r\n\
         \"{}\",\"{}\",\"00000000\",\"example.exe\",1,7001,\"358\",\"M\"\r\n",
        "0".repeat(40),
        "0".repeat(32)
    )
}

fn nsrl_delta(known: &Known) -> String {
    let [md5, sha1, sha256] =
        [&known.md5, &known.sha1, &known.sha256].map(|hash| hash.to_uppercase());
    format!(
        "BEGIN TRANSACTION;\n\
         INSERT INTO PKG(package_id,name) VALUES(7001,'Example');\n\
         INSERT INTO FILE(sha256,sha1,md5,crc32,file_name,file_size,package_id) VALUES('{sha256}','{sha1}','{md5}','00000000','{FILE}',12345,7001);\n\
         COMMIT;\n"
    )
}

fn hashdeep(known: &Known) -> String {
    let Known { md5, sha256, .. } = known;
    format!(
        "%%%% HASHDEEP-1.0\n%%%% size,md5,sha256,filename\n## Invoked from: /in\n## $ hashdeep {FILE}\n##\n12345,{md5},{sha256},/in/{FILE}\n"
    )
}

fn hashkeeper(known: &Known) -> String {
    format!(
        "\"file_id\",\"hashset_id\",\"file_name\",\"directory\",\"hash\",\"file_size\",\"date_modified\",\"time_modified\",\"time_zone\",\"comments\",\"date_accessed\",\"time_accessed\"\n\
         1,17,\"{FILE}\",\"\\in\",\"{}\",12345,,,,,,\n",
        known.md5.to_uppercase()
    )
}

fn ilook(known: &Known) -> String {
    let Known {
        md5, sha1, sha256, ..
    } = known;
    format!(
        "V3Hash,HashSHA1,FileName,FilePath,FileSize,HashSHA256,HashSHA384,HashSHA512\n{md5},{sha1},{FILE},\\in,12345,{sha256},,\n"
    )
}

/// A header with the number of records and the name of the set, then the one record.
fn encase(known: &Known) -> Vec<u8> {
    let mut set = b"HASH\r\n\xff\0".to_vec();
    for number in [1_u32, 0, 1] {
        set.extend(number.to_le_bytes());
    }
    set.resize(1032, 0);
    set.extend("Example".encode_utf16().flat_map(u16::to_le_bytes));
    set.resize(1152, 0);
    set.extend(&known.md5_bytes);
    set.extend([0, 0]);
    set
}

/// A filter for 100 values at 1 in 10 000, with one in it: DCSO's form, and the sizes that its programs choose.
fn bloom(value: &str) -> Vec<u8> {
    const MODULUS: u64 = 18_446_744_073_709_551_557;
    const FACTOR: u64 = 18_446_744_073_709_550_147;
    let (capacity, rate, hashes, bits, entries) = (100_u64, 0.0001_f64, 14_u64, 1918_u64, 1_u64);
    let fnv = |hash: u64, byte: u8| hash.wrapping_mul(1_099_511_628_211) ^ u64::from(byte);
    let mut hash = value.bytes().fold(14_695_981_039_346_656_037, fnv) % MODULUS;
    let mut words = vec![0_u64; 30];
    for _ in 0..hashes {
        hash = hash.wrapping_mul(FACTOR) % MODULUS;
        let bit = hash % bits;
        words[usize::try_from(bit / 64).unwrap()] |= 1 << (bit % 64);
    }
    let header = [1, capacity, rate.to_bits(), hashes, bits, entries];
    let numbers = header.into_iter().chain(words);
    let mut filter: Vec<u8> = numbers.flat_map(u64::to_le_bytes).collect();
    filter.extend(b"{\"source\":\"made by samples/make\",\"hashes\":\"SHA-1\"}");
    filter
}
