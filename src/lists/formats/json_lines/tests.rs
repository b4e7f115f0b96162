use super::super::testing::imported;
use super::*;

#[test]
fn what_is_written_reads_back() {
    let text = format!(
        "{{\"list\":\"partner\",\"category\":\"A\",\"action\":\"block\",\"threshold\":{{\"pdq\":20}}}}\n{{\"type\":\"pdq\",\"value\":\"{}\",\"quality\":88,\"id\":\"7\",\"category\":\"A1\"}}\n",
        "0f".repeat(32)
    );
    let imported = imported(&FORMAT, &text).unwrap();
    assert_eq!(imported.options.name.as_deref(), Some("partner"));
    let mut out = Vec::new();
    let mut entries = imported.entries.into_iter().map(Ok);
    write(&imported.options, &mut entries, &mut out).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), text);
}

#[test]
fn withdrawn_ids_take_back_what_stands_above() {
    let line = |id: &str, rest: &str| {
        let hash = "0f".repeat(32);
        format!("{{\"type\":\"pdq\",\"value\":\"{hash}\",\"id\":\"{id}\"{rest}}}\n")
    };
    let text = line("a", "")
        + &line("b", ",\"added\":\"2026\"")
        + "{\"id\":\"a\",\"withdrawn\":true}\n"
        + &line("a", ",\"category\":\"new\"");
    let entries = imported(&FORMAT, &text).unwrap().entries;
    let told: Vec<_> = entries
        .iter()
        .map(|entry| {
            (
                entry.id.as_str(),
                entry.category.as_deref(),
                entry.date.as_deref(),
            )
        })
        .collect();
    assert_eq!(told, [("b", None, Some("2026")), ("a", Some("new"), None)]);
    // To take in what somebody took back would be the opposite of what the list asks for.
    let nameless = imported(&FORMAT, &line("", ",\"withdrawn\":true")).unwrap_err();
    assert_eq!(
        nameless.to_string(),
        "line 1: what is withdrawn has no `id`"
    );
}

#[test]
fn mistakes_are_named_without_the_hash() {
    let secret = "deadbeef".repeat(8);
    for line in [
        format!("{{\"list\":\"a\",\"{secret}\":1}}"),
        format!("{{\"list\":\"a\",\"action\":\"{secret}\"}}"),
        format!("{{\"list\":\"a\",\"min_quality\":\"{secret}\"}}"),
        format!("{{\"type\":\"pdq\",\"value\":\"{secret}00\"}}"),
        format!("{{\"type\":\"pdq\",\"value\":{secret}}}"),
        format!("{{\"type\":\"pdq\",\"value\":\"{secret}\",\"quality\":101}}"),
    ] {
        let message = imported(&FORMAT, &line).unwrap_err().to_string();
        assert!(
            message.starts_with("line 1: ") && !message.contains("deadbeef"),
            "{message}"
        );
    }
    assert!(
        imported(&FORMAT, "{\"list\":\"x\",\"action\":\"stop\"}")
            .unwrap_err()
            .to_string()
            .contains("is no action")
    );
    assert!(imported(&FORMAT, "{\"list\":\"x\",\"threshold\":{\"pdq\":257}}").is_err());
}
