//! `lists/`: the known pictures as exchanges and hotlines would list them, in JSON and XML.

use crate::lists::fingerprints;
use crate::output::Output;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha512};

/// Hashes of a known picture as the exchanges write them.
struct Known {
    md5: String,
    sha1: String,
    sha256: String,
    pdq: String,
}

/// Writes every list; the pictures are there already.
pub fn make(output: &Output) {
    let known = ["known-1.png", "known-2.jpg", "known-3.jpg"].map(|file| Known::of(output, file));
    let lists = [
        ("vics-2.json", vics_2(&known)),
        ("vics-2-cases.json", vics_2_cases(&known)),
        ("vics-1.3.json", vics_1_3(&known)),
        ("ncmec.xml", ncmec(&known)),
        ("stopncii.json", stopncii(&known)),
        ("tat.json", tat(&known)),
        ("threatexchange.json", threatexchange(&known)),
    ];
    for (name, list) in lists {
        output.write(&format!("lists/{name}"), list.as_bytes());
    }
}

impl Known {
    fn of(output: &Output, file: &str) -> Self {
        let found = fingerprints(output, file, true);
        let hex = |place: usize| found[place].hex();
        Self {
            md5: hex(0),
            sha1: hex(1),
            sha256: hex(2),
            pdq: hex(3),
        }
    }
}

/// 144 bytes that are nobody's hash, as Base64.
fn photodna(seed: u8) -> String {
    let bytes: Vec<u8> = (0..144_u8).map(|n| n.wrapping_mul(seed)).collect();
    STANDARD.encode(bytes)
}

fn vics_2([one, two, _]: &[Known; 3]) -> String {
    let model =
        "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/Default/$metadata#Media";
    format!(
        r#"{{"@odata.context":"{model}",
"value":[
{{"MediaID":1,"Category":1,"MD5":"{}","SHA1":"{}","PhotoDNA":"{}","MediaSize":2835,"DateUpdated":"2026-06-07T02:31:49.8300Z","VictimIdentified":"false","IsPrecategorized":true,"PrecategorizationSource":"example","Tags":null,"AlternativeHashes":[{{"HashName":"PDQ","HashValue":"{}"}},{{"HashName":"Example64","HashValue":"00"}}]}},
{{"MediaID":2,"Category":null,"MD5":"{}","MediaFiles":[{{"MD5":"{}","FileName":"a.jpg","FilePath":"x\\y","Unallocated":false}}]}}
]}}
"#,
        one.md5.to_uppercase(),
        one.sha1.to_uppercase(),
        photodna(7),
        one.pdq,
        two.md5.to_uppercase(),
        two.md5.to_uppercase(),
    )
}

fn vics_2_cases([one, two, _]: &[Known; 3]) -> String {
    let model =
        "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/Default/$metadata#Cases";
    let media = |md5: &str| format!(r#"{{"MediaID":1,"Category":2,"MD5":"{md5}"}}"#);
    format!(
        r#"{{"@odata.context":"{model}","value":[
{{"CaseID":"example-a","CaseNumber":"1","ContactName":null,"SourceApplicationName":"make_samples","Media":[{}]}},
{{"CaseID":"example-b","CaseNumber":"2","Media":[{}]}}]}}
"#,
        media(&one.md5),
        media(&two.md5)
    )
}

fn vics_1_3([one, two, _]: &[Known; 3]) -> String {
    let media = |id: u8, known: &Known| {
        format!(
            r#"    {{
      "Category": 2,
      "MediaSize": "2835",
      "SHA1": "{}",
      "MD5": "{}",
      "MediaID": {id},
      "VictimIdentified": "False",
      "OffenderIdentified": "False",
      "IsDistributed": "False"
    }}"#,
            known.sha1.to_uppercase(),
            known.md5.to_uppercase()
        )
    };
    let model = r"http:\/\/github.com\/ICMEC\/ProjectVic\/DataModels\/1.3.xml#Media";
    format!(
        "{{\r\n  \"odata.metadata\": \"{model}\",\r\n  \"value\": [\r\n{},\r\n{}\r\n  ]\r\n}}\r\n",
        media(1, one),
        media(2, two)
    )
}

/// Two results: the second takes back the third picture, which the first had.
fn ncmec([one, two, three]: &[Known; 3]) -> String {
    let image = |id: &str, fingerprints: &str, feedback: &str| {
        format!(
            r#"    <image>
      <member id="42">Example &amp; Member</member>
      <timestamp>2026-01-24T15:00:00Z</timestamp>
      <id>{id}</id>
      <classification>A1</classification>
      <fingerprints>{fingerprints}</fingerprints>{feedback}
    </image>
"#
        )
    };
    let result = |images: &str| {
        format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2">
  <images count="2" maxTimestamp="2026-01-24T15:10:00Z">
{images}  </images>
  <paging><next>/v2/entries?from=a&amp;to=b</next></paging>
</queryResult>
"#
        )
    };
    let md5_sha1_pdq = format!(
        "<md5>{}</md5><sha1>{}</sha1><pdq>{}</pdq><netclean>example</netclean>",
        one.md5, one.sha1, one.pdq
    );
    let disputed = r#"
      <feedback lastUpdateTimestamp="2026-01-25T00:00:00Z"><negativeFeedback type="Md5"><members/></negativeFeedback></feedback>"#;
    let md5 = |known: &Known| format!("<md5>{}</md5>", known.md5);
    let deleted = r#"    <deletedImage><member id="42">Example &amp; Member</member><id>image3</id><timestamp>2026-01-26T15:00:00Z</timestamp></deletedImage>
"#;
    let first = [
        image("image1", &md5_sha1_pdq, ""),
        image("image2", &md5(two), disputed),
        image("image3", &md5(three), ""),
    ];
    result(&first.concat()) + &result(deleted)
}

fn stopncii([one, _, three]: &[Known; 3]) -> String {
    let record = |hash: &str, status: &str| {
        format!(
            r#"{{"lastModtimestamp":1767225600,"signalType":"ImagePDQ","hashValue":"{hash}","hashStatus":"{status}","caseNumbers":{{"1001":"{status}"}},"CSPFeedbacks":[]}}"#
        )
    };
    format!(
        "{{\"count\":3,\"nextPageToken\":null,\"nextSetTimestamp\":1767225601,\"hasMoreRecords\":false,\"hashRecords\":[\n{},\n{},\n{}]}}\n",
        record(&one.pdq, "Active"),
        record(&three.pdq, "Active"),
        record(&three.pdq, "Withdrawn")
    )
}

fn tat([one, two, three]: &[Known; 3]) -> String {
    let record = |id: u8, algorithm: &str, digest: &str, deleted: bool| {
        format!(
            r#"{{"hash_digest":"{digest}","algorithm":"{algorithm}","ideology":"example","file_type":"image/png","deleted":{deleted},"updated_on":"2026-03-04T05:06:07Z","created_on":"2026-03-04T05:06:07Z","id":{id}}}"#
        )
    };
    let sha512 = Sha512::digest(b"example");
    let sha512: String = sha512.iter().map(|byte| format!("{byte:02x}")).collect();
    let records = [
        record(1, "MD5", &one.md5, false),
        record(2, "PDQ", &one.pdq, false),
        record(3, "SHA256", &two.sha256, false),
        record(4, "SHA512", &sha512, false),
        record(5, "MD5", &three.md5, true),
    ];
    format!(
        "{{\"count\":5,\"next\":null,\"previous\":null,\"checkpoint\":\"2026-03-04T05:06:07Z,5\",\"results\":[\n{}]}}\n",
        records.join(",\n")
    )
}

fn threatexchange([one, two, three]: &[Known; 3]) -> String {
    let descriptor = |owner: u8, status: &str| {
        format!(
            r#"{{"owner":{{"id":"{owner}","name":"Example {owner}"}},"tags":["example"],"status":"{status}","added_on":"2026-01-02T03:04:05+0000"}}"#
        )
    };
    let update = |id: u8, kind: &str, hash: &str, descriptors: &str| {
        format!(
            r#"{{"id":"{id}","indicator":"{hash}","type":"{kind}","last_updated":1767225600,"should_delete":{},"descriptors":{{"data":[{descriptors}]}}}}"#,
            descriptors.is_empty()
        )
    };
    let agreed = descriptor(1, "MALICIOUS");
    let disputed = format!("{agreed},{}", descriptor(2, "NON_MALICIOUS"));
    let updates = [
        update(1, "HASH_PDQ", &one.pdq, &agreed),
        update(2, "HASH_MD5", &one.md5, &agreed),
        update(3, "HASH_MD5", &two.md5, &disputed),
        update(4, "HASH_SHA256", &three.sha256, ""),
        update(5, "HASH_TMK", "example", &agreed),
    ];
    format!(
        "{{\"data\":[\n{}\n],\"paging\":{{}}}}\n",
        updates.join(",\n")
    )
}
